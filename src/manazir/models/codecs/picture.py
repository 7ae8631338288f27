"""The picture codec: one frame ↔ a small grid of latents.

Encoding is linear: each 16x16 block of pixels becomes its first principal components (the Karhunen-Loève transform of
the pictures it was fitted to), which for rendered scenes keeps more than a small convolutional encoder learns in the
same time (experiments/LOG.md). Decoding adds to the linear inverse what a convolutional network has learnt about what
lies between the components: sharp edges, and no seams between blocks. Frames are coded one by one, so that any frame of
a clip can be known by itself and have its own noise level.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

CELL = 16
"""Pixels per latent cell, along both axes."""

WHITENING = 0.7
"""Latents are components divided by their deviation to this power. At 1 every component would weigh the same, as if
the finest mattered as much as the mean; at 0 noise would bury the finest until the end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureCodecShape:
    """Sizes of a picture codec."""

    channels: int = 32
    """Components of a block that are kept."""
    fine_width: int = 96
    """Channels of the decoder at 1/8 of the picture's size."""
    coarse_width: int = 128
    """Channels of the decoder at 1/16."""
    blocks: int = 2
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


class PictureCodec(nn.Module):
    """Pictures in [-1, 1] ↔ latents at 1/16 of the size, with a mean of zero and a mean variance of one."""

    basis: Tensor
    mean: Tensor
    scale: Tensor

    def __init__(self, shape: PictureCodecShape) -> None:
        super().__init__()
        self.shape = shape
        fine, coarse = shape.fine_width, shape.coarse_width
        self.register_buffer("basis", torch.zeros(shape.channels, 3, CELL, CELL))
        self.register_buffer("mean", torch.zeros(3, CELL, CELL))
        self.register_buffer("scale", torch.ones(shape.channels))
        last = nn.Conv2d(fine, 3 * 64, 3, padding=1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)  # type: ignore[arg-type]
        self.refine = nn.Sequential(
            nn.Conv2d(shape.channels, coarse, 3, padding=1),
            *(ResidualBlock(coarse) for _ in range(shape.blocks)),
            nn.Conv2d(coarse, 4 * fine, 1),
            nn.PixelShuffle(2),
            *(ResidualBlock(fine) for _ in range(shape.blocks)),
            last,
            nn.PixelShuffle(8),
        )

    @torch.no_grad()
    def fit(self, pictures: Float[Tensor, "b 3 h w"]) -> None:
        """Find the principal components of the pictures' blocks; the decoder's network is left alone."""
        blocks = F.unfold(pictures, CELL, stride=CELL).mT.reshape(-1, 3 * CELL * CELL).double()
        mean = blocks.mean(0)
        centred = blocks - mean
        values, vectors = torch.linalg.eigh(centred.mT @ centred / len(blocks))
        kept = slice(-self.shape.channels, None)
        deviation = values[kept].flip(0).clamp(min=1e-12).sqrt()
        scale = deviation**-WHITENING
        self.scale.copy_(scale / (scale * deviation).square().mean().sqrt())
        self.basis.copy_(vectors[:, kept].flip(1).mT.reshape(self.basis.shape))
        self.mean.copy_(mean.reshape(self.mean.shape))

    def encode(self, pictures: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b c h16 w16"]:
        """Latents of pictures in [-1, 1] whose sides are multiples of CELL."""
        offset = (self.basis * self.mean).sum((1, 2, 3))
        components = F.conv2d(pictures, self.basis, stride=CELL) - offset[:, None, None]
        return components * self.scale[:, None, None]

    def decode(self, latents: Float[Tensor, "b c h16 w16"]) -> Float[Tensor, "b 3 h w"]:
        """Pictures of latents; may overshoot [-1, 1] a little."""
        learnt: Tensor = self.refine(latents.contiguous(memory_format=torch.channels_last))
        return self.decode_linear(latents) + learnt

    def decode_linear(self, latents: Float[Tensor, "b c h16 w16"]) -> Float[Tensor, "b 3 h w"]:
        """What the components alone say."""
        flat = F.conv_transpose2d(latents / self.scale[:, None, None], self.basis, stride=CELL)
        return flat + self.mean.repeat(1, latents.shape[2], latents.shape[3])
