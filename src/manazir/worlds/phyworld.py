"""PhyWorld's three laws (arXiv:2411.02385), computed exactly and without MuJoCo.

The world is 10 by 10 and flat: the picture's x is world x, its up is world z, y is always zero. PhyWorld takes a
picture every 0.1 s of world time. Our clips show these at the scene's `frame_rate` (12 a second), so one second of a
clip shows `frame_rate * FRAME_SECONDS` = 1.2 seconds of that world. Velocities and gravity, in scenes and in motions,
are in PhyWorld's units: lengths a PhyWorld second. Contacts are in the clip's seconds, as sound needs them.
"""

import numpy as np

from manazir.worlds.camera_path import camera_path
from manazir.worlds.motion import Contact, Floats, Motion
from manazir.worlds.scene import Event, Scene

WORLD_SIZE = 10.0
FRAME_SECONDS = 0.1
GRAVITY = 2.5
LAWS = frozenset({Event.UNIFORM, Event.PARABOLA, Event.COLLISION})


def motion(scene: Scene) -> Motion:
    """Move a scene of one of the three laws; its balls are discs of equal density that collide without loss."""
    times: Floats = np.arange(scene.frames, dtype=np.float64) * FRAME_SECONDS
    start = np.array([body.position for body in scene.bodies])
    speed = np.array([body.velocity for body in scene.bodies])
    fall = np.array([0.0, 0.0, -scene.gravity if scene.event is Event.PARABOLA else 0.0])
    positions = start + times[:, None, None] * speed + 0.5 * times[:, None, None] ** 2 * fall
    velocities = speed + times[:, None, None] * fall
    met: tuple[Contact, ...] = ()
    if scene.event is Event.COLLISION:
        positions, velocities, met = _collide(scene, start, speed, times)
    places, axes = camera_path(scene.camera, scene.frames)
    return Motion(
        positions=positions,
        rotations=np.tile(np.array([1.0, 0.0, 0.0, 0.0]), (scene.frames, len(scene.bodies), 1)),
        velocities=velocities,
        camera_positions=places,
        camera_axes=axes,
        contacts=met,
    )


def collision_seconds(scene: Scene) -> float:
    """Return when the two balls meet, in PhyWorld's seconds; infinity if they never do."""
    (first, second) = scene.bodies
    gap = second.position[0] - first.position[0]
    closing = (first.velocity[0] - second.velocity[0]) * np.sign(gap)
    return float((abs(gap) - first.size - second.size) / closing) if closing > 0.0 else float("inf")


def speeds_after(radii: tuple[float, float], speeds: tuple[float, float]) -> tuple[float, float]:
    """Return both speeds after a head-on collision without loss; a disc's mass is the square of its radius."""
    heavy, light = radii[0] ** 2, radii[1] ** 2
    shared = (heavy * speeds[0] + light * speeds[1]) / (heavy + light)
    return 2.0 * shared - speeds[0], 2.0 * shared - speeds[1]


def _collide(scene: Scene, start: Floats, speed: Floats, times: Floats) -> tuple[Floats, Floats, tuple[Contact, ...]]:
    meeting = collision_seconds(scene)
    first, second = scene.bodies
    after = np.zeros_like(speed)
    after[:, 0] = speeds_after((first.size, second.size), (float(speed[0, 0]), float(speed[1, 0])))
    late = np.maximum(times - meeting, 0.0)[:, None, None]
    early = np.minimum(times, meeting)[:, None, None]
    positions = start + early * speed + late * after
    velocities = np.where(times[:, None, None] > meeting, after, speed)
    if meeting >= scene.frames * FRAME_SECONDS:
        return positions, velocities, ()
    middle = start[0] + meeting * speed[0] + np.array([first.size * np.sign(start[1, 0] - start[0, 0]), 0.0, 0.0])
    x, y, z = (float(value) for value in middle)
    met = Contact(
        time_seconds=meeting / FRAME_SECONDS / scene.frame_rate,
        first=0,
        second=1,
        position=(x, y, z),
        impulse=float(first.size**2 * np.pi * abs(after[0, 0] - speed[0, 0])),
        speed=float(abs(speed[0, 0] - speed[1, 0])),
    )
    return positions, velocities, (met,)
