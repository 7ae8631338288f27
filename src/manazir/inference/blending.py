"""Long clips in overlapping windows whose predictions are blended: no seam has a place where it could show.

At each step every window is predicted by itself and laid over the others, each fading where it overlaps. What the
windows make of the frames they share is thus the same at every step (MultiDiffusion, arXiv:2302.08113, along time).
"""

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import ShapeError


def spans(length: int, window: int, overlap: int) -> list[slice]:
    """Windows over so many latent frames, evenly placed; neighbours share `overlap` or more.

    Raises:
        ShapeError: windows that overlap wholly do not go on.

    >>> spans(5, 9, 3), spans(12, 6, 2)
    ([slice(0, 5, None)], [slice(0, 6, None), slice(3, 9, None), slice(6, 12, None)])
    """
    if not 0 <= overlap < window:
        raise ShapeError(f"windows of {window} latent frames cannot overlap by {overlap}")
    if length <= window:
        return [slice(0, length)]
    count = 1 + -(-(length - window) // (window - overlap))
    starts = torch.linspace(0, length - window, count).round().int().tolist()
    return [slice(start, start + window) for start in starts]


def fading(windows: list[slice], device: torch.device) -> list[Float[Tensor, " t"]]:
    """How much of each window's frames is taken; for each frame of the clip this adds up to 1."""
    rising = [_ramp(index, windows, device) for index in range(len(windows))]
    total = torch.zeros(windows[-1].stop, device=device)
    for span, share in zip(windows, rising, strict=True):
        total[span] += share
    return [share / total[span] for span, share in zip(windows, rising, strict=True)]


def _ramp(index: int, windows: list[slice], device: torch.device) -> Float[Tensor, " t"]:
    """Up where it overlaps the one before, down where the next."""
    span = windows[index]
    share = torch.ones(span.stop - span.start, device=device)
    if index > 0 and (shared := windows[index - 1].stop - span.start) > 0:
        share[:shared] = torch.arange(1, shared + 1, device=device) / (shared + 1)
    if index + 1 < len(windows) and (shared := span.stop - windows[index + 1].start) > 0:
        share[-shared:] = torch.minimum(share[-shared:], torch.arange(shared, 0, -1, device=device) / (shared + 1))
    return share
