"""Impacts and rubbing, read from what the contact sensors felt at each time step."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manazir.worlds import mjcf
from manazir.worlds.bounce import TOUCH_STEPS
from manazir.worlds.motion import Contact, Floats, Rubbing
from manazir.worlds.scene import Scene
from manazir.worlds.tracks import Tracks

SLOWEST_IMPACT = 0.07
"""Metres a second; slower meetings make no sound and count as rubbing."""
CHATTER, CHATTER_SECONDS = 0.25, 0.05
"""What touched so short a while ago must come faster, metres a second, to count: sliding is no row of impacts."""
APART_SECONDS = 0.02
"""Two rises of one pair closer together than this are one impact."""
TICK_STEPS = 5
"""Time steps a tick of rubbing: 10 ms."""
SHORTEST_RUB_TICKS = 3
Contacts = tuple[Contact, ...]
Rubbings = tuple[Rubbing, ...]


@dataclass(frozen=True, slots=True)
class _Touch:
    """The strongest contact point of one pair at the `k` steps in which it touched, and the force of all points."""

    pair: mjcf.Pair
    steps: NDArray[np.intp]
    force: Floats
    points: Floats
    normals: Floats
    """From the first to the second."""
    relative: Floats
    """Velocity of the first's surface against the second's, metres a second."""


def felt(scene: Scene, moved: Tracks, sensed: Floats, step_seconds: float) -> tuple[Contacts, Rubbings]:
    """Return every impact in order of time, and what kept touching, pair by pair."""
    steps = len(sensed)
    touches = list(_touches(scene, moved, sensed))
    impacts = [impact for touch in touches for impact in _impacts(touch, steps, step_seconds)]
    rubbed = [_rubbing(touch, moved, steps, step_seconds) for touch in touches]
    lasting = [rubbing for rubbing in rubbed if np.count_nonzero(rubbing.force) >= SHORTEST_RUB_TICKS]
    return tuple(sorted(impacts, key=lambda impact: impact.time_seconds)), tuple(lasting)


def _touches(scene: Scene, moved: Tracks, sensed: Floats) -> Iterator[_Touch]:
    start = 0
    for pair in mjcf.pairs(scene):
        width = pair.points * mjcf.SENSOR_WIDTH
        read = sensed[:, start : start + width].reshape(len(sensed), pair.points, mjcf.SENSOR_WIDTH)
        start += width
        force = read[:, :, 1].sum(axis=1)
        steps = np.flatnonzero(force > 0.0)
        if not len(steps):
            continue
        points, normals = read[steps, 0, 4:7], read[steps, 0, 7:10]
        relative = moved.speed_at(pair.first, steps, points) - moved.speed_at(pair.second, steps, points)
        yield _Touch(pair, steps, force[steps], points, normals, relative)


def _impacts(touch: _Touch, steps: int, step_seconds: float) -> Iterator[Contact]:
    """Yield the steps at which the strongest point begins to close in: a new touch, or another corner's slap."""
    approach = np.einsum("ki,ki->k", touch.relative, touch.normals)
    since = np.diff(touch.steps, prepend=-steps)
    slowest = np.where(since * step_seconds > CHATTER_SECONDS, SLOWEST_IMPACT, CHATTER)
    closing = approach > SLOWEST_IMPACT
    rises = np.flatnonzero((approach > slowest) & ~((since == 1) & np.roll(closing, 1)))
    force = np.zeros(steps + TOUCH_STEPS)
    force[touch.steps] = touch.force
    last = -1.0
    for rise in rises:
        step = int(touch.steps[rise])
        time = step * step_seconds
        if last >= 0.0 and time - last < APART_SECONDS:
            continue
        last = time
        x, y, z = (float(value) for value in touch.points[rise])
        impulse = float(force[step : step + TOUCH_STEPS].sum() * step_seconds)
        yield Contact(
            time_seconds=time,
            first=touch.pair.first,
            second=touch.pair.second,
            position=(x, y, z),
            impulse=impulse,
            speed=float(approach[rise]),
        )


def _rubbing(touch: _Touch, moved: Tracks, steps: int, step_seconds: float) -> Rubbing:
    first, second = touch.pair.first, touch.pair.second
    centre = moved.velocities[touch.steps, first]
    if second >= 0:
        centre = centre - moved.velocities[touch.steps, second]
    ticks = -(-steps // TICK_STEPS)
    tick = touch.steps // TICK_STEPS
    touched = np.maximum(np.bincount(tick, minlength=ticks), 1)
    return Rubbing(
        body=first,
        second=second,
        tick_seconds=TICK_STEPS * step_seconds,
        force=np.bincount(tick, touch.force, ticks) / TICK_STEPS,
        slip=np.bincount(tick, _along(touch.relative, touch.normals), ticks) / touched,
        roll=np.bincount(tick, _along(centre, touch.normals), ticks) / touched,
    )


def _along(velocity: Floats, normals: Floats) -> Floats:
    """Return the speed along a surface."""
    across = np.einsum("ki,ki->k", velocity, normals)[:, None] * normals
    return np.asarray(np.linalg.norm(velocity - across, axis=1))
