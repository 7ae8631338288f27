"""The bodies that play: shapes, sizes and materials at random; standing, lying or rolling."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from manazir.worlds.scene import SIZE_CLASSES, Body, Material, Quat, Shape

Rng = np.random.Generator
T = TypeVar("T")

STANDING = (Shape.SPHERE, Shape.CUBE, Shape.CYLINDER, Shape.CONE)
"""Shapes that stay where they are put."""
ROLLERS = (Shape.SPHERE, Shape.SPHERE, Shape.SPHERE, Shape.CYLINDER, Shape.CAPSULE)
"""Balls more often: they are what rolls."""
ANY_SIZE = ("small", "medium", "medium", "large")
SMALL_OR_MEDIUM = ("small", "medium")


def pick(rng: Rng, things: Sequence[T]) -> T:
    """Return one of them, each as likely."""
    return things[int(rng.integers(len(things)))]


def between(rng: Rng, low: float, high: float) -> float:
    """Return a number between two others."""
    return float(rng.uniform(low, high))


def draw_body(
    rng: Rng,
    colour: str,
    shapes: Sequence[Shape] = tuple(Shape),
    sizes: Sequence[str] = ANY_SIZE,
    materials: Sequence[Material] = tuple(Material),
) -> Body:
    """Return a body at the origin, to be put somewhere."""
    return Body(
        shape=pick(rng, shapes),
        size=between(rng, *SIZE_CLASSES[pick(rng, sizes)]),
        colour=colour,
        material=pick(rng, materials),
        position=(0.0, 0.0, 0.0),
    )


def standing(body: Body, x: float, y: float, yaw: float = 0.0, floor: float = 0.0) -> Body:
    """Put a body upright, its lowest point at height `floor`."""
    rotation = (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
    return replace(body, position=(x, y, floor + body.half_extents[2]), rotation=rotation)


def rolling(body: Body, x: float, y: float, vx: float, vy: float) -> Body:
    """Put a round body on the ground, its axis across its way, turning as fast as it goes."""
    radius = body.half_extents[0]
    return replace(
        body,
        position=(x, y, radius),
        rotation=_lying(body.shape, math.atan2(vy, vx)),
        velocity=(vx, vy, 0.0),
        spin=(-vy / radius, vx / radius, 0.0),
    )


def _lying(shape: Shape, heading: float) -> Quat:
    """Return the rotation that lays an axis flat, across a heading."""
    if shape is Shape.SPHERE:
        return (1.0, 0.0, 0.0, 0.0)
    half, level = heading / 2, math.sqrt(0.5)
    # A quarter turn about x lays the axis along -y; then the heading about z.
    return (level * math.cos(half), level * math.cos(half), level * math.sin(half), level * math.sin(half))


def any_rotation(rng: Rng) -> Quat:
    """Return a rotation, all alike likely."""
    w, x, y, z = rng.normal(size=4)
    length = math.sqrt(w * w + x * x + y * y + z * z)
    return (float(w / length), float(x / length), float(y / length), float(z / length))


def apart(placed: Sequence[Body], body: Body, gap: float = 0.12) -> bool:
    """Whether a body stands clear of the others, by their widest."""
    return all(
        math.dist(body.position[:2], other.position[:2]) > _girth(body) + _girth(other) + gap for other in placed
    )


def _girth(body: Body) -> float:
    return max(body.half_extents) * (math.sqrt(2) if body.shape is Shape.CUBE else 1.0)
