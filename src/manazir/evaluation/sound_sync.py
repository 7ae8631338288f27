"""Whether blows are heard when they are seen: onsets of the sound against kinks in the ways of the bodies."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from manazir.evaluation.detectors.bodies import Track
from manazir.media.clip import Sound

Floats = NDArray[np.float64]

WINDOW_SECONDS = 0.016
HOP_SECONDS = 0.004
RISE = 0.12
"""Least rise of an onset, as a share of the loudest rise of the clip."""
QUIETEST = 0.02
"""Least rise, in mean compressed amplitude: below it nothing is heard."""
USUAL_SECONDS, NOISE_SECONDS = 0.15, 0.4
"""Rises are counted from the median flux around them, and weighed against their usual size in a longer stretch."""
CLEARLY = 7.0
"""An onset rises so many times as much as noise mostly does."""
APART_SECONDS = 0.06
FARTHEST_SECONDS = 0.25
"""A blow without an onset this near is unheard; it counts as this far off."""
KINK = 0.35
"""Least change of velocity of a blow, in the body's widths a frame."""
HIDDEN = 0.2
"""A body that shows so much less, or more, than around that time is partly hidden."""
LEAST_WIDTH = 4.0
"""Pixels: smaller bodies count as this wide."""
APART_FRAMES = 1.5
"""Kinks nearer than this are one blow."""


def onsets(sound: Sound) -> Floats:
    """Return when sounds begin, in seconds: peaks of the spectral flux."""
    mono = sound.samples.mean(axis=1)
    size, hop = round(WINDOW_SECONDS * sound.sample_rate), round(HOP_SECONDS * sound.sample_rate)
    padded = np.pad(mono, (size, size))
    _, _, spectrum = signal.stft(padded, nperseg=size, noverlap=size - hop, boundary=None, padded=False)
    loud = np.log1p(200.0 * np.abs(spectrum))
    flux = np.maximum(np.diff(loud, axis=1), 0.0).mean(axis=0)
    usual = ndimage.median_filter(flux, size=round(USUAL_SECONDS / HOP_SECONDS), mode="nearest")
    rise = flux - usual
    noise = ndimage.median_filter(np.abs(rise), size=round(NOISE_SECONDS / HOP_SECONDS), mode="nearest")
    least = np.maximum(CLEARLY * noise, max(QUIETEST, RISE * float(rise.max(initial=0.0))))
    peaks, _ = signal.find_peaks(rise, height=least, distance=round(APART_SECONDS / HOP_SECONDS))
    # Flux k is what the window that ends k + 1 hops after the sound's start hears for the first time.
    times: Floats = (peaks + 1) * hop / sound.sample_rate
    return times


def impacts(tracks: Sequence[Track], frame_rate: float) -> Floats:
    """Return when bodies are seen to strike something, in seconds."""
    times = sorted(time for track in tracks for time in _kinks(track))
    kept: list[float] = []
    for time in times:
        if not kept or time - kept[-1] > APART_FRAMES:
            kept.append(time)
    return np.array(kept) / frame_rate


def _kinks(track: Track) -> list[float]:
    """Return at which (broken) frames a way changes its course, between two stretches of smooth motion."""
    width = max(LEAST_WIDTH, float(np.sqrt(track.usual_area)))
    steps = np.diff(track.centres, axis=0)
    whole = _is_whole(track)
    found: list[tuple[float, float]] = []
    for t in range(1, len(steps) - 1):
        if not whole[t - 1 : t + 3].all():
            continue
        change = steps[t + 1] - steps[t - 1]
        strength = float(np.hypot(*change)) / width
        if strength > KINK:
            # Within step t the course changes where the two ways meet: before * s + after * (1 - s) = step.
            share = float(np.clip(change @ (steps[t + 1] - steps[t]) / (change @ change), 0.0, 1.0))
            found.append((strength, t + share))
    return _strongest(found)


def _is_whole(track: Track) -> NDArray[np.bool_]:
    """Return `[t]`: whether a body is all in view; the middle of a part moves when the body does not."""
    left, top, right, bottom = track.boxes.T
    h, w = track.masks.shape[1:]
    inside = (left > 0) & (top > 0) & (right < w) & (bottom < h)
    usual = ndimage.median_filter(track.areas, size=7, mode="nearest")
    whole: NDArray[np.bool_] = inside & (np.abs(track.areas - usual) < HIDDEN * np.maximum(usual, 1))
    return whole


def _strongest(found: list[tuple[float, float]]) -> list[float]:
    """Return the times of kinks that no stronger one is near."""
    kept: list[float] = []
    for _, time in sorted(found, reverse=True):
        if all(abs(time - other) > APART_FRAMES for other in kept):
            kept.append(time)
    return kept


def onset_errors(seen: Floats, heard: Floats) -> Floats:
    """Return, for each seen blow, how far the nearest onset is, in seconds, `FARTHEST_SECONDS` at most."""
    if not len(heard):
        return np.full(len(seen), FARTHEST_SECONDS)
    apart = np.abs(seen[:, None] - heard[None, :]).min(axis=1) if len(seen) else np.zeros(0)
    return np.minimum(apart, FARTHEST_SECONDS)
