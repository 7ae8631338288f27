"""A scene in MuJoCo's words: one model with a named geom a body, and one explicit pair for whatever may touch.

Pairs are explicit because MuJoCo's own mixing of two materials' contact parameters has no restitution in it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from manazir.worlds.bounce import reference
from manazir.worlds.motion import GROUND
from manazir.worlds.palette import SURFACES
from manazir.worlds.scene import Body, Direction, Ramp, Scene, Shape, Wall

SIDES = 36
"""Of the polygon that stands for a cone's rim, or a cylinder's."""
FIXED_FRICTION = 0.8
"""Of walls and ramps."""
SOFT = "0.4 0.99 0.002"
"""MuJoCo's `solimp`: soft for the first two millimetres, so that what rests or rolls settles and does not chatter."""
GRIP_SECONDS = 0.04
"""How soon friction has stopped a slow slip. Sooner, and MuJoCo's cones lift what slides: at 4 ms a cube hops 2 cm."""
ROLLERS = (Shape.SPHERE, Shape.CYLINDER, Shape.CAPSULE)
CONTACTS_KEPT = 4
"""Contact points read of each pair, the strongest first; a ball has but one."""
SENSOR_DATA, SENSOR_WIDTH = "found force pos normal", 10
"""Of each point: whether it is there, force (normal first), place, and the normal from the first to the second."""
ROLLING = 0.02
"""Rolling friction as a share of the radius: a ball loses 4 to 10 hundredths of its speed in two seconds."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things that may touch. `second` is a body, or a code below zero as in `motion.Contact`."""

    first: int
    second: int
    points: int


def wall_code(index: int) -> int:
    """Return what contacts call a wall."""
    return -2 - index


def ramp_code(index: int) -> int:
    """Return what contacts call a ramp."""
    return -100 - index


def pairs(scene: Scene) -> tuple[Pair, ...]:
    """Return everything in the scene that may touch, the moving body first."""
    fixed = [] if scene.ground is None else [GROUND]
    fixed += [wall_code(i) for i in range(len(scene.walls))] + [ramp_code(i) for i in range(len(scene.ramps))]
    found = []
    for i, body in enumerate(scene.bodies):
        if not body.is_fixed:
            found += [Pair(i, code, 1 if body.shape is Shape.SPHERE else CONTACTS_KEPT) for code in fixed]
        for j in range(i + 1, len(scene.bodies)):
            other = scene.bodies[j]
            if body.is_fixed and other.is_fixed:
                continue
            points = 1 if Shape.SPHERE in (body.shape, other.shape) else CONTACTS_KEPT
            found.append(Pair(j, i, points) if body.is_fixed else Pair(i, j, points))
    return tuple(found)


def model_xml(scene: Scene, step_seconds: float) -> str:
    """Return the scene as MJCF."""
    shapes = [*_ground(scene), *map(_wall, range(len(scene.walls)), scene.walls)]
    shapes += [f'<geom name="{_name(ramp_code(i))}" type="mesh" mesh="r{i}"/>' for i in range(len(scene.ramps))]
    between = pairs(scene)
    return "".join(
        [
            '<mujoco><compiler angle="radian" balanceinertia="true"/><size memory="2M"/>',
            f'<option timestep="{step_seconds!r}" gravity="0 0 {-scene.gravity!r}" cone="elliptic" jacobian="dense">',
            '<flag island="disable"/></option>',
            f'<default><geom contype="0" conaffinity="0"/><pair solimp="{SOFT}" solreffriction="',
            f'{GRIP_SECONDS!r} 1"/></default><asset>',
            *(_body_mesh(i, body) for i, body in enumerate(scene.bodies) if _is_mesh(body)),
            *(_ramp_mesh(i, ramp) for i, ramp in enumerate(scene.ramps)),
            "</asset><worldbody>",
            *shapes,
            *(_body(i, body) for i, body in enumerate(scene.bodies)),
            "</worldbody><contact>",
            *(_pair(scene, pair, step_seconds) for pair in between),
            "</contact><sensor>",
            *map(_sensor, between),
            "</sensor></mujoco>",
        ]
    )


def volume(body: Body) -> float:
    """Return what a body fills, in cubic metres."""
    x, y, z = body.half_extents
    return {
        Shape.SPHERE: 4 / 3 * math.pi * x**3,
        Shape.CUBE: 8 * x * y * z,
        Shape.CYLINDER: 2 * math.pi * x * x * z,
        Shape.CAPSULE: math.pi * x * x * (2 * (z - x) + 4 / 3 * x),
        Shape.CONE: 2 / 3 * math.pi * x * x * z,
    }[body.shape]


def mass(body: Body) -> float:
    """Return a body's mass in kilograms."""
    return SURFACES[body.material].density * volume(body) if body.mass is None else body.mass


def _name(code: int) -> str:
    return f"g{code}" if code >= 0 else f"fixed{-code}"


def _numbers(values: tuple[float, ...]) -> str:
    return " ".join(repr(float(value)) for value in values)


def _ground(scene: Scene) -> Iterator[str]:
    if scene.ground is not None:
        yield f'<geom name="{_name(GROUND)}" type="plane" size="0 0 1"/>'


def _wall(index: int, wall: Wall) -> str:
    place = f'pos="{_numbers(wall.position)}" size="{_numbers(wall.half_extents)}"'
    return f'<geom name="{_name(wall_code(index))}" type="box" {place}/>'


def _ramp_mesh(index: int, ramp: Ramp) -> str:
    """Return the wedge's six corners: the slope falls along +x when it faces right."""
    x, y, z = ramp.position
    ahead = ramp.length / 2 if ramp.faces is Direction.RIGHT else -ramp.length / 2
    corners = [(x + ahead, 0.0), (x - ahead, 0.0), (x - ahead, ramp.height)]
    points = [(px, y + side * ramp.width / 2, z + pz) for px, pz in corners for side in (-1, 1)]
    return f'<mesh name="r{index}" vertex="{" ".join(map(_numbers, points))}"/>'


def _is_mesh(body: Body) -> bool:
    """Whether a body is a polyhedron to MuJoCo.

    Its own upright cylinder does not stay up on springy ground: of 60 that were let stand, 15 fell within 4 s
    (MuJoCo 4.0), and of prisms none. Lying, to roll, it is exact.
    """
    _, x, y, _ = body.rotation
    stands = abs(1.0 - 2.0 * (x * x + y * y)) > 0.3
    return body.shape is Shape.CONE or (body.shape is Shape.CYLINDER and stands)


def _body_mesh(index: int, body: Body) -> str:
    radius, _, half = body.half_extents
    turns = [2 * math.pi * k / SIDES for k in range(SIDES)]
    rim = [(radius * math.cos(turn), radius * math.sin(turn), -half) for turn in turns]
    top = [(0.0, 0.0, half)] if body.shape is Shape.CONE else [(x, y, half) for x, y, _ in rim]
    return f'<mesh name="b{index}" vertex="{" ".join(map(_numbers, [*rim, *top]))}"/>'


def _geom(index: int, body: Body) -> str:
    x, _, z = body.half_extents
    if _is_mesh(body):
        form = f'type="mesh" mesh="b{index}"'
    elif body.shape is Shape.CUBE:
        form = f'type="box" size="{x!r} {x!r} {x!r}"'
    else:
        size = {Shape.SPHERE: (x,), Shape.CYLINDER: (x, z), Shape.CAPSULE: (x, z - x)}[body.shape]
        form = f'type="{body.shape.value}" size="{_numbers(size)}"'
    return f'<geom name="{_name(index)}" {form} mass="{mass(body)!r}"/>'


def _body(index: int, body: Body) -> str:
    joint = "" if body.is_fixed else "<freejoint/>"
    if body.pendulum is not None and not body.is_fixed:
        joint = f'<joint type="ball" pos="{_numbers(arm(body))}"/>'
    place = f'pos="{_numbers(body.position)}" quat="{_numbers(body.rotation)}"'
    return f"<body {place}>{joint}{_geom(index, body)}</body>"


def arm(body: Body) -> tuple[float, float, float]:
    """Return where a pendulum's anchor is in the body's own axes at the start, in metres."""
    if body.pendulum is None:
        return (0.0, 0.0, 0.0)
    w, x, y, z = body.rotation
    dx, dy, dz = (a - p for a, p in zip(body.pendulum.anchor, body.position, strict=True))
    # The columns of the rotation matrix are the body's axes in the world.
    return (
        (1 - 2 * (y * y + z * z)) * dx + 2 * (x * y + w * z) * dy + 2 * (x * z - w * y) * dz,
        2 * (x * y - w * z) * dx + (1 - 2 * (x * x + z * z)) * dy + 2 * (y * z + w * x) * dz,
        2 * (x * z + w * y) * dx + 2 * (y * z - w * x) * dy + (1 - 2 * (x * x + y * y)) * dz,
    )


def _pair(scene: Scene, pair: Pair, step_seconds: float) -> str:
    first = scene.bodies[pair.first]
    slide, bounce, size = _friction(first), _restitution(first), first.size
    if pair.second >= 0:
        second = scene.bodies[pair.second]
        slide = math.sqrt(slide * _friction(second))
        bounce = 0.5 * (bounce + _restitution(second))  # two bodies share their bounce; the ground has none of its own
        size = min(size, second.size)
    else:
        ground = scene.ground.friction if scene.ground is not None and pair.second == GROUND else FIXED_FRICTION
        slide = math.sqrt(slide * ground)
    stiffness, damping = reference(bounce, step_seconds)
    frictions = (slide, slide, 0.05 * slide * size, ROLLING * size, ROLLING * size)
    dimensions = 6 if first.shape in ROLLERS else 3
    return (
        f'<pair geom1="{_name(pair.first)}" geom2="{_name(pair.second)}" condim="{dimensions}"'
        f' friction="{_numbers(frictions)}" solref="{stiffness!r} {damping!r}"/>'
    )


def _friction(body: Body) -> float:
    return SURFACES[body.material].friction if body.friction is None else body.friction


def _restitution(body: Body) -> float:
    return SURFACES[body.material].restitution if body.restitution is None else body.restitution


def _sensor(pair: Pair) -> str:
    return (
        f'<contact geom1="{_name(pair.first)}" geom2="{_name(pair.second)}" num="{pair.points}"'
        f' data="{SENSOR_DATA}" reduce="maxforce"/>'
    )
