"""What shape a body has: its outline votes in every frame, and so does every pixel of it; both are weighed together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from manazir.evaluation.detectors.bodies import Track
from manazir.evaluation.detectors.pixels import Reading
from manazir.evaluation.detectors.readout import Floats, load_readout
from manazir.evaluation.detectors.silhouette import silhouette
from manazir.worlds.scene import Shape

SHAPES = slice(1, 1 + len(Shape))
"""Of `segmenter.KINDS_OF_PIXEL`."""
HIDDEN = 0.9
"""How much less a frame counts in which the body's whole outline touches others or the picture's edge."""
LEAST = 0.01
"""Share that a shape has at least: one vote that is sure does not outvote all others."""


def shape_shares(track: Track, others: Sequence[Track], reading: Reading) -> Floats:
    """Return how likely each shape is, in the order of `Shape`."""
    outlines = load_readout("outline").shares(frame_measures(track, reading.look[..., 0].astype(np.float64)))
    measures = shape_measures(outlines, clear_views(track, others), pixel_votes(track, reading))
    return load_readout("shape").shares(measures)


def shape_measures(outlines: Floats, views: Floats, pixels: Floats) -> Floats:
    """Return what both say, and how well the body is seen.

    Args:
        outlines: `[frames seen, shapes]`, shares, as the readout of outlines says.
        views: `[frames seen]`, see `clear_views`.
        pixels: `[shapes]`, see `pixel_votes`.
    """
    logs = (views / views.sum()) @ np.log(outlines + LEAST)
    return np.concatenate([logs - logs.max(), pixels, [np.log(views.mean() + 1.0)]])


def frame_measures(track: Track, light: NDArray[np.floating]) -> Floats:
    """Return `[frames seen, measures]` of the outline; `light` is log luminance `[t, h, w]`."""
    return np.stack([silhouette(track.masks[t], light[t]) for t in np.flatnonzero(track.is_seen)])


def pixel_votes(track: Track, reading: Reading) -> Floats:
    """Return `[shapes]`: how far each is behind the likeliest, by the mean logarithm of what the body's pixels say."""
    seen = np.flatnonzero(track.is_seen)
    weights = np.sqrt(track.areas[seen].astype(np.float64))
    logs = (weights / weights.sum()) @ np.stack([_frame_logs(track, reading, int(t)) for t in seen])
    behind: Floats = logs - logs.max()
    return behind


def _frame_logs(track: Track, reading: Reading, frame: int) -> Floats:
    shares = reading.kinds[frame][track.masks[frame]][:, SHAPES].astype(np.float64) + LEAST
    logs: Floats = np.log(shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
    return logs


def clear_views(track: Track, others: Sequence[Track]) -> Floats:
    """Return `[frames seen]`: how well each frame shows the body's outline, times its size."""
    rest = np.logical_or.reduce([other.masks for other in others]) if others else np.zeros_like(track.masks)
    blocked = np.pad(rest, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    views = []
    for t in np.flatnonzero(track.is_seen):
        mask = np.pad(track.masks[t], 1)
        rim = ndimage.binary_dilation(mask) & ~mask
        views.append(float(np.sqrt(mask.sum()) * (1.0 - HIDDEN * (rim & blocked[t]).sum() / rim.sum()) ** 4))
    return np.array(views)
