"""Which pixels a moving body can change while the camera stands still (numba).

Everything else is traced once. Bounds are conservative: the body's own box, its soft shadow on the ground, the
skylight that it takes, its mirror image in a glossy ground, and every still thing that it shades or shows in.
"""
# mypy: disallow-untyped-decorators=False

import math

import numba
import numpy as np
from numpy.typing import NDArray

from manazir.worlds.pack import REFLECTIVITY, RIM, Pack
from manazir.worlds.raycast_light import LIGHT_SPREAD, OCCLUSION_REACH
from manazir.worlds.raycast_shapes import Vec

Marks = NDArray[np.bool_]

_NEAR = 0.05  # metres; a point nearer than this could be anywhere in the picture
_MARGIN = 2  # pixels: one for rounding, one for the neighbours that anti-aliasing looks at


@numba.njit(error_model="numpy")
def mark_changes(s: Pack, f: int, marks: Marks) -> None:
    """Set the marks `[h, w]` of all pixels that may differ from those of the still things alone."""
    marks[:] = False
    for p in range(len(s.kinds)):
        if s.is_moving[p]:
            _mark_solid(s, f, p, marks)
            _mark_ground(s, f, p, marks)
            for other in range(len(s.kinds)):
                if not s.is_moving[other] and _touches(s, f, p, other):
                    _mark_solid(s, f, other, marks)


@numba.njit(error_model="numpy")
def _mark_solid(s: Pack, f: int, p: int, marks: Marks) -> None:
    """The box of a primitive, and of its mirror image."""
    for mirrored in range(2 if s.has_ground and s.ground_reflectivity > 0.0 else 1):
        box = _empty()
        for k in range(8):
            x, y, z = _corner(s, f, p, k)
            box = _extended(s, f, box, (x, y, -z if mirrored else z), marks.shape)
        _mark(box, marks)


@numba.njit(error_model="numpy")
def _mark_ground(s: Pack, f: int, p: int, marks: Marks) -> None:
    """The shadows of a primitive on the ground, and the disc that it keeps skylight from."""
    if not s.has_ground or s.is_flat:
        return
    for light in range(len(s.lights)):
        if s.light_shadows[light]:
            _mark(_shadow_box(s, f, p, light, marks.shape), marks)
    reach = OCCLUSION_REACH * s.bulks[p]
    x, y, z = s.positions[f, p]
    if abs(z) < reach:
        wide = math.sqrt(reach * reach - z * z)
        box = _empty()
        for k in range(4):
            corner = (x + (wide if k & 1 else -wide), y + (wide if k & 2 else -wide), 0.0)
            box = _extended(s, f, box, corner, marks.shape)
        _mark(box, marks)


@numba.njit(error_model="numpy")
def _shadow_box(s: Pack, f: int, p: int, light: int, shape: tuple[int, int]) -> tuple[float, float, float, float]:
    axes = s.lights[light]
    box = _empty()
    for k in range(8):
        x, y, z = _corner(s, f, p, k)
        for j in range(4):
            a = LIGHT_SPREAD if j & 1 else -LIGHT_SPREAD
            b = LIGHT_SPREAD if j & 2 else -LIGHT_SPREAD
            dx = axes[0, 0] + a * axes[1, 0] + b * axes[2, 0]
            dy = axes[0, 1] + a * axes[1, 1] + b * axes[2, 1]
            dz = axes[0, 2] + a * axes[1, 2] + b * axes[2, 2]
            if dz <= 0.02:
                return 0.0, 0.0, float(shape[1]), float(shape[0])
            down = max(z, 0.0) / dz
            box = _extended(s, f, box, (x - down * dx, y - down * dy, 0.0), shape)
    return box


@numba.njit(error_model="numpy")
def _touches(s: Pack, f: int, p: int, still: int) -> bool:
    """Whether the moving primitive can change the look of a still one: by shade, or by showing in it."""
    if s.is_flat:
        return False
    if s.looks[still, REFLECTIVITY] > 0.0 or s.looks[still, RIM] > 0.0:
        return True
    cx = s.positions[f, p, 0] - s.positions[f, still, 0]
    cy = s.positions[f, p, 1] - s.positions[f, still, 1]
    cz = s.positions[f, p, 2] - s.positions[f, still, 2]
    off = cx * cx + cy * cy + cz * cz
    reach = OCCLUSION_REACH * s.bulks[p] + s.radii[still]
    if s.bulks[p] > 0.0 and off < reach * reach:
        return True
    near = s.radii[p] + s.radii[still]
    for light in range(len(s.lights)):
        along = cx * s.lights[light, 0, 0] + cy * s.lights[light, 0, 1] + cz * s.lights[light, 0, 2]
        wide = near + 1.5 * LIGHT_SPREAD * (max(along, 0.0) + near)
        if s.light_shadows[light] and along > -near and off - along * along < wide * wide:
            return True
    return False


@numba.njit(error_model="numpy")
def _corner(s: Pack, f: int, p: int, k: int) -> Vec:
    x = s.half_extents[p, 0] if k & 1 else -s.half_extents[p, 0]
    y = s.half_extents[p, 1] if k & 2 else -s.half_extents[p, 1]
    z = s.half_extents[p, 2] if k & 4 else -s.half_extents[p, 2]
    r, c = s.rotations[f, p], s.positions[f, p]
    return (
        c[0] + r[0, 0] * x + r[0, 1] * y + r[0, 2] * z,
        c[1] + r[1, 0] * x + r[1, 1] * y + r[1, 2] * z,
        c[2] + r[2, 0] * x + r[2, 1] * y + r[2, 2] * z,
    )


@numba.njit(error_model="numpy")
def projected(s: Pack, f: int, point: Vec, shape: tuple[int, int]) -> Vec:
    """Where a point lies in a picture of (height, width): x and y in pixels, and its depth in metres."""
    axes, eye = s.camera_axes[f], s.camera_positions[f]
    x, y, z = point[0] - eye[0], point[1] - eye[1], point[2] - eye[2]
    depth = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
    scale = 1.0 if s.is_orthographic else 1.0 / max(depth, 1e-9)
    right = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z) * scale / s.tangents[0]
    up = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z) * scale / s.tangents[1]
    return (0.5 + 0.5 * right) * shape[1], (0.5 - 0.5 * up) * shape[0], depth


@numba.njit(error_model="numpy")
def _empty() -> tuple[float, float, float, float]:
    return math.inf, math.inf, -math.inf, -math.inf


@numba.njit(error_model="numpy")
def _extended(
    s: Pack, f: int, box: tuple[float, float, float, float], point: Vec, shape: tuple[int, int]
) -> tuple[float, float, float, float]:
    x, y, depth = projected(s, f, point, shape)
    if depth < _NEAR and not s.is_orthographic:
        return 0.0, 0.0, float(shape[1]), float(shape[0])
    return min(box[0], x), min(box[1], y), max(box[2], x), max(box[3], y)


@numba.njit(error_model="numpy")
def _mark(box: tuple[float, float, float, float], marks: Marks) -> None:
    height, width = marks.shape
    # clamped before they become integers: a point almost beside the camera lies very far out
    left = int(min(max(box[0] - _MARGIN, 0.0), width))
    right = int(min(max(box[2] + _MARGIN + 1, 0.0), width))
    top = int(min(max(box[1] - _MARGIN, 0.0), height))
    bottom = int(min(max(box[3] + _MARGIN + 1, 0.0), height))
    marks[top:bottom, left:right] = True
