"""The true layout of a simulated scene: where everything is in the picture, without drawing it."""

import numpy as np
from numpy.typing import NDArray

from manazir.core import layout as at
from manazir.core.errors import SceneError
from manazir.worlds.motion import Floats, Motion
from manazir.worlds.pack import GROUND_PATTERNS
from manazir.worlds.palette import BACKDROPS, COLOURS, GROUND_COLOURS, LIGHT_COLOURS
from manazir.worlds.rotate import rotate
from manazir.worlds.scene import Body, Direction, Material, Ramp, Scene, Shape

SHAPES, MATERIALS = tuple(Shape), tuple(Material)
RAMP_SHAPE = len(SHAPES)


def layout_of(scene: Scene, motion: Motion) -> NDArray[np.float32]:
    """`[t, SLOTS, FEATURES]`; see core/layout.py for what stands where.

    Raises:
        SceneError: more bodies or ramps than a layout has slots for.
    """
    room = at.BODIES.stop - at.BODIES.start
    if len(scene.bodies) > room or len(scene.ramps) > 1:
        raise SceneError(f"a layout holds {room} bodies and a ramp; this scene has more")
    result = np.zeros((len(motion.positions), at.SLOTS, at.FEATURES))
    result[:, :, at.PRESENT] = -1.0
    _set(scene, motion, result[:, at.SET])
    for slot, body in enumerate(roles(scene), start=at.BODIES.start):
        _body(scene, motion, body, result[:, slot])
    for ramp in scene.ramps:
        _ramp(scene, motion, ramp, result[:, at.RAMP])
    return result.clip(-at.LARGEST, at.LARGEST).astype(np.float32)


def roles(scene: Scene) -> list[int]:
    """Bodies in the order of their roles: who acts, whom it happens to, the others."""
    first = [body for body in (scene.actor, scene.patient) if body is not None and body < len(scene.bodies)]
    return first + [body for body in range(len(scene.bodies)) if body not in first]


def _set(scene: Scene, motion: Motion, row: Floats) -> None:
    """Fill `[t, FEATURES]` with camera, main light, ground and backdrop."""
    row[:, at.PRESENT] = 1.0
    right, _, forward = motion.camera_axes.transpose(1, 0, 2)
    camera = row[:, at.CAMERA]
    camera[:, :3] = motion.camera_positions * [1.0, 1.0, 1.5] + [0.0, 6.0, -3.3]  # about zero at the usual place
    camera[:, 3:6] = right * [8.0, 4.0, 0.0] - [8.0, 0.0, 0.0]
    camera[:, 6:9] = forward * [4.0, 0.0, at.FORWARD_UP_SCALE] + [0.0, 0.0, at.FORWARD_UP_CENTRE]
    camera[:, 9] = -1.0 if scene.camera.orthographic_height is None else 1.0
    if scene.lights:
        light = scene.lights[0]
        towards = np.array(light.direction) / np.linalg.norm(light.direction)
        row[:, at.LIGHT][:, :3] = motion.camera_axes @ towards * 2.0
        row[:, at.LIGHT][:, 3] = light.intensity - 3.0
        row[:, at.LIGHT][:, 4:7] = np.array(LIGHT_COLOURS[light.colour]) * 4.0 - 3.0
    ground = row[:, at.GROUND]
    if scene.ground is not None:
        ground[:, 0] = 1.0
        ground[:, 1:4] = shown_colour(GROUND_COLOURS[scene.ground.colour]) * 2.0
        row[:, at.PATTERN][:, GROUND_PATTERNS.index(scene.ground.pattern)] = at.KIND
        ground[:, 7] = scene.ground.reflectivity * 8.0
    row[:, at.BACKDROP][:, list(BACKDROPS).index(scene.backdrop)] = at.KIND
    row[:, at.FLAT] = 1.0 if scene.is_flat else -1.0


def _body(scene: Scene, motion: Motion, index: int, row: Floats) -> None:
    """Fill `[t, FEATURES]` with one body."""
    body, centres = scene.bodies[index], motion.positions[:, index]
    _place(scene, motion, centres, body.size, row)
    for first, axis in ((0, (1.0, 0.0, 0.0)), (3, (0.0, 0.0, 1.0))):
        turned = rotate(motion.rotations[:, index], np.broadcast_to(np.array(axis), centres.shape))
        row[:, at.TURN][:, first : first + 3] = np.einsum("tij,tj->ti", motion.camera_axes, turned) * at.TURN_SCALE
    if body.pendulum is not None:
        row[:, at.ROD] = 1.0
        anchors = np.broadcast_to(np.array(body.pendulum.anchor), centres.shape)
        row[:, at.ROD_ACROSS : at.ROD_UP + 1] = seen(scene, motion, anchors)[:, :2] * at.PLACE_SCALE
    _look(body, row)


def _look(body: Body, row: Floats) -> None:
    row[:, at.COLOUR] = shown_colour(COLOURS[body.colour]) * at.COLOUR_SCALE
    row[:, at.SHAPE][:, SHAPES.index(body.shape)] = at.KIND
    row[:, at.MATERIAL][:, MATERIALS.index(body.material)] = at.KIND
    row[:, at.SIZE] = (np.log(body.size) - at.SIZE_CENTRE) * at.SIZE_SCALE
    row[:, at.FIXED] = 1.0 if body.is_fixed else 0.0


def _ramp(scene: Scene, motion: Motion, ramp: Ramp, row: Floats) -> None:
    """Fill `[t, FEATURES]` with a wedge: its middle, where it goes down to, and its sizes."""
    middle = np.add(ramp.position, (0.0, 0.0, ramp.height / 2))
    _place(scene, motion, np.broadcast_to(middle, motion.camera_positions.shape), ramp.length / 2, row)
    slope = np.array([1.0 if ramp.faces is Direction.RIGHT else -1.0, 0.0, 0.0])
    row[:, at.TURN][:, :3] = motion.camera_axes @ slope * at.TURN_SCALE
    row[:, at.TURN][:, 3:6] = np.array([ramp.length, ramp.width, ramp.height]) - [2.0, 1.0, 0.8]
    row[:, at.COLOUR] = shown_colour((COLOURS | GROUND_COLOURS)[ramp.colour]) * at.COLOUR_SCALE
    row[:, at.SHAPE][:, RAMP_SHAPE] = at.KIND
    row[:, at.FIXED] = 1.0


def _place(scene: Scene, motion: Motion, centres: Floats, size: float, row: Floats) -> None:
    """What bodies and ramps have in common: where they are, how large they appear, where their shadow falls."""
    row[:, at.PRESENT] = 1.0
    places = seen(scene, motion, centres)
    row[:, at.ACROSS : at.UP + 1] = places[:, :2] * at.PLACE_SCALE
    row[:, at.BULK] = (np.log(size * places[:, 2]) - at.BULK_CENTRE) * at.BULK_SCALE
    row[:, at.HEIGHT] = centres[:, 2] * at.HEIGHT_SCALE + at.HEIGHT_LEAST
    shadows = seen(scene, motion, _shadows(scene, centres))
    row[:, at.SHADOW_ACROSS : at.SHADOW_UP + 1] = shadows[:, :2] * at.PLACE_SCALE


def _shadows(scene: Scene, centres: Floats) -> Floats:
    """Where the main light throws the middle of a shadow; below the body if it throws none."""
    towards = np.array([0.0, 0.0, 1.0])
    if scene.lights and scene.lights[0].has_shadow and scene.lights[0].direction[2] > 0.1:
        towards = np.array(scene.lights[0].direction)
    thrown: Floats = centres - towards * (centres[:, 2:] / towards[2])
    return thrown


def seen(scene: Scene, motion: Motion, points: Floats) -> Floats:
    """`[t, 3]`: points of each frame as places in half short sides, and how many of those a metre there fills."""
    local = np.einsum("tij,tj->ti", motion.camera_axes, points - motion.camera_positions)
    if scene.camera.orthographic_height is not None:
        scale = np.full(len(points), 2.0 / scene.camera.orthographic_height)
    else:
        half = np.tan(np.radians(scene.camera.vertical_field_degrees) / 2)
        scale = 1.0 / (np.maximum(local[:, 2], 0.1) * half)
    return np.concatenate([local[:, :2] * scale[:, None], scale[:, None]], axis=1)


def shown_colour(linear: tuple[float, float, float]) -> Floats:
    """A colour as a screen shows it, from -1 to 1."""
    return np.array(linear) ** (1 / 2.2) * 2.0 - 1.0
