"""What happens: by the way of the body that moves most, and of the others against it."""

from collections.abc import Sequence

import numpy as np

from manazir.evaluation.detectors.bodies import Track
from manazir.evaluation.detectors.readout import Floats, load_readout
from manazir.evaluation.detectors.ways import MOMENTS, course, way_length, way_measures

GRAVE = 0.03
"""Short sides: a body that moves less than this stays where it is."""


def main_body(bodies: Sequence[Track]) -> int:
    """Return the place of the body that the event is most likely about: the one that moves most, early above all."""
    return int(np.argmax([_early(track) + 0.3 * way_length(track) for track in bodies]))


def _early(track: Track) -> float:
    way = course(track)
    third = max(2, len(way) // 3)
    return float(np.linalg.norm(np.diff(way[:third], axis=0), axis=1).sum())


def event_measures(bodies: Sequence[Track], ramps: Sequence[Track], shapes: Sequence[Floats], camera: Floats) -> Floats:
    """Return the main body's way and shape, the next two bodies' against it, what stands by, and the camera's move."""
    main = main_body(bodies)
    others = sorted((k for k in range(len(bodies)) if k != main), key=lambda k: -way_length(bodies[k]))
    next_two = [_against(bodies[k], bodies[main]) for k in others[:2]]
    next_two += [np.zeros(3 * MOMENTS + 6)] * (2 - len(next_two))
    counts = [float(len(bodies)), float(len(ramps)), float(sum(way_length(track) > GRAVE for track in bodies))]
    ramp = _above(bodies[main], ramps[0]) if ramps else np.zeros(3)
    return np.concatenate([way_measures(bodies[main]), shapes[main], *next_two, counts, ramp, camera])


def _against(track: Track, main: Track) -> Floats:
    """Return another body's way, how it lies from the main one, and how near they come."""
    way, other = course(track), course(main)
    at = np.linspace(0, len(way) - 1, MOMENTS).round().astype(int)
    sizes = [np.sqrt(t.usual_area) / min(t.masks.shape[1:]) for t in (track, main)]
    apart = np.linalg.norm(way - other, axis=1)
    near = int(apart.argmin())
    facts = [1.0, *sizes, apart[near] / sum(sizes), near / len(way), way_length(track)]
    moved = way[at] - way[0]
    return np.concatenate([facts, moved[:, 0], moved[:, 1], apart[at] / sum(sizes)])


def _above(track: Track, ramp: Track) -> Floats:
    """Return how the main body lies from a ramp at first, and how large that is."""
    size = np.sqrt(ramp.usual_area) / min(ramp.masks.shape[1:])
    return np.array([*(course(track)[0] - course(ramp)[0]), size])


def event_shares(measures: Floats) -> Floats:
    """Return how likely each event is, in the order of the readout's answers."""
    return load_readout("event").shares(measures)
