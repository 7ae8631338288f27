"""The ray caster for a CPU: numba kernels that trace pixels, first once each, then four times where it matters.

The kernels hold no lock, so several threads of one process can each trace some of the frames.
"""
# mypy: disallow-untyped-decorators=False

import functools
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from manazir.worlds.motion import GROUND
from manazir.worlds.pack import SKY
from manazir.worlds.raycast_light import hit_placed, lit, to_own_axes
from manazir.worlds.raycast_patterns import fogged, grain_shade, ground_shade, mixed, sky
from manazir.worlds.raycast_records import Records, View
from manazir.worlds.raycast_reuse import Marks, mark_changes
from manazir.worlds.raycast_shapes import INFINITY, Vec, normal
from manazir.worlds.tonemap import EXPOSURE, KNEE, LEVELS, SPAN

Radiance = NDArray[np.float32]
Owners = NDArray[np.int16]

ON_GROUND, IN_SKY = -1, -2
"""What `nearest` answers in place of a primitive."""
MIRRORED_FOOTPRINT = 0.1
"""Metres over which the ground's pattern is averaged where it is seen in a mirror."""
SUBSAMPLES = np.array([(0.375, 0.125), (0.875, 0.375), (0.625, 0.875), (0.125, 0.625)])
"""Where in a pixel (x, y) the rays of an anti-aliased one go: a rotated grid."""
CONTRAST = 0.06
"""Neighbours whose channels differ by more than this share of their sum are traced again, more finely."""
STEP = 0.004
"""And by more than this."""


@numba.njit(error_model="numpy")
def nearest(view: View, solids: Records, origin: Vec, direction: Vec, skip: int) -> tuple[float, int]:
    """The first surface along a ray, and how far: in lengths of the direction."""
    best, which = INFINITY, IN_SKY
    dx, dy, dz = direction
    if view.has_ground and dz < 0.0 and skip != ON_GROUND:
        best, which = -origin[2] / dz, ON_GROUND
    square = dx * dx + dy * dy + dz * dz
    for p in range(len(solids)):
        if p == skip:
            continue
        solid = solids[p]
        cx, cy, cz = solid.x - origin[0], solid.y - origin[1], solid.z - origin[2]
        along = cx * dx + cy * dy + cz * dz
        reach = solid.radius * solid.radius
        off = cx * cx + cy * cy + cz * cz
        if (off - reach) * square > along * along or (along < 0.0 and off > reach):
            continue
        t = hit_placed(solid, (cx, cy, cz), direction)
        if t < best:
            best, which = t, p
    return best, which


@numba.njit(error_model="numpy")
def eye_ray(view: View, u: float, v: float) -> tuple[Vec, Vec]:
    """The ray through (u, v) of the picture, both -1 to 1, up and right; it advances 1 m of depth per unit."""
    u, v = u * view.tangent_x, v * view.tangent_y
    x = u * view.right_x + v * view.up_x
    y = u * view.right_y + v * view.up_y
    z = u * view.right_z + v * view.up_z
    if view.is_orthographic:
        return (view.eye_x + x, view.eye_y + y, view.eye_z + z), (view.forward_x, view.forward_y, view.forward_z)
    return (view.eye_x, view.eye_y, view.eye_z), (view.forward_x + x, view.forward_y + y, view.forward_z + z)


@numba.njit(error_model="numpy")
def surface(view: View, solids: Records, p: int, point: Vec, footprint: float) -> tuple[Vec, Vec]:
    """The unit normal and the albedo at a point of a solid, or of the ground."""
    if p == ON_GROUND:
        shade = ground_shade(view.ground_pattern, point[0], point[1], footprint)
        return (0.0, 0.0, 1.0), (view.ground_red * shade, view.ground_green * shade, view.ground_blue * shade)
    solid = solids[p]
    local = to_own_axes(solid, (point[0] - solid.x, point[1] - solid.y, point[2] - solid.z))
    half = (solid.half_x, solid.half_y, solid.half_z)
    n = normal(solid.kind, half, local)
    shade = 1.0 if view.is_flat else grain_shade(int(solid.pattern), solid.grain, min(half), local)
    facing = (
        solid.turn_xx * n[0] + solid.turn_xy * n[1] + solid.turn_xz * n[2],
        solid.turn_yx * n[0] + solid.turn_yy * n[1] + solid.turn_yz * n[2],
        solid.turn_zx * n[0] + solid.turn_zy * n[1] + solid.turn_zz * n[2],
    )
    return facing, (solid.red * shade, solid.green * shade, solid.blue * shade)


@numba.njit(error_model="numpy")
def mirrored_share(view: View, solids: Records, p: int, cosine: float) -> float:
    """How much of a surface's light is mirrored, seen at this cosine to its normal."""
    graze = (1.0 - min(max(cosine, 0.0), 1.0)) ** 3
    if p == ON_GROUND:
        return view.ground_reflectivity * (0.5 + 0.5 * graze)
    share = solids[p].reflectivity
    return share + (1.0 - share) * solids[p].rim * graze


@numba.njit(error_model="numpy")
def mirror_image(view: View, suns: Records, solids: Records, p: int, point: Vec, facing: Vec, back: Vec) -> Vec:
    """What is seen in a surface; shadows are hard in there, and nothing is mirrored again."""
    turn = 2.0 * (back[0] * facing[0] + back[1] * facing[1] + back[2] * facing[2])
    away = (turn * facing[0] - back[0], turn * facing[1] - back[1], turn * facing[2] - back[2])
    t, other = nearest(view, solids, point, away, p)
    if other == IN_SKY:
        return sky(view, away[2])
    there = (point[0] + t * away[0], point[1] + t * away[1], point[2] + t * away[2])
    facing_there, albedo = surface(view, solids, other, there, MIRRORED_FOOTPRINT)
    back_there = (-away[0], -away[1], -away[2])
    colour = lit(view, suns, solids, other, there, facing_there, back_there, albedo, 0, 1)
    return fogged(view, there, colour) if other == ON_GROUND else colour


@numba.njit(error_model="numpy")
def seen(
    view: View, suns: Records, solids: Records, u: float, v: float, pixel: float, subsample: int
) -> tuple[Vec, float, int]:
    """Radiance, depth in metres and what was met through (u, v) of the picture; `pixel` is its size at depth 1."""
    origin, direction = eye_ray(view, u, v)
    length = math.sqrt(direction[0] ** 2 + direction[1] ** 2 + direction[2] ** 2)
    t, p = nearest(view, solids, origin, direction, IN_SKY)
    if p == IN_SKY:
        return sky(view, direction[2] / length), t, p
    point = (origin[0] + t * direction[0], origin[1] + t * direction[1], origin[2] + t * direction[2])
    back = (-direction[0] / length, -direction[1] / length, -direction[2] / length)
    footprint = (pixel if view.is_orthographic else pixel * t) / math.sqrt(max(back[2], 0.02))
    facing, albedo = surface(view, solids, p, point, footprint)
    if view.is_flat:
        return albedo, t, p
    colour = lit(view, suns, solids, p, point, facing, back, albedo, subsample, 4)
    share = mirrored_share(view, solids, p, back[0] * facing[0] + back[1] * facing[1] + back[2] * facing[2])
    if share > 0.0:
        image = mirror_image(view, suns, solids, p, point, facing, back)
        tint = mixed((1.0, 1.0, 1.0), albedo, solids[p].tint if p >= 0 else 0.0)
        colour = mixed(colour, (tint[0] * image[0], tint[1] * image[1], tint[2] * image[2]), share)
    return fogged(view, point, colour) if p == ON_GROUND else colour, t, p


@numba.njit(error_model="numpy")
def differ(base: Radiance, y: int, x: int, other_y: int, other_x: int) -> bool:
    """Whether the step between two pixels would show as a stair."""
    for k in range(3):
        a, b = base[y, x, k], base[other_y, other_x, k]
        if abs(a - b) > CONTRAST * (a + b) + STEP:
            return True
    return False


@numba.njit(error_model="numpy")
def mark_edges(base: Radiance, rows: tuple[int, int], marks: Marks, edges: Marks) -> None:
    """Set the edges: marked pixels in these rows that differ from one of their four neighbours."""
    height, width = marks.shape
    edges[rows[0] : rows[1]] = False
    for y in range(max(rows[0] - 1, 0), rows[1]):
        for x in range(width):
            if x + 1 < width and (marks[y, x] or marks[y, x + 1]) and differ(base, y, x, y, x + 1):
                edges[y, x] = edges[y, x + 1] = True
            if y + 1 < height and (marks[y, x] or marks[y + 1, x]) and differ(base, y, x, y + 1, x):
                edges[y, x] = edges[y + 1, x] = True


@numba.njit(error_model="numpy")
def trace_base(
    view: View,
    suns: Records,
    solids: Records,
    rows: tuple[int, int],
    marks: Marks,
    base: Radiance,
    depth: Radiance,
    owner: Owners,
) -> None:
    """One ray through the middle of every marked pixel in these rows."""
    height, width = marks.shape
    pixel = 2.0 * view.tangent_y / height
    for y in range(rows[0], rows[1]):
        v = 1.0 - 2.0 * (y + 0.5) / height
        for x in range(width):
            if marks[y, x]:
                colour, t, p = seen(view, suns, solids, 2.0 * (x + 0.5) / width - 1.0, v, pixel, 0)
                base[y, x, 0], base[y, x, 1], base[y, x, 2] = colour
                depth[y, x] = t
                owner[y, x] = solids[p].owner if p >= 0 else (GROUND if p == ON_GROUND else SKY)


@numba.njit(error_model="numpy")
def trace_edges(
    view: View,
    suns: Records,
    solids: Records,
    rows: tuple[int, int],
    marks: Marks,
    base: Radiance,
    fine: Radiance,
) -> None:
    """Marked pixels of `base`, with those on an edge traced through four points."""
    height, width = marks.shape
    pixel = 2.0 * view.tangent_y / height
    edges = np.empty_like(marks)
    mark_edges(base, rows, marks, edges)
    for y in range(rows[0], rows[1]):
        for x in range(width):
            if not marks[y, x]:
                continue
            if not edges[y, x]:
                fine[y, x, 0], fine[y, x, 1], fine[y, x, 2] = base[y, x, 0], base[y, x, 1], base[y, x, 2]
                continue
            r = g = b = 0.0
            for k in range(4):
                u = 2.0 * (x + SUBSAMPLES[k, 0]) / width - 1.0
                v = 1.0 - 2.0 * (y + SUBSAMPLES[k, 1]) / height
                colour, _, _ = seen(view, suns, solids, u, v, pixel, k)
                r, g, b = r + colour[0], g + colour[1], b + colour[2]
            fine[y, x, 0], fine[y, x, 1], fine[y, x, 2] = 0.25 * r, 0.25 * g, 0.25 * b


@numba.njit(error_model="numpy")
def show(fine: Radiance, marks: Marks, table: NDArray[np.uint8], frame: NDArray[np.uint8]) -> None:
    """Tone-map marked pixels, exactly as `tonemap.to_display` does."""
    for y in range(marks.shape[0]):
        for x in range(marks.shape[1]):
            if marks[y, x]:
                r, g, b = float(fine[y, x, 0]), float(fine[y, x, 1]), float(fine[y, x, 2])
                r, g, b = max(r, 0.0) * EXPOSURE, max(g, 0.0) * EXPOSURE, max(b, 0.0) * EXPOSURE
                peak = max(r, g, b)
                scale = 1.0
                if peak > KNEE:
                    over = (peak - KNEE) / (1.0 - KNEE)
                    bent = KNEE + (1.0 - KNEE) * over * (1.0 + over / SPAN**2) / (1.0 + over)
                    scale = min(bent, 1.0) / peak
                frame[y, x, 0] = table[int(min(r * scale, 1.0) * LEVELS + 0.5)]
                frame[y, x, 1] = table[int(min(g * scale, 1.0) * LEVELS + 0.5)]
                frame[y, x, 2] = table[int(min(b * scale, 1.0) * LEVELS + 0.5)]


@numba.njit(error_model="numpy")
def trace_still(
    view: View,
    suns: Records,
    solids: Records,
    rows: tuple[int, int],
    base: Radiance,
    fine: Radiance,
    depth: Radiance,
    owner: Owners,
) -> None:
    """These rows of one picture; the rows beside them are traced too, for the edges."""
    marks = np.ones(owner.shape, dtype=np.bool_)
    around = (max(rows[0] - 1, 0), min(rows[1] + 1, owner.shape[0]))
    band_base, band_depth, band_owner = np.empty_like(base), np.empty_like(depth), np.empty_like(owner)
    trace_base(view, suns, solids, around, marks, band_base, band_depth, band_owner)
    trace_edges(view, suns, solids, rows, marks, band_base, fine)
    base[rows[0] : rows[1]] = band_base[rows[0] : rows[1]]
    depth[rows[0] : rows[1]] = band_depth[rows[0] : rows[1]]
    owner[rows[0] : rows[1]] = band_owner[rows[0] : rows[1]]


@numba.njit(error_model="numpy")
def trace_frames(
    views: Records,
    suns: Records,
    solids: Records,
    frames: tuple[int, int],
    still: tuple[Radiance, Radiance, Radiance, Owners],
    reuse: bool,
    table: NDArray[np.uint8],
    radiances: Radiance,
    depths: Radiance,
    owners: Owners,
    pictures: NDArray[np.uint8],
) -> None:
    """Frames start, start + step …, into whichever of the four outputs are not empty."""
    still_base, still_fine, still_depth, still_owner = still
    marks = np.ones(still_owner.shape, dtype=np.bool_)
    rows = (0, marks.shape[0])
    fine, base = np.empty_like(still_fine), np.empty_like(still_base)
    depth, owner = np.empty_like(still_depth), np.empty_like(still_owner)
    still_picture = np.empty((rows[1], marks.shape[1], 3), dtype=np.uint8)
    if reuse and len(pictures) > 0:
        show(still_fine, marks, table, still_picture)
    for f in range(frames[0], len(views), frames[1]):
        if reuse:
            mark_changes(views[f], suns, solids[f], marks)
            base[:] = still_base
            fine[:] = still_fine
            depth[:] = still_depth
            owner[:] = still_owner
        trace_base(views[f], suns, solids[f], rows, marks, base, depth, owner)
        trace_edges(views[f], suns, solids[f], rows, marks, base, fine)
        if len(radiances) > 0:
            radiances[f] = fine
        if len(depths) > 0:
            depths[f] = depth
        if len(owners) > 0:
            owners[f] = owner
        if len(pictures) > 0:
            if reuse:
                pictures[f] = still_picture
            show(fine, marks, table, pictures[f])


@functools.cache
def kernels() -> tuple[Callable[..., int], Callable[..., int]]:
    """`trace_still` and `trace_frames`, compiled or from the cache.

    Numba's cache sees a change in the file of a kernel alone, not in what the kernel calls; so the text of all
    the files goes into the cache's key, as a variable that the kernels close over.
    """
    here = Path(__file__)
    text = b"".join(path.read_bytes() for path in sorted(here.parent.glob("raycast*.py")))
    version = zlib.crc32(text + (here.parent / "pack.py").read_bytes() + (here.parent / "tonemap.py").read_bytes())

    @numba.njit(error_model="numpy", nogil=True, cache=True)
    def still(*arguments: Any) -> int:
        trace_still(*arguments)
        return version

    @numba.njit(error_model="numpy", nogil=True, cache=True)
    def frames(*arguments: Any) -> int:
        trace_frames(*arguments)
        return version

    return still, frames
