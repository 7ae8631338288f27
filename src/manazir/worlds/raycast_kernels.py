"""What Python calls of the numba ray caster: compiled at the first call (seconds), cached on disk after."""
# mypy: disallow-untyped-decorators=False

import functools
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from manazir.worlds.raycast import trace_frames, trace_still
from manazir.worlds.raycast_alone import count_alone

Kernel = Callable[..., int]


@functools.cache
def still_kernel() -> Kernel:
    """`raycast.trace_still`, without Python's lock."""
    version = _source_version()

    @numba.njit(error_model="numpy", nogil=True, cache=True)
    def still(view: Any, suns: Any, solids: Any, rows: Any, base: Any, fine: Any, depth: Any, owner: Any) -> int:
        trace_still(view, suns, solids, rows, base, fine, depth, owner)
        return version

    return still


@functools.cache
def frames_kernel() -> Kernel:
    """`raycast.trace_frames`, without Python's lock."""
    version = _source_version()

    @numba.njit(error_model="numpy", nogil=True, cache=True)
    def frames(
        views: Any,
        suns: Any,
        solids: Any,
        step: Any,
        still: Any,
        reuse: Any,
        table: Any,
        radiances: Any,
        depths: Any,
        owners: Any,
        pictures: Any,
    ) -> int:
        trace_frames(views, suns, solids, step, still, reuse, table, radiances, depths, owners, pictures)
        return version

    return frames


@functools.cache
def alone_kernel() -> Kernel:
    """`raycast_alone.count_alone`, without Python's lock."""
    version = _source_version()

    @numba.njit(error_model="numpy", nogil=True, cache=True)
    def alone(views: Any, solids: Any, shape: Any, counts: Any) -> int:
        count_alone(views, solids, shape, counts)
        return version

    return alone


def _source_version() -> int:
    """A checksum of the files that the kernels are made of.

    Numba's cache sees a change in the file of a kernel, not in what that calls. The kernels close over this
    number, so it becomes a part of the cache's key.
    """
    here = Path(__file__).parent
    paths = [*sorted(here.glob("raycast*.py")), here / "solids.py", here / "tonemap.py"]
    return zlib.crc32(b"".join(path.read_bytes() for path in paths))
