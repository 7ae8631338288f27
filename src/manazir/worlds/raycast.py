"""The ray caster for a CPU: numba kernels that trace pixels, first once each, then four times where it matters.

The kernels hold no lock, so several threads of one process can each trace some of the frames.
"""
# mypy: disallow-untyped-decorators=False

import numpy as np
from numpy.typing import NDArray

from manazir.worlds.motion import GROUND
from manazir.worlds.raycast_compile import called, merged
from manazir.worlds.raycast_constants import CONTRAST, ON_GROUND, STEP, SUBSAMPLES
from manazir.worlds.raycast_rays import seen
from manazir.worlds.raycast_records import Records, View
from manazir.worlds.raycast_reuse import Marks, mark_changes
from manazir.worlds.solids import SKY
from manazir.worlds.tonemap import EXPOSURE, KNEE, LEVELS, SPAN

Radiance = NDArray[np.float32]
Owners = NDArray[np.int16]
Pictures = NDArray[np.uint8]


@called
def differ(base: Radiance, y: int, x: int, other_y: int, other_x: int) -> bool:
    """Whether the step between two pixels would show as a stair."""
    for k in range(3):
        a, b = base[y, x, k], base[other_y, other_x, k]
        if abs(a - b) > CONTRAST * (a + b) + STEP:
            return True
    return False


@called
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


@merged
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


@merged
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


@called
def show(fine: Radiance, marks: Marks, table: NDArray[np.uint8], frame: Pictures) -> None:
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


@called
def copy_colours(source: Radiance | Pictures, rows: tuple[int, int], target: Radiance | Pictures) -> None:
    """The same rows of one array in another: assigning slices would take seconds more to compile."""
    for y in range(rows[0], rows[1]):
        for x in range(source.shape[1]):
            for k in range(3):
                target[y, x, k] = source[y, x, k]


@called
def copy_plane(source: Radiance | Owners, rows: tuple[int, int], target: Radiance | Owners) -> None:
    """As `copy_colours`, of one number a pixel."""
    for y in range(rows[0], rows[1]):
        for x in range(source.shape[1]):
            target[y, x] = source[y, x]


@merged
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
    copy_colours(band_base, rows, base)
    copy_plane(band_depth, rows, depth)
    copy_plane(band_owner, rows, owner)


@merged
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
    pictures: Pictures,
) -> None:
    """Frames start, start + step …, into whichever of the four outputs are not empty."""
    still_base, still_fine, still_depth, still_owner = still
    marks: Marks = np.ones(still_owner.shape, dtype=np.bool_)
    rows = (0, marks.shape[0])
    fine, base = np.empty_like(still_fine), np.empty_like(still_base)
    depth, owner = np.empty_like(still_depth), np.empty_like(still_owner)
    still_picture = np.empty((rows[1], marks.shape[1], 3), dtype=np.uint8)
    if reuse and len(pictures) > 0:
        show(still_fine, marks, table, still_picture)
    for f in range(frames[0], len(views), frames[1]):
        if reuse:
            mark_changes(views[f], suns, solids[f], marks)
            copy_colours(still_base, rows, base)
            copy_colours(still_fine, rows, fine)
            copy_plane(still_depth, rows, depth)
            copy_plane(still_owner, rows, owner)
        trace_base(views[f], suns, solids[f], rows, marks, base, depth, owner)
        trace_edges(views[f], suns, solids[f], rows, marks, base, fine)
        if len(radiances) > 0:
            copy_colours(fine, rows, radiances[f])
        if len(depths) > 0:
            copy_plane(depth, rows, depths[f])
        if len(owners) > 0:
            copy_plane(owner, rows, owners[f])
        if len(pictures) > 0:
            if reuse:
                copy_colours(still_picture, rows, pictures[f])
            show(fine, marks, table, pictures[f])
