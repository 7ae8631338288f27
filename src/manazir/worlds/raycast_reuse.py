"""Which pixels a moving body can change while the camera stands still (numba).

Everything else is traced once. Bounds are conservative: the body's own box, its soft shadow on the ground, the
skylight that it takes, its mirror image in a glossy ground, and every still thing that it shades or shows in.
"""
# mypy: disallow-untyped-decorators=False

import math

import numpy as np
from numpy.typing import NDArray

from manazir.worlds.raycast_compile import called
from manazir.worlds.raycast_constants import LIGHT_SPREAD, OCCLUSION_REACH
from manazir.worlds.raycast_records import Records, Solid, Sun, View
from manazir.worlds.raycast_shapes import Vec

Marks = NDArray[np.bool_]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels."""

_NEAR = 0.05  # metres; a point nearer than this could be anywhere in the picture
_MARGIN = 2  # pixels: one for rounding, one for the neighbours that anti-aliasing looks at


@called
def mark_changes(view: View, suns: Records, solids: Records, marks: Marks) -> None:
    """Set the marks `[h, w]` of all pixels that may differ from those of the still things alone."""
    marks[:] = False
    for p in range(len(solids)):
        if solids[p].is_moving:
            _mark_solid(view, solids[p], marks)
            if view.has_ground and not view.is_flat:
                _mark_ground(view, suns, solids[p], marks)
            for other in range(len(solids)):
                if not solids[other].is_moving and not view.is_flat and _touches(suns, solids[p], solids[other]):
                    _mark_solid(view, solids[other], marks)


@called
def _mark_solid(view: View, solid: Solid, marks: Marks) -> None:
    """The box of a solid, and of its mirror image."""
    for mirrored in range(2 if view.has_ground and view.ground_reflectivity > 0.0 else 1):
        _mark(solid_box(view, solid, mirrored == 1, marks.shape), marks)


@called
def solid_box(view: View, solid: Solid, is_mirrored: bool, shape: tuple[int, int]) -> Box:
    """Around a solid, or its image in the ground, in a picture of (height, width); the whole picture when too near."""
    box = _empty()
    for k in range(8):
        x, y, z = _corner(solid, k)
        box = _extended(view, box, (x, y, -z if is_mirrored else z), shape)
    return box


@called
def _mark_ground(view: View, suns: Records, solid: Solid, marks: Marks) -> None:
    """The shadows of a solid on the ground, and the disc that it keeps skylight from."""
    for light in range(len(suns)):
        if suns[light].has_shadow:
            _mark(_shadow_box(view, suns[light], solid, marks.shape), marks)
    reach = OCCLUSION_REACH * solid.bulk
    if abs(solid.z) < reach:
        wide = math.sqrt(reach * reach - solid.z * solid.z)
        box = _empty()
        for k in range(4):
            corner = (solid.x + (wide if k & 1 else -wide), solid.y + (wide if k & 2 else -wide), 0.0)
            box = _extended(view, box, corner, marks.shape)
        _mark(box, marks)


@called
def _shadow_box(view: View, sun: Sun, solid: Solid, shape: tuple[int, int]) -> Box:
    """Of the soft shadow on the ground: every corner along every edge of the light."""
    box = _empty()
    for k in range(8):
        x, y, z = _corner(solid, k)
        for j in range(4):
            a = LIGHT_SPREAD if j & 1 else -LIGHT_SPREAD
            b = LIGHT_SPREAD if j & 2 else -LIGHT_SPREAD
            dz = sun.xz + a * sun.yz + b * sun.zz
            if dz <= 0.02:
                return 0.0, 0.0, float(shape[1]), float(shape[0])
            down = max(z, 0.0) / dz
            dx = sun.xx + a * sun.yx + b * sun.zx
            dy = sun.xy + a * sun.yy + b * sun.zy
            box = _extended(view, box, (x - down * dx, y - down * dy, 0.0), shape)
    return box


@called
def _touches(suns: Records, moving: Solid, still: Solid) -> bool:
    """Whether a moving solid can change the look of a still one: by shade, or by showing in it."""
    if still.reflectivity > 0.0 or still.rim > 0.0:
        return True
    cx, cy, cz = moving.x - still.x, moving.y - still.y, moving.z - still.z
    off = cx * cx + cy * cy + cz * cz
    reach = OCCLUSION_REACH * moving.bulk + still.radius
    if moving.bulk > 0.0 and off < reach * reach:
        return True
    near = moving.radius + still.radius
    for light in range(len(suns)):
        sun = suns[light]
        along = cx * sun.xx + cy * sun.xy + cz * sun.xz
        wide = near + 1.5 * LIGHT_SPREAD * (max(along, 0.0) + near)
        if sun.has_shadow and along > -near and off - along * along < wide * wide:
            return True
    return False


@called
def _corner(solid: Solid, k: int) -> Vec:
    x = solid.half_x if k & 1 else -solid.half_x
    y = solid.half_y if k & 2 else -solid.half_y
    z = solid.half_z if k & 4 else -solid.half_z
    return (
        solid.x + solid.turn_xx * x + solid.turn_xy * y + solid.turn_xz * z,
        solid.y + solid.turn_yx * x + solid.turn_yy * y + solid.turn_yz * z,
        solid.z + solid.turn_zx * x + solid.turn_zy * y + solid.turn_zz * z,
    )


@called
def _projected(view: View, point: Vec, shape: tuple[int, int]) -> Vec:
    """Where a point lies in a picture of (height, width): x and y in pixels, and its depth in metres."""
    x, y, z = point[0] - view.eye_x, point[1] - view.eye_y, point[2] - view.eye_z
    depth = view.forward_x * x + view.forward_y * y + view.forward_z * z
    scale = 1.0 if view.is_orthographic else 1.0 / max(depth, 1e-9)
    right = (view.right_x * x + view.right_y * y + view.right_z * z) * scale / view.tangent_x
    up = (view.up_x * x + view.up_y * y + view.up_z * z) * scale / view.tangent_y
    return (0.5 + 0.5 * right) * shape[1], (0.5 - 0.5 * up) * shape[0], depth


@called
def _empty() -> Box:
    return math.inf, math.inf, -math.inf, -math.inf


@called
def _extended(view: View, box: Box, point: Vec, shape: tuple[int, int]) -> Box:
    x, y, depth = _projected(view, point, shape)
    if depth < _NEAR and not view.is_orthographic:
        return 0.0, 0.0, float(shape[1]), float(shape[0])
    return min(box[0], x), min(box[1], y), max(box[2], x), max(box[3], y)


@called
def _mark(box: Box, marks: Marks) -> None:
    height, width = marks.shape
    # clamped before they become integers: a point almost beside the camera lies very far out
    left = int(min(max(box[0] - _MARGIN, 0.0), width))
    right = int(min(max(box[2] + _MARGIN + 1, 0.0), width))
    top = int(min(max(box[1] - _MARGIN, 0.0), height))
    bottom = int(min(max(box[3] + _MARGIN + 1, 0.0), height))
    marks[top:bottom, left:right] = True
