"""Rotary embeddings of places in time, height and width.

Source: RoFormer (arXiv:2104.09864), eq. 34, with a share of a head's dimensions for each axis. A pair that is turned
is two neighbouring numbers (Wan), or one of a head's first half and one of its second (LTX-2).
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

Rotary = tuple[Float[Tensor, "n _ pairs"], Float[Tensor, "n _ pairs"]]
"""Cosines and sines of each token's angles: the same for all heads, or each head's own."""


def rotary(positions: Int[Tensor, "n axes"], dims: tuple[int, ...], theta: float) -> Rotary:
    """The angles of tokens.

    Args:
        dims: of a head's dimensions, how many turn with each axis; even numbers.
    """
    angles = []
    for axis, dim in enumerate(dims):
        # In float64: a long clip's last frames turn by hundreds of radians.
        speeds = 1.0 / theta ** (torch.arange(0, dim, 2, dtype=torch.float64, device=positions.device) / dim)
        angles.append(positions[:, axis, None].double() * speeds)
    turns = torch.cat(angles, dim=1)[:, None]
    return turns.cos().float(), turns.sin().float()


def turned(x: Float[Tensor, "n h d"], by: Rotary) -> Float[Tensor, "n h d"]:
    """Turn queries or keys, whose pairs are neighbours."""
    cosine, sine = by
    pairs = torch.unflatten(x.float(), -1, (x.shape[-1] // 2, 2))
    if not torch.compiler.is_compiling():  # one pass over the numbers in place of six
        turned = torch.view_as_complex(pairs) * torch.complex(cosine, sine)
        return torch.view_as_real(turned).flatten(-2).to(x.dtype)
    even, odd = pairs.unbind(-1)  # the compiler makes one pass of real numbers, but none of complex ones
    return torch.stack([even * cosine - odd * sine, even * sine + odd * cosine], dim=-1).flatten(-2).to(x.dtype)


def turned_halves(x: Float[Tensor, "n h d"], by: Rotary) -> Float[Tensor, "n h d"]:
    """Turn queries or keys, whose pairs lie half a head apart."""
    cosine, sine = by
    first, second = x.float().chunk(2, dim=-1)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1).to(x.dtype)
