"""Which of the coloured things in a clip are bodies, which a ramp, and which only a tint, a reflection or a rod."""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from manazir.evaluation.detectors.bodies import Track
from manazir.evaluation.detectors.pixels import Reading
from manazir.evaluation.detectors.readout import Floats, load_readout
from manazir.evaluation.detectors.ways import way_length

KINDS = ("body", "ramp", "nothing")
LOOKED_AT = 6
"""Frames, spread over the clip, that are looked at."""


def kind_measures(track: Track, others: Sequence[Track], reading: Reading) -> Floats:
    """Return how large, lasting, solid and free-standing something is, and what its pixels are said to be."""
    h, w = track.masks.shape[1:]
    area = track.usual_area
    largest = max((other.usual_area for other in others), default=area)
    seen = np.flatnonzero(track.is_seen)
    frames = seen[np.linspace(0, len(seen) - 1, min(LOOKED_AT, len(seen))).astype(int)]
    looked = np.mean([_frame_measures(track, others, reading, int(frame)) for frame in frames], axis=0)
    lasting = [np.log(area / (h * w)), np.log(area / largest), track.is_seen.mean(), way_length(track), len(others)]
    steady = [np.log(track.areas[seen]).std()]
    return np.concatenate([lasting, steady, looked])


def _frame_measures(track: Track, others: Sequence[Track], reading: Reading, frame: int) -> Floats:
    mask = track.masks[frame]
    y, x = np.nonzero(mask)
    height, width = np.ptp(y) + 1, np.ptp(x) + 1
    rim = ndimage.binary_dilation(mask, iterations=2) & ~mask
    taken = np.logical_or.reduce([other.masks[frame] for other in others]) if others else np.zeros_like(mask)
    holes = ndimage.binary_opening(mask, iterations=2).sum() / len(x)
    h, w = mask.shape
    return np.array(
        [
            (rim & taken).sum() / rim.sum(),
            len(x) / (height * width),
            np.log(height / width),
            np.log(width / w),
            holes,
            y.mean() / h - 0.5,
            y.max() / h - 0.5,
            float(x.min() == 0 or x.max() == w - 1),
            *np.abs(reading.against_row[frame][mask]).mean(axis=0),
            *reading.kinds[frame][mask].mean(axis=0),
        ]
    )


def kind_shares(track: Track, others: Sequence[Track], reading: Reading) -> Floats:
    """Return how likely each of `KINDS` is."""
    return load_readout("kind").shares(kind_measures(track, others, reading))
