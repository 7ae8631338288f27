"""What a scene does: MuJoCo moves it, and every contact is written down."""

import math
from collections.abc import Iterator

import mujoco
import numpy as np
from mujoco import rollout

from manazir.core.errors import SceneError
from manazir.worlds import mjcf, phyworld
from manazir.worlds.camera_path import camera_path
from manazir.worlds.motion import Floats, Motion
from manazir.worlds.scene import Action, Scene
from manazir.worlds.steering import JUMP_SPEED, applied_forces, has_footing
from manazir.worlds.touches import felt
from manazir.worlds.tracks import degrees_of_freedom, start_state, tracks

LONGEST_STEP_SECONDS = 0.002


def simulate(scene: Scene) -> Motion:
    """Move a scene from its first frame to the end of its last.

    An action of frame i is done between frames i and i + 1.

    Raises:
        SceneError: the bodies cannot be built, or something flew off to infinity.
    """
    if scene.event in phyworld.LAWS:
        return phyworld.motion(scene)
    substeps = math.ceil(1.0 / (scene.frame_rate * LONGEST_STEP_SECONDS))
    step = 1.0 / (scene.frame_rate * substeps)
    states, sensed = _run(scene, _build(scene, step), substeps, step)
    if not np.isfinite(states).all() or np.abs(states[:, 1:]).max(initial=0.0) > 1e4:
        raise SceneError("the simulation diverged: start no body inside another, and keep speeds below 50 m/s")
    moved = tracks(scene, states)
    places, axes = camera_path(scene.camera, scene.frames, scene.actions)
    impacts, rubbed = felt(scene, moved, sensed, step)
    shown = slice(0, scene.frames * substeps, substeps)
    return Motion(
        positions=moved.positions[shown].copy(),
        rotations=moved.rotations[shown].copy(),
        velocities=moved.velocities[shown].copy(),
        camera_positions=places,
        camera_axes=axes,
        contacts=impacts,
        rubbings=rubbed,
    )


def _build(scene: Scene, step: float) -> mujoco.MjModel:
    try:
        return mujoco.MjModel.from_xml_string(mjcf.model_xml(scene, step))
    except ValueError as problem:
        raise SceneError(f"MuJoCo cannot build this scene: {problem}") from problem


def _run(scene: Scene, model: mujoco.MjModel, substeps: int, step: float) -> tuple[Floats, Floats]:
    """Return the state before each step and after the last, and the sensors at each step."""
    data = mujoco.MjData(model)
    state = start_state(scene, mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_FULLPHYSICS))
    applied = applied_forces(scene, step, substeps)
    spec = int(mujoco.mjtState.mjSTATE_XFRC_APPLIED)
    states, sensed = [state[None]], [_touching_at_start(scene, model, data, state)]
    for span in _spans(scene, substeps):
        state = _jumped(scene, state, sensed[-1], span.start // substeps)
        pushed = None if applied is None else applied[span]
        after, read = rollout.rollout(model, data, state, pushed, control_spec=spec, nstep=span.stop - span.start)
        states.append(after[0])
        sensed.append(read[0])
        state = after[0, -1]
    return np.concatenate(states), np.concatenate(sensed[1:])


def _touching_at_start(scene: Scene, model: mujoco.MjModel, data: mujoco.MjData, state: Floats) -> Floats:
    """Return what the sensors read when all is a millimetre lower: what stands on something touches it then."""
    if Action.JUMP not in scene.actions[:1]:
        return np.zeros((1, model.nsensordata))
    lowered = state.copy()
    lowered[_height_of(scene, scene.actor)] -= 0.001
    mujoco.mj_setState(model, data, lowered, int(mujoco.mjtState.mjSTATE_FULLPHYSICS))
    mujoco.mj_forward(model, data)
    read: Floats = data.sensordata[None].copy()
    return read


def _spans(scene: Scene, substeps: int) -> Iterator[slice]:
    """Yield the steps to run together: a played scene goes frame by frame, any other at once."""
    stride = substeps if scene.actions else substeps * scene.frames
    for start in range(0, substeps * scene.frames, stride):
        yield slice(start, start + stride)


def _jumped(scene: Scene, state: Floats, sensed: Floats, frame: int) -> Floats:
    """Return the state with the player sent upwards, if it jumps and has something to jump from."""
    if not scene.actions or scene.actions[frame] is not Action.JUMP:
        return state
    if not has_footing(scene, sensed[-1]):
        return state
    kinds = [degrees_of_freedom(body) for body in scene.bodies]
    upwards = 1 + sum(places for places, _ in kinds) + sum(speeds for _, speeds in kinds[: scene.actor]) + 2
    jumped = state.copy()
    jumped[upwards] = JUMP_SPEED
    return jumped


def _height_of(scene: Scene, body: int) -> int:
    """Return where a free body's height is in MuJoCo's state."""
    return 1 + sum(degrees_of_freedom(other)[0] for other in scene.bodies[:body]) + 2
