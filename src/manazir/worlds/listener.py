"""Where a body is heard: its loudness and its place between left and right, as the camera moves past it."""

import numpy as np
from numpy.typing import NDArray

from manazir.worlds.motion import Motion
from manazir.worlds.scene import Scene

Floats = NDArray[np.float64]

REFERENCE_METRES = 6.0
"""The distance at which sounds have the loudness of their voices."""

NEAREST_METRES = 2.0
WIDEST_PAN = 0.85
"""What is at the edge of the picture is heard this far to a side, of 1: not in one ear alone."""


def ear_gains(scene: Scene, motion: Motion, body: int) -> Floats:
    """Return the gains `[t, 2]`, left and right, of what `body` sounds like at each frame.

    Constant power: the squares of a pair sum to the square of the distance's gain.
    """
    relative = motion.positions[:, body] - motion.camera_positions
    sideways, _, forward = np.einsum("tij,tj->it", motion.camera_axes, relative)
    angle = (_pan(scene, sideways, forward) + 1) * np.pi / 4
    distance = np.linalg.norm(relative, axis=1)
    loudness = np.ones_like(distance)
    if scene.camera.orthographic_height is None:
        loudness = (REFERENCE_METRES / np.maximum(distance, NEAREST_METRES)) ** 0.8
    gains: Floats = np.stack([np.cos(angle), np.sin(angle)], axis=1) * loudness[:, None]
    return gains


def _pan(scene: Scene, sideways: Floats, forward: Floats) -> Floats:
    """From -WIDEST_PAN, the left edge of a square picture and beyond, to WIDEST_PAN."""
    if scene.camera.orthographic_height is not None:
        edge = np.full_like(forward, scene.camera.orthographic_height / 2)
    else:
        edge = np.maximum(forward, 0.1) * np.tan(np.radians(scene.camera.vertical_field_degrees) / 2)
    pan: Floats = WIDEST_PAN * np.clip(sideways / edge, -1, 1)
    return pan
