"""PhyWorld's scenes: flat balls on white, in the ranges that it trains on or outside them (arXiv:2411.02385)."""

from collections.abc import Collection

import numpy as np

from manazir.core.errors import SceneError
from manazir.worlds.families.cast import Rng, between, pick
from manazir.worlds.families.plot import draw_side, heading
from manazir.worlds.phyworld import FRAME_SECONDS, GRAVITY, LAWS, WORLD_SIZE, collision_seconds
from manazir.worlds.scene import Body, Camera, Event, Material, Scene, Shape

Ranges = tuple[tuple[float, float], ...]
COLOURS = ("red", "blue", "green", "orange", "purple", "black")
SPEEDS: Ranges = ((1.0, 4.0),)
SPEEDS_OUTSIDE: Ranges = ((0.0, 0.8), (4.5, 6.0))
RADII: dict[Event, Ranges] = {
    Event.UNIFORM: ((0.7, 1.4),),
    Event.PARABOLA: ((0.7, 1.4),),
    Event.COLLISION: ((0.5, 1.5),),
}
RADII_OUTSIDE: dict[Event, Ranges] = {
    Event.UNIFORM: ((0.3, 0.6), (1.5, 2.0)),
    Event.PARABOLA: ((0.3, 0.6), (1.5, 2.0)),
    Event.COLLISION: ((0.3, 0.4), (1.7, 2.0)),
}
QUANTITIES = ("r1", "v1", "r2", "v2")
"""What may be drawn from outside the ranges; the last two are the second ball's, in collisions."""
FIRST_MEETING_FRAME = 5
"""A collision comes after frame 4: by then its speeds have been seen."""
CAMERA = Camera(position=(5.0, -10.0, 5.0), target=(5.0, 0.0, 5.0), orthographic_height=WORLD_SIZE)
TRIES = 400


def draw_law(
    event: Event,
    seed: int,
    *,
    frames: int = 24,
    frame_rate: float = 12.0,
    outside: Collection[str] = (),
) -> Scene:
    """Return a scene of one of PhyWorld's laws.

    Args:
        outside: of `QUANTITIES`, those drawn from outside the training ranges; PhyWorld's levels are `r1`, `v1`
            and both for one ball; `r1`, `v1`, `r1 r2`, `v1 v2`, `r1 v1` and all four for collisions.

    Raises:
        SceneError: the event is none of the laws, a quantity is unknown, or no such scene fits the world.
    """
    if event not in LAWS or not set(outside) <= set(QUANTITIES):
        raise SceneError(f"cannot draw {event.value} with {sorted(outside)} outside; the laws are {_names()}")
    rng = np.random.default_rng(seed)
    for _ in range(TRIES):
        bodies = _DRAWS[event](rng, outside)
        scene = _scene(event, bodies, seed, frames, frame_rate)
        if event is not Event.COLLISION or _meets_in_time(scene):
            return scene
    raise SceneError(
        f"no {event.value} of {frames} frames fits the world with {sorted(outside)} outside; try more frames"
    )


def _names() -> str:
    return f"{', '.join(sorted(law.value for law in LAWS))}; the quantities {', '.join(QUANTITIES)}"


def _scene(event: Event, bodies: tuple[Body, ...], seed: int, frames: int, frame_rate: float) -> Scene:
    return Scene(
        bodies=bodies,
        event=event,
        direction=heading(bodies[0].velocity[0]),
        patient=1 if len(bodies) > 1 else None,
        ground=None,
        backdrop="paper",
        lights=(),
        camera=CAMERA,
        gravity=GRAVITY,
        frames=frames,
        frame_rate=frame_rate,
        is_flat=True,
        seed=seed,
    )


def _radius(rng: Rng, event: Event, name: str, outside: Collection[str]) -> float:
    return between(rng, *pick(rng, RADII_OUTSIDE[event] if name in outside else RADII[event]))


def _speed(rng: Rng, name: str, outside: Collection[str]) -> float:
    return between(rng, *pick(rng, SPEEDS_OUTSIDE if name in outside else SPEEDS))


def _ball(colour: str, radius: float, x: float, z: float, velocity: float) -> Body:
    return Body(
        shape=Shape.SPHERE,
        size=radius,
        colour=colour,
        material=Material.RUBBER,
        position=(x, 0.0, z),
        velocity=(velocity, 0.0, 0.0),
    )


def _mirrored(side: float, x: float) -> float:
    """Return a place from the left edge (1.0) or from the right one (-1.0)."""
    return x if side > 0 else WORLD_SIZE - x


def _uniform(rng: Rng, outside: Collection[str]) -> tuple[Body, ...]:
    """Start a ball at one edge, going straight to the other."""
    side, radius = draw_side(rng), _radius(rng, Event.UNIFORM, "r1", outside)
    speed, z = _speed(rng, "v1", outside), between(rng, radius, WORLD_SIZE - radius)
    return (_ball(pick(rng, COLOURS), radius, _mirrored(side, radius + between(rng, 0.0, 0.5)), z, side * speed),)


def _parabola(rng: Rng, outside: Collection[str]) -> tuple[Body, ...]:
    """Start a ball high at one edge, going level."""
    side, radius = draw_side(rng), _radius(rng, Event.PARABOLA, "r1", outside)
    speed, z = _speed(rng, "v1", outside), WORLD_SIZE - radius - between(rng, 0.0, 0.8)
    return (_ball(pick(rng, COLOURS), radius, _mirrored(side, radius + between(rng, 0.0, 0.5)), z, side * speed),)


def _collision(rng: Rng, outside: Collection[str]) -> tuple[Body, ...]:
    """Start two balls near the edges, going at each other."""
    side = draw_side(rng)
    radii = [_radius(rng, Event.COLLISION, name, outside) for name in ("r1", "r2")]
    speeds = [_speed(rng, name, outside) for name in ("v1", "v2")]
    colours = [COLOURS[i] for i in rng.permutation(len(COLOURS))[:2]]
    z = WORLD_SIZE / 2
    first = _ball(colours[0], radii[0], _mirrored(side, radii[0] + between(rng, 0.0, 1.5)), z, side * speeds[0])
    second = _ball(colours[1], radii[1], _mirrored(-side, radii[1] + between(rng, 0.0, 1.5)), z, -side * speeds[1])
    return first, second


def _meets_in_time(scene: Scene) -> bool:
    """Whether the speeds are seen before and after the collision."""
    frame = collision_seconds(scene) / FRAME_SECONDS
    return FIRST_MEETING_FRAME <= frame <= scene.frames - FIRST_MEETING_FRAME


_DRAWS = {Event.UNIFORM: _uniform, Event.PARABOLA: _parabola, Event.COLLISION: _collision}
