"""How large a body is: by its size in the picture and by how far away it seems to stand."""

import numpy as np

from manazir.evaluation.detectors.bodies import Track
from manazir.evaluation.detectors.readout import Floats, load_readout
from manazir.evaluation.detectors.ways import course

PERCENTILES = (10, 50, 90)


def size_measures(track: Track, shape: Floats, camera: Floats) -> Floats:
    """Return how large a body is in the picture, how low it comes, and what shape it has."""
    seen = np.flatnonzero(track.is_seen)
    short = min(track.masks.shape[1:])
    roots = 0.5 * np.log(track.areas[seen] / short**2)
    left, top, right, bottom = track.boxes[seen].T
    heights, widths = np.log((bottom - top) / short), np.log((right - left) / short)
    feet = (bottom - 1) / short
    feet = feet - track.masks.shape[1] / short / 2
    lengths = [np.percentile(values, PERCENTILES) for values in (roots, heights, widths, feet)]
    way = course(track)
    at_lowest = int(feet.argmax())
    lowest = [roots[at_lowest], heights[at_lowest], widths[at_lowest], feet[at_lowest], feet[0], roots[0]]
    return np.concatenate([*lengths, lowest, way[0], way[-1], np.ptp(way, axis=0), shape, camera[:8]])


def size_shares(measures: Floats) -> Floats:
    """Return how likely each size class is, in the order of the readout's answers."""
    return load_readout("size").shares(measures)
