"""What stands: at rest, tipped over, or in a stack that falls."""

import math
from dataclasses import replace

from manazir.worlds.families.cast import STANDING, Rng, apart, between, draw_body, pick, standing
from manazir.worlds.families.plot import Plot, Stage, bystanders, draw_side, heading
from manazir.worlds.mjcf import mass
from manazir.worlds.scene import Body, Direction, Force, Shape

TIPPED = ("medium", "large")
BLOCKS = (Shape.CUBE, Shape.CUBE, Shape.CYLINDER)
GRAVITY = 9.81
IDENTICAL = 0.25
"""Share of rests and stacks whose bodies are all alike, so that counting is more than naming."""


def rest(rng: Rng, stage: Stage) -> Plot:
    """Put one to three bodies on the ground."""
    count = pick(rng, (1, 1, 2, 2, 3))
    is_identical = rng.random() < IDENTICAL
    sizes = ("small", "medium", "large") if count == 1 else ("small", "medium")
    placed: list[Body] = []
    for k in range(count):
        body = draw_body(rng, stage.colours[k], STANDING, sizes)
        if is_identical and placed:
            body = replace(placed[0], rotation=(1.0, 0.0, 0.0, 0.0))
        placed.append(_put(rng, stage, body, placed))
    return Plot(bodies=tuple(placed), direction=Direction.NONE)


def _put(rng: Rng, stage: Stage, body: Body, placed: list[Body]) -> Body:
    """Return the body where it stands clear of the others; they fill a third of the floor at most."""
    while True:
        x, y = between(rng, -0.85, 0.85) * stage.reach, between(rng, -0.7, 1.3)
        put = standing(body, x, y, between(rng, 0.0, 1.5))
        if apart(placed, put):
            return put


def topple(rng: Rng, stage: Stage) -> Plot:
    """Tip a standing body over its edge, or start it leaning past its balance."""
    side = draw_side(rng)
    body = draw_body(rng, stage.colours[0], (Shape.CYLINDER, Shape.CYLINDER, Shape.CAPSULE, Shape.CUBE), TIPPED)
    rough = replace(body, friction=1.2)  # so that its edge holds
    x, y = between(rng, -0.45, 0.3) * side * stage.reach, between(rng, -0.4, 0.5)
    edge, lean = _foot(body), 0.0
    if body.shape is not Shape.CAPSULE and rng.random() < 0.3:
        lean = math.atan2(edge, body.half_extents[2]) + between(rng, 0.04, 0.15)
    actor = _tipped(rough, x, y, side, lean, between(rng, 1.12, 1.4))
    others = bystanders(rng, stage, (actor,), 0.35, (1.2, 1.7))
    return Plot(bodies=(actor, *others), direction=heading(side))


def _foot(body: Body) -> float:
    """Return how far from its axis a standing body's edge is: a capsule has none."""
    return 0.0 if body.shape is Shape.CAPSULE else body.half_extents[0]


def _tipped(body: Body, x: float, y: float, side: float, lean: float, effort: float) -> Body:
    """Return a body that turns about its edge: `effort` is its turning against what just brings it over."""
    foot, half = _foot(body), body.half_extents[2]
    # Where the centre is, seen from the edge on the ground.
    reach = -foot * math.cos(lean) + half * math.sin(lean)
    height = foot * math.sin(lean) + half * math.cos(lean)
    turn = effort * _turning_needed(body) if lean == 0.0 else 0.3
    return replace(
        body,
        position=(x + side * reach, y, height),
        rotation=(math.cos(lean / 2), 0.0, side * math.sin(lean / 2), 0.0),
        velocity=(side * turn * height, 0.0, -turn * reach),
        spin=(0.0, side * turn, 0.0),
    )


def _turning_needed(body: Body) -> float:
    """Return the radians a second that just bring a standing body over its edge."""
    foot, half = _foot(body), body.half_extents[2]
    if foot == 0.0:
        return 0.8  # it balances on a point: any push will do
    radius = math.hypot(foot, half)
    own = foot**2 / 4 + half**2 / 3 if body.shape is Shape.CYLINDER else (foot**2 + half**2) / 3
    return math.sqrt(2 * GRAVITY * (radius - half) / (radius**2 + own))


def stack(rng: Rng, stage: Stage) -> Plot:
    """Pile two to four bodies, set badly or with the top one pushed off."""
    side = draw_side(rng)
    count = pick(rng, (2, 2, 3, 3, 4))
    x, y = -0.15 * side * stage.reach, between(rng, -0.3, 0.4)
    bad = int(rng.integers(1, count)) if rng.random() < 0.5 else count
    is_identical = rng.random() < IDENTICAL
    pile: list[Body] = []
    for k in range(count):
        shapes = BLOCKS if k < count - 1 else (*BLOCKS, Shape.CONE)
        body = draw_body(rng, stage.colours[k], shapes, ("medium",) if count == 2 else ("small",))
        if is_identical and pile:
            body = pile[0]
        below = pile[-1] if pile else None
        x += (
            side * between(rng, 1.02, 1.25) * below.half_extents[0] if below and k == bad else between(rng, -0.03, 0.03)
        )
        floor = below.position[2] + below.half_extents[2] if below else 0.0
        pile.append(standing(body, x, y, between(rng, -0.2, 0.2), floor))
    top = count - 1
    start = between(rng, 0.1, 0.35)
    push = (side * mass(pile[top]) * between(rng, 11.0, 14.0), 0.0, 0.0)
    shove = Force(body=top, start_seconds=start, end_seconds=start + 0.28, newtons=push)
    return Plot(bodies=tuple(pile), direction=heading(side), actor=top, forces=(shove,) if bad == count else ())
