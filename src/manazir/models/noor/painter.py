"""The painter: a picture's latents from its layout alone, each frame by itself.

What a layout says, a picture shows in one way: a convolutional network learns it by plain regression, from single
frames, long before a transformer that denoises would. Noor starts from what the painter expects and adds the rest:
what given pictures show otherwise, and what a layout does not say. (That pictures are easily made once a network knows
what is where: SPADE, arXiv:1903.07291; BlobGAN, arXiv:2205.02837.)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.noor import raster
from manazir.models.noor.stages import Stage

FINE = 4
"""Squares of its raster along each side of a latent cell; each stage but the first halves them."""


class Painter(nn.Module):
    """Layouts of single frames → latents.

    Args:
        channels: of the picture codec's latents.
        widths: of the three stages: at a quarter of a latent cell's side, a half, and a whole one.
    """

    def __init__(self, channels: int, widths: tuple[int, int, int]) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.sky = nn.Linear(at.BACKDROP.stop - at.BACKDROP.start, 3)
        self.plain = nn.Conv2d(raster.COLOURS, channels, FINE, stride=FINE)
        self.enter = nn.Conv2d(raster.WIDTH, fine, 1)
        self.mix = nn.Conv2d(fine, fine, 1)
        self.stages = nn.ModuleList(Stage(width) for width in widths)
        self.shrink = nn.ModuleList(
            nn.Conv2d(width, wider, 2, stride=2) for width, wider in ((fine, middle), (middle, coarse))
        )
        self.leave = nn.Conv2d(coarse, channels, 3, padding=1)
        for weight in self.leave.parameters():
            nn.init.zeros_(weight)

    def forward(self, layout: Float[Tensor, "b s f"], rows: int, columns: int) -> Float[Tensor, "b c h w"]:
        """Paint frames of `rows * columns` latent cells."""
        scenery = layout[:, at.SET]
        places, pitch = raster.squares_of(FINE * rows, FINE * columns, layout.device)
        described = raster.raster(layout, self.sky(scenery[:, at.BACKDROP]), places, pitch)
        squares = raster.as_picture(described, FINE * rows, FINE * columns)
        squares = squares.contiguous(memory_format=torch.channels_last)
        x = self.mix(F.silu(self.enter(squares)))
        for index, stage in enumerate(self.stages):
            x = stage(x if index == 0 else self.shrink[index - 1](F.silu(x)), scenery)
        painted: Tensor = self.plain(squares[:, : raster.COLOURS]) + self.leave(F.silu(x))
        return painted
