"""Whether a scene did what it says: what a caption will claim must be seen to happen."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from manazir.worlds.families.happenings import HAPPENINGS
from manazir.worlds.families.view import project
from manazir.worlds.motion import Floats, Motion
from manazir.worlds.phyworld import LAWS
from manazir.worlds.scene import Body, Direction, Event, Scene, Shape

VISIBLE_SHARE = 0.8
"""Of the frames, with the actor's centre in the picture."""
LAW_VISIBLE_SHARE = 0.25
"""The same for PhyWorld's scenes: its fastest balls cross the world in a second, and it drops what is out of view."""
MARGIN = 0.96
"""Share of the picture in which a centre counts as visible."""
FASTEST = 12.0
"""Metres a second; anything faster was pressed out of another body."""
LEAST_WAY: dict[Event, float] = {
    Event.DROP: 0.5,
    Event.ROLL: 1.0,
    Event.SLIDE: 0.8,
    Event.COLLIDE: 0.3,
    Event.TOPPLE: 0.15,
    Event.THROW: 1.0,
    Event.SWING: 0.8,
    Event.RAMP: 1.0,
    Event.STACK: 0.15,
    Event.STRIKE: 0.5,
    Event.OCCLUDE: 1.0,
}
"""Metres that the actor must go in the scene's direction, at its furthest."""
ALONE = (Event.DROP, Event.ROLL, Event.SLIDE, Event.THROW, Event.SWING, Event.TOPPLE, Event.OCCLUDE, Event.REST)
"""Events in which nothing but the actor moves."""
NUDGE = 0.05
"""Metres that a bystander may move unnoticed."""


def problem(scene: Scene, motion: Motion, aspect: float = 1.0) -> str | None:
    """Return what is wrong with a scene, None if nothing is."""
    checks: list[Callable[[], str | None]] = [
        lambda: _stays_whole(scene, motion),
        lambda: _stays_visible(scene, motion, aspect),
        lambda: _goes_its_way(scene, motion),
        lambda: _stays_alone(scene, motion),
        lambda: HAPPENINGS[scene.event](scene, motion, aspect) if scene.event in HAPPENINGS else None,
    ]
    return next((wrong for check in checks if (wrong := check()) is not None), None)


def _stays_whole(scene: Scene, motion: Motion) -> str | None:
    if np.linalg.norm(motion.velocities, axis=-1).max() > FASTEST:
        return "a body was pressed out of another"
    lowest = np.array([_lowest(body) for body in scene.bodies])
    if scene.ground is not None and (motion.positions[:, :, 2] < lowest).any():
        return "a body sank into the ground"
    return None


def _lowest(body: Body) -> float:
    """Return how low a body's centre may come without sinking in, metres; a cone's is low when it lies."""
    return 0.35 * body.size if body.shape is Shape.CONE else 0.85 * min(body.half_extents)


def _stays_visible(scene: Scene, motion: Motion, aspect: float) -> str | None:
    inside = visible(scene, motion, aspect)
    if not inside[0].all():
        return "a body starts outside the picture"
    least = LAW_VISIBLE_SHARE if scene.event in LAWS else VISIBLE_SHARE
    if scene.patient is not None and inside[:, scene.patient].mean() < 0.75 * least:
        return "the patient leaves the picture"
    return None if inside[:, scene.actor].mean() >= least else "the actor leaves the picture"


def visible(scene: Scene, motion: Motion, aspect: float) -> NDArray[np.bool_]:
    """Return `[t, n]`: whether each body's centre is in the picture."""
    places, axes = motion.camera_positions[:, None], motion.camera_axes[:, None]
    seen = project(scene.camera, places, axes, motion.positions, aspect)
    inside: NDArray[np.bool_] = (np.abs(seen[..., :2]) < MARGIN).all(axis=-1) & (seen[..., 2] > 0.5)
    return inside


def _goes_its_way(scene: Scene, motion: Motion) -> str | None:
    least = LEAST_WAY.get(scene.event)
    if scene.direction is Direction.NONE or least is None:
        return None
    way = motion.positions[:, scene.actor] - motion.positions[0, scene.actor]
    furthest = float((way @ compass(scene.direction, motion)).max())
    return None if furthest >= least else f"the actor goes less than {least} m {scene.direction.value}"


def compass(direction: Direction, motion: Motion) -> Floats:
    """Return a direction's unit vector in the world, as seen from the camera at the start."""
    right = motion.camera_axes[0, 0]
    away = np.array([-right[1], right[0], 0.0])
    vectors: dict[Direction, Floats] = {
        Direction.LEFT: -right,
        Direction.RIGHT: right,
        Direction.AWAY: away,
        Direction.TOWARDS: -away,
        Direction.DOWN: np.array([0.0, 0.0, -1.0]),
        Direction.NONE: np.zeros(3),
    }
    return vectors[direction]


def _stays_alone(scene: Scene, motion: Motion) -> str | None:
    if scene.event not in ALONE:
        return None
    moved = np.linalg.norm(motion.positions - motion.positions[0], axis=-1).max(axis=0)
    others = np.delete(moved, scene.actor)
    return None if (others < NUDGE).all() else "a bystander is moved"
