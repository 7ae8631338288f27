"""Staying: what of a layout is kept where a region of its pictures is."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.keeping import Kept
from manazir.models.noor.sketch import radius_of

LEAST = 0.1
"""Share of a thing that is seen within what is kept: from it on it stays whole, for half a thing would stay else."""
_ACROSS = 9
"""Places along a thing at which is looked."""


def staying(layout: Float[Tensor, "t s f"], kept: Kept) -> Bool[Tensor, "t s"]:
    """Things that are ever seen within what is kept, in all frames in which they are seen, and the set.

    A thing that went its own way beside what is kept would come back to it at other times than its pictures show.
    Camera, light and ground are those of the part that stays: what is made beside it would not fit it otherwise.
    """
    places = _places(layout)
    pixels = torch.from_numpy(kept.pixels).to(layout.device)
    high, wide = pixels.shape
    half = min(high, wide) / 2.0
    column = (wide / 2.0 + places[..., 0] * half).floor().long()
    row = (high / 2.0 - places[..., 1] * half).floor().long()
    is_seen = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
    is_kept = is_seen & pixels[row.clamp(0, high - 1), column.clamp(0, wide - 1)]
    share = is_kept.sum(-1) / is_seen.sum(-1).clamp(min=1)
    is_there = layout[..., at.PRESENT] > 0
    stays: Tensor = ((share >= LEAST) & is_there).any(0) & is_there
    stays[:, at.SET] = True
    return stays


def _places(layout: Float[Tensor, "t s f"]) -> Float[Tensor, "t s k 2"]:
    """All over the disc that a thing about covers, in half short sides from the picture's middle."""
    line = torch.linspace(-1.0, 1.0, _ACROSS, device=layout.device)
    disc = torch.cartesian_prod(line, line)
    disc = disc[disc.norm(dim=1) <= 1.0]
    middle = layout[..., [at.ACROSS, at.UP]] / at.PLACE_SCALE
    return middle[..., None, :] + disc * radius_of(layout)[..., None, None]
