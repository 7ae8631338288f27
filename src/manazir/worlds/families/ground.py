"""What goes along the ground: it rolls, slides to rest, or comes down a ramp."""

from manazir.worlds.families.cast import ROLLERS, Rng, between, draw_body, rolling
from manazir.worlds.families.plot import Plot, Stage, bystanders, draw_side, heading
from manazir.worlds.scene import Direction

ALONG_DEPTH = 0.16
"""Share of rolls that go away from the camera or towards it."""


def roll(rng: Rng, stage: Stage) -> Plot:
    """Roll a round body across at least a third of the picture."""
    body = draw_body(rng, stage.colours[0], ROLLERS)
    side = draw_side(rng)
    if rng.random() < ALONG_DEPTH:
        return _roll_in_depth(rng, stage, side)
    start = -side * between(rng, 0.65, 0.95) * stage.reach
    way = between(rng, 0.9, 1.75) * stage.reach
    speed = side * 1.06 * way / stage.duration_seconds  # what rolling friction takes away, about
    actor = rolling(body, start, between(rng, -0.5, 0.6), speed, between(rng, -0.08, 0.08))
    return Plot(bodies=(actor, *bystanders(rng, stage, (actor,), 0.35, (1.3, 1.9))), direction=heading(side))


def _roll_in_depth(rng: Rng, stage: Stage, side: float) -> Plot:
    """Roll away (1.0) or towards the camera (-1.0)."""
    body = draw_body(rng, stage.colours[0], ROLLERS)
    near, far = between(rng, -1.2, -0.7), between(rng, 1.8, 2.8)
    speed = side * 1.06 * (far - near) / stage.duration_seconds
    x = between(rng, -0.5, 0.5) * stage.reach
    actor = rolling(body, x, near if side > 0 else far, between(rng, -0.08, 0.08), speed)
    return Plot(bodies=(actor,), direction=Direction.AWAY if side > 0 else Direction.TOWARDS)
