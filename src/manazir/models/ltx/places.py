"""Where LTX-2's tokens are: in seconds, and across the picture; and how far rotary embeddings turn them.

Source: LTX-2 (arXiv:2601.03233) and huggingface/diffusers 0.42.1, `transformer_ltx2.py`. A place is a fraction of the
longest that the model knows, and every head has its own angular speeds. All in float32 but the speeds, in just this
order: the fastest turn by thousands of radians, where another rounding is another angle.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from manazir.models.rotary import Rotary

_THETA = 10_000.0


def causal_times(first: int, count: int, compression: int, per_second: float) -> Float[Tensor, "t 2"]:
    """When latent frames begin and end, in seconds; the very first holds one frame, each other `compression`.

    Args:
        first: where in time they begin, in latent frames.
        per_second: frames, before compression.
    """
    edges = torch.arange(first, first + count + 1, dtype=torch.float32) * compression
    seconds = (edges + 1 - compression).clamp(min=0) / per_second
    return torch.stack([seconds[:-1], seconds[1:]], dim=1)


def time_places(times: Float[Tensor, "t 2"], longest: float) -> Float[Tensor, "t 1"]:
    """Middles of latent frames, as fractions of the longest time."""
    begin, end = times.float().unbind(1)
    return ((begin + end) / 2.0 / longest)[:, None]


def video_places(
    times: Float[Tensor, "t 1"], size: tuple[int, int], compression: int, longest: tuple[int, int]
) -> Float[Tensor, "n 3"]:
    """Time, row and column of each cell, as fractions.

    Args:
        times: as `time_places` gives them.
        size: rows and columns.
        compression: pixels in a cell, along an axis.
        longest: height and width that are 1.0, in pixels.
    """
    rows, columns = (
        (torch.arange(length, dtype=torch.float32, device=times.device) + 0.5) * compression / limit
        for length, limit in zip(size, longest, strict=True)
    )
    return torch.cartesian_prod(times[:, 0], rows, columns).view(-1, 3)


def turns(places: Float[Tensor, "n axes"], heads: int, head_width: int) -> Rotary:
    """How far each head's pairs are turned; those left over, in the first head, are not."""
    half = heads * head_width // 2
    steps = torch.linspace(0.0, 1.0, half // places.shape[1], dtype=torch.float64, device=places.device)
    speeds = (_THETA**steps * math.pi / 2.0).float()
    angles = ((places * 2 - 1)[:, None] * speeds[:, None]).flatten(1)
    whole = F.pad(angles, (half - angles.shape[1], 0)).view(len(places), heads, -1)
    return whole.cos(), whole.sin()
