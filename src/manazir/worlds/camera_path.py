"""Where the camera is and where it looks at each frame."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from manazir.core.errors import SceneError
from manazir.worlds.motion import Floats
from manazir.worlds.rotate import cross
from manazir.worlds.scene import Action, Camera, CameraMove

ACTION_RADIANS = math.radians(3.0)
"""How far a player's camera action circles around the target, a frame."""
STEPS = {Action.CAMERA_LEFT: 1.0, Action.CAMERA_RIGHT: -1.0}


def camera_path(camera: Camera, frames: int, actions: Sequence[Action] = ()) -> tuple[Floats, Floats]:
    """Return positions `[t, 3]` and axes `[t, 3, 3]` (rows: right, up, forward), at constant speed.

    A move to the left turns or circles to the camera's own left. The whole `amount` is reached at the last frame.
    An action of frame i shows from frame i + 1 on, and circles around the target.
    """
    circled = np.zeros(frames)
    for frame, action in enumerate(actions[: frames - 1]):
        circled[frame + 1 :] += STEPS.get(action, 0.0) * ACTION_RADIANS
    shares = np.linspace(0.0, 1.0, frames) if frames > 1 else np.zeros(1)
    if camera.move is CameraMove.STILL and not circled.any():
        position, axes = _view(camera, 0.0, 0.0)
        return np.tile(position, (frames, 1)), np.tile(axes, (frames, 1, 1))
    amounts = (camera.amount * shares).tolist()
    views = [_view(camera, amount, turn) for amount, turn in zip(amounts, circled.tolist(), strict=True)]
    return np.stack([position for position, _ in views]), np.stack([axes for _, axes in views])


def view_axes(position: Floats, target: Floats) -> Floats:
    """Return rows right, up and forward of a level camera that looks at `target`.

    Raises:
        SceneError: it looks straight up or down, where right has no meaning.
    """
    forward = (target - position) / np.linalg.norm(target - position)
    right = np.array([forward[1], -forward[0], 0.0])
    length = float(np.linalg.norm(right))
    if not length > 1e-6:
        raise SceneError("a camera cannot look straight up or down; move its position a little to one side")
    right = right / length
    return np.stack([right, cross(right, forward), forward])


def _view(camera: Camera, amount: float, circled: float) -> tuple[Floats, Floats]:
    position, target = np.array(camera.position), np.array(camera.target)
    position = target + _about_z(position - target, -circled)
    return MOVES[camera.move](position, target, amount)


def _still(position: Floats, target: Floats, amount: float) -> tuple[Floats, Floats]:  # noqa: ARG001
    return position, view_axes(position, target)


def _pan(position: Floats, target: Floats, radians: float) -> tuple[Floats, Floats]:
    """Turn to the left in place."""
    return position, view_axes(position, position + _about_z(target - position, radians))


def _tilt(position: Floats, target: Floats, radians: float) -> tuple[Floats, Floats]:
    """Turn upwards in place."""
    right, up, forward = view_axes(position, target)
    cosine, sine = math.cos(radians), math.sin(radians)
    return position, np.stack([right, cosine * up - sine * forward, cosine * forward + sine * up])


def _orbit(position: Floats, target: Floats, radians: float) -> tuple[Floats, Floats]:
    """Circle to the left around the target: clockwise from above."""
    circled = target + _about_z(position - target, -radians)
    return circled, view_axes(circled, target)


def _push(position: Floats, target: Floats, metres: float) -> tuple[Floats, Floats]:
    axes = view_axes(position, target)
    return position + metres * axes[2], axes


def _crane(position: Floats, target: Floats, metres: float) -> tuple[Floats, Floats]:
    """Rise while still looking at the target."""
    raised = position + np.array([0.0, 0.0, metres])
    return raised, view_axes(raised, target)


def _about_z(vector: Floats, radians: float) -> Floats:
    """Turn counter-clockwise as seen from above."""
    cosine, sine = math.cos(radians), math.sin(radians)
    return np.array([cosine * vector[0] - sine * vector[1], sine * vector[0] + cosine * vector[1], vector[2]])


Mover = Callable[[Floats, Floats, float], tuple[Floats, Floats]]


def _backwards(move: Mover) -> Mover:
    return lambda position, target, amount: move(position, target, -amount)


MOVES: dict[CameraMove, Mover] = {
    CameraMove.STILL: _still,
    CameraMove.PAN_LEFT: _pan,
    CameraMove.PAN_RIGHT: _backwards(_pan),
    CameraMove.TILT_UP: _tilt,
    CameraMove.TILT_DOWN: _backwards(_tilt),
    CameraMove.ORBIT_LEFT: _orbit,
    CameraMove.ORBIT_RIGHT: _backwards(_orbit),
    CameraMove.PUSH_IN: _push,
    CameraMove.PULL_OUT: _backwards(_push),
    CameraMove.CRANE_UP: _crane,
    CameraMove.CRANE_DOWN: _backwards(_crane),
}
