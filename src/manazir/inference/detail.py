"""Carrying detail: what a known picture shows more sharply than the codec stays sharp where nothing changes.

A codec loses a little of every picture. What it lost of a known frame (the residual) is added back there, and in the
frames around it wherever the made picture has not changed from how the codec shows the known one.
"""

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 10.0
"""Change, in levels of 255, at which half of the detail is let go. Tuned by eye on rendered scenes."""


def carry_detail(made: NDArray[np.uint8], given: NDArray[np.uint8], is_known: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return `made` `[t, h, w, 3]` with known frames exact and their lost detail carried to still places."""
    known = np.flatnonzero(is_known)
    if not len(known):
        return made
    result = made.copy()
    for index in range(len(made)):
        nearest = known[np.argmin(np.abs(known - index))]
        result[index] = given[index] if is_known[index] else _carried(made[index], made[nearest], given[nearest])
    return result


def _carried(made: NDArray[np.uint8], made_known: NDArray[np.uint8], given: NDArray[np.uint8]) -> NDArray[np.uint8]:
    residual = given.astype(np.float32) - made_known
    change = np.abs(made.astype(np.float32) - made_known).max(axis=-1)
    keep = 1.0 / (1.0 + (_widened(change) / TOLERANCE) ** 4)
    levels: NDArray[np.uint8] = np.clip(np.rint(made + residual * keep[..., None]), 0, 255).astype(np.uint8)
    return levels


def _widened(change: NDArray[np.float32], reach: int = 2) -> NDArray[np.float32]:
    """The largest change within `reach` pixels: detail stops short of what moves."""
    padded = np.pad(change, reach, mode="edge")
    h, w = change.shape
    rows = np.maximum.reduce([padded[offset : offset + h] for offset in range(2 * reach + 1)])
    widest: NDArray[np.float32] = np.maximum.reduce([rows[:, offset : offset + w] for offset in range(2 * reach + 1)])
    return widest
