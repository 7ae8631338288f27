"""The parts of LTX-2's video codec.

Convolutions over time and space, and changes of size that fold neighbouring cells into channels, so that nothing is
thrown away before the network has looked at it.
"""

import math
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.models.codecs.pixel_norm import pixel_norm

Stride = tuple[int, int, int]
"""Cells of the finer grid in one of the coarser, along time, height and width."""

Padding = Literal["zeros", "reflect"]
"""What is seen beyond the picture's border."""

EPS = 1e-8


def fold(x: Float[Tensor, "b c t h w"], stride: Stride) -> Float[Tensor, "b c_folded t2 h2 w2"]:
    """Turn each `stride` of neighbouring cells into channels of one."""
    (b, c, t, h, w), (dt, dh, dw) = x.shape, stride
    cells = x.reshape(b, c, t // dt, dt, h // dh, dh, w // dw, dw)
    return cells.permute(0, 1, 3, 5, 7, 2, 4, 6).flatten(1, 4)


def unfold(x: Float[Tensor, "b c_folded t2 h2 w2"], stride: Stride) -> Float[Tensor, "b c t h w"]:
    """Undo `fold`."""
    b, _, t, h, w = x.shape
    cells = x.reshape(b, -1, *stride, t, h, w).permute(0, 1, 5, 2, 6, 3, 7, 4)
    return cells.reshape(b, -1, t * stride[0], h * stride[1], w * stride[2])


def to_patches(video: Float[Tensor, "b 3 t h w"], patch: int) -> Float[Tensor, "b c t h2 w2"]:
    """Squares of pixels → channels, read column by column."""
    return fold(video.mT, (1, patch, patch)).mT


def from_patches(patches: Float[Tensor, "b c t h2 w2"], patch: int) -> Float[Tensor, "b 3 t h w"]:
    """Undo `to_patches`."""
    return unfold(patches.mT, (1, patch, patch)).mT


class Convolution(nn.Conv3d):
    """A 3x3x3 convolution that keeps the size.

    Beyond the clip's ends it sees the end frames again: two before the first if it is causal, else one at each side.
    """

    def __init__(self, inward: int, outward: int, padding: Padding, is_causal: bool) -> None:
        super().__init__(inward, outward, 3, padding=(0, 1, 1), padding_mode=padding)
        self.is_causal = is_causal

    def forward(self, input: Float[Tensor, "b inward t h w"]) -> Float[Tensor, "b outward t h w"]:
        """Return as many frames as came in."""
        first, last = input[:, :, :1], input[:, :, -1:]
        return super().forward(torch.cat([first, first, input] if self.is_causal else [first, input, last], dim=2))


class ResidualBlock(nn.Module):
    """Two normalised convolutions beside the identity."""

    def __init__(self, width: int, padding: Padding, is_causal: bool) -> None:
        super().__init__()
        self.first = Convolution(width, width, padding, is_causal)
        self.second = Convolution(width, width, padding, is_causal)

    def forward(self, x: Float[Tensor, "b c t h w"]) -> Float[Tensor, "b c t h w"]:
        """Return `x` and what the block adds to it."""
        added: Tensor = self.second(F.silu(pixel_norm(self.first(F.silu(pixel_norm(x, EPS))), EPS)))
        return x + added


class Shrink(nn.Module):
    """A smaller grid: a convolution whose cells are folded, beside the mean of folded channels.

    The clip's first frame stands for itself alone: where time is halved, it is put in twice.
    """

    def __init__(self, inward: int, outward: int, stride: Stride, padding: Padding, is_causal: bool) -> None:
        super().__init__()
        self.stride = stride
        self.convolution = Convolution(inward, outward // math.prod(stride), padding, is_causal)

    def forward(self, x: Float[Tensor, "b inward t h w"]) -> Float[Tensor, "b outward t2 h2 w2"]:
        """Return the smaller grid."""
        x = torch.cat([x[:, :, : self.stride[0] - 1], x], dim=2)
        learnt = fold(self.convolution(x), self.stride)
        itself = fold(x, self.stride)
        return learnt + itself.view(len(x), learnt.shape[1], -1, *itself.shape[2:]).mean(2)


class Grow(nn.Module):
    """A larger grid: a convolution whose channels are unfolded, beside the channels themselves, unfolded and repeated.

    Where time is doubled, the first frame comes out once: the other half of it is dropped.
    """

    def __init__(
        self, inward: int, outward: int, stride: Stride, padding: Padding, is_causal: bool, has_shortcut: bool
    ) -> None:
        super().__init__()
        self.stride = stride
        self.has_shortcut = has_shortcut
        self.convolution = Convolution(inward, outward * math.prod(stride), padding, is_causal)

    def forward(self, x: Float[Tensor, "b inward t2 h2 w2"]) -> Float[Tensor, "b outward t h w"]:
        """Return the larger grid."""
        learnt = unfold(self.convolution(x), self.stride)[:, :, self.stride[0] - 1 :]
        if not self.has_shortcut:
            return learnt
        itself = unfold(x, self.stride)[:, :, self.stride[0] - 1 :]
        return learnt + itself.repeat(1, learnt.shape[1] // itself.shape[1], 1, 1, 1)
