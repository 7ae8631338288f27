"""What each event needs to have happened to be called by its name."""

import math
from collections.abc import Callable

import numpy as np

from manazir.worlds.families.view import half_picture, project
from manazir.worlds.motion import Floats, Motion
from manazir.worlds.rotate import rotate
from manazir.worlds.scene import Body, Event, Scene, Shape

STILL = 0.15
"""Metres a second: slower counts as at rest."""
LATEST = 0.7
"""Share of the scene by which what it is about must have begun."""
TURNED = 0.5
"""Cosine of the angle by which a body must have turned over: 60 degrees."""


def _drops(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    landed = _landing(scene, motion)
    return None if landed < LATEST * scene.duration_seconds else "it does not land in time"


def _landing(scene: Scene, motion: Motion) -> float:
    """Return when the actor first meets something fixed, infinity if never."""
    return min((c.time_seconds for c in motion.contacts if c.first == scene.actor and c.second < 0), default=np.inf)


def _slides(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    if np.linalg.norm(motion.velocities[-1, scene.actor]) > STILL:
        return "it does not come to rest"
    return None if _uprightness(scene, motion).min() > 0.95 else "it falls over"


def _uprightness(scene: Scene, motion: Motion) -> Floats:
    """Return the cosine between the actor's axis at each frame and at the first."""
    turns = motion.rotations[:, scene.actor]
    axes = rotate(turns, np.broadcast_to(np.array([0.0, 0.0, 1.0]), (len(turns), 3)))
    upright: Floats = axes @ axes[0]
    return upright


def _topples(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    turns = motion.rotations[:, scene.actor]
    axes = rotate(turns, np.broadcast_to(np.array([0.0, 0.0, 1.0]), (len(turns), 3)))
    return None if axes[:, 2].min() < TURNED else "it stays up"


def _flies(scene: Scene, motion: Motion, aspect: float) -> str | None:
    heights = motion.positions[:, scene.actor, 2]
    if heights.max() - heights[0] < 0.2:
        return "it does not rise"
    return _drops(scene, motion, aspect)


def _descends(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    heights = motion.positions[:, scene.actor, 2]
    least = max(0.3, 0.6 * 2 * scene.bodies[scene.actor].half_extents[2]) if scene.event is Event.STACK else 0.3
    return None if heights[0] - heights.min() > least else "it does not come down"


def _collides(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    both = {scene.actor, scene.patient}
    met = [c.time_seconds for c in motion.contacts if {c.first, c.second} == both and c.speed > 0.2]
    if not met or not 0.1 < met[0] < LATEST * scene.duration_seconds:
        return "the two do not meet in time"
    frame = int(met[0] * scene.frame_rate) + 1
    before, after = motion.velocities[0, scene.patient], motion.velocities[frame : frame + 3, scene.patient]
    changed = np.linalg.norm(after - before, axis=-1)
    return None if changed.max(initial=0.0) > 0.4 else "the patient is not moved"


def _scatters(scene: Scene, motion: Motion, aspect: float) -> str | None:
    moved = np.linalg.norm(motion.positions[-1] - motion.positions[0], axis=-1)
    if np.delete(moved, scene.actor).max() < 0.3:
        return "the group hardly moves"
    return _collides(scene, motion, aspect)


def _rests(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    moved = np.linalg.norm(motion.positions[-1] - motion.positions[0], axis=-1).max()
    return None if moved < 0.03 else "a body moves"


def _passes_behind(scene: Scene, motion: Motion, aspect: float) -> str | None:
    """The actor's centre must be hidden for a while and be seen clear of the patient before and after."""
    assert scene.patient is not None
    places, axes = motion.camera_positions[:, None], motion.camera_axes[:, None]
    seen = project(scene.camera, places, axes, motion.positions, aspect)
    actor, patient = seen[:, scene.actor], seen[:, scene.patient]
    tangent = half_picture(scene.camera, aspect)[0]
    widths = [_half_width(scene.bodies[i]) for i in (scene.actor, scene.patient)]
    apart = np.abs(actor[:, 0] - patient[:, 0])
    screen = widths[1] / (tangent * patient[:, 2])
    visible = np.abs(actor[:, 0]) < 1.0
    hidden = (apart < 0.7 * screen) & (actor[:, 2] > patient[:, 2])
    clear = apart > screen + widths[0] / (tangent * actor[:, 2])
    if hidden.sum() < 2:
        return "it is not hidden"
    before, after = clear[: hidden.argmax()].sum(), (clear & visible)[hidden.argmax() :].sum()
    return None if before >= 1 and after >= 2 else "it does not come out again"


def _half_width(body: Body) -> float:
    """Return half of the widest that a standing or rolling body looks, metres."""
    return body.half_extents[0] * (math.sqrt(2) if body.shape is Shape.CUBE else 1.0)


def _is_played(scene: Scene, motion: Motion, aspect: float) -> str | None:  # noqa: ARG001
    way = np.linalg.norm(np.diff(motion.positions[:, scene.actor], axis=0), axis=-1).sum()
    return None if way > 1.2 else "the player hardly moves"


HAPPENINGS: dict[Event, Callable[[Scene, Motion, float], str | None]] = {
    Event.DROP: _drops,
    Event.SLIDE: _slides,
    Event.COLLIDE: _collides,
    Event.TOPPLE: _topples,
    Event.THROW: _flies,
    Event.RAMP: _descends,
    Event.STACK: _descends,
    Event.STRIKE: _scatters,
    Event.OCCLUDE: _passes_behind,
    Event.REST: _rests,
    Event.PLAY: _is_played,
}
