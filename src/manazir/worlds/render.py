"""Pictures of a scene in motion, with the depth and the owner of every pixel."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.worlds.motion import Motion
from manazir.worlds.pack import Pack, pack
from manazir.worlds.raycast_records import solid_records, sun_records, view_records
from manazir.worlds.scene import Scene
from manazir.worlds.tonemap import transfer_table

BACKENDS = ("numba", "torch")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendering:
    """What a camera sees: `t` frames of `h` by `w` pixels."""

    radiance: NDArray[np.float32]
    """`[t, h, w, 3]`, scene-linear Rec. 709; `tonemap.to_display` makes bytes of it."""
    depth: NDArray[np.float32]
    """`[t, h, w]` metres along the camera's forward axis through the middle of each pixel; infinite in the sky."""
    segmentation: NDArray[np.int16]
    """`[t, h, w]` what is there: a body's index; -1 the ground, -2 … walls, -100 … ramps, -200 … rods, -1000 sky."""


def render(
    scene: Scene,
    motion: Motion,
    width: int,
    height: int,
    *,
    backend: str = "numba",
    device: str = "cpu",
    threads: int | None = None,
) -> Rendering:
    """Radiance, depth and segmentation.

    Args:
        backend: `numba`, on the CPU only, or `torch`, on any `device`.
        threads: of the numba backend; None: as many as NUMBA_NUM_THREADS says, or the machine has.

    Raises:
        ShapeError: an impossible size.
        UnsupportedError: a backend that is not there, with its reason.
    """
    packed = _packed(scene, motion, width, height)
    t = len(motion.positions)
    if backend == "numba" and device == "cpu":
        radiance = np.empty((t, height, width, 3), dtype=np.float32)
        depth = np.empty((t, height, width), dtype=np.float32)
        owner = np.empty((t, height, width), dtype=np.int16)
        _trace(packed, width, height, threads, (radiance, depth, owner, np.empty((0, height, width, 3), np.uint8)))
        return Rendering(radiance=radiance, depth=depth, segmentation=owner)
    if backend == "torch":
        from manazir.worlds.raycast_torch import trace  # torch takes seconds to import

        traced = trace([packed], width, height, device)
        return Rendering(
            radiance=traced.radiance[0].cpu().numpy(),
            depth=traced.depth[0].cpu().numpy(),
            segmentation=traced.segmentation[0].cpu().numpy(),
        )
    raise UnsupportedError(f"no backend {backend!r} on {device!r}; there are numba on cpu, and torch on any device")


def render_frames(
    scene: Scene, motion: Motion, width: int, height: int, *, threads: int | None = None
) -> NDArray[np.uint8]:
    """Only the pictures, `[t, h, w, 3]` display Rec. 709: the bytes of `to_display(render(...).radiance)`, sooner.

    Raises:
        ShapeError: an impossible size.
        UnsupportedError: numba is not installed.
    """
    packed = _packed(scene, motion, width, height)
    frames = np.empty((len(motion.positions), height, width, 3), dtype=np.uint8)
    none = np.empty((0, height, width), dtype=np.float32)
    _trace(packed, width, height, threads, (none[..., None], none, none.astype(np.int16), frames))
    return frames


def _packed(scene: Scene, motion: Motion, width: int, height: int) -> Pack:
    if not (1 <= width <= 8192 and 1 <= height <= 8192):
        raise ShapeError(f"a picture of {width}x{height} pixels; each side must be 1 to 8192")
    return pack(scene, motion, width, height)


Outputs = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int16], NDArray[np.uint8]]


def _trace(packed: Pack, width: int, height: int, threads: int | None, outputs: Outputs) -> None:
    """Fill the outputs that are not empty; threads share the still picture's rows and then the frames."""
    try:
        import numba

        from manazir.worlds.raycast_kernels import frames_kernel, still_kernel
    except ImportError as error:
        raise UnsupportedError(f"the numba backend needs manazir[worlds]: {error}") from error
    workers = threads or int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]  # set when numba is imported
    still = (
        np.empty((height, width, 3), dtype=np.float32),
        np.empty((height, width, 3), dtype=np.float32),
        np.empty((height, width), dtype=np.float32),
        np.empty((height, width), dtype=np.int16),
    )
    reuse = packed.is_camera_still
    edges = np.linspace(0, height, workers + 1).astype(int).tolist()
    solids, suns, views = solid_records(packed), sun_records(packed), view_records(packed)
    fixed = solids[0][~packed.is_moving]
    bands = [partial(still_kernel(), views[0], suns, fixed, (edges[k], edges[k + 1]), *still) for k in range(workers)]
    shares = [
        partial(frames_kernel(), views, suns, solids, (k, workers), still, reuse, transfer_table(), *outputs)
        for k in range(workers)
    ]
    stages = [bands, shares] if reuse else [shares]
    if workers == 1:
        for (job,) in stages:
            job()
        return
    with ThreadPoolExecutor(workers) as pool:
        for stage in stages:
            for result in [pool.submit(job) for job in stage]:
                result.result()
