"""Pictures with transparency become opaque."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def on_white(rgba: Pixels) -> Pixels:
    """Lay a picture with alpha `[h, w, 4]` on white, as a browser's page would show it."""
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + 255 * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)
