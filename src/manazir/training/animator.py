"""Teaching the animator: true layouts from what a generator makes of them in its last step, by regression."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.diffusion.noising import NoisingShares
from manazir.inference.noor.sampling import Known, Prompted, lay_out
from manazir.inference.noor.steadying import steadied
from manazir.models.noor.animator import Animator
from manazir.models.noor.transformer import Noor
from manazir.models.noor.ways import MOVING
from manazir.training.distill import FEW
from manazir.training.given import noised
from manazir.training.importance import presence
from manazir.training.noor import Clips, Laid, NoorTask, Teaching, chance
from manazir.training.ways import way_loss

_SEEN = [at.ACROSS, at.UP, at.HEIGHT]
"""What the log tells of."""


GOING_ON = NoisingShares(
    nothing_known=0.0,
    first_frame=0.0,
    prefix=0.6,
    suffix=0.15,
    both_ends=0.1,
    keyframes=0.15,
    video_known=0.0,
    sound_known=0.0,
    levels_differ=0.0,
)
"""What is known in layouts that are made as a whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Animating:
    """How the animator is taught."""

    batch: int = 64
    least_level: float = 0.05
    largest_level: float = 0.45
    """Noise that is put on true layouts before the generator takes its last step from there."""
    whole_share: float = 0.4
    """Of batches in which some frames are known and the generator makes the others from nothing but noise."""
    enough: int = 3
    """So many frames of a thing must be known then for it to be learnt; from fewer its true way does not follow."""


@dataclass(frozen=True, slots=True)
class Animated:
    """Layouts as a generator makes them, as they should be, and what of them was given."""

    soft: Float[Tensor, "b t s f"]
    clean: Float[Tensor, "b t s f"]
    given: Bool[Tensor, "b t s"]
    asked: Bool[Tensor, "b t s"]
    """What of them is to be learnt."""
    is_whole: bool
    """Whether the generator began with nothing but noise and what is given."""


class AnimatingTask(NoorTask):
    """Layouts of scenes that need not be drawn; the Noor, a student that lays out in few steps, is fixed."""

    def __init__(self, clips: Clips, noor: Noor, animating: Animating) -> None:
        teaching = Teaching(batch=animating.batch, bare_scenes=1, draws=1, heard_share=0.0, causal_share=0.0)
        super().__init__(clips, noor.shape, teaching)
        self.model: nn.Module = Animator(noor.shape.animator_width)
        self.noor, self.animating = noor.eval().requires_grad_(False), animating

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """In the log, for each kind of batch: the share of changes of course that is left, and that was before."""
        pair = self.pair(step, generator)
        made = model(pair.soft, pair.given)
        error, importance = (part[:, :, at.BODIES, MOVING] for part in (made - pair.clean, presence(pair.clean)))
        loss = way_loss(error, importance, pair.asked[:, :, at.BODIES, None])
        left, before = _unexplained(made.detach(), pair), _unexplained(pair.soft, pair)
        return loss, {"whole": left, "whole before": before} if pair.is_whole else {"bends": left, "before": before}

    @torch.no_grad()
    def pair(self, step: int, generator: torch.Generator) -> Animated:
        """A batch, as the generator leaves it."""
        noor = self.noor.to(generator.device)
        is_whole = chance(self.animating.whole_share, generator)
        laid = self.laid(noor, step, generator, GOING_ON if is_whole else None)
        given, clean = laid.levels.layout == 0, laid.clean.layout
        asked = (clean[..., at.PRESENT] > 0) & ~given
        if is_whole:
            asked = asked & (given.sum(1, keepdim=True) >= self.animating.enough)
        soft = self._whole(noor, laid, generator) if is_whole else self._last_step(noor, laid, generator)
        return Animated(soft, clean, given, asked & (soft[..., at.PRESENT] > 0), is_whole)

    def _whole(self, noor: Noor, laid: Laid, generator: torch.Generator) -> Float[Tensor, "b t s f"]:
        """What the generator lays out from nothing but noise and what is given."""
        given = laid.levels.layout == 0
        clean = replace(laid.clean, layout=torch.where(given[..., None], laid.seen, 0.0))
        shown, sound = given[:, :, at.SET], torch.zeros_like(laid.clean.sound[..., 0], dtype=torch.bool)
        noise = replace(clean, layout=torch.randn(clean.layout.shape, generator=generator, device=generator.device))
        prompted = Prompted(laid.guide.text, laid.guide.text)
        known = Known(clean, shown, sound, shown)
        return lay_out(noor, prompted, known, FEW, noise, laid.guide.aspect)

    def _last_step(self, noor: Noor, laid: Laid, generator: torch.Generator) -> Float[Tensor, "b t s f"]:
        """What it makes of true layouts under a little noise."""
        free = (laid.levels.layout > 0).float()
        least, largest = self.animating.least_level, self.animating.largest_level
        drawn = torch.rand(len(free), generator=generator, device=generator.device)
        level = least + (largest - least) * drawn
        levels = replace(laid.levels, layout=free * level[:, None, None])
        noisy = noised(laid.clean, levels, generator)
        noisy = replace(noisy, layout=torch.where(free[..., None] == 0, laid.seen, noisy.layout))
        scales = torch.full_like(level, FEW.guidance_scale)
        made = noor(noisy, levels, replace(laid.guide, step=level, guidance=scales))
        return steadied(torch.where(free[..., None] == 0, laid.seen, made.layout), free == 0)

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:  # noqa: ARG002
        """There is nothing to look at."""
        return None

    def facts(self) -> dict[str, Any]:
        """Sizes, and the hash of the data."""
        return {
            "animator": {"width": self.shape.animator_width},
            "animating": asdict(self.animating),
            "sampling": asdict(FEW),
            "data": self.clips.hash,
        }


def _unexplained(made: Float[Tensor, "b t s f"], pair: Animated) -> float:
    """How much of the changes of course of what was not given is left."""
    true, error = (part[:, :, at.BODIES][..., _SEEN].diff(n=2, dim=1) for part in (pair.clean, made - pair.clean))
    asked = pair.asked[:, 1:-1, at.BODIES, None]
    return float((error * asked).square().sum() / (true * asked).square().sum().clamp(min=1e-9))
