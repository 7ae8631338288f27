"""What is exactly true of a rendering: boxes, optical flow, where the light comes from, how much is seen."""

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import SceneError
from manazir.worlds.motion import Floats, Motion
from manazir.worlds.pack import Pack, pack
from manazir.worlds.raycast_records import solid_records, view_records
from manazir.worlds.render import Rendering
from manazir.worlds.scene import Scene
from manazir.worlds.solids import SKY


def boxes(segmentation: NDArray[np.int16], bodies: int) -> NDArray[np.int16]:
    """`[t, bodies, 4]`: left, top, right, bottom of what is seen of each body, in pixels, right and bottom outside.

    All four are -1 where nothing of a body is seen.
    """
    found = np.full((len(segmentation), bodies, 4), -1, dtype=np.int16)
    for body in range(bodies):
        mask = segmentation == body
        columns, rows = mask.any(axis=1), mask.any(axis=2)
        seen = columns.any(axis=1)
        found[seen, body, 0] = columns[seen].argmax(axis=1)
        found[seen, body, 1] = rows[seen].argmax(axis=1)
        found[seen, body, 2] = columns.shape[1] - columns[seen, ::-1].argmax(axis=1)
        found[seen, body, 3] = rows.shape[1] - rows[seen, ::-1].argmax(axis=1)
    return found


def flow(scene: Scene, motion: Motion, rendering: Rendering) -> NDArray[np.float32]:
    """`[t - 1, h, w, 2]` pixels right and down from each pixel's middle to where its surface is one frame later.

    The point may then be hidden, or outside the picture. The sky moves as if endlessly far.

    Raises:
        SceneError: a rendering of another length.
    """
    frames, height, width = rendering.depth.shape
    if frames != len(motion.positions):
        raise SceneError(f"the rendering has {frames} frames and the motion {len(motion.positions)}")
    packed = pack(scene, motion, width, height)
    moved = np.empty((max(frames - 1, 0), height, width, 2), dtype=np.float32)
    start = _pixel_middles(width, height)
    for f in range(frames - 1):
        owner = rendering.segmentation[f]
        points = _points(packed, f, rendering.depth[f])
        for p, code in enumerate(packed.owners):
            mask = owner == code
            points[mask] = _carried(packed, f, p, points[mask])
        ends = project(packed, f + 1, points, width, height)[..., :2]
        if not packed.is_orthographic:
            rays = _rays(packed, f, width, height)[owner == SKY] + packed.camera_positions[f + 1]
            ends[owner == SKY] = project(packed, f + 1, rays, width, height)[..., :2]
        else:
            ends[owner == SKY] = start[owner == SKY]
        moved[f] = ends - start
    return moved


def visible_fractions(scene: Scene, motion: Motion, rendering: Rendering) -> Floats:
    """`[t, bodies]` how much of each body's outline is seen, 0 to 1; what hangs out of the picture is not.

    A body too small to cover the middle of any pixel counts as unseen.

    Raises:
        UnsupportedError: numba is not installed.
    """
    from manazir.worlds.raycast_kernels import alone_kernel  # numba takes a second to import

    height, width = rendering.depth.shape[1:]
    packed = pack(scene, motion, width, height)
    bodies = [int(np.flatnonzero(packed.owners == body)[0]) for body in range(len(scene.bodies))]
    alone = np.zeros((len(motion.positions), len(bodies)), dtype=np.int64)
    alone_kernel()(view_records(packed), solid_records(packed)[:, bodies], (height, width), alone)
    seen = [(rendering.segmentation == body).sum(axis=(1, 2)) for body in range(len(bodies))]
    fractions: Floats = np.stack(seen, axis=1) / np.maximum(alone, 1) if bodies else alone.astype(np.float64)
    return fractions


def light_directions(scene: Scene, motion: Motion) -> Floats:
    """`[t, 3]`: unit vectors towards the scene's first light in the camera's axes: right, up, forward.

    Raises:
        SceneError: a scene without lights.
    """
    if not scene.lights:
        raise SceneError("the scene has no light, so there is no direction to it")
    towards = np.array(scene.lights[0].direction, dtype=np.float64)
    directions: Floats = motion.camera_axes @ (towards / np.linalg.norm(towards))
    return directions


def project(packed: Pack, frame: int, points: Floats, width: int, height: int) -> Floats:
    """Points `[..., 3]` of the world as `[..., 3]`: x and y in pixels, and the depth in metres.

    A point with a depth of 0 or less lies behind the camera, and its pixel means nothing.
    """
    local = (points - packed.camera_positions[frame]) @ packed.camera_axes[frame].T
    depth = local[..., 2]
    scale = 1.0 if packed.is_orthographic else 1.0 / np.where(np.abs(depth) < 1e-9, 1e-9, depth)
    across = local[..., 0] * scale / packed.tangents[0]
    up = local[..., 1] * scale / packed.tangents[1]
    return np.stack([(0.5 + 0.5 * across) * width, (0.5 - 0.5 * up) * height, depth], axis=-1)


def _pixel_middles(width: int, height: int) -> Floats:
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return np.stack([x, y], axis=-1)


def _rays(packed: Pack, frame: int, width: int, height: int) -> Floats:
    """`[h, w, 3]` in world axes; one unit of a ray is a metre of depth."""
    middles = _pixel_middles(width, height)
    u = (2.0 * middles[..., 0] / width - 1.0) * packed.tangents[0]
    v = (1.0 - 2.0 * middles[..., 1] / height) * packed.tangents[1]
    right, upward, forward = packed.camera_axes[frame]
    across = u[..., None] * right + v[..., None] * upward
    rays: Floats = across if packed.is_orthographic else across + forward
    return rays


def _points(packed: Pack, frame: int, depth: NDArray[np.float32]) -> Floats:
    """The world's points that are seen; anywhere in the sky."""
    reach = np.where(np.isfinite(depth), depth, 1.0).astype(np.float64)[..., None]
    rays = _rays(packed, frame, depth.shape[1], depth.shape[0])
    if packed.is_orthographic:
        points: Floats = packed.camera_positions[frame] + rays + reach * packed.camera_axes[frame][2]
    else:
        points = packed.camera_positions[frame] + reach * rays
    return points


def _carried(packed: Pack, frame: int, p: int, points: Floats) -> Floats:
    """Points on a primitive, one frame later."""
    local = (points - packed.positions[frame, p]) @ packed.rotations[frame, p]
    carried: Floats = local @ packed.rotations[frame + 1, p].T + packed.positions[frame + 1, p]
    return carried
