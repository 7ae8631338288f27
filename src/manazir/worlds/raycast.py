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

from manazir.worlds.motion import Floats
from manazir.worlds.pack import GRAIN, PATTERN, REFLECTIVITY, RIM, SKY, TINT, Pack
from manazir.worlds.raycast_light import LIGHT_POINTS, Bools, hit_placed, lit
from manazir.worlds.raycast_patterns import fogged, grain_shade, ground_shade, mixed, sky
from manazir.worlds.raycast_reuse import mark_changes
from manazir.worlds.raycast_shapes import INFINITY, Vec, normal
from manazir.worlds.tonemap import EXPOSURE, KNEE, LEVELS, SPAN

Radiance = NDArray[np.float32]
Owners = NDArray[np.int16]

ON_GROUND, IN_SKY = -1, -2
"""What `nearest` answers in place of a primitive."""
SUBSAMPLES = np.array([(0.375, 0.125), (0.875, 0.375), (0.625, 0.875), (0.125, 0.625)])
"""Where in a pixel (x, y) the rays of an anti-aliased one go: a rotated grid."""
CONTRAST = 0.06
"""Neighbours whose channels differ by more than this share of their sum are traced again, more finely."""


@numba.njit(error_model="numpy")
def nearest(s: Pack, f: int, shown: Bools, origin: Vec, direction: Vec, skip: int) -> tuple[float, int]:
    """The first surface along a ray, and how far: in lengths of the direction."""
    best, which = INFINITY, IN_SKY
    dx, dy, dz = direction
    if s.has_ground and dz < 0.0 and skip != ON_GROUND:
        best, which = -origin[2] / dz, ON_GROUND
    square = dx * dx + dy * dy + dz * dz
    for p in range(len(s.kinds)):
        if p == skip or not shown[p]:
            continue
        c = s.positions[f, p]
        cx, cy, cz = c[0] - origin[0], c[1] - origin[1], c[2] - origin[2]
        along = cx * dx + cy * dy + cz * dz
        reach = s.radii[p] * s.radii[p]
        off = cx * cx + cy * cy + cz * cz
        if (off - reach) * square > along * along or (along < 0.0 and off > reach):
            continue
        t = hit_placed(s, f, p, (cx, cy, cz), direction)
        if t < best:
            best, which = t, p
    return best, which


@numba.njit(error_model="numpy")
def eye_ray(s: Pack, f: int, u: float, v: float) -> tuple[Vec, Vec]:
    """The ray through (u, v) of the picture, both -1 to 1, up and right; it advances 1 m of depth per unit."""
    a, e = s.camera_axes[f], s.camera_positions[f]
    u, v = u * s.tangents[0], v * s.tangents[1]
    across = (u * a[0, 0] + v * a[1, 0], u * a[0, 1] + v * a[1, 1], u * a[0, 2] + v * a[1, 2])
    if s.is_orthographic:
        return (e[0] + across[0], e[1] + across[1], e[2] + across[2]), (a[2, 0], a[2, 1], a[2, 2])
    return (e[0], e[1], e[2]), (a[2, 0] + across[0], a[2, 1] + across[1], a[2, 2] + across[2])


@numba.njit(error_model="numpy")
def surface(s: Pack, f: int, p: int, point: Vec, footprint: float) -> tuple[Vec, Vec]:
    """The unit normal and the albedo at a point of a primitive, or of the ground."""
    if p == ON_GROUND:
        shade = ground_shade(s.ground_pattern, point[0], point[1], footprint)
        a = s.ground_albedo
        return (0.0, 0.0, 1.0), (a[0] * shade, a[1] * shade, a[2] * shade)
    m, c, half = s.rotations[f, p], s.positions[f, p], s.half_extents[p]
    x, y, z = point[0] - c[0], point[1] - c[1], point[2] - c[2]
    local = (
        m[0, 0] * x + m[1, 0] * y + m[2, 0] * z,
        m[0, 1] * x + m[1, 1] * y + m[2, 1] * z,
        m[0, 2] * x + m[1, 2] * y + m[2, 2] * z,
    )
    n = normal(s.kinds[p], (half[0], half[1], half[2]), local)
    size = min(half[0], half[1], half[2])
    shade = grain_shade(int(s.looks[p, PATTERN]), s.looks[p, GRAIN], size, local)
    facing = (
        m[0, 0] * n[0] + m[0, 1] * n[1] + m[0, 2] * n[2],
        m[1, 0] * n[0] + m[1, 1] * n[1] + m[1, 2] * n[2],
        m[2, 0] * n[0] + m[2, 1] * n[1] + m[2, 2] * n[2],
    )
    return facing, (s.albedos[p, 0] * shade, s.albedos[p, 1] * shade, s.albedos[p, 2] * shade)


@numba.njit(error_model="numpy")
def mirrored_share(s: Pack, p: int, cosine: float) -> float:
    """How much of a surface's light is mirrored, seen at this cosine to its normal."""
    graze = (1.0 - min(max(cosine, 0.0), 1.0)) ** 3
    if p == ON_GROUND:
        return s.ground_reflectivity * (0.5 + 0.5 * graze)
    share = s.looks[p, REFLECTIVITY]
    return share + (1.0 - share) * s.looks[p, RIM] * graze


@numba.njit(error_model="numpy")
def mirror_image(
    s: Pack, f: int, shown: Bools, p: int, point: Vec, facing: Vec, view: Vec, cosine: float, points: Floats
) -> Vec:
    """What is seen in a surface; shadows are hard in there, and nothing is mirrored again."""
    turn = 2.0 * cosine
    away = (turn * facing[0] - view[0], turn * facing[1] - view[1], turn * facing[2] - view[2])
    t, other = nearest(s, f, shown, point, away, p)
    if other == IN_SKY:
        return sky(s, away[2])
    there = (point[0] + t * away[0], point[1] + t * away[1], point[2] + t * away[2])
    back = (-away[0], -away[1], -away[2])
    normal_there, albedo = surface(s, f, other, there, 0.1)
    colour = lit(s, f, shown, other, there, normal_there, back, albedo, points, 1)
    return fogged(s, f, there, colour) if other == ON_GROUND else colour


@numba.njit(error_model="numpy")
def seen(s: Pack, f: int, shown: Bools, u: float, v: float, pixel: float, points: Floats) -> tuple[Vec, float, int]:
    """Radiance, depth in metres and what was met through (u, v) of the picture; `pixel` is its size at depth 1."""
    origin, direction = eye_ray(s, f, u, v)
    length = math.sqrt(direction[0] ** 2 + direction[1] ** 2 + direction[2] ** 2)
    t, p = nearest(s, f, shown, origin, direction, IN_SKY)
    if p == IN_SKY:
        return sky(s, direction[2] / length), t, p
    point = (origin[0] + t * direction[0], origin[1] + t * direction[1], origin[2] + t * direction[2])
    view = (-direction[0] / length, -direction[1] / length, -direction[2] / length)
    footprint = (pixel if s.is_orthographic else pixel * t) / math.sqrt(max(view[2], 0.02))
    facing, albedo = surface(s, f, p, point, footprint)
    if s.is_flat:
        return albedo, t, p
    colour = lit(s, f, shown, p, point, facing, view, albedo, points, 4)
    cosine = view[0] * facing[0] + view[1] * facing[1] + view[2] * facing[2]
    share = mirrored_share(s, p, cosine)
    if share > 0.0:
        image = mirror_image(s, f, shown, p, point, facing, view, cosine, points)
        tint = s.looks[p, TINT] if p >= 0 else 0.0
        tinted = mixed((1.0, 1.0, 1.0), albedo, tint)
        colour = mixed(colour, (tinted[0] * image[0], tinted[1] * image[1], tinted[2] * image[2]), share)
    return fogged(s, f, point, colour) if p == ON_GROUND else colour, t, p


@numba.njit(error_model="numpy")
def differs(a: Radiance, b: Radiance) -> bool:
    """Whether the step between two neighbours would show as a stair."""
    for k in range(3):
        if abs(a[k] - b[k]) > CONTRAST * (a[k] + b[k]) + 0.004:
            return True
    return False


@numba.njit(error_model="numpy")
def is_edge(base: Radiance, y: int, x: int) -> bool:
    """Whether a pixel differs from one of its eight neighbours."""
    height, width = base.shape[0], base.shape[1]
    for ny in range(max(y - 1, 0), min(y + 2, height)):
        for nx in range(max(x - 1, 0), min(x + 2, width)):
            if (ny != y or nx != x) and differs(base[y, x], base[ny, nx]):
                return True
    return False


@numba.njit(error_model="numpy")
def trace_base(
    s: Pack,
    f: int,
    shown: Bools,
    rows: tuple[int, int],
    marks: Bools,
    base: Radiance,
    depth: Radiance,
    owner: Owners,
) -> None:
    """One ray through the middle of every marked pixel in these rows."""
    height, width = marks.shape
    pixel = 2.0 * s.tangents[1] / height
    for y in range(rows[0], rows[1]):
        v = 1.0 - 2.0 * (y + 0.5) / height
        for x in range(width):
            if marks[y, x]:
                colour, t, p = seen(s, f, shown, 2.0 * (x + 0.5) / width - 1.0, v, pixel, LIGHT_POINTS[0])
                base[y, x, 0], base[y, x, 1], base[y, x, 2] = colour
                depth[y, x] = t
                owner[y, x] = s.owners[p] if p >= 0 else (-1 if p == ON_GROUND else SKY)


@numba.njit(error_model="numpy")
def trace_edges(
    s: Pack, f: int, shown: Bools, rows: tuple[int, int], marks: Bools, base: Radiance, fine: Radiance
) -> None:
    """Marked pixels of `base`, with those on an edge traced through four points."""
    height, width = marks.shape
    pixel = 2.0 * s.tangents[1] / height
    for y in range(rows[0], rows[1]):
        for x in range(width):
            if not marks[y, x]:
                continue
            if not is_edge(base, y, x):
                fine[y, x, 0], fine[y, x, 1], fine[y, x, 2] = base[y, x, 0], base[y, x, 1], base[y, x, 2]
                continue
            r = g = b = 0.0
            for k in range(4):
                u = 2.0 * (x + SUBSAMPLES[k, 0]) / width - 1.0
                v = 1.0 - 2.0 * (y + SUBSAMPLES[k, 1]) / height
                colour, _, _ = seen(s, f, shown, u, v, pixel, LIGHT_POINTS[k])
                r, g, b = r + colour[0], g + colour[1], b + colour[2]
            fine[y, x, 0], fine[y, x, 1], fine[y, x, 2] = 0.25 * r, 0.25 * g, 0.25 * b


@numba.njit(error_model="numpy")
def show(fine: Radiance, marks: Bools, table: NDArray[np.uint8], frame: NDArray[np.uint8]) -> None:
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
def trace_still(s: Pack, rows: tuple[int, int], base: Radiance, fine: Radiance, depth: Radiance, owner: Owners) -> None:
    """These rows of what never changes, traced at frame 0; the rows beside them are traced too, for the edges."""
    shown = ~s.is_moving
    marks = np.ones(owner.shape, dtype=np.bool_)
    around = (max(rows[0] - 1, 0), min(rows[1] + 1, owner.shape[0]))
    scratch = np.empty_like(base)
    trace_base(s, 0, shown, around, marks, scratch, depth, owner)
    base[rows[0] : rows[1]] = scratch[rows[0] : rows[1]]
    trace_edges(s, 0, shown, rows, marks, scratch, fine)


@numba.njit(error_model="numpy")
def trace_frames(
    s: Pack,
    frames: tuple[int, int, int],
    still: tuple[Radiance, Radiance, Radiance, Owners],
    reuse: bool,
    table: NDArray[np.uint8],
    radiances: Radiance,
    depths: Radiance,
    owners: Owners,
    pictures: NDArray[np.uint8],
) -> None:
    """Frames start, start + step … before stop, into whichever of the four outputs are not empty."""
    still_base, still_fine, still_depth, still_owner = still
    shown = np.ones(len(s.kinds), dtype=np.bool_)
    marks = np.ones(still_owner.shape, dtype=np.bool_)
    rows = (0, marks.shape[0])
    fine, base = np.empty_like(still_fine), np.empty_like(still_base)
    depth, owner = np.empty_like(still_depth), np.empty_like(still_owner)
    still_picture = np.empty((rows[1], marks.shape[1], 3), dtype=np.uint8)
    if reuse and len(pictures) > 0:
        show(still_fine, marks, table, still_picture)
    for f in range(frames[0], frames[1], frames[2]):
        if reuse:
            mark_changes(s, f, marks)
            base[:] = still_base
            fine[:] = still_fine
            depth[:] = still_depth
            owner[:] = still_owner
        trace_base(s, f, shown, rows, marks, base, depth, owner)
        trace_edges(s, f, shown, rows, marks, base, fine)
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
