"""The stage of a scene: ground, backdrop, lights and camera, all at random and none of them hiding a body."""

import math
from dataclasses import replace

import numpy as np

from manazir.worlds.camera_path import camera_path
from manazir.worlds.families.cast import Rng, between, pick
from manazir.worlds.motion import Floats
from manazir.worlds.palette import COLOURS, GROUND_COLOURS
from manazir.worlds.scene import Camera, CameraMove, Event, Ground, Light, Vec3

VANISHING = {"sand": (), "slate": ("grey", "black"), "chalk": ("white",), "moss": ("grey",)}
"""Body colours that are lost on a ground."""
FITTINGS = {
    "sand": ("grey", "white"),
    "slate": ("white", "brown"),
    "chalk": ("brown", "grey"),
    "moss": ("white", "brown"),
}
"""Colours of ramps that stand out on a ground."""
PATTERNS = ("plain", "plain", "checker", "planks")
BACKDROPS = ("sky", "sky", "dusk", "studio")
LIGHT_SIDES: dict[str, Vec3] = {
    "left": (-1.0, -0.45, 0.9),
    "right": (1.0, -0.45, 0.9),
    "front": (0.0, -1.0, 0.9),
    "behind": (0.0, 1.0, 0.9),
    "above": (0.0, -0.12, 1.0),
}
STILL_SHARE = 0.7
MOVES: tuple[CameraMove, ...] = tuple(move for move in CameraMove if move is not CameraMove.STILL)
AMOUNTS: dict[str, tuple[float, float]] = {
    "pan": (0.13, 0.24),
    "tilt": (0.10, 0.17),
    "orbit": (0.35, 0.75),
    "push": (0.9, 1.6),
    "pull": (0.9, 1.6),
    "crane": (0.8, 1.4),
}
"""Over a whole scene, radians or metres: clear to see, and all that matters stays in the picture."""
SQUARE_REACH, WIDEST_REACH = 1.7, 2.8


TURNS = (CameraMove.PAN_LEFT, CameraMove.PAN_RIGHT, CameraMove.TILT_UP, CameraMove.TILT_DOWN)
_PAIRS = tuple(zip(MOVES[::2], MOVES[1::2], strict=True))
REVERSED: dict[CameraMove, CameraMove] = dict(_PAIRS) | {two: one for one, two in _PAIRS}
"""The other way; moves come in pairs."""
TIGHT = 0.8
"""Share of the reach that is left when the camera turns aside or comes closer."""


def draw_ground(rng: Rng) -> Ground:
    """Return a ground that bodies stand out on."""
    return Ground(
        colour=pick(rng, tuple(GROUND_COLOURS)),
        pattern=pick(rng, PATTERNS),
        reflectivity=between(rng, 0.08, 0.2) if rng.random() < 0.15 else 0.0,
    )


def draw_colours(rng: Rng, ground: Ground) -> tuple[str, ...]:
    """Return the colours that a body may have here, shuffled."""
    kept = [name for name in COLOURS if name not in VANISHING[ground.colour]]
    return tuple(kept[i] for i in rng.permutation(len(kept)))


def draw_fitting_colour(rng: Rng, ground: Ground) -> str:
    """Return a colour for a ramp."""
    return pick(rng, FITTINGS[ground.colour])


def draw_lights(rng: Rng) -> tuple[Light, ...]:
    """Return the light that captions name and, sometimes, a weak second one."""
    first = Light(
        direction=_jittered(rng, LIGHT_SIDES[pick(rng, tuple(LIGHT_SIDES))]),
        colour=pick(rng, ("white",) * 6 + ("warm", "cold")),
        intensity=between(rng, 2.5, 3.5),
    )
    if rng.random() >= 0.2:
        return (first,)
    above = _jittered(rng, LIGHT_SIDES["above"])
    second = Light(direction=above, intensity=between(rng, 0.4, 0.8), has_shadow=False)
    return (first, second)


def _jittered(rng: Rng, direction: Vec3) -> Vec3:
    x, y, z = np.array(direction) + rng.uniform(-0.12, 0.12, 3)
    return (float(x), float(y), float(z))


def draw_camera(rng: Rng, event: Event) -> Camera:
    """Return a camera near the usual place whose move, if any, is centred on it."""
    x, y, z = rng.uniform((-0.3, -6.25, 2.0), (0.3, -5.9, 2.45))
    tx, ty, tz = rng.uniform((-0.08, -0.1, 0.66), (0.08, 0.1, 0.78))
    camera = Camera(position=(float(x), float(y), float(z)), target=(float(tx), float(ty), float(tz)))
    still_share = 0.4 if event is Event.REST else STILL_SHARE
    if event is Event.PLAY or rng.random() < still_share:
        return camera
    move = pick(rng, MOVES)
    amount = between(rng, *AMOUNTS[move.value.split()[0]])
    return replace(centred(camera, move, amount), move=move, amount=amount)


def centred(camera: Camera, move: CameraMove, amount: float) -> Camera:
    """Return the camera half a move earlier, so that the usual view comes in the middle."""
    back = REVERSED[move]
    places, axes = camera_path(replace(camera, move=back, amount=amount / 2), 2)
    position = _vector(places[-1])
    # What it looks at stays the target, unless it turns in place.
    turns = move in TURNS
    distance = math.dist(camera.position, camera.target)
    target = _vector(places[-1] + distance * axes[-1, 2]) if turns else camera.target
    return replace(camera, position=position, target=target)


def _vector(values: Floats) -> Vec3:
    x, y, z = (float(value) for value in values)
    return (x, y, z)


def reach(camera: Camera, aspect: float) -> float:
    """Return how far left and right of the middle things may happen, in metres."""
    room = min(SQUARE_REACH * max(aspect, 1.0), WIDEST_REACH)
    is_tight = camera.move.value.split()[0] in ("pan", "push", "pull", "orbit")
    return room * TIGHT if is_tight else room


def at_height(camera: Camera, height: float | None) -> Camera:
    """Return the camera at another height, if one is asked for."""
    if height is None:
        return camera
    x, y, _ = camera.position
    return replace(camera, position=(x, y, height))


def draw_backdrop(rng: Rng) -> str:
    """Return the name of what is behind everything."""
    return pick(rng, BACKDROPS)
