"""The sound of a simulated scene, synthesised from what touched what.

Every body has a bus: its own modes, the thump of what it struck, and the noise of its rubbing. A bus is panned and
scaled by where the camera sees the body, and what the buses sum to is limited softly.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import SceneError
from manazir.core.seeds import derive
from manazir.media.clip import Sound
from manazir.worlds.friction_noise import rub
from manazir.worlds.listener import ear_gains
from manazir.worlds.mjcf import mass
from manazir.worlds.modes import GROUND_VOICE, VOICES, Modes, body_modes, ground_modes
from manazir.worlds.motion import Contact, Motion
from manazir.worlds.scene import Body, Scene

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]

CLUSTER_SECONDS = 0.008
"""Contacts of the same pair closer than this are one blow: a face that lands meets the ground at many points."""

QUIETEST = 2e-4
"""Blows and ends of ringing below this amplitude are left out."""

FAINT_SPEED = 0.25
"""Metres a second: blows well below are trembling, not knocks."""

FAINTEST_STRIKE = 0.004
"""Strikes below are not heard under anything."""

KNEE = 0.6
"""The limiter leaves amplitudes below alone, and brings those above under 1."""


def synthesise(scene: Scene, motion: Motion, sample_rate: int = 16000) -> Sound:
    """Return the stereo sound of the whole scene; silence where nothing touches.

    Deterministic: noise comes from the scene's seed. Its length is the scene's, to the nearest sample.

    Raises:
        SceneError: a contact names a body that the scene has not.
    """
    samples = round(scene.duration_seconds * sample_rate)
    mix = np.zeros((samples, 2), np.float32)
    for body, bus in _buses(scene, motion, samples, sample_rate).items():
        frame_times = np.arange(samples) * (scene.frame_rate / sample_rate)
        gains = ear_gains(scene, motion, body)
        for ear in range(2):
            mix[:, ear] += bus * np.interp(frame_times, np.arange(len(gains)), gains[:, ear]).astype(np.float32)
    return Sound(samples=_limit(mix), sample_rate=sample_rate)


def _buses(scene: Scene, motion: Motion, samples: int, sample_rate: int) -> dict[int, Samples]:
    """What each body that makes a sound makes, `[samples]`, by its index."""
    buses: dict[int, Samples] = defaultdict(lambda: np.zeros(samples, np.float32))
    rings = [_Ring(body_modes(body), samples, sample_rate) for body in scene.bodies]
    thump = _Ring(ground_modes(), samples, sample_rate)
    for contact in cluster(motion.contacts):
        if not (0 <= contact.first < len(rings) and contact.second < len(rings)):
            raise SceneError(f"a contact of bodies {contact.first} and {contact.second}; there are {len(rings)}")
        touch = _touch_seconds(scene, contact)
        for met in (contact.first, contact.second):
            body = met if met >= 0 else contact.first
            strike = _strike(contact, scene.bodies[body])
            if strike > FAINTEST_STRIKE:
                ring, place = (rings[met], _place(motion, scene, contact, met)) if met >= 0 else (thump, np.ones(1))
                ring.add(buses[body], contact.time_seconds, strike * place, touch)
    for index, rubbing in enumerate(motion.rubbings):
        random = np.random.default_rng(derive(scene.seed, "rubbing", index))
        buses[rubbing.body] += rub(rubbing, scene.bodies[rubbing.body], scene.gravity, samples, sample_rate, random)
    return dict(buses)


def cluster(contacts: tuple[Contact, ...]) -> Iterator[Contact]:
    """Yield blows: contacts of the same pair within CLUSTER_SECONDS are one, at the first, of all their impulse."""
    blows: dict[tuple[int, int], Contact] = {}
    for contact in sorted(contacts, key=lambda c: c.time_seconds):
        pair = (contact.first, contact.second)
        open_blow = blows.get(pair)
        if open_blow is None or contact.time_seconds - open_blow.time_seconds >= CLUSTER_SECONDS:
            if open_blow is not None:
                yield open_blow
            blows[pair] = contact
        else:
            impulse, speed = open_blow.impulse + contact.impulse, max(open_blow.speed, contact.speed)
            blows[pair] = replace(open_blow, impulse=impulse, speed=speed)
    yield from blows.values()


def _strike(contact: Contact, body: Body) -> float:
    """How hard a blow sets `body` ringing, 1 at about a change of 1 m/s: less than in proportion, as ears hear.

    An impulse also holds the weight that was borne meanwhile, so what the approach cannot have given is not counted;
    and slow touches, the trembling of what slides or settles, are fainter still.
    """
    kilograms = mass(body)
    change = min(contact.impulse / kilograms, 2 * contact.speed)
    faint = change**2 / (change**2 + FAINT_SPEED**2) if change > 0 else 0.0
    return float(change**0.8 * (kilograms / 15) ** 0.15 * faint)


def _touch_seconds(scene: Scene, contact: Contact) -> float:
    """How long the two touch: the softer decides; fast blows are shorter (Hertz)."""
    first, second = (
        VOICES[scene.bodies[i].material] if i >= 0 else GROUND_VOICE for i in (contact.first, contact.second)
    )
    return math.hypot(first.contact_seconds, second.contact_seconds) * float(min(max(contact.speed, 0.1), 10.0) ** -0.2)


def _place(motion: Motion, scene: Scene, contact: Contact, body: int) -> Floats:
    """How much each of ten modes takes of a blow at that place: the further from the axis' end, the other modes."""
    frame = min(int(contact.time_seconds * scene.frame_rate), len(motion.positions) - 1)
    arm = np.subtract(contact.position, motion.positions[frame, body])
    w, x, y, z = motion.rotations[frame, body]
    axis = np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])
    cosine = axis @ arm / max(float(np.linalg.norm(arm)), 1e-6)
    shares: Floats = 0.75 + 0.25 * np.cos(np.arange(10) * np.arccos(np.clip(cosine, -1, 1)))
    return shares


class _Ring:
    """A bank of modes that blows are added to.

    A sine that decays is a power series, p^(block * q + r) = p^(block * q) * p^r: two small tables and one matrix
    product make all samples of all modes.
    """

    block = 256

    def __init__(self, modes: Modes, samples: int, sample_rate: int) -> None:
        self.modes = modes
        self.sample_rate = sample_rate
        self.poles = (-modes.decays + 2j * np.pi * modes.frequencies_hz) / sample_rate
        fine = np.exp(self.poles[:, None] * np.arange(self.block))
        self.fine = np.concatenate([fine.imag, fine.real]).astype(np.float32)
        steps = np.arange(-(-samples // self.block)) * self.block
        self.coarse = np.exp(steps[:, None] * self.poles).astype(np.complex64)

    def add(self, bus: Samples, time_seconds: float, strikes: Floats, touch_seconds: float) -> None:
        """Add a blow at that time, exact to a fraction of a sample. `strikes`: of the modes, repeated as needed."""
        start = int(np.ceil(time_seconds * self.sample_rate))
        gains = self._gains(strikes, touch_seconds)
        loud = gains > QUIETEST
        if not 0 <= start < len(bus) or not loud.any():
            return
        seconds = float(np.max(np.log(gains[loud] / QUIETEST) / self.modes.decays[loud]))
        length = min(int(seconds * self.sample_rate) + 1, len(bus) - start)
        first = (gains * np.exp(self.poles * (start - time_seconds * self.sample_rate))).astype(np.complex64)
        coarse = self.coarse[: -(-length // self.block)] * first
        tail = np.concatenate([coarse.real, coarse.imag], axis=1) @ self.fine
        bus[start : start + length] += tail.reshape(-1)[:length]

    def _gains(self, strikes: Floats, touch_seconds: float) -> Floats:
        """Strength of each mode: a blow that lasts long does not excite what swings faster (half a sine's spectrum)."""
        spread = np.resize(strikes, len(self.modes.gains))
        return self.modes.gains * spread / (1 + (2 * self.modes.frequencies_hz * touch_seconds) ** 2)


def _limit(mix: Samples) -> Samples:
    """Bend what is above the knee, so that nothing reaches 1."""
    size = np.abs(mix)
    high = size > KNEE
    bent = KNEE + (1 - KNEE) * np.tanh((size[high] - KNEE) / (1 - KNEE))
    mix[high] = np.copysign(np.minimum(bent, 1.0), mix[high])
    return mix
