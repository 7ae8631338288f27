"""How Wan is sampled: the walk from noise to a film."""

from dataclasses import dataclass

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.inference.sampler import Sampler, check_solver, make_sampler
from manazir.inference.wan.rules import CLASSIFIER_FREE, ZERO_STAR, SkipLayers, parse_rule
from manazir.models.step_cache import StepCache


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
    """See `rules.parse_rule`."""
    guidance_rescale: float = 0.0
    """See `guidance.rescaled`; of velocities, as diffusers does it."""
    skip: SkipLayers | None = None
    """Guidance away from a prediction without some layers; None: none."""
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
        parse_rule(self.guidance_rule)
        if self.guidance_rule == ZERO_STAR and self.solver == "renoise":
            told = f"renoise draws the noise anew that {ZERO_STAR} holds; choose another solver"
            raise UnsupportedError(told).named("rule_against_solver", rule=ZERO_STAR, solver="renoise")
        if self.guidance_rule == ZERO_STAR and self.steps < 2:
            told = f"{ZERO_STAR} holds the noise for a step; give 2 steps or more"
            raise ShapeError(told).named("rule_needs_steps", rule=ZERO_STAR, least=2)

    @property
    def held_steps(self) -> int:
        """First steps in which guided noise stays as it is, and no network is asked; none where a film is changed."""
        return int(self.guidance_rule == ZERO_STAR and self.strength == 1.0)

    def sampler(self) -> Sampler:
        """The solver with its schedule."""
        return make_sampler(self.solver, self.steps, self.shift, self.strength)
