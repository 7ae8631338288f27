"""The rules by which guidance puts Wan's predictions of one window together."""

import re
from dataclasses import dataclass, field
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.diffusion.guidance import adaptive_projected, away_from, classifier_free, rescaled, zero_star
from manazir.diffusion.noising import clean_from_velocity, velocity_from_clean

CLASSIFIER_FREE, ZERO_STAR, APG = "classifier-free", "zero-star", "apg"
GUIDANCE_RULES = (CLASSIFIER_FREE, ZERO_STAR, APG)
"""Where guidance is above 1. `zero-star` is CFG-Zero* (arXiv:2503.18886): unwanted predictions are scaled to lie
nearest to wanted ones, and noise stays as it is in the first step. `apg` is adaptive projected guidance
(arXiv:2410.02416), and may come with its numbers."""
Kind = Literal["wanted", "unwanted", "skipping"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Apg:
    """APG's numbers, with the paper's for what lies along the prediction, and its other two off: they are tuned."""

    eta: float = 0.0
    """How much is kept of what lies along the prediction; 1: all, which is classifier-free."""
    norm: float = 0.0
    """How long the difference may be, over all latents of a window; 0: any length."""
    momentum: float = 0.0
    """Of the sum of differences over the steps; the paper's is negative."""

    def __post_init__(self) -> None:
        """Refuse what would not end."""
        if not (0 <= self.eta <= 1 and self.norm >= 0 and -1 < self.momentum < 1):
            raise ShapeError(
                f"apg with eta={self.eta:g}, norm={self.norm:g}, momentum={self.momentum:g}; eta is 0 to 1, norm 0 or "
                "more, momentum between -1 and 1"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class SkipLayers:
    """Skip-layer guidance: away from a prediction without some layers. The numbers are diffusers'."""

    scale: float = 2.8
    layers: frozenset[int]
    span: tuple[float, float] = (0.01, 0.2)
    """In which share of the steps."""

    def acts(self, step: int, steps: int) -> bool:
        """Whether it acts in a step, counted from 0; never in the first one, as diffusers has it.

        >>> [SkipLayers(layers=frozenset({0})).acts(step, 20) for step in range(5)]
        [False, True, True, True, False]
        """
        first, last = self.span
        return int(first * steps) < step < int(last * steps)


def parse_rule(text: str) -> str | Apg:
    """Read `classifier-free`, `zero-star`, `apg`, or `apg:NAME=X` with commas between them.

    Raises:
        UnsupportedError: there is no such rule, or it has no such number.
        ShapeError: a number is out of range.

    >>> parse_rule("apg:eta=0.5,momentum=-0.5")
    Apg(eta=0.5, norm=0.0, momentum=-0.5)
    """
    if text in (CLASSIFIER_FREE, ZERO_STAR):
        return text
    name, _, numbers = text.partition(":")
    found = [re.fullmatch(r"(eta|norm|momentum)=(-?(?:\d+\.?\d*|\.\d+))", part) for part in numbers.split(",")]
    pairs = {one[1]: float(one[2]) for one in found if one is not None}
    if name != APG or (":" in text and len(pairs) < len(found)):
        raise UnsupportedError(
            f"no guidance rule {text!r}; have {', '.join(GUIDANCE_RULES)}, the last with numbers if you like, such "
            "as apg:eta=0,norm=20,momentum=-0.5"
        )
    return Apg(**pairs)


@dataclass(slots=True)
class Guiding:
    """How predictions of one window are put together, and what that remembers from step to step."""

    rule: str | Apg
    scale: float
    skip_scale: float = 0.0
    rescale: float = 0.0
    _sum: Tensor | None = field(default=None)

    def together(
        self,
        velocities: dict[Kind, Float[Tensor, "c t h w"]],
        noisy: Float[Tensor, "c t h w"],
        sigma: float,
        is_made: Float[Tensor, " t"] | None = None,
    ) -> Float[Tensor, "c t h w"]:
        """The velocity that counts.

        Args:
            is_made: 0 for frames that are known, whose predictions say nothing; None: none is.
        """
        wanted = velocities["wanted"]
        if len(velocities) == 1:
            return wanted
        guided = wanted
        if "unwanted" in velocities:
            guided = self._guided(wanted, velocities["unwanted"], noisy, sigma, is_made)
        if "skipping" in velocities:
            guided = guided + (away_from(wanted, [(velocities["skipping"], self.skip_scale)]) - wanted)
        return rescaled(guided[None], wanted[None], self.rescale)[0] if self.rescale > 0 else guided

    def _guided(self, wanted: Tensor, unwanted: Tensor, noisy: Tensor, sigma: float, is_made: Tensor | None) -> Tensor:
        if isinstance(self.rule, Apg):
            return self._projected(self.rule, wanted, unwanted, noisy, sigma, is_made)
        if self.rule == ZERO_STAR:
            return zero_star(wanted[None], unwanted[None], self.scale)[0]  # one item of a batch, over all its axes
        return classifier_free(wanted, unwanted, self.scale)

    def _projected(
        self, rule: Apg, wanted: Tensor, unwanted: Tensor, noisy: Tensor, sigma: float, is_made: Tensor | None
    ) -> Tensor:
        """APG acts on clean predictions, of what is made."""
        clean, other = (clean_from_velocity(noisy.float(), each.float(), sigma) for each in (wanted, unwanted))
        made = torch.ones_like(clean[:1, :, :1, :1]) if is_made is None else is_made[None, :, None, None]
        difference = (clean - other) * made
        if rule.momentum:
            difference = self._sum = difference if self._sum is None else difference + rule.momentum * self._sum
        shown = clean * made
        moved = adaptive_projected(shown[None], difference[None], self.scale, eta=rule.eta, norm_threshold=rule.norm)[0]
        return velocity_from_clean(noisy.float(), clean + (moved - shown), sigma).to(wanted.dtype)
