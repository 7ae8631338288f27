"""From which side the light falls: by the shading of the bodies and by where their shadows lie."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from manazir.evaluation.detectors.bodies import Track
from manazir.evaluation.detectors.pixels import Reading
from manazir.evaluation.detectors.readout import Floats, load_readout
from manazir.evaluation.detectors.segmenter import BACKGROUND, CLASSES
from manazir.worlds.palette import COLOURS

FRAMES = 5
"""Looked at, from the first half of the clip: captions speak of the light as seen from where the camera starts."""
SECTORS = 12
REACHES = (1.0, 2.0, 3.5)
"""Radii of the rings around a body in which shadows are looked for, in its own radii."""
DARK = 0.12
"""Least log luminance below the row's that counts as shadow."""


def light_measures(track: Track, reading: Reading, frame: int) -> Floats:
    """Return how a body is shaded in one frame, and how dark the ground is around it."""
    mask = track.masks[frame]
    y, x = np.nonzero(mask)
    centre = np.array([x.mean(), y.mean()])
    radius = max(2.0, np.sqrt(len(x) / np.pi))
    shade = reading.look[frame, ..., 0].astype(np.float64)
    return np.concatenate([_shading(shade[y, x], x, y, track.colour), _shadow(reading, frame, centre, radius, mask)])


def _shading(shade: Floats, x: NDArray[np.int64], y: NDArray[np.int64], colour: str) -> Floats:
    """Return brightness against the palette's, its slopes over the body's size, its bend and its spread."""
    red, green, blue = COLOURS[colour]
    paint = 0.3 * np.log(red + 0.02) + 0.6 * np.log(green + 0.02) + 0.1 * np.log(blue + 0.02)
    width, height = max(x.std(), 0.5), max(y.std(), 0.5)
    u, v = (x - x.mean()) / width, (y - y.mean()) / height
    basis = np.stack([np.ones_like(u), u, v, u * u, v * v, u * v], axis=1)
    slopes = np.linalg.lstsq(basis, shade, rcond=None)[0]
    rest = shade - basis @ slopes
    return np.array([shade.mean() - paint, *slopes[1:], rest.std(), *np.percentile(shade - shade.mean(), (5, 95))])


def _shadow(reading: Reading, frame: int, centre: Floats, radius: float, mask: NDArray[np.bool_]) -> Floats:
    """Return how dark the background is in sectors of rings around a body, as shares of each sector."""
    h, w = mask.shape
    y, x = np.mgrid[:h, :w]
    dx, dy = (x - centre[0]) / radius, (y - centre[1]) / radius
    away = np.hypot(dx, dy)
    sector = ((np.arctan2(dy, dx) / (2 * np.pi) * SECTORS + 0.5) % SECTORS).astype(int)
    ring = np.digitize(away, REACHES) - 1
    near = (ring >= 0) & (ring < len(REACHES) - 1)
    is_ground = reading.labels[frame] == CLASSES.index(BACKGROUND)
    dark = np.clip(-reading.against_row[frame, ..., 0] - DARK, 0.0, 1.0) * is_ground
    cell = (ring * SECTORS + sector)[near]
    total = np.bincount(cell, minlength=(len(REACHES) - 1) * SECTORS)
    sums = np.bincount(cell, dark[near], minlength=(len(REACHES) - 1) * SECTORS)
    return np.concatenate([sums / np.maximum(total, 1), _dark_place(dark, x - centre[0], y - centre[1], radius)])


def _dark_place(dark: Floats, dx: Floats, dy: Floats, radius: float) -> Floats:
    """Return where the middle of all the dark below a body's reach to the sides is, in its radii, and how much."""
    close = dark * (np.abs(dx) < 5 * radius) * (dy > -2 * radius)
    mass = close.sum()
    weight = max(float(mass), 1.0)
    return np.array([(close * dx).sum() / weight / radius, (close * dy).sum() / weight / radius, np.log1p(mass)])


def frames_for_light(track: Track) -> NDArray[np.int64]:
    """Return the frames to look at: where it is seen in the first half, or else its first."""
    seen = np.flatnonzero(track.is_seen)
    early = seen[seen <= len(track.masks) // 2]
    use = early if len(early) else seen[:1]
    chosen: NDArray[np.int64] = use[np.linspace(0, len(use) - 1, min(FRAMES, len(use))).astype(int)]
    return chosen


def light_shares(bodies: Sequence[Track], reading: Reading) -> Floats:
    """Return how likely each side is, in the order of the readout's answers; all bodies vote, large ones more."""
    readout = load_readout("light")
    logs = np.zeros(len(readout.answers))
    for track in bodies:
        frames = frames_for_light(track)
        shares = readout.shares(np.stack([light_measures(track, reading, int(frame)) for frame in frames]))
        logs += np.log(shares + 1e-3).mean(axis=0) * np.sqrt(track.areas[frames].mean())
    votes: Floats = np.exp((logs - logs.max()) / 12.0)
    summed: Floats = votes / votes.sum()
    return summed
