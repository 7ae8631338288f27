"""What the pixels of a clip are: of which colour and shape, as the segmenter says, and how they differ from their row.

The camera is level, so that ground and sky change from row to row and little along them: shadows are what is darker
than its row. Looks are logarithms of linear light, in which shading and shadows are shifts.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from manazir.evaluation.detectors.segmenter import load_segmenter
from manazir.models.codecs.levels import to_pictures
from manazir.worlds.tonemap import from_display

Looks = NDArray[np.float32]
Frames = NDArray[np.uint8]

FLOOR = 0.012
"""Linear light added before logarithms, about the black of the palette."""
ROWS = 11
"""So many rows near one another look alike, so that what fills half a few rows does not pass for ground."""
LEAST_BACKGROUND = 0.15
"""Share of a row that must be background for the rest of it not to count."""
PLAIN = 1e-3
"""A picture whose looks differ less shows nothing."""
AT_ONCE = 8
"""Frames that the segmenter sees at once: more would need more memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the pixels of a clip are."""

    look: Looks
    """`[t, h, w, 3]`, see `looks`."""
    against_row: Looks
    """`[t, h, w, 3]`: the look less that of the row's background."""
    labels: NDArray[np.uint8]
    """`[t, h, w]`: places in `CLASSES`; 0 for background."""
    kinds: NDArray[np.float32]
    """`[t, h, w, kinds]`: the share of each of `KINDS_OF_PIXEL`."""


def looks(frames: Frames) -> Looks:
    """Return `[t, h, w, 3]`: log luminance, log red over green, log blue over green, of linear light."""
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    logs = np.log(from_display(greys)[:, 0] + FLOOR).astype(np.float32)[frames]
    red, green, blue = logs[..., 0], logs[..., 1], logs[..., 2]
    return np.stack([0.3 * red + 0.6 * green + 0.1 * blue, red - green, blue - green], axis=-1)


def row_looks(look: Looks, is_background: NDArray[np.bool_]) -> Looks:
    """Return `[t, h, 3]`: the median look of each row's background, over its columns and the rows and frames near."""
    smooth: Looks = ndimage.median_filter(_median_where(look, is_background), (3, ROWS, 1), mode="nearest")
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
    """Tell bodies from background, by colour and by shape."""
    look = looks(frames)
    labels, kinds = _segment(frames)
    labels[np.ptp(look, axis=(1, 2)).max(axis=-1) < PLAIN] = 0
    rows = row_looks(look, labels == 0)
    return Reading(look=look, against_row=look - rows[:, :, None], labels=labels, kinds=kinds)


@torch.no_grad()
def _segment(frames: Frames) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return what colour each pixel is likeliest to be, and the share of each kind."""
    parts = torch.split(torch.from_numpy(np.ascontiguousarray(frames)), AT_ONCE)
    said = [load_segmenter()(to_pictures(part)) for part in parts]
    labels = torch.cat([part.colours.argmax(dim=1) for part in said]).byte()
    kinds = torch.cat([part.kinds.softmax(dim=1).permute(0, 2, 3, 1) for part in said])
    return labels.numpy(), kinds.contiguous().numpy()
