"""LTX-2's latent upsampler: a clip's latents → those of a larger one, or of one with twice the frames.

What a two-stage generation goes through between its small draft and its full size. It works on what the encoder
says, not on normalised latents: `codec.normalise(upsampler(codec.restore(latents)))`.

Equal to `LTX2LatentUpsamplerModel` of diffusers 0.42.1 as released: twice the size (LTX-2, LTX-2.3, LTX-2.5), one and
a half times (LTX-2.3), twice the frames (LTX-2, LTX-2.5).
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError

GROUPS = 32
BLUR = 5
"""Cells of the binomial filter that goes before leaving cells out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxUpsamplerShape:
    """Sizes of an upsampler; as it stands, LTX-2's for space."""

    latent_channels: int = 128
    width: int = 1024
    blocks: int = 4
    """At each of the two sizes."""
    enlarge: int = 2
    """Cells that come of each along height and width, before ..."""
    reduce: int = 1
    """... one of so many is kept."""
    doubles_time: bool = False
    """Whether there are twice the frames instead of larger ones."""

    def __post_init__(self) -> None:
        """Refuse widths that cannot be normalised in groups, and both kinds of growth at once."""
        if self.width % GROUPS:
            raise ShapeError(f"a width of {self.width} is not a multiple of {GROUPS}")
        if self.doubles_time and (self.enlarge, self.reduce) != (1, 1):
            raise ShapeError("an upsampler doubles time or enlarges frames, not both; set enlarge and reduce to 1")


class _Block(nn.Module):
    """Two normalised convolutions beside the identity, bent together."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv3d(width, width, 3, padding=1)
        self.first_norm = nn.GroupNorm(GROUPS, width)
        self.second = nn.Conv3d(width, width, 3, padding=1)
        self.second_norm = nn.GroupNorm(GROUPS, width)

    def forward(self, x: Tensor) -> Tensor:
        added = self.second_norm(self.second(F.silu(self.first_norm(self.first(x)))))
        return F.silu(added + x)


class _MoreFrames(nn.Module):
    """Twice the frames but one: the first latent frame holds a single picture and stays alone."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.convolution = nn.Conv3d(width, 2 * width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        b, c, t, h, w = x.shape
        halves: Tensor = self.convolution(x).view(b, c, 2, t, h, w)
        return halves.transpose(2, 3).flatten(2, 3)[:, :, 1:]


class _LargerFrames(nn.Module):
    """Each frame by itself: more cells from channels, blurred where some are left out again."""

    def __init__(self, width: int, enlarge: int, reduce: int) -> None:
        super().__init__()
        self.enlarge, self.reduce = enlarge, reduce
        self.convolution = nn.Conv2d(width, enlarge**2 * width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        frames = F.pixel_shuffle(self.convolution(x.transpose(1, 2).flatten(0, 1)), self.enlarge)
        if self.reduce > 1:
            frames = _thin(frames, self.reduce)
        return frames.view(x.shape[0], x.shape[2], *frames.shape[1:]).transpose(1, 2)


class LtxUpsampler(nn.Module):
    """What the encoder says of a clip → what it would say of a larger, or a longer one."""

    def __init__(self, shape: LtxUpsamplerShape) -> None:
        super().__init__()
        self.shape = shape
        self.enter = nn.Conv3d(shape.latent_channels, shape.width, 3, padding=1)
        self.enter_norm = nn.GroupNorm(GROUPS, shape.width)
        self.before = nn.Sequential(*(_Block(shape.width) for _ in range(shape.blocks)))
        self.grow = (
            _MoreFrames(shape.width) if shape.doubles_time else _LargerFrames(shape.width, shape.enlarge, shape.reduce)
        )
        self.after = nn.Sequential(*(_Block(shape.width) for _ in range(shape.blocks)))
        self.leave = nn.Conv3d(shape.width, shape.latent_channels, 3, padding=1)

    def forward(self, raw: Float[Tensor, "b c t8 h32 w32"]) -> Float[Tensor, "b c t8_more h32_more w32_more"]:
        """Return more cells; `2 * t8 - 1` latent frames where time is doubled."""
        x = self.before(F.silu(self.enter_norm(self.enter(raw))))
        larger: Tensor = self.leave(self.after(self.grow(x)))
        return larger


def _thin(frames: Float[Tensor, "n c h w"], step: int) -> Float[Tensor, "n c h2 w2"]:
    """Blur with binomial weights, then keep one cell of `step` along both axes."""
    line = torch.tensor([math.comb(BLUR - 1, at) for at in range(BLUR)], dtype=frames.dtype, device=frames.device)
    weights = (line[:, None] * line / line.sum() ** 2).expand(frames.shape[1], 1, BLUR, BLUR)
    return F.conv2d(frames, weights, stride=step, padding=BLUR // 2, groups=frames.shape[1])
