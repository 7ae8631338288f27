"""Scenes and straight-line motions for the tests of pictures."""

import numpy as np

from manazir.worlds.motion import Motion
from manazir.worlds.scene import (
    Body,
    Camera,
    Direction,
    Event,
    Ground,
    Light,
    Material,
    Pendulum,
    Ramp,
    Scene,
    Shape,
    Wall,
)


def body(shape: Shape, colour: str, material: Material, x: float, y: float = 0.0, **others) -> Body:
    """A body that stands on the ground, unless `z` says otherwise."""
    size, height = others.pop("size", 0.4), others.pop("z", None)
    lying = Body(shape=shape, size=size, colour=colour, material=material, position=(0.0, 0.0, 0.0))
    place = (x, y, lying.half_extents[2] if height is None else height)
    return Body(shape=shape, size=size, colour=colour, material=material, position=place, **others)


def turned(axis: tuple[float, float, float], degrees: float) -> tuple[float, float, float, float]:
    """A quaternion."""
    unit = np.array(axis) / np.linalg.norm(axis)
    half = np.radians(degrees) / 2
    x, y, z = np.sin(half) * unit
    return (float(np.cos(half)), float(x), float(y), float(z))


def axes_towards(position: np.ndarray, target: np.ndarray) -> np.ndarray:
    forward = (target - position) / np.linalg.norm(target - position)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(right, forward), forward])


def straight(scene: Scene, frames: int = 4, camera_speed: float = 0.0) -> Motion:
    """Every body goes on at its velocity and spin; the camera goes right and keeps looking at its target."""
    seconds = np.arange(frames) / scene.frame_rate
    count = len(scene.bodies)
    velocities = np.array([b.velocity for b in scene.bodies]).reshape(count, 3)
    positions = np.array([b.position for b in scene.bodies]).reshape(count, 3) + seconds[:, None, None] * velocities
    rotations = np.zeros((frames, count, 4))
    for i, b in enumerate(scene.bodies):
        rate = np.linalg.norm(b.spin)
        rotations[:, i] = b.rotation
        if rate > 0:
            rotations[:, i, 0] = np.cos(seconds * rate / 2)
            rotations[:, i, 1:] = np.sin(seconds * rate / 2)[:, None] * np.array(b.spin) / rate
    places = np.array(scene.camera.position) + seconds[:, None] * [camera_speed, 0.0, 0.0]
    return Motion(
        positions=positions,
        rotations=rotations,
        velocities=np.broadcast_to(velocities, positions.shape),
        camera_positions=places,
        camera_axes=np.stack([axes_towards(place, np.array(scene.camera.target)) for place in places]),
    )


def crowded() -> Scene:
    """Every shape and material, two lights, a glossy patterned ground, a ramp, a wall, a pendulum; two things move."""
    return Scene(
        event=Event.ROLL,
        bodies=(
            body(Shape.SPHERE, "red", Material.RUBBER, -1.2, velocity=(2.0, 0.0, 0.0), spin=(0.0, 5.0, 0.0)),
            body(Shape.CUBE, "blue", Material.WOOD, 0.4, 0.8, rotation=turned((0, 0, 1), 30)),
            body(Shape.CYLINDER, "yellow", Material.METAL, 1.3, -0.3),
            body(Shape.CONE, "green", Material.STONE, -0.3, 1.4),
            body(Shape.CAPSULE, "purple", Material.GLASS, 0.3, -0.9, z=1.2, velocity=(0.0, 0.0, -1.5)),
            body(
                Shape.SPHERE,
                "cyan",
                Material.METAL,
                -0.9,
                -0.4,
                z=1.5,
                size=0.2,
                pendulum=Pendulum(anchor=(-0.9, -0.4, 2.6)),
            ),
        ),
        ramps=(Ramp(position=(1.2, 1.6, 0.0), length=1.4, width=0.8, height=0.6, faces=Direction.LEFT),),
        walls=(Wall(position=(-2.0, 1.0, 0.5), half_extents=(0.1, 0.8, 0.5)),),
        ground=Ground(colour="slate", pattern="planks", reflectivity=0.2),
        lights=(Light(direction=(-0.5, -0.6, 1.0)), Light(direction=(0.8, 0.3, 0.7), intensity=0.8, colour="warm")),
    )


def flat_ball(radius: float = 1.0, velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Scene:
    """A black ball on white paper, seen without perspective: eight metres high."""
    return Scene(
        event=Event.UNIFORM,
        bodies=(body(Shape.SPHERE, "black", Material.RUBBER, 0.13, z=0.07, size=radius, velocity=velocity),),
        ground=None,
        backdrop="paper",
        is_flat=True,
        camera=Camera(position=(0.0, -9.0, 0.0), target=(0.0, 0.0, 0.0), orthographic_height=8.0),
    )
