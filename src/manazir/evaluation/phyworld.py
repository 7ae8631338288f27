"""PhyWorld's examination (arXiv:2411.02385): three frames are given, and the balls' velocities are read from the rest.

The centre of a ball is the mean place of the pixels of its colour (a pixel that it half covers counts half), its
velocity the step from frame to frame over 0.1 s; the error is the mean distance to the true velocity, in PhyWorld's
units. Steps with any part of a ball out of view do not count, nor, for collisions, those before the impact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import SceneError
from manazir.core.seeds import derive
from manazir.worlds.families.laws import draw_law
from manazir.worlds.motion import Motion
from manazir.worlds.palette import COLOURS
from manazir.worlds.phyworld import FRAME_SECONDS, WORLD_SIZE, collision_seconds, motion
from manazir.worlds.scene import Event, Scene
from manazir.worlds.tonemap import from_display

Floats = NDArray[np.float64]
Frames = NDArray[np.uint8]

GIVEN_FRAMES = 3
LEVELS: dict[Event, tuple[str, ...]] = {
    Event.UNIFORM: ("r1", "v1", "r1 v1"),
    Event.PARABOLA: ("r1", "v1", "r1 v1"),
    Event.COLLISION: ("r1", "v1", "r1 r2", "v1 v2", "r1 v1", "r1 v1 r2 v2"),
}
"""What lies outside the training ranges, beside nothing at all."""
INSIDE = ""
PAPER = 1.0
"""Radiance of the white behind the balls."""
LEAST_SHARE = 0.1
"""Of a ball's true area: with less of its colour in a frame, it is not there, and counts as where it last was."""
STRAY = 0.15
"""Shares of a colour below this are noise of the paper."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A scene of one law, and what of it lies outside the training ranges."""

    scene: Scene
    truth: Motion
    level: str

    @property
    def is_inside(self) -> bool:
        """Whether nothing lies outside."""
        return self.level == INSIDE


def draw_cases(
    law: Event, level: str, count: int, seed: int, *, frames: int = 24, frame_rate: float = 12.0
) -> tuple[Case, ...]:
    """Return scenes in which at least one step counts."""
    cases: list[Case] = []
    for attempt in range(20 * count):
        own = derive(seed, law, level, attempt)
        scene = draw_law(law, own, frames=frames, frame_rate=frame_rate, outside=level.split())
        case = Case(scene=scene, truth=motion(scene), level=level)
        cases += [case] if steps_that_count(case).any() else []
        if len(cases) == count:
            return tuple(cases)
    raise SceneError(f"too few {law.value} scenes with {level or 'nothing'} outside show a step; ask for more frames")


def read_centres(frames: Frames, case: Case) -> Floats:
    """Return `[t, balls, 2]`: the centres that pictures show, x and z in PhyWorld's lengths."""
    shares = _shares(frames, [body.colour for body in case.scene.bodies])
    height, width = frames.shape[1:3]
    x = ((np.arange(width) + 0.5) / width - 0.5) * WORLD_SIZE * width / height + WORLD_SIZE / 2
    z = WORLD_SIZE * (1.0 - (np.arange(height) + 0.5) / height)
    weight = shares.sum(axis=(1, 2))
    total = np.maximum(weight, 1e-9)
    centres = np.stack([(shares.sum(axis=1) * x[:, None]).sum(axis=1), (shares.sum(axis=2) * z[:, None]).sum(axis=1)])
    areas = np.array([np.pi * body.size**2 for body in case.scene.bodies]) * (height / WORLD_SIZE) ** 2
    is_there: NDArray[np.bool_] = np.greater(weight, LEAST_SHARE * areas)
    return _held(np.moveaxis(centres / total, 0, -1), is_there)


def _shares(frames: Frames, colours: Sequence[str]) -> Floats:
    """Return `[t, h, w, balls]`: how much of each pixel is of each colour and not of the paper, 0 to 1."""
    missing = PAPER - from_display(frames).astype(np.float64)
    colour = PAPER - np.array([COLOURS[name] for name in colours])
    shares = np.clip(missing @ np.linalg.pinv(colour), 0.0, 1.0)
    return np.where(shares > STRAY, shares, 0.0)


def _held(centres: Floats, is_there: NDArray[np.bool_]) -> Floats:
    """Return the centres with the last place of a ball where it is not there; at first, the middle of the world."""
    held = centres.copy()
    for t in range(len(held)):
        before = held[t - 1] if t else np.full_like(held[0], WORLD_SIZE / 2)
        held[t] = np.where(is_there[t, :, None], held[t], before)
    return held


def velocity_error(centres: Floats, case: Case) -> float:
    """Return the mean distance between shown and true velocities, in PhyWorld's lengths a second."""
    shown = np.diff(centres, axis=0) / FRAME_SECONDS
    true = np.diff(case.truth.positions[:, :, [0, 2]], axis=0) / FRAME_SECONDS
    return float(np.linalg.norm(shown - true, axis=-1)[steps_that_count(case)].mean())


def steps_that_count(case: Case) -> NDArray[np.bool_]:
    """Return `[t - 1]`: whether every ball is wholly in view before and after a step that was not given."""
    places = case.truth.positions[:, :, [0, 2]]
    radii = np.array([body.size for body in case.scene.bodies])[:, None]
    is_inside = (places >= radii) & (places <= WORLD_SIZE - radii)
    inside: NDArray[np.bool_] = np.all(is_inside, axis=(1, 2))
    first = GIVEN_FRAMES - 1
    if case.scene.event is Event.COLLISION:
        first = max(first, int(np.ceil(collision_seconds(case.scene) / FRAME_SECONDS)))
    return inside[1:] & inside[:-1] & (np.arange(len(places) - 1) >= first)


def stay(given: Floats, frames: int) -> Floats:
    """Return the centres of balls that stop where they were last given: the first baseline."""
    return np.concatenate([given, np.repeat(given[-1:], frames - len(given), axis=0)])


def go_on(given: Floats, frames: int) -> Floats:
    """Return the centres of balls that keep the velocity that was given: the second baseline."""
    later = np.arange(1, frames - len(given) + 1)[:, None, None]
    return np.concatenate([given, given[-1] + later * (given[-1] - given[0]) / (len(given) - 1)])


def as_nearest(given: Floats, radii: Floats, bank: Iterable[Case]) -> Floats:
    """Return the centres of the training clip whose balls start most alike: the third baseline."""
    best = min(bank, key=lambda case: _unlike(given, radii, case))
    return best.truth.positions[:, _order(given, best), :][:, :, [0, 2]]


def _unlike(given: Floats, radii: Floats, case: Case) -> float:
    order = _order(given, case)
    places = case.truth.positions[: len(given), order][:, :, [0, 2]]
    sizes = np.array([case.scene.bodies[index].size for index in order])
    return float(np.square(places - given).sum() + len(given) * np.square(sizes - radii).sum())


def _order(given: Floats, case: Case) -> list[int]:
    """Return the balls of a training clip in the order, from the left, of those that are given."""
    theirs = np.argsort(case.truth.positions[0, :, 0])
    return [int(index) for index in theirs[np.argsort(np.argsort(given[0, :, 0]))]]
