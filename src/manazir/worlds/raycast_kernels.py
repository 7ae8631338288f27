"""What Python calls of the numba ray caster: compiled at the first call (about half a minute), cached on disk after."""
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
    def still(*arguments: Any) -> int:
        trace_still(*arguments)
        return version

    return still


@functools.cache
def frames_kernel() -> Kernel:
    """`raycast.trace_frames`, without Python's lock."""
    version = _source_version()

    @numba.njit(error_model="numpy", nogil=True, cache=True)
    def frames(*arguments: Any) -> int:
        trace_frames(*arguments)
        return version

    return frames


@functools.cache
def alone_kernel() -> Kernel:
    """`raycast_alone.count_alone`, without Python's lock."""
    version = _source_version()

    @numba.njit(error_model="numpy", nogil=True, cache=True)
    def alone(*arguments: Any) -> int:
        count_alone(*arguments)
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
