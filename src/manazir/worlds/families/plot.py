"""What a family of scenes decides, and the stage that it decides on."""

from dataclasses import dataclass

from manazir.worlds.families.cast import STANDING, Rng, apart, between, draw_body, standing
from manazir.worlds.scene import Action, Body, Direction, Force, Ramp, Wall


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What is settled before the bodies: how much room the picture has, and the colours that stand out in it."""

    reach: float
    """How far left and right of the middle things may happen, in metres."""
    colours: tuple[str, ...]
    """For the bodies, all different, in the order to use them."""
    fitting_colour: str
    """For a ramp."""
    ground_friction: float
    frames: int
    duration_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Plot:
    """The part of a scene that one family decides."""

    bodies: tuple[Body, ...]
    direction: Direction
    actor: int = 0
    patient: int | None = None
    ramps: tuple[Ramp, ...] = ()
    walls: tuple[Wall, ...] = ()
    forces: tuple[Force, ...] = ()
    actions: tuple[Action, ...] = ()
    camera_height: float | None = None
    """Metres; None: whatever the stage has."""


def draw_side(rng: Rng) -> float:
    """Return -1.0 or 1.0."""
    return 1.0 if rng.random() < 0.5 else -1.0


def heading(side: float) -> Direction:
    """Return the direction of a motion along x: -1.0 is left, 1.0 right."""
    return Direction.RIGHT if side > 0 else Direction.LEFT


def bystanders(
    rng: Rng, stage: Stage, cast: tuple[Body, ...], share: float, depth: tuple[float, float] = (1.0, 1.6)
) -> tuple[Body, ...]:
    """Return a body at rest behind the cast in some `share` of scenes, else nothing."""
    if rng.random() >= share:
        return ()
    body = draw_body(rng, stage.colours[len(cast)], STANDING)
    for _ in range(8):
        beside = standing(body, between(rng, -0.9, 0.9) * stage.reach, between(rng, *depth), between(rng, 0.0, 1.5))
        if apart(cast, beside):
            return (beside,)
    return ()
