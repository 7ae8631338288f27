"""What shape a body has: each frame votes by its silhouette, clear views more than hidden ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from manazir.evaluation.detectors.bodies import Track
from manazir.evaluation.detectors.readout import Floats, load_readout
from manazir.evaluation.detectors.silhouette import silhouette

HIDDEN = 0.9
"""How much less a frame counts in which the body's whole outline touches others or the picture's edge."""


def frame_measures(track: Track, light: NDArray[np.floating]) -> Floats:
    """Return `[frames seen, measures]`; `light` is log luminance `[t, h, w]`."""
    return np.stack([silhouette(track.masks[t], light[t]) for t in np.flatnonzero(track.is_seen)])


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


def shape_shares(track: Track, others: Sequence[Track], light: NDArray[np.floating]) -> Floats:
    """Return how likely each shape is, in the order of `Shape`."""
    shares = load_readout("shape").shares(frame_measures(track, light))
    return votes(shares, clear_views(track, others))


def votes(shares: Floats, weights: Floats) -> Floats:
    """Return what frames say together: the weighted mean of their log shares, as shares."""
    logs = (np.log(shares + 1e-3) * weights[:, None]).sum(axis=0) / weights.sum()
    together: Floats = np.exp(logs - logs.max())
    summed: Floats = together / together.sum()
    return summed
