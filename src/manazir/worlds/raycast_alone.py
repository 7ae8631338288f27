"""How large each body would be in the picture if nothing hid it and the picture had no end (numba)."""
# mypy: disallow-untyped-decorators=False

import math

import numpy as np
from numpy.typing import NDArray

from manazir.worlds.raycast_compile import called, merged
from manazir.worlds.raycast_light import hit_placed
from manazir.worlds.raycast_rays import eye_ray
from manazir.worlds.raycast_records import Records, Solid, View
from manazir.worlds.raycast_reuse import solid_box
from manazir.worlds.raycast_shapes import INFINITY

_BEYOND = 2  # pictures on every side that still count: what lies further out is not asked about in practice


@merged
def count_alone(views: Records, solids: Records, shape: tuple[int, int], counts: NDArray[np.int64]) -> None:
    """Fill `counts[t, p]` with the pixels of (height, width) pictures that each solid would cover alone."""
    for f in range(len(views)):
        for p in range(counts.shape[1]):
            counts[f, p] = _covered(views[f], solids[f, p], shape)


@called
def _covered(view: View, solid: Solid, shape: tuple[int, int]) -> int:
    height, width = shape
    box = solid_box(view, solid, False, shape)
    left, right = max(box[0], -_BEYOND * width), min(box[2], (1 + _BEYOND) * width)
    top, bottom = max(box[1], -_BEYOND * height), min(box[3], (1 + _BEYOND) * height)
    found = 0
    for y in range(math.floor(top), math.ceil(bottom)):
        for x in range(math.floor(left), math.ceil(right)):
            origin, direction = eye_ray(view, 2.0 * (x + 0.5) / width - 1.0, 1.0 - 2.0 * (y + 0.5) / height)
            centre = (solid.x - origin[0], solid.y - origin[1], solid.z - origin[2])
            if hit_placed(solid, centre, direction) < INFINITY:
                found += 1
    return found
