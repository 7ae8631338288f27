"""What pushes bodies: forces for part of the time, and a player's actions frame by frame."""

import numpy as np

from manazir.core.errors import SceneError
from manazir.worlds import mjcf
from manazir.worlds.camera_path import view_axes
from manazir.worlds.motion import Floats
from manazir.worlds.scene import Action, Scene

PUSH = 7.0
"""Acceleration of a pushed player while the frame lasts, metres a second squared."""
JUMP_SPEED = 3.2
"""Upwards, metres a second: half a metre high."""
PUSHES = {Action.LEFT: (-1, 0), Action.RIGHT: (1, 0), Action.AWAY: (0, 1), Action.TOWARDS: (0, -1)}
"""Shares of the camera's right and of its forward, both at the start and level."""


def applied_forces(scene: Scene, step_seconds: float, substeps: int) -> Floats | None:
    """Return newtons and newton metres `[steps, (1 + bodies) * 6]` on each body, MuJoCo's order; None if none.

    Raises:
        SceneError: the player is a body that cannot be steered.
    """
    if not scene.forces and not scene.actions:
        return None
    steps = scene.frames * substeps
    applied = np.zeros((steps, 1 + len(scene.bodies), 6))
    times = (np.arange(steps) + 0.5) * step_seconds
    for force in scene.forces:
        during = (times >= force.start_seconds) & (times < force.end_seconds)
        applied[during, 1 + force.body, :3] += force.newtons
    if scene.actions and (scene.bodies[scene.actor].is_fixed or scene.bodies[scene.actor].pendulum is not None):
        raise SceneError("a played body must be free: neither fixed nor a pendulum's")
    for frame, action in enumerate(scene.actions):
        applied[frame * substeps : (frame + 1) * substeps, 1 + scene.actor, :3] += _push(scene, action)
    return applied.reshape(steps, -1)


def _push(scene: Scene, action: Action) -> Floats:
    if action not in PUSHES:
        return np.zeros(3)
    right = view_axes(np.array(scene.camera.position), np.array(scene.camera.target))[0]
    level = np.array([-right[1], right[0], 0.0])  # forward without its tilt
    share = PUSHES[action]
    newtons: Floats = PUSH * mjcf.mass(scene.bodies[scene.actor]) * (share[0] * right + share[1] * level)
    return newtons


def has_footing(scene: Scene, sensed: Floats) -> bool:
    """Whether the player touches something below its middle: `sensed` is what the sensors read at one step."""
    start = 0
    for pair in mjcf.pairs(scene):
        read = sensed[start : start + pair.points * mjcf.SENSOR_WIDTH].reshape(pair.points, mjcf.SENSOR_WIDTH)
        start += read.size
        upright = read[:, 9] if pair.first == scene.actor else -read[:, 9]
        if scene.actor in (pair.first, pair.second) and bool(((read[:, 0] > 0) & (upright < -0.5)).any()):
            return True
    return False
