"""What gravity does to a body in the air: it drops, flies in an arc, or swings."""

from dataclasses import replace

from manazir.worlds.families.cast import Rng, any_rotation, between, draw_body, standing
from manazir.worlds.families.plot import Plot, Stage, bystanders
from manazir.worlds.scene import Direction, Material, Shape

BOUNCY = (Material.RUBBER, *Material)
"""Rubber twice: a drop is seen best when it bounces."""
COMPACT = (Shape.SPHERE, Shape.SPHERE, Shape.CUBE, Shape.CYLINDER, Shape.CAPSULE, Shape.CONE)


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
