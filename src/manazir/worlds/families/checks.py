"""Whether a scene did what it says: what a caption will claim must be seen to happen."""

from collections.abc import Callable

import numpy as np

from manazir.worlds.families.view import project
from manazir.worlds.motion import Floats, Motion
from manazir.worlds.scene import Body, Direction, Event, Scene, Shape

VISIBLE_SHARE = 0.8
"""Of the frames, with the actor's centre in the picture."""
MARGIN = 0.96
"""Share of the picture in which a centre counts as visible."""
FASTEST = 12.0
"""Metres a second; anything faster was pressed out of another body."""
STILL = 0.15
"""Metres a second: slower counts as at rest."""


def problem(scene: Scene, motion: Motion, aspect: float) -> str | None:
    """Return what is wrong with a scene, None if nothing is."""
    checks = [lambda: _stays_whole(scene, motion), lambda: _stays_visible(scene, motion, aspect)]
    checks += [lambda: _goes_its_way(scene, motion), lambda: _happens(scene, motion, aspect)]
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
    return None if inside[:, scene.actor].mean() >= VISIBLE_SHARE else "the actor leaves the picture"


def visible(scene: Scene, motion: Motion, aspect: float) -> np.ndarray:
    """Return `[t, n]`: whether each body's centre is in the picture."""
    places, axes = motion.camera_positions[:, None], motion.camera_axes[:, None]
    seen = project(scene.camera, places, axes, motion.positions, aspect)
    inside: np.ndarray = (np.abs(seen[..., :2]) < MARGIN).all(axis=-1) & (seen[..., 2] > 0.5)
    return inside


LEAST_WAY: dict[Event, float] = {
    Event.ROLL: 1.0,
    Event.COLLIDE: 0.3,
}
"""Metres that the actor must go in the scene's direction, at its furthest."""


def _goes_its_way(scene: Scene, motion: Motion) -> str | None:
    if scene.direction is Direction.NONE:
        return None
    way = motion.positions[:, scene.actor] - motion.positions[0, scene.actor]
    furthest = float((way @ compass(scene.direction, motion)).max())
    least = LEAST_WAY.get(scene.event, 0.3)
    return None if furthest >= least else f"the actor went {furthest:.2f} m {scene.direction.value}, not {least:.2f}"


def compass(direction: Direction, motion: Motion) -> Floats:
    """Return a direction's unit vector in the world, as seen from the camera at the start."""
    right = motion.camera_axes[0, 0]
    away = np.array([-right[1], right[0], 0.0])
    return {
        Direction.LEFT: -right,
        Direction.RIGHT: right,
        Direction.AWAY: away,
        Direction.TOWARDS: -away,
        Direction.DOWN: np.array([0.0, 0.0, -1.0]),
        Direction.NONE: np.zeros(3),
    }[direction]


def _happens(scene: Scene, motion: Motion, aspect: float) -> str | None:
    check = EVENTS.get(scene.event)
    return None if check is None else check(scene, motion, aspect)


def _drops(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    landed = [c.time_seconds for c in motion.contacts if c.first == scene.actor and c.second < 0]
    return None if landed and landed[0] < 0.7 * scene.duration_seconds else "it does not land in time"


def _collides(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    met = _meetings(scene, motion)
    if not met or met[0] > 0.65 * scene.duration_seconds or met[0] < 0.1:
        return "the two do not meet in time"
    after = min(int(met[0] * scene.frame_rate) + 2, scene.frames - 1)
    changed = np.linalg.norm(motion.velocities[after, scene.patient] - motion.velocities[0, scene.patient])
    return None if changed > 0.25 else "the patient is not moved"


def _meetings(scene: Scene, motion: Motion) -> list[float]:
    """Return when actor and patient struck each other, seconds."""
    both = {scene.actor, scene.patient}
    return [c.time_seconds for c in motion.contacts if {c.first, c.second} == both and c.speed > 0.2]


def _rests(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    moved = np.linalg.norm(motion.positions[-1] - motion.positions[0], axis=-1).max()
    return None if moved < 0.03 else "a body moves"


EVENTS: dict[Event, Callable[[Scene, Motion, float], str | None]] = {
    Event.DROP: _drops,
    Event.COLLIDE: _collides,
    Event.REST: _rests,
}
