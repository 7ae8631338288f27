"""How bodies ring: the modes of a body when it is struck, by its material, shape and size.

A struck body is a sum of damped sines (van den Doel and Pai, "The sounds of physical shapes", 1998). The numbers of
`VOICES` are tuned by ear and by `tests/worlds/test_sound.py` for bodies of 0.2 to 0.6 m heard at 16 kHz: metal
bright and long, glass high and clear, wood a knock, stone a clack, rubber a low thud.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manazir.worlds.scene import Body, Material, Shape

Floats = NDArray[np.float64]

REFERENCE_SIZE = 0.36
"""The size, in metres, of a body whose lowest mode is its voice's `frequency_hz`."""

SIZE_EXPONENT = 0.8
"""Of 1 / size in the frequency: a little less than nature's 1, so that materials are told apart at every size."""

HIGHEST_HZ = 7200.0
"""Modes above are left out: 16 kHz sound cannot hold them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """How one material sounds."""

    frequency_hz: float
    """Of the lowest mode of a sphere of the reference size."""
    ring_seconds: float
    """Until that mode has fallen by 60 dB."""
    damping: float
    """How decay rates grow with frequency: their exponent. 0: all modes ring equally long."""
    tilt: float
    """How strengths of modes fall with frequency: their exponent. High is dull, low is bright."""
    clatter: float
    """Strength of the dense, quickly dying modes that make the attack, beside the ringing ones."""
    contact_seconds: float
    """How long it touches what it strikes at 1 m/s: soft things touch long, and long touches are dull."""
    loudness: float
    """Peak amplitude at a blow of 1 m/s."""
    roughness: float
    """How loudly it rolls and slides."""


VOICES: dict[Material, Voice] = {
    Material.RUBBER: Voice(
        frequency_hz=150, ring_seconds=0.12, damping=1.0, tilt=2.2, clatter=0.0, contact_seconds=0.0030, loudness=0.11,
        roughness=0.5,
    ),
    Material.WOOD: Voice(
        frequency_hz=430, ring_seconds=0.15, damping=0.7, tilt=1.0, clatter=0.5, contact_seconds=0.00035, loudness=0.10,
        roughness=1.0,
    ),
    Material.METAL: Voice(
        frequency_hz=560, ring_seconds=1.10, damping=0.35, tilt=0.2, clatter=0.4, contact_seconds=0.00008,
        loudness=0.085, roughness=0.8,
    ),
    Material.GLASS: Voice(
        frequency_hz=1900, ring_seconds=0.50, damping=0.6, tilt=1.0, clatter=0.2, contact_seconds=0.00006,
        loudness=0.10, roughness=0.5,
    ),
    Material.STONE: Voice(
        frequency_hz=980, ring_seconds=0.05, damping=0.5, tilt=0.4, clatter=1.5, contact_seconds=0.00010,
        loudness=0.10, roughness=1.5,
    ),
}  # fmt: skip

GROUND_VOICE = Voice(
    frequency_hz=90, ring_seconds=0.11, damping=0.5, tilt=1.2, clatter=0.0, contact_seconds=0.00012, loudness=0.03,
    roughness=1.0,
)  # fmt: skip
"""Of the ground, walls and ramps: a dull thump under every blow on them."""

RATIOS: dict[Shape, tuple[float, ...]] = {
    # The spheroidal modes of a solid ball.
    Shape.SPHERE: (1.0, 1.487, 1.907, 2.301, 2.681, 3.054, 3.422, 3.788, 4.152),
    # Square roots of sums of squares: a box.
    Shape.CUBE: (1.0, 1.414, 1.732, 2.236, 2.449, 3.0, 3.317, 3.742, 4.123),
    # A circular membrane: the cylinder's faces.
    Shape.CYLINDER: (1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.600, 4.060),
    # A free bar, bending and twisting.
    Shape.CAPSULE: (1.0, 1.812, 2.756, 3.624, 5.404, 7.248, 8.933),
    # A bell: hum, prime, tierce, quint, nominal and above.
    Shape.CONE: (1.0, 1.20, 1.50, 2.0, 2.51, 2.66, 3.01, 4.17, 5.43),
}
"""Frequencies of the modes, beside the lowest."""

PITCHES: dict[Shape, float] = {
    Shape.SPHERE: 1.0, Shape.CUBE: 0.9, Shape.CYLINDER: 0.95, Shape.CAPSULE: 0.75, Shape.CONE: 1.1,
}  # fmt: skip
"""Frequency of the lowest mode, beside a sphere's of the same size."""

CLATTER_MODES = 10
CLATTER_RING_SECONDS = 0.012


@dataclass(frozen=True, kw_only=True, slots=True)
class Modes:
    """A bank of damped sines; all fields are `[modes]`."""

    frequencies_hz: Floats
    decays: Floats
    """Amplitude falls as exp(-decay * seconds)."""
    gains: Floats
    """Strengths at a blow of 1 m/s; their root of summed squares is the voice's loudness."""


def body_modes(body: Body) -> Modes:
    """Return the modes of `body`."""
    voice = VOICES[body.material]
    lowest_hz = min(
        voice.frequency_hz * PITCHES[body.shape] * (REFERENCE_SIZE / body.size) ** SIZE_EXPONENT, HIGHEST_HZ / 2
    )
    return _bank(voice, lowest_hz, np.asarray(RATIOS[body.shape]))


def ground_modes() -> Modes:
    """Return the modes of what does not move: ground, walls, ramps."""
    return _bank(GROUND_VOICE, GROUND_VOICE.frequency_hz, np.asarray((1.0, 1.63, 2.41, 3.57)))


def _bank(voice: Voice, lowest_hz: float, ratios: Floats) -> Modes:
    """Ringing modes at `ratios` of the lowest, and clatter spread evenly in pitch over them and above."""
    ringing_hz = lowest_hz * ratios
    decays = np.log(1000) / voice.ring_seconds * ringing_hz**voice.damping / voice.frequency_hz**voice.damping
    gains = ratios**-voice.tilt
    gains /= np.linalg.norm(gains)
    if voice.clatter:
        top_hz = min(8 * lowest_hz, HIGHEST_HZ)
        spread = (np.arange(CLATTER_MODES) + 0.5) / CLATTER_MODES
        ringing_hz = np.concatenate([ringing_hz, lowest_hz * (top_hz / lowest_hz) ** spread])
        decays = np.concatenate([decays, np.full(CLATTER_MODES, np.log(1000) / CLATTER_RING_SECONDS)])
        gains = np.concatenate([gains, np.full(CLATTER_MODES, voice.clatter / np.sqrt(CLATTER_MODES))])
    audible = ringing_hz <= HIGHEST_HZ
    gains = gains[audible] * voice.loudness / np.linalg.norm(gains)
    return Modes(frequencies_hz=ringing_hz[audible], decays=decays[audible], gains=gains)
