"""Windows: how a long clip is made by a model that makes a short one.

Each window overlaps the one before by half and knows what was made there. A loop is closed by one more window laid
over its seam, which knows both sides of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Window:
    """Indices of the frames of one call of the model, in the clip (they wrap around at a loop's seam)."""

    frames: NDArray[np.int64]
    makes: NDArray[np.bool_]
    """Which of them this window is to make, unless they are known from the start."""


def windows(frames: int, size: int, known: NDArray[np.bool_], *, goes_backwards: bool, is_loop: bool) -> list[Window]:
    """Cover `frames` (a multiple of half a window, at least one window) in the order of making.

    Windows that hold nothing to make are left out.
    """
    half = size // 2
    starts = list(range(0, frames - size + 1, half))
    if goes_backwards:
        starts.reverse()
    result: list[Window] = []
    made = known.copy()
    for start in starts:
        span = np.arange(start, start + size)
        makes = ~made[span]
        if makes.any():
            result.append(Window(span, makes))
        made[span] = True
    if is_loop:
        result.append(_seam(frames, size, known))
    return result


def _seam(frames: int, size: int, known: NDArray[np.bool_]) -> Window:
    """The window around the end and the beginning; its outer quarters are known, its middle is made anew."""
    span = np.arange(frames - size // 2, frames + size // 2) % frames
    makes = np.zeros(size, np.bool_)
    makes[size // 4 : size - size // 4] = True
    return Window(span, makes & ~known[span])
