"""From scene-linear radiance to display Rec. 709 bytes, and back.

Exposure, then a shoulder on the largest channel only (the others keep their ratio to it, so that the palette's
colours stay saturated and their hue), then the sRGB transfer function. Below the knee nothing is compressed.
"""

import functools

import numpy as np
from numpy.typing import NDArray

EXPOSURE = 0.92
"""Radiance that a display shows as 1 before the shoulder; tuned by eye with the palette and intensity 3 lights."""
KNEE = 0.55
"""Share of the display's range below which light is left as it is."""
WHITE = 5.0
"""Exposed light that becomes the brightest the display has; more is clipped."""
SPAN = (WHITE - KNEE) / (1.0 - KNEE)
"""Length of the shoulder in units of what the display has left above the knee."""
LEVELS = 65535
"""Linear display light is counted in this many steps before the transfer function."""


def to_display(radiance: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Bytes `[..., 3]` that show radiance `[..., 3]`."""
    exposed = np.maximum(np.asarray(radiance, dtype=np.float64), 0.0) * EXPOSURE
    peak = exposed.max(axis=-1, keepdims=True)
    scale = _shoulder(peak) / np.maximum(peak, 1e-12)
    levels = (np.minimum(exposed * scale, 1.0) * LEVELS + 0.5).astype(np.int64)
    frames: NDArray[np.uint8] = transfer_table()[levels]
    return frames


def from_display(frames: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The radiance that bytes stand for; where a channel is 255 it is the least that they may have been."""
    encoded = np.asarray(frames, dtype=np.float64) / 255.0
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    peak = linear.max(axis=-1, keepdims=True)
    scale = _shoulder_inverse(peak) / np.maximum(peak, 1e-12)
    radiance: NDArray[np.float64] = linear * scale / EXPOSURE
    return radiance.astype(np.float32)


@functools.cache
def transfer_table() -> NDArray[np.uint8]:
    """The byte for each of the `LEVELS` + 1 steps of linear display light (sRGB, IEC 61966-2-1)."""
    linear = np.arange(LEVELS + 1) / LEVELS
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    table = np.rint(encoded * 255.0).astype(np.uint8)
    table.setflags(write=False)
    return table


def _shoulder(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """The identity up to the knee, then Reinhard's extended curve with slope 1 at the knee and 1 at `WHITE`."""
    over = np.maximum(light - KNEE, 0.0) / (1.0 - KNEE)
    bent = KNEE + (1.0 - KNEE) * over * (1.0 + over / SPAN**2) / (1.0 + over)
    return np.where(light <= KNEE, light, np.minimum(bent, 1.0))


def _shoulder_inverse(shown: NDArray[np.float64]) -> NDArray[np.float64]:
    bent = np.clip((shown - KNEE) / (1.0 - KNEE), 0.0, 1.0)
    over = SPAN**2 / 2 * ((bent - 1.0) + np.sqrt((1.0 - bent) ** 2 + 4.0 * bent / SPAN**2))
    return np.where(shown <= KNEE, shown, KNEE + (1.0 - KNEE) * over)
