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

_STAGES = 3
assert raster.FINE == 2 ** (_STAGES - 1)


class _Stage(nn.Module):
    """A residual block whose channels the set (camera, light, ground) scales and shifts."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.modulation = nn.Linear(at.FEATURES, 2 * width)
        for weight in self.second.parameters():
            nn.init.zeros_(weight)

    def forward(self, x: Float[Tensor, "b c h w"], scenery: Float[Tensor, "b f"]) -> Float[Tensor, "b c h w"]:
        scale, shift = self.modulation(scenery)[:, :, None, None].chunk(2, dim=1)
        y = F.silu(self.first(F.silu(x))) * (1 + 0.1 * scale) + 0.1 * shift
        added: Tensor = self.second(y)
        return x + added


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
        self.plain = nn.Conv2d(raster.COLOURS, channels, raster.FINE, stride=raster.FINE)
        self.enter = nn.Conv2d(raster.WIDTH, fine, 1)
        self.mix = nn.Conv2d(fine, fine, 1)
        self.stages = nn.ModuleList(_Stage(width) for width in widths)
        self.shrink = nn.ModuleList(
            nn.Conv2d(width, wider, 2, stride=2) for width, wider in ((fine, middle), (middle, coarse))
        )
        self.leave = nn.Conv2d(coarse, channels, 3, padding=1)
        for weight in self.leave.parameters():
            nn.init.zeros_(weight)

    def forward(self, layout: Float[Tensor, "b s f"], rows: int, columns: int) -> Float[Tensor, "b c h w"]:
        """Paint frames of `rows * columns` latent cells."""
        scenery = layout[:, at.SET]
        squares = raster.raster(layout, self.sky(scenery[:, at.BACKDROP]), rows, columns)
        squares = squares.contiguous(memory_format=torch.channels_last)
        x = self.mix(F.silu(self.enter(squares)))
        for index, stage in enumerate(self.stages):
            x = stage(x if index == 0 else self.shrink[index - 1](F.silu(x)), scenery)
        painted: Tensor = self.plain(squares[:, : raster.COLOURS]) + self.leave(F.silu(x))
        return painted
