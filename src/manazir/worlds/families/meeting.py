"""What happens between bodies: they collide, one is thrown into others, one passes behind another."""

from dataclasses import replace

from manazir.worlds.families.cast import ROLLERS, STANDING, Rng, between, draw_body, rolling, standing
from manazir.worlds.families.plot import Plot, Stage, bystanders, draw_side, heading
from manazir.worlds.mjcf import mass
from manazir.worlds.scene import Body, Material, Shape

HEAVY = (Material.METAL, Material.STONE, Material.GLASS)
LIGHT = (Material.WOOD, Material.RUBBER)
GRAVITY = 9.81
HEAD_ON = 0.35
"""Share of collisions in which both bodies move."""


def collide(rng: Rng, stage: Stage) -> Plot:
    """Roll a body into another, at rest or coming the other way."""
    side = draw_side(rng)
    y = between(rng, -0.4, 0.5)
    actor = draw_body(rng, stage.colours[0], ROLLERS)
    if rng.random() < HEAD_ON:
        patient = draw_body(rng, stage.colours[1], (Shape.SPHERE,))
        speed = between(rng, 0.6, 1.15) * stage.reach
        met = rolling(patient, side * between(rng, 0.7, 0.95) * stage.reach, y, -side * speed, 0.0)
        speed = between(rng, 0.6, 1.15) * stage.reach
    else:
        patient = _no_heavier(draw_body(rng, stage.colours[1], STANDING), actor)
        met = standing(patient, side * between(rng, -0.1, 0.35) * stage.reach, y, between(rng, 0.0, 1.5))
        speed = between(rng, 1.0, 1.9) * stage.reach
    aside = between(rng, -0.12, 0.12) * patient.size
    first = rolling(actor, -side * between(rng, 0.75, 0.95) * stage.reach, y + aside, side * speed, 0.0)
    others = bystanders(rng, stage, (first, met), 0.15, (1.4, 1.9))
    return Plot(bodies=(first, met, *others), direction=heading(side), patient=1)


def _no_heavier(patient: Body, actor: Body) -> Body:
    """Return the patient, of wood if it is too heavy for the actor to move far."""
    return patient if mass(patient) < 1.5 * mass(actor) else replace(patient, material=Material.WOOD)


def strike(rng: Rng, stage: Stage) -> Plot:
    """Throw or roll a ball into a group of two or three."""
    side = draw_side(rng)
    y = between(rng, -0.2, 0.3)
    group = _group(rng, stage, side, y)
    ball = draw_body(rng, stage.colours[0], (Shape.SPHERE,), ("medium",), HEAVY)
    start, speed = -side * between(rng, 0.8, 0.95) * stage.reach, between(rng, 2.2, 3.2)
    actor = rolling(ball, start, y, side * speed, 0.0)
    if rng.random() < 0.5:
        height, seconds = between(rng, 0.7, 1.2), abs(group[0].position[0] - start) / speed
        fall = group[0].half_extents[2] - height + 0.5 * GRAVITY * seconds**2
        actor = replace(actor, position=(start, y, height), velocity=(side * speed, 0.0, fall / seconds))
    return Plot(bodies=(actor, *group), direction=heading(side), patient=1)


def _group(rng: Rng, stage: Stage, side: float, y: float) -> tuple[Body, ...]:
    """Return two or three light bodies close together; the first stands in the way."""
    front = draw_body(rng, stage.colours[1], STANDING, ("medium",), LIGHT)
    x = side * between(rng, 0.0, 0.25) * stage.reach
    placed = [standing(front, x, y, between(rng, 0.0, 1.5))]
    for colour, aside in zip(stage.colours[2 : 3 + int(rng.integers(2))], (1.0, -1.0), strict=False):
        body = draw_body(rng, colour, STANDING, ("small",), LIGHT)
        gap = placed[0].size + body.size + between(rng, 0.05, 0.15)
        placed.append(standing(body, x + 0.75 * side * gap, y + 0.75 * aside * gap, between(rng, 0.0, 1.5)))
    return tuple(placed)


def occlude(rng: Rng, stage: Stage) -> Plot:
    """Roll a body behind a larger one that stands nearer to the camera, and out again."""
    side = draw_side(rng)
    screen = draw_body(rng, stage.colours[1], (Shape.CUBE, Shape.CUBE, Shape.CYLINDER, Shape.CONE), ("large",))
    y = between(rng, -0.7, -0.3)
    patient = standing(screen, between(rng, -0.15, 0.15) * stage.reach, y, between(rng, 0.0, 1.5))
    ball = draw_body(rng, stage.colours[0], ROLLERS, ("small",))
    way = between(rng, 1.75, 1.9) * stage.reach
    speed = 1.06 * way / stage.duration_seconds
    actor = rolling(ball, -side * between(rng, 0.88, 0.97) * stage.reach, y + between(rng, 1.0, 1.3), side * speed, 0.0)
    return Plot(bodies=(actor, patient), direction=heading(side), patient=1, camera_height=between(rng, 1.1, 1.6))
