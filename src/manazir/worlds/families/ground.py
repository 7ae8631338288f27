"""What goes along the ground: it rolls, slides to rest, or comes down a ramp."""

import math
from dataclasses import replace

from manazir.worlds.families.cast import ROLLERS, SMALL_OR_MEDIUM, Rng, between, draw_body, rolling, standing
from manazir.worlds.families.plot import Plot, Stage, bystanders, draw_side, heading
from manazir.worlds.scene import Body, Direction, Ramp, Shape

FLAT = (Shape.CUBE, Shape.CUBE, Shape.CYLINDER, Shape.CONE)
GRAVITY = 9.81
ALONG_DEPTH = 0.22
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


def slide(rng: Rng, stage: Stage) -> Plot:
    """Give a flat-bottomed body a shove; friction brings it to rest before the end."""
    side = draw_side(rng)
    way = between(rng, 0.75, 1.5) * min(stage.reach, 2.0)  # further would be too fast to stay upright
    seconds = between(rng, 0.55, 0.75) * stage.duration_seconds
    speed, slowing = 2 * way / seconds, 2 * way / seconds**2
    body = draw_body(rng, stage.colours[0], FLAT)
    # What two surfaces share is the root of the product of their frictions.
    smooth = replace(body, friction=(slowing / GRAVITY) ** 2 / stage.ground_friction, restitution=0.1)
    start = -side * between(rng, 0.75, 0.95) * stage.reach
    put = standing(smooth, start, between(rng, -0.4, 0.6), between(rng, 0.0, 1.5))
    actor = replace(put, velocity=(side * speed, 0.0, 0.0))
    return Plot(bodies=(actor, *bystanders(rng, stage, (actor,), 0.35, (1.3, 1.9))), direction=heading(side))


def ramp(rng: Rng, stage: Stage) -> Plot:
    """Let a body go near the top of a ramp: a round one rolls, a cube slides."""
    side = draw_side(rng)
    length, height = between(rng, 1.7, 2.2), between(rng, 0.65, 1.0)
    middle = -side * between(rng, 0.35, 0.45) * stage.reach
    wedge = Ramp(
        position=(middle, between(rng, 0.0, 0.4), 0.0),
        length=length,
        width=between(rng, 1.2, 1.5),
        height=height,
        faces=heading(side),
        colour=stage.fitting_colour,
    )
    colour = next(name for name in stage.colours if name != stage.fitting_colour)
    body = draw_body(rng, colour, (*ROLLERS, Shape.CUBE), SMALL_OR_MEDIUM)
    if body.shape is Shape.CUBE:
        body = replace(body, friction=between(rng, 0.02, 0.06), restitution=0.1)
    actor = _on_slope(body, wedge, between(rng, 0.12, 0.25))
    return Plot(bodies=(actor,), ramps=(wedge,), direction=heading(side))


def _on_slope(body: Body, wedge: Ramp, share: float) -> Body:
    """Put a body on a ramp, `share` of its length from the top, level with the slope."""
    side = 1.0 if wedge.faces is Direction.RIGHT else -1.0
    slope = math.atan2(wedge.height, wedge.length)
    x, y, z = wedge.position
    x, z = x + side * (share - 0.5) * wedge.length, z + (1.0 - share) * wedge.height
    lift = body.half_extents[2] if body.shape is Shape.CUBE else body.half_extents[0]
    half = side * slope / 2
    tilted = (math.cos(half), 0.0, math.sin(half), 0.0)
    return replace(
        body,
        position=(x + side * lift * math.sin(slope), y, z + lift * math.cos(slope)),
        rotation=tilted if body.shape is Shape.CUBE else rolling(body, 0.0, 0.0, side, 0.0).rotation,
    )
