"""Rotary embeddings of places in time, height and width: interleaved pairs, as Wan and LTX turn them.

Source: RoFormer (arXiv:2104.09864), eq. 34, with a share of a head's dimensions for each axis.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

Rotary = tuple[Float[Tensor, "n 1 pairs"], Float[Tensor, "n 1 pairs"]]
"""Cosines and sines of each token's angles."""


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
    """Turn queries or keys."""
    cosine, sine = by
    even, odd = x.view(*x.shape[:-1], -1, 2).unbind(-1)
    return torch.stack([even * cosine - odd * sine, even * sine + odd * cosine], dim=-1).flatten(-2).to(x.dtype)
