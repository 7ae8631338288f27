"""How near two pictures are."""

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import ShapeError

NEAREST_DB = 99.0
"""What equal pictures get: no noise would be an infinite ratio, which no mean survives."""


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the peak signal-to-noise ratio of two pictures or clips in dB, `NEAREST_DB` at most.

    Raises:
        ShapeError: they differ in size.
    """
    if one.shape != other.shape:
        raise ShapeError(f"a picture of {one.shape} against one of {other.shape}; compare pictures of one size")
    error = float(np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2))
    return NEAREST_DB if error == 0.0 else min(NEAREST_DB, float(10.0 * np.log10(255.0**2 / error)))
