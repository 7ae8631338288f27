"""The way of a body through the picture: lengths in short sides of the picture, times in shares of the clip."""

import numpy as np

from manazir.evaluation.detectors.bodies import Track
from manazir.evaluation.detectors.readout import Floats

MOMENTS = 9
"""Times at which a way is looked at."""


def way_measures(track: Track) -> Floats:
    """Return what one body's way looks like."""
    places, area, tallness = _course(track)
    at = np.linspace(0, len(places) - 1, MOMENTS)
    x, y, a, h = (_sampled(values, at) for values in (*places.T, area, tallness))
    return np.concatenate(
        [
            [x[0], y[0], a[0]],
            x[1:] - x[0],
            y[1:] - y[0],
            a[1:] - a[0],
            h,
            _totals(places),
            _parabola(places),
            [track.is_seen.mean(), area.min() - np.median(area), area.max() - np.median(area)],
        ]
    )


def way_length(track: Track) -> float:
    """Return how far a body moves or grows, to find those that do."""
    places, area, _ = _course(track)
    at = np.linspace(0, len(places) - 1, MOMENTS)
    steps = [np.diff(_sampled(values, at)) for values in (places[:, 0], places[:, 1], 0.25 * area)]
    return float(np.sqrt(np.square(steps).sum(axis=0)).sum())


def course(track: Track) -> Floats:
    """Return `[t, 2]`: the centre in every frame, from the middle of the picture; x right, y down."""
    return _course(track)[0]


def _course(track: Track) -> tuple[Floats, Floats, Floats]:
    """Return centres, log areas and log height over width for every frame, hidden ones bridged."""
    t, h, w = track.masks.shape
    short = min(h, w)
    seen = np.flatnonzero(track.is_seen)
    raw = track.centres[seen]
    values = [(raw[:, 0] + 0.5 - w / 2) / short, (raw[:, 1] + 0.5 - h / 2) / short]
    values.append(0.5 * np.log(track.areas[seen] / short**2))
    left, top, right, bottom = track.boxes[seen].T
    values.append(np.log((bottom - top) / (right - left)))
    x, y, area, tallness = (np.interp(np.arange(t), seen, value) for value in values)
    return np.stack([x, y], axis=1), area, tallness


def _sampled(values: Floats, at: Floats) -> Floats:
    """Return values around moments, each the mean with its neighbours."""
    padded = np.concatenate([values[:1], values, values[-1:]])
    smooth = (padded[:-2] + 2.0 * padded[1:-1] + padded[2:]) / 4.0
    sampled: Floats = np.interp(at, np.arange(len(values)), smooth)
    return sampled


def _totals(places: Floats) -> Floats:
    """Return lengths, reversals, the sharpest turns and the speeds at both ends."""
    steps = np.diff(places, axis=0)
    quarter = max(1, len(steps) // 4)
    bends = np.diff(steps, axis=0)
    turns = [float((np.diff(np.sign(line[np.abs(line) > 0.004])) != 0).sum()) for line in steps.T]
    speeds = np.linalg.norm(steps, axis=1)
    ends = [steps[:quarter].mean(axis=0), steps[-quarter:].mean(axis=0)]
    return np.concatenate(
        [
            [speeds.sum(), np.linalg.norm(places[-1] - places[0]), *turns],
            10.0 * np.concatenate(ends),
            10.0 * bends.min(axis=0),
            10.0 * bends.max(axis=0),
            10.0 * np.array([speeds.max(), np.median(speeds), np.median(np.abs(bends[:, 1]))]),
            places.min(axis=0) - places[0],
            places.max(axis=0) - places[0],
        ]
    )


def _parabola(places: Floats) -> Floats:
    """Return how x and y bend over the first half, and how well a parabola fits."""
    half = places[: max(5, len(places) // 2 + 1)]
    time = np.linspace(0.0, 1.0, len(half))
    fits = [np.polyfit(time, line, 2) for line in half.T]
    misses = [np.abs(np.polyval(fit, time) - line).mean() for fit, line in zip(fits, half.T, strict=True)]
    return np.array([fits[0][0], fits[0][1], fits[1][0], fits[1][1], 10.0 * misses[0], 10.0 * misses[1]])
