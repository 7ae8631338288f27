"""The finisher: sharp things in a decoded picture, from the layout that it was drawn from, each frame by itself.

Latents are few, and what is drawn in them is soft where a network was unsure. A layout says to a fraction of a pixel
where outlines run and which way surfaces face: from that and the soft picture a convolutional network learns by
regression how things look, and what is grain and what the ground.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.noor import raster
from manazir.models.noor.stages import Stage
from manazir.models.noor.surfaces import FACES

PIXELS = 2
"""Along each side of a square of its raster."""
_COLOURS = 3 * PIXELS**2
_CHUNK = 12
"""Frames that are finished together: rasters are large."""


class Finisher(nn.Module):
    """Decoded pictures and layouts of single frames → pictures.

    Args:
        widths: at squares of 2 pixels and of 4.
    """

    def __init__(self, widths: tuple[int, int]) -> None:
        super().__init__()
        fine, coarse = widths
        self.sky = nn.Linear(at.BACKDROP.stop - at.BACKDROP.start, 3)
        self.enter = nn.Conv2d(raster.WIDTH + FACES + _COLOURS, fine, 1)
        self.mix = nn.Conv2d(fine, fine, 1)
        self.shrink = nn.Conv2d(fine, coarse, 2, stride=2)
        self.grow = nn.Conv2d(coarse, 4 * fine, 1)
        self.stages = nn.ModuleList(Stage(width) for width in (fine, coarse, coarse, fine))
        self.leave = nn.Conv2d(fine, _COLOURS, 3, padding=1)
        for weight in self.leave.parameters():
            nn.init.zeros_(weight)

    def forward(self, pictures: Float[Tensor, "b 3 h w"], layout: Float[Tensor, "b s f"]) -> Float[Tensor, "b 3 h w"]:
        """Finish pictures in [-1, 1]; sides are multiples of 4."""
        places, pitch = raster.squares_of(pictures.shape[2] // PIXELS, pictures.shape[3] // PIXELS, pictures.device)
        finished = []
        for soft, frames in zip(torch.split(pictures, _CHUNK), torch.split(layout, _CHUNK), strict=True):
            missing = self.missing(F.pixel_unshuffle(soft, PIXELS), _inhabited(frames), places, pitch)
            finished.append(soft + F.pixel_shuffle(missing, PIXELS))
        return torch.cat(finished)

    def missing(
        self,
        pixels: Float[Tensor, "b 12 h2 w2"],
        layout: Float[Tensor, "b s f"],
        places: Float[Tensor, "#b n 2"],
        pitch: float,
    ) -> Float[Tensor, "b 12 h2 w2"]:
        """What the pixels of squares lack, which may be a part of the picture."""
        scenery = layout[:, at.SET]
        described = raster.raster(layout, self.sky(scenery[:, at.BACKDROP]), places, pitch, faces=True)
        squares = torch.cat([raster.as_picture(described, *pixels.shape[2:]), pixels], dim=1)
        first, *middle, last = self.stages
        x = self.mix(F.silu(self.enter(squares.contiguous(memory_format=torch.channels_last))))
        x = first(x, scenery)
        y = self.shrink(F.silu(x))
        for stage in middle:
            y = stage(y, scenery)
        x = last(x + F.pixel_shuffle(self.grow(F.silu(y)), 2), scenery)
        lacking: Tensor = self.leave(F.silu(x))
        return lacking


def _inhabited(layout: Float[Tensor, "b s f"]) -> Float[Tensor, "b s2 f"]:
    """Layouts without the slots of bodies that are in none of them: rasters cost by the slot."""
    is_there = (layout[..., at.PRESENT] > 0).any(0)
    is_there[[at.SET, at.RAMP]] = True
    return layout[:, is_there]
