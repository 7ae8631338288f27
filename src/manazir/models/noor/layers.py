"""The parts that Noor's transformers are made of."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


def rms_norm(x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
    """Scale each vector to a root mean square of one; no learned weight (modulation does that work)."""
    return F.rms_norm(x, (x.shape[-1],), eps=1e-6)


def fourier(values: Float[Tensor, "*b"], width: int, top: float = 200.0) -> Float[Tensor, "*b width"]:
    """Cosines and sines of numbers in [0, 1], at `width / 2` frequencies up to `top` radians."""
    frequencies = torch.exp(torch.linspace(0.0, 1.0, width // 2, device=values.device) * torch.log(torch.tensor(top)))
    angles = values[..., None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


def rotary_angles(
    positions: Float[Tensor, "n axes"], dims: tuple[int, ...], longest: float = 100.0
) -> Float[Tensor, "n half"]:
    """Angles for partial rotary embeddings: `dims[i]` of a head's dimensions turn with axis `i`.

    Source: RoFormer (arXiv:2104.09864), extended to axes as video models do.
    """
    parts = []
    for axis, size in enumerate(dims):
        rates = longest ** (-torch.arange(0, size, 2, device=positions.device) / size)
        parts.append(positions[:, axis, None] * rates)
    return torch.cat(parts, dim=-1)


def rotate(x: Float[Tensor, "b heads n d"], cos: Float[Tensor, "n half"], sin: Float[Tensor, "n half"]) -> Tensor:
    """Turn the first `2 * half` dimensions of each head; leave the rest, which carry meaning and no place."""
    half = cos.shape[-1]
    left, right, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    return torch.cat([left * cos - right * sin, left * sin + right * cos, rest], dim=-1)


class SwiGLU(nn.Module):
    """A gated feed-forward layer (arXiv:2002.05202)."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.enter = nn.Linear(width, 2 * hidden, bias=False)
        self.leave = nn.Linear(hidden, width, bias=False)
        nn.init.zeros_(self.leave.weight)

    def forward(self, x: Float[Tensor, "b n d"]) -> Float[Tensor, "b n d"]:
        """Return what is to be added to `x`."""
        gate, value = self.enter(x).chunk(2, dim=-1)
        result: Tensor = self.leave(F.silu(gate) * value)
        return result


class Attention(nn.Module):
    """Self-attention over tokens whose keys may be preceded by keys of a text."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.leave = nn.Linear(width, width, bias=False)
        nn.init.zeros_(self.leave.weight)

    def split(self, x: Float[Tensor, "b n d"]) -> Float[Tensor, "b heads n d_head"]:
        """Divide the width among the heads."""
        b, n, d = x.shape
        return x.view(b, n, self.heads, d // self.heads).transpose(1, 2)

    def forward(
        self,
        x: Float[Tensor, "b n d"],
        rotary: tuple[Tensor, Tensor] | None = None,
        prefix: tuple[Tensor, Tensor] | None = None,
        mask: Bool[Tensor, "#b 1 #n keys"] | None = None,
    ) -> Float[Tensor, "b n d"]:
        """Attend; `prefix` holds more keys and values `[b, heads, m, d_head]`, first in `mask`'s last axis."""
        query, key, value = (self.split(part) for part in self.query_key_value(x).chunk(3, dim=-1))
        query, key = rms_norm(query), rms_norm(key)  # arXiv:2302.05442: keeps logits from growing
        if rotary is not None:
            query, key = rotate(query, *rotary), rotate(key, *rotary)
        if prefix is not None:
            key, value = torch.cat([prefix[0], key], dim=2), torch.cat([prefix[1], value], dim=2)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        result: Tensor = self.leave(mixed.transpose(1, 2).reshape(x.shape))
        return result
