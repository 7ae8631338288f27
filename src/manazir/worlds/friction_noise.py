"""The noise of rolling and sliding: bands of noise, as loud as the touch is hard and fast."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from manazir.worlds.mjcf import mass
from manazir.worlds.modes import HIGHEST_HZ, VOICES, Modes, body_modes
from manazir.worlds.motion import Rubbing
from manazir.worlds.scene import Body, Shape

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
Band = Callable[[Samples, Modes, Body], Samples]

STILL_SPEED = 0.03
"""Metres a second: a body that lies still trembles a little in the simulator, and is silent."""

HARDEST = 2.5
"""Most weights that a rub counts as: blows also appear in its forces, and are heard as blows."""

ROLL_LOUDNESS = 0.030
SLIDE_LOUDNESS = 0.045
"""Level (root mean square) at 1 m/s under the body's own weight; roughness 1."""

ATTACK_SECONDS = 0.006
"""Over which the noise follows its force: shorter clicks at every tick."""

QUIETEST = 1e-5
"""Levels below are silence."""

FFT_STEP = 2000
"""Noise is made in multiples of this many samples: transforms of such lengths are quick."""


def rub(
    rubbing: Rubbing, body: Body, gravity: float, samples: int, sample_rate: int, random: np.random.Generator
) -> Samples:
    """Return what is heard of one body rubbing along something, `[samples]`."""
    kilograms = mass(body)
    weight = kilograms * max(gravity, 1.0)
    press = (
        np.sqrt(np.minimum(rubbing.force / weight, HARDEST))
        * (kilograms / 15) ** 0.15
        * VOICES[body.material].roughness
    )
    sound = np.zeros(samples, np.float32)
    for speed, loudness, band in (
        (rubbing.roll - rubbing.slip, ROLL_LOUDNESS, _rolling_band),
        (rubbing.slip, SLIDE_LOUDNESS, _sliding_band),
    ):
        level = loudness * press * np.maximum(speed - STILL_SPEED, 0.0)
        touched = np.flatnonzero(level > QUIETEST)
        if len(touched):
            start = int(touched[0] * rubbing.tick_seconds * sample_rate)
            end = min(samples, int((touched[-1] * rubbing.tick_seconds + ATTACK_SECONDS) * sample_rate) + 1)
            envelope = _envelope(level, rubbing.tick_seconds, np.arange(start, end) / sample_rate)
            noise = _noise(band, body, end - start, sample_rate, random)
            sound[start:end] += noise * envelope
    return sound


def _envelope(level: Floats, tick_seconds: float, times: Floats) -> Samples:
    """Levels at ticks as levels at times, smoothed from the past alone: nothing is heard before it happens."""
    width = max(1, round(ATTACK_SECONDS / tick_seconds))
    smooth = np.convolve(level, np.full(width, 1 / width))
    envelope: Samples = np.interp(times / tick_seconds, np.arange(len(smooth)), smooth).astype(np.float32)
    return envelope


def _noise(band: Band, body: Body, samples: int, sample_rate: int, random: np.random.Generator) -> Samples:
    """Noise of that band, of unit level."""
    period = -(-samples // FFT_STEP) * FFT_STEP
    hz = np.fft.rfftfreq(period, 1 / sample_rate).astype(np.float32)
    bins = random.standard_normal((len(hz), 2), np.float32).view(np.complex64)[:, 0] * band(hz, body_modes(body), body)
    power = 2 * np.vdot(bins, bins).real / period**2
    return np.fft.irfft(bins, period)[:samples].astype(np.float32) / np.float32(np.sqrt(power))


def _rolling_band(hz: Samples, modes: Modes, body: Body) -> Samples:
    """A rumble, lower for bigger bodies, in which the body's own modes ring softly. Flat sides rumble lower."""
    corner_hz = 110 / body.size * (1.0 if body.shape is Shape.SPHERE else 0.7)
    low_cut = hz / (hz + 60)
    rumble: Samples = low_cut / (1 + np.square(hz / corner_hz)) + 0.5 * _resonances(hz, modes)
    return rumble


def _sliding_band(hz: Samples, modes: Modes, _body: Body) -> Samples:
    """A hiss around twice the lowest mode, in which the body's own modes ring softly."""
    middle_hz = min(2 * float(modes.frequencies_hz[0]), HIGHEST_HZ / 2)
    detune = hz / middle_hz
    hiss: Samples = detune / (1 + np.square(detune)) ** 1.5 * 2 + 0.3 * _resonances(hz, modes)
    return hiss


def _resonances(hz: Samples, modes: Modes) -> Samples:
    """What the three lowest modes make of white noise: peaks as narrow as they ring long."""
    total = np.zeros_like(hz)
    for frequency, decay in zip(modes.frequencies_hz[:3].tolist(), modes.decays[:3].tolist(), strict=True):
        total += 1 / (1 + np.abs(hz - frequency) * (np.pi / decay))
    return total
