"""Blocks of the Wan video autoencoders. Frames stand channels-last, `b t h w c`; every block is a part of a `Chain`."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.models.codecs.causal_conv import CausalConv, Chain, Past


class UnitNorm(nn.Module):
    """Scales each pixel's channels to a root mean square of one, then by what was learnt."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: Float[Tensor, "*b c"]) -> Float[Tensor, "*b c"]:
        """Where all channels are zero they stay zero."""
        return self.scaled(x).to(x.dtype)

    def scaled(self, x: Float[Tensor, "*b c"]) -> Float[Tensor, "*b c"]:
        """The same in single precision, so that half precision is rounded to once, at the end."""
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32).clamp(min=1e-12)
        scaled: Tensor = x / length
        scaled *= self.gamma * math.sqrt(x.shape[-1])  # in place, as below: fresh memory costs more than the arithmetic
        return scaled


class NormedSilu(nn.Module):
    """A norm and SiLU, before each convolution."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = UnitNorm(width)

    def forward(self, x: Float[Tensor, "*b c"], past: Past = None) -> tuple[Float[Tensor, "*b c"], Past]:
        """Each pixel by itself: no past."""
        return F.silu(self.norm.scaled(x), inplace=True).to(x.dtype), past


class ResidualBlock(nn.Module):
    """Two causal convolutions beside the identity, or beside a linear map where the width changes."""

    def __init__(self, width_in: int, width_out: int) -> None:
        super().__init__()
        first, second = CausalConv(width_in, width_out), CausalConv(width_out, width_out)
        self.added = Chain(NormedSilu(width_in), first, NormedSilu(width_out), second)
        self.shortcut = nn.Identity() if width_in == width_out else nn.Linear(width_in, width_out)

    def forward(self, x: Float[Tensor, "b t h w c"], past: Past = None) -> tuple[Float[Tensor, "b t h w d"], Past]:
        """Return `x` with what the convolutions add."""
        added, past = self.added(x, past)
        return added.add_(self.shortcut(x)), past


class FrameAttention(nn.Module):
    """Self-attention of one head among the pixels of each frame, beside the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = UnitNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.leave = nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "b t h w c"], past: Past = None) -> tuple[Float[Tensor, "b t h w c"], Past]:
        """Each frame by itself: no past."""
        pixels = self.norm(x).flatten(2, 3)
        query, key, value = self.query_key_value(pixels).chunk(3, dim=-1)
        mixed = F.scaled_dot_product_attention(query, key, value)
        return x + self.leave(mixed).view(x.shape), past


def middle(width: int) -> Chain:
    """What stands at the smallest size, in encoder and decoder alike."""
    return Chain(ResidualBlock(width, width), FrameAttention(width), ResidualBlock(width, width))
