"""The picture codec: one frame ↔ a small grid of latents.

Frames are coded one by one (no compression in time), so any single frame of a clip can be known and have its
own noise level. The encoder ends in a batch norm without affine parameters: every latent channel has zero mean
and unit variance, which is what flow matching wants, and the noise that the decoder is trained with has a meaning.
Windows of the 3x3 convolutions overlap, so the decoder leaves no seams between cells.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

CELL = 16
"""Pixels per latent cell, along both axes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureCodecShape:
    """Widths of a picture codec."""

    channels: int = 32
    """Of a latent cell."""
    fine_width: int = 96
    """Channels at 1/8 of the picture's size."""
    coarse_width: int = 160
    """Channels at 1/16."""
    encoder_blocks: int = 2
    decoder_blocks: int = 3
    """Residual blocks at each of the two scales."""


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside the identity; starts as the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)  # type: ignore[arg-type]

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return `x` and what the block adds to it."""
        added: Tensor = self.second(F.silu(self.first(F.silu(x))))
        return x + added


def _blocks(count: int, width: int) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(width) for _ in range(count)))


class PictureCodec(nn.Module):
    """Pictures in [-1, 1] ↔ latents of zero mean and unit variance at 1/16 of the size."""

    def __init__(self, shape: PictureCodecShape) -> None:
        super().__init__()
        self.shape = shape
        fine, coarse = shape.fine_width, shape.coarse_width
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(8),
            nn.Conv2d(3 * 64, fine, 3, padding=1),
            _blocks(shape.encoder_blocks, fine),
            nn.PixelUnshuffle(2),
            nn.Conv2d(4 * fine, coarse, 1),
            _blocks(shape.encoder_blocks, coarse),
            nn.Conv2d(coarse, shape.channels, 1),
            nn.BatchNorm2d(shape.channels, affine=False, momentum=0.01),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(shape.channels, coarse, 3, padding=1),
            _blocks(shape.decoder_blocks, coarse),
            nn.Conv2d(coarse, 4 * fine, 1),
            nn.PixelShuffle(2),
            _blocks(shape.decoder_blocks, fine),
            nn.Conv2d(fine, 3 * 64, 3, padding=1),
            nn.PixelShuffle(8),
        )

    def encode(self, pictures: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b c h16 w16"]:
        """Latents of pictures in [-1, 1] whose sides are multiples of CELL."""
        latents: Tensor = self.encoder(pictures.contiguous(memory_format=torch.channels_last))
        return latents

    def decode(self, latents: Float[Tensor, "b c h16 w16"]) -> Float[Tensor, "b 3 h w"]:
        """Pictures of latents; may overshoot [-1, 1] a little."""
        pictures: Tensor = self.decoder(latents.contiguous(memory_format=torch.channels_last))
        return pictures
