"""Families of scenes: one for each event, seeded, checked to do what they say."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from manazir.core.errors import SceneError
from manazir.core.seeds import derive
from manazir.worlds.families import checks, falling, ground, meeting, played, staging, still
from manazir.worlds.families.cast import Rng
from manazir.worlds.families.laws import draw_law
from manazir.worlds.families.plot import Plot, Stage
from manazir.worlds.motion import Motion
from manazir.worlds.physics import simulate
from manazir.worlds.phyworld import LAWS
from manazir.worlds.scene import Body, Event, Scene

MIXTURE: Mapping[Event, float] = MappingProxyType(
    {
        Event.DROP: 14.0,
        Event.ROLL: 14.0,
        Event.SLIDE: 7.0,
        Event.COLLIDE: 12.0,
        Event.TOPPLE: 6.0,
        Event.THROW: 9.0,
        Event.SWING: 6.0,
        Event.RAMP: 6.0,
        Event.STACK: 4.0,
        Event.STRIKE: 4.0,
        Event.OCCLUDE: 6.0,
        Event.REST: 4.0,
        Event.PLAY: 4.0,
        Event.UNIFORM: 1.3,
        Event.PARABOLA: 1.3,
        Event.COLLISION: 1.4,
    }
)
"""How much of each family teaches; any scale."""

FAMILIES: Mapping[Event, Callable[[Rng, Stage], Plot]] = MappingProxyType(
    {
        Event.DROP: falling.drop,
        Event.ROLL: ground.roll,
        Event.SLIDE: ground.slide,
        Event.COLLIDE: meeting.collide,
        Event.TOPPLE: still.topple,
        Event.THROW: falling.throw,
        Event.SWING: falling.swing,
        Event.RAMP: ground.ramp,
        Event.STACK: still.stack,
        Event.STRIKE: meeting.strike,
        Event.OCCLUDE: meeting.occlude,
        Event.REST: still.rest,
        Event.PLAY: played.play,
    }
)
"""All but PhyWorld's laws, which have a stage of their own."""
SAME_COLOUR = 0.08
"""Share of scenes whose first two bodies differ in shape alone."""
TRIES = 40
"""Draws of one scene before giving up: the poorest family takes about two."""


def draw(
    seed: int,
    mixture: Mapping[Event, float] = MIXTURE,
    *,
    frames: int = 24,
    frame_rate: float = 12.0,
    aspect: float = 1.0,
) -> tuple[Scene, Motion]:
    """Return a scene from the mixture, and its motion, that does what it says.

    Raises:
        SceneError: none did, in many tries.
    """
    events, weights = list(mixture), np.array(list(mixture.values()))
    rng = np.random.default_rng(derive(seed, "event"))
    event = events[int(rng.choice(len(events), p=weights / weights.sum()))]
    wrong: str | None = None
    for attempt in range(TRIES):
        own = derive(seed, event.value, attempt)
        scene = draw_scene(event, own, frames=frames, frame_rate=frame_rate, aspect=aspect)
        motion = simulate(scene)
        wrong = checks.problem(scene, motion, aspect)
        if wrong is None:
            return scene, motion
    raise SceneError(f"no {event.value} scene from seed {seed} in {TRIES} tries ({wrong}); try another seed or aspect")


def draw_scene(event: Event, seed: int, *, frames: int = 24, frame_rate: float = 12.0, aspect: float = 1.0) -> Scene:
    """Return a scene of one family, the same for the same seed; `draw` also checks that it happens.

    Args:
        aspect: the picture's width over its height.
    """
    if event in LAWS:
        return draw_law(event, seed, frames=frames, frame_rate=frame_rate)
    rng = np.random.default_rng(seed)
    camera = staging.draw_camera(rng, event)
    floor = staging.draw_ground(rng)
    stage = Stage(
        reach=staging.reach(camera, aspect),
        colours=staging.draw_colours(rng, floor),
        fitting_colour=staging.draw_fitting_colour(rng, floor),
        ground_friction=floor.friction,
        frames=frames,
        duration_seconds=frames / frame_rate,
    )
    plot = FAMILIES[event](rng, stage)
    return Scene(
        bodies=_alike(rng, plot.bodies),
        event=event,
        direction=plot.direction,
        actor=plot.actor,
        patient=plot.patient,
        ramps=plot.ramps,
        walls=plot.walls,
        ground=floor,
        backdrop=staging.draw_backdrop(rng),
        lights=staging.draw_lights(rng),
        camera=staging.at_height(camera, plot.camera_height),
        forces=plot.forces,
        actions=plot.actions,
        frames=frames,
        frame_rate=frame_rate,
        seed=seed,
    )


def _alike(rng: Rng, bodies: tuple[Body, ...]) -> tuple[Body, ...]:
    """Return the bodies, now and then two of one colour that only their shapes tell apart."""
    if len(bodies) < 2 or bodies[0].shape is bodies[1].shape or rng.random() >= SAME_COLOUR:
        return bodies
    return (bodies[0], replace(bodies[1], colour=bodies[0].colour), *bodies[2:])
