"""What stands: at rest, tipped over, or in a stack that falls."""

from dataclasses import replace

from manazir.worlds.families.cast import STANDING, Rng, apart, between, draw_body, pick, standing
from manazir.worlds.families.plot import Plot, Stage
from manazir.worlds.scene import Body, Direction

IDENTICAL = 0.25
"""Share of scenes at rest whose bodies are all alike, so that counting is more than naming."""


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
