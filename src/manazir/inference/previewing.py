"""A look at a film while it is being denoised: one frame of the newest prediction of what it will be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from manazir.models.codecs.levels import to_frames

Decode = Callable[[Float[Tensor, "1 c 1 h w"]], Float[Tensor, "1 3 t height width"]]


@dataclass(slots=True)
class Glimpse:
    """Remembers the newest prediction, and draws its middle.

    Args:
        decode: a video codec's; None: its room is another part's while films are denoised, so nothing is drawn.
    """

    decode: Decode | None
    _latents: Float[Tensor, "c t h w"] | None = field(default=None, init=False)

    def see(self, latents: Float[Tensor, "c t h w"]) -> None:
        """Take a prediction in the place of the last one."""
        self._latents = latents

    @property
    def preview(self) -> Callable[[], UInt8[np.ndarray, "h w 3"]] | None:
        """For a `Step`."""
        if self.decode is None or self._latents is None:
            return None
        return partial(_drawn, self.decode, self._latents)


@torch.no_grad()
def _drawn(decode: Decode, latents: Float[Tensor, "c t h w"]) -> UInt8[np.ndarray, "h w 3"]:
    """Codecs take the first latent frame for a single picture, so any one alone gives a picture."""
    middle = latents.shape[1] // 2
    pixels = decode(latents[None, :, middle : middle + 1].float())
    frame: UInt8[np.ndarray, "h w 3"] = to_frames(pixels[0, :, :1].movedim(1, 0))[0]
    return frame
