"""Teaching the foley: sound from true layouts, by regression."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.noor.foley import Foley
from manazir.models.noor.transformer import NoorShape
from manazir.training.noor import Clips

_SOFT = 0.5
"""Errors below this count by their square, larger ones by their size: what is heard with an even chance stays clear."""


_ERRORS = {at.ACROSS: 0.06, at.UP: 0.06, at.BULK: 0.3, at.HEIGHT: 0.15} | dict.fromkeys(
    range(at.TURN.start, at.TURN.stop), 0.25
)
"""Of an eye that is often wrong: deviations."""


class FoleyTask:
    """Scenes with their sound; pictures are not needed.

    Args:
        seen_share: of layouts that tremble as those do which an eye tells, frame by frame.
    """

    def __init__(self, clips: Clips, shape: NoorShape, *, batch: int = 64, seen_share: float = 0.5) -> None:
        self.model: nn.Module = Foley(shape.sound_width, shape.hops_per_sound_token, shape.foley_width)
        self.clips, self.shape, self.batch, self.seen_share = clips, shape, batch, seen_share

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:  # noqa: ARG002
        """In the log: the share of the sound's variance, and of its rises, that is left unexplained."""
        clips = self.clips.draw(self.batch, generator, with_pictures=False)
        made = model(trembling(clips.layout, self.seen_share, generator), clips.sound.shape[1])
        loss = F.smooth_l1_loss(made, clips.sound, beta=_SOFT)
        figures = {
            "left": _unexplained(made.detach(), clips.sound),
            "rises": _unexplained(self._rises(made.detach()), self._rises(clips.sound)),
        }
        return loss, figures

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:  # noqa: ARG002
        """There is nothing to look at."""
        return None

    def facts(self) -> dict[str, Any]:
        """Sizes, and the hash of the data."""
        shape = {"sound_width": self.shape.sound_width, "width": self.shape.foley_width}
        return {"foley": shape, "batch": self.batch, "data": self.clips.hash}

    def _rises(self, sound: Float[Tensor, "b a n"]) -> Float[Tensor, "b h"]:
        """How much louder each hop is than the one before; onsets."""
        hops = sound.reshape(len(sound), sound.shape[1] * self.shape.hops_per_sound_token, -1).mean(-1)
        return (hops[:, 1:] - hops[:, :-1]).clamp(min=0)


def trembling(layout: Float[Tensor, "b t s f"], share: float, generator: torch.Generator) -> Float[Tensor, "b t s f"]:
    """Layouts with errors of each frame in what moves, as large as an eye's or smaller, in some of a batch.

    Speeds and changes of course are differences of frames: one that has only heard true layouts takes trembling for
    blows.
    """
    b, device = len(layout), generator.device
    errors = torch.zeros(layout.shape[-1], device=device)
    for feature, error in _ERRORS.items():
        errors[feature] = error
    picked = torch.rand(2, b, 1, 1, 1, generator=generator, device=device)
    size = (picked[0] < share) * picked[1]
    there = layout[..., at.PRESENT, None] > 0
    return layout + size * errors * there * torch.randn(layout.shape, generator=generator, device=device)


def _unexplained(made: Tensor, clean: Tensor) -> float:
    return float((made - clean).square().mean() / clean.var().clamp(min=1e-9))
