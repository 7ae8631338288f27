"""Attention as all of LTX-2 has it: queries and keys are normed over all heads together, and heads may have gates."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.models.packing import KeysValues

_EPSILON = 1e-6


def rms_normed(x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """Root-mean-square norm without weights, in float32."""
    return F.rms_norm(x.float(), x.shape[-1:], eps=_EPSILON).to(x.dtype)


def feed_forward(width: int, has_bias: bool = True) -> nn.Sequential:
    """Two layers, four times as wide between."""
    return nn.Sequential(
        nn.Linear(width, 4 * width, bias=has_bias),
        nn.GELU(approximate="tanh"),
        nn.Linear(4 * width, width, bias=has_bias),
    )


class Attention(nn.Module):
    """Projections of one attention.

    Args:
        width: of the tokens that attend.
        read_width: of those that are attended to.
    """

    def __init__(self, width: int, read_width: int, heads: int, head_width: int, is_gated: bool) -> None:
        super().__init__()
        inner = heads * head_width
        self.heads = heads
        self.query, self.out = nn.Linear(width, inner), nn.Linear(inner, width)
        self.key, self.value = nn.Linear(read_width, inner), nn.Linear(read_width, inner)
        self.query_norm, self.key_norm = nn.RMSNorm(inner, eps=_EPSILON), nn.RMSNorm(inner, eps=_EPSILON)
        self.gates = nn.Linear(width, heads) if is_gated else None

    def queries(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h e"]:
        """Queries of tokens."""
        return self._split(self.query_norm(self.query(x)))

    def read(self, x: Float[Tensor, "m d"]) -> KeysValues:
        """Keys and values of what is attended to."""
        return self._split(self.key_norm(self.key(x))), self._split(self.value(x))

    def leave(self, seen: Float[Tensor, "n h e"], x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """What was seen, each head as far as the token that asked opens its gate: from 0.0 to 2.0."""
        if self.gates is not None:
            seen = seen * (2.0 * torch.sigmoid(self.gates(x)))[..., None]
        left: Tensor = self.out(seen.flatten(1))
        return left

    def _split(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h e"]:
        return x.view(len(x), self.heads, x.shape[1] // self.heads)
