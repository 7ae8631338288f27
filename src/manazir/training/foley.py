"""Teaching the foley: sound from true layouts, by regression."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.models.noor.foley import Foley
from manazir.models.noor.transformer import NoorShape
from manazir.training.noor import Clips

_SOFT = 0.5
"""Errors below this count by their square, larger ones by their size: what is heard with an even chance stays clear."""


class FoleyTask:
    """Scenes with their sound; pictures are not needed."""

    def __init__(self, clips: Clips, shape: NoorShape, *, batch: int = 64) -> None:
        self.model: nn.Module = Foley(shape.sound_width, shape.hops_per_sound_token, shape.foley_width)
        self.clips, self.shape, self.batch = clips, shape, batch

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:  # noqa: ARG002
        """In the log: the share of the sound's variance, and of its rises, that is left unexplained."""
        clips = self.clips.draw(self.batch, generator, with_pictures=False)
        made = model(clips.layout, clips.sound.shape[1])
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


def _unexplained(made: Tensor, clean: Tensor) -> float:
    return float((made - clean).square().mean() / clean.var().clamp(min=1e-9))
