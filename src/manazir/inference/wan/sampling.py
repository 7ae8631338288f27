"""How Wan is sampled: the walk from noise to a film, and the rules by which guidance puts predictions together."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.diffusion.guidance import classifier_free, zero_star
from manazir.inference.sampler import Sampler, check_solver, make_sampler
from manazir.models.step_cache import StepCache

CLASSIFIER_FREE, ZERO_STAR = "classifier-free", "zero-star"
GUIDANCE_RULES = (CLASSIFIER_FREE, ZERO_STAR)
"""Where guidance is above 1. `zero-star` is CFG-Zero* (arXiv:2503.18886): unwanted predictions are scaled to lie
nearest to wanted ones, and noise stays as it is in the first step."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WanSampling:
    """How to walk from noise to a film.

    Raises:
        UnsupportedError: there is no such solver or rule, or they do not go together.
        ShapeError: there are too few steps for the rule.
    """

    steps: int = 50
    shift: float = 3.0
    """Of the schedule: 3 for 480p, 5 for 720p."""
    solver: str = "unipc"
    """See `sampler.SOLVERS`."""
    guidance_rule: str = CLASSIFIER_FREE
    """One of GUIDANCE_RULES."""
    strength: float = 1.0
    """Share of the steps that are taken, where a film is changed."""
    seed: int = 0
    """Of noise that a solver draws on the way."""
    window: int | None = None
    """Latent frames that are predicted at once; None: all."""
    overlap: int = 0
    """Of neighbouring windows, in latent frames."""
    backend: str = "sdpa"
    """Of attention; see `kernels.attention`."""
    cache: StepCache | None = None
    """How steps are found that leave blocks out; None: none does."""

    def __post_init__(self) -> None:
        """Refuse what there is not, and what would leave noise."""
        check_solver(self.solver)
        if self.guidance_rule not in GUIDANCE_RULES:
            raise UnsupportedError(f"no guidance rule {self.guidance_rule!r}; have {', '.join(GUIDANCE_RULES)}")
        if self.guidance_rule == ZERO_STAR and self.solver == "renoise":
            raise UnsupportedError(f"renoise draws the noise anew that {ZERO_STAR} holds; choose another solver")
        if self.guidance_rule == ZERO_STAR and self.steps < 2:
            raise ShapeError(f"{ZERO_STAR} holds the noise for a step; give 2 steps or more")

    @property
    def held_steps(self) -> int:
        """First steps in which guided noise stays as it is, and no network is asked; none where a film is changed."""
        return int(self.guidance_rule == ZERO_STAR and self.strength == 1.0)

    def sampler(self) -> Sampler:
        """The solver with its schedule."""
        return make_sampler(self.solver, self.steps, self.shift, self.strength)


def guided(
    rule: str, wanted: Float[Tensor, "c t h w"], unwanted: Float[Tensor, "c t h w"], guidance_scale: float
) -> Float[Tensor, "c t h w"]:
    """Two velocities of one window, put together by a rule."""
    if rule == ZERO_STAR:
        return zero_star(wanted[None], unwanted[None], guidance_scale)[0]  # one item of a batch, over all its axes
    return classifier_free(wanted, unwanted, guidance_scale)
