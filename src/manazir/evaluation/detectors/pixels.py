"""Which pixels are background, and which are of a body of which colour.

A pixel is compared with the usual look of its row: the camera is level, so that ground and sky change from row to row
and little along them. Looks are logarithms of linear light, in which shading and shadows are shifts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from manazir.evaluation.detectors.readout import load_readout
from manazir.worlds.palette import COLOURS
from manazir.worlds.tonemap import from_display

Looks = NDArray[np.float32]
Frames = NDArray[np.uint8]

FLOOR = 0.012
"""Linear light added before logarithms, about the black of the palette."""
BACKGROUND = "background"
CLASSES = (BACKGROUND, *COLOURS)
AREA = 7
"""Pixels: over so wide an area, the faint tint of a white body in the shade shows through noise."""
ROWS = 11
"""So many rows near one another look alike, so that what fills half a few rows does not pass for ground."""
SPARSE = 3
"""Every so many columns suffice to learn how a row looks."""
USUAL = 0.06
"""Pixels that differ less than this from their row are background without a closer look."""
LEAST_BACKGROUND = 0.15
"""Share of a row that must be background for the rest of it not to count."""
SURE = 0.5
"""Pixels likelier than this to be background say how their row looks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the pixels of a clip are."""

    look: Looks
    """`[t, h, w, 3]`, see `looks`."""
    against_row: Looks
    """`[t, h, w, 3]`: the look less that of the row's background."""
    labels: NDArray[np.uint8]
    """`[t, h, w]`: 0 for background, else 1 + the place of a colour in the palette."""


def looks(frames: Frames) -> Looks:
    """Return `[t, h, w, 3]`: log luminance, log red over green, log blue over green, of linear light."""
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    logs = np.log(from_display(greys)[:, 0] + FLOOR).astype(np.float32)[frames]
    red, green, blue = logs[..., 0], logs[..., 1], logs[..., 2]
    return np.stack([0.3 * red + 0.6 * green + 0.1 * blue, red - green, blue - green], axis=-1)


def measures(look: Looks, rows: Looks, column_step: int = 1) -> Looks:
    """Return `[t, h, w, 12]`: the look, the look against the row's, that averaged over an area, and the row's own."""
    usual = np.broadcast_to(rows[:, :, None], look.shape)
    against = look - usual
    around = ndimage.uniform_filter(against, (0, AREA, AREA // column_step, 0))
    return np.concatenate([look, against, around, usual], axis=-1)


def row_looks(look: Looks, is_background: NDArray[np.bool_] | None = None) -> Looks:
    """Return `[t, h, 3]`: the median look of each row's background, over its columns and the rows and frames near."""
    rows = np.median(look, axis=2) if is_background is None else _median_where(look, is_background)
    smooth: Looks = ndimage.median_filter(rows, (3, ROWS, 1), mode="nearest")
    return smooth


def _median_where(look: Looks, use: NDArray[np.bool_]) -> Looks:
    """Return the median over columns of what is to be used, or of all where that is little."""
    enough = use.mean(axis=2, keepdims=True) > LEAST_BACKGROUND
    used = (use | ~enough)[..., None]
    ordered = np.sort(np.where(used, look, np.float32(np.inf)), axis=2)
    middle = (used.sum(axis=2, keepdims=True) - 1) // 2
    rows: Looks = np.take_along_axis(ordered, np.broadcast_to(middle, (*look.shape[:2], 1, 3)), axis=2)[:, :, 0]
    return rows


def read_pixels(frames: Frames) -> Reading:
    """Tell bodies from background, by colour."""
    readout = load_readout("pixels")
    look = looks(frames)
    sparse = look[:, :, ::SPARSE]
    first = readout.shares(measures(sparse, row_looks(sparse), SPARSE))
    measured = measures(look, row_looks(sparse, first[..., 0] > SURE))
    stands_out = np.abs(measured[..., 3:6]).max(axis=-1) > USUAL
    shares = np.zeros((*stands_out.shape, len(CLASSES)), np.float32)
    shares[..., 0] = 1.0
    shares[stands_out] = readout.shares(measured[stands_out])
    smooth = ndimage.uniform_filter(shares, (0, 3, 3, 0)) + 0.5 * shares
    labels = smooth.argmax(axis=-1).astype(np.uint8)
    return Reading(look=look, against_row=measured[..., 3:6], labels=labels)
