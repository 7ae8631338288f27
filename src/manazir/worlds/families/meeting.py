"""What happens between bodies: they collide, one is thrown into others, one passes behind another."""

from manazir.worlds.families.cast import ROLLERS, STANDING, Rng, between, draw_body, rolling, standing
from manazir.worlds.families.plot import Plot, Stage, bystanders, draw_side, heading
from manazir.worlds.scene import Shape

HEAD_ON = 0.35
"""Share of collisions in which both bodies move."""


def collide(rng: Rng, stage: Stage) -> Plot:
    """Roll a body into another, at rest or coming the other way."""
    side = draw_side(rng)
    y = between(rng, -0.4, 0.5)
    actor = draw_body(rng, stage.colours[0], ROLLERS)
    if rng.random() < HEAD_ON:
        patient = draw_body(rng, stage.colours[1], (Shape.SPHERE,))
        speed = between(rng, 1.0, 2.0)
        met = rolling(patient, side * between(rng, 0.7, 0.95) * stage.reach, y, -side * speed, 0.0)
        speed = between(rng, 1.0, 2.0)
    else:
        patient = draw_body(rng, stage.colours[1], STANDING)
        met = standing(patient, side * between(rng, -0.1, 0.35) * stage.reach, y, between(rng, 0.0, 1.5))
        speed = between(rng, 1.7, 3.2)
    aside = between(rng, -0.12, 0.12) * patient.size
    first = rolling(actor, -side * between(rng, 0.75, 0.95) * stage.reach, y + aside, side * speed, 0.0)
    others = bystanders(rng, stage, (first, met), 0.15, (1.4, 1.9))
    return Plot(bodies=(first, met, *others), direction=heading(side), patient=1)
