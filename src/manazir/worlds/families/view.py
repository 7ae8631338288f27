"""Where things are in the picture, by the camera's own geometry."""

import math

import numpy as np

from manazir.worlds.motion import Floats
from manazir.worlds.scene import Camera


def project(camera: Camera, position: Floats, axes: Floats, points: Floats, aspect: float) -> Floats:
    """Return `[..., 3]`: right and up as shares of half the picture (-1 to 1 inside), and metres of depth."""
    seen = np.einsum("...j,...ij->...i", points - position, axes)
    width, height = half_picture(camera, aspect)
    depth = seen[..., 2]
    spread = 1.0 if camera.orthographic_height is not None else np.maximum(depth, 1e-3)
    return np.stack([seen[..., 0] / (width * spread), seen[..., 1] / (height * spread), depth], axis=-1)


def half_picture(camera: Camera, aspect: float) -> tuple[float, float]:
    """Return half the picture's width and height, metres if orthographic, else tangents; the shorter has the field."""
    height = camera.orthographic_height
    half = math.tan(math.radians(camera.vertical_field_degrees) / 2) if height is None else height / 2
    return (half * aspect, half) if aspect >= 1.0 else (half, half / aspect)
