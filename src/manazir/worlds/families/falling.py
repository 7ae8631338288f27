"""What gravity does to a body in the air: it drops, flies in an arc, or swings."""

import math
from dataclasses import replace

from manazir.worlds.families.cast import SMALL_OR_MEDIUM, Rng, any_rotation, between, draw_body, standing
from manazir.worlds.families.plot import Plot, Stage, bystanders, draw_side, heading
from manazir.worlds.scene import Direction, Material, Pendulum, Shape

BOUNCY = (Material.RUBBER, *Material)
"""Rubber twice: a drop is seen best when it bounces."""
COMPACT = (Shape.SPHERE, Shape.SPHERE, Shape.CUBE, Shape.CYLINDER, Shape.CAPSULE, Shape.CONE)
HANGING = (Shape.SPHERE, Shape.SPHERE, Shape.CUBE, Shape.CYLINDER)
GRAVITY = 9.81


def drop(rng: Rng, stage: Stage) -> Plot:
    """Let a body fall at once, from one to two metres above the ground."""
    body = draw_body(rng, stage.colours[0], COMPACT, materials=BOUNCY)
    x, y = between(rng, -0.65, 0.65) * stage.reach, between(rng, -0.3, 0.5)
    low, high = 0.95 + max(body.half_extents), 2.3 - 0.5 * body.size
    is_tilted = body.shape is not Shape.SPHERE and rng.random() < 0.6
    actor = replace(
        body,
        position=(x, y, between(rng, low, max(low + 0.05, high))),
        rotation=any_rotation(rng) if is_tilted else standing(body, x, y, between(rng, 0.0, 1.5)).rotation,
        spin=(between(rng, -1.0, 1.0), between(rng, -1.0, 1.0), between(rng, -1.0, 1.0)),
    )
    return Plot(bodies=(actor, *bystanders(rng, stage, (actor,), 0.35)), direction=Direction.DOWN)


def throw(rng: Rng, stage: Stage) -> Plot:
    """Throw a body across the picture in an arc that lands inside it."""
    side = draw_side(rng)
    body = draw_body(rng, stage.colours[0], COMPACT, SMALL_OR_MEDIUM)
    start_height = between(rng, 0.7, 1.1)
    rise = between(rng, 0.35, max(0.4, 2.2 - body.size - start_height))
    flight = math.sqrt(2 * rise / GRAVITY) + math.sqrt(2 * (start_height + rise - body.size) / GRAVITY)
    start, way = -side * between(rng, 0.8, 0.95) * stage.reach, between(rng, 0.95, 1.3) * stage.reach
    actor = replace(
        body,
        position=(start, between(rng, -0.3, 0.5), start_height),
        rotation=any_rotation(rng),
        velocity=(side * way / flight, between(rng, -0.1, 0.1), math.sqrt(2 * GRAVITY * rise)),
        spin=(between(rng, -1.0, 1.0), side * between(rng, 0.0, 4.0), between(rng, -1.0, 1.0)),
    )
    return Plot(bodies=(actor, *bystanders(rng, stage, (actor,), 0.3, (1.1, 1.7))), direction=heading(side))


def swing(rng: Rng, stage: Stage) -> Plot:
    """Let a pendulum go from one side; its direction is that of its first half swing."""
    side = draw_side(rng)
    body = draw_body(rng, stage.colours[0], HANGING, SMALL_OR_MEDIUM)
    rod = between(rng, 1.15, 1.5)
    anchor = (
        between(rng, -0.25, 0.25) * stage.reach,
        between(rng, -0.2, 0.4),
        rod + body.size + between(rng, 0.3, 0.45),
    )
    lean = -side * between(rng, 0.6, 1.0)
    position = (anchor[0] + rod * math.sin(lean), anchor[1], anchor[2] - rod * math.cos(lean))
    turn = (math.cos(lean / 2), 0.0, -math.sin(lean / 2), 0.0)
    actor = replace(body, position=position, rotation=turn, pendulum=Pendulum(anchor=anchor))
    return Plot(bodies=(actor, *bystanders(rng, stage, (actor,), 0.3, (1.3, 1.8))), direction=heading(side))
