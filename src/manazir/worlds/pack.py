"""A scene and its motion as flat arrays: what both ray casters read, and nothing else.

Everything solid becomes a convex primitive with its own axes: `world = rotation @ local + position`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import SceneError
from manazir.worlds.motion import Floats, Motion
from manazir.worlds.palette import BACKDROPS, LIGHT_COLOURS
from manazir.worlds.scene import Light, Scene
from manazir.worlds.solids import FIRST_RAMP, FIRST_WALL, Solids, albedo, axes_around, named

GROUND_PATTERNS = ("plain", "checker", "planks")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """Arrays for `t` frames and `p` primitives."""

    kinds: NDArray[np.int64]
    owners: NDArray[np.int64]
    """What the segmentation says: see `SKY` and its neighbours; bodies are their index."""
    half_extents: Floats
    radii: Floats
    """Of the bounding spheres."""
    bulks: Floats
    """Radii of the balls that stand in for the primitives where they keep light away; 0 for thin or huge ones."""
    positions: Floats
    rotations: Floats
    """`[t, p, 3, 3]`"""
    is_moving: NDArray[np.bool_]
    albedos: Floats
    looks: Floats
    """`[p, LOOKS]`"""
    has_ground: bool
    ground_albedo: Floats
    ground_pattern: int
    ground_reflectivity: float
    lights: Floats
    """`[lights, 3, 3]`: unit vector towards the light, and two unit vectors across it."""
    light_radiances: Floats
    light_shadows: NDArray[np.bool_]
    backdrop: Floats
    """`[2, 3]`: horizon, zenith."""
    ambient: Floats
    """`[2, 3]`: light from below, from above."""
    camera_positions: Floats
    camera_axes: Floats
    tangents: Floats
    """Half the picture's width and height at depth 1 (orthographic: in metres)."""
    is_orthographic: bool
    is_camera_still: bool
    is_flat: bool


def pack(scene: Scene, motion: Motion, width: int, height: int) -> Pack:
    """Flatten a scene for pictures of `width` × `height` pixels.

    Raises:
        SceneError: a name that the palette lacks, or a motion of other bodies.
    """
    if motion.positions.shape[1] != len(scene.bodies):
        raise SceneError(f"the motion is of {motion.positions.shape[1]} bodies and the scene has {len(scene.bodies)}")
    solids = Solids(motion)
    for index, body in enumerate(scene.bodies):
        solids.add_body(index, body)
    for index, wall in enumerate(scene.walls):
        solids.add_wall(FIRST_WALL - index, wall)
    for index, ramp in enumerate(scene.ramps):
        solids.add_ramp(FIRST_RAMP - index, ramp)
    backdrop = np.array(named(BACKDROPS, scene.backdrop, "backdrop"))
    ground_albedo = albedo(scene.ground.colour) if scene.ground else np.zeros(3)
    ground_pattern = scene.ground.pattern if scene.ground else "plain"
    if ground_pattern not in GROUND_PATTERNS:
        raise SceneError(f"the ground's pattern is {ground_pattern!r}; there are {', '.join(GROUND_PATTERNS)}")
    still = bool(np.all(motion.camera_positions == motion.camera_positions[0])) and bool(
        np.all(motion.camera_axes == motion.camera_axes[0])
    )
    return Pack(
        **solids.arrays(),
        has_ground=scene.ground is not None,
        ground_albedo=ground_albedo,
        ground_pattern=GROUND_PATTERNS.index(ground_pattern),
        ground_reflectivity=float(scene.ground.reflectivity) if scene.ground else 0.0,
        lights=np.array([_light_axes(light) for light in scene.lights]).reshape(-1, 3, 3),
        light_radiances=np.array(
            [np.array(named(LIGHT_COLOURS, li.colour, "light")) * li.intensity for li in scene.lights]
        ).reshape(-1, 3),
        light_shadows=np.array([light.has_shadow for light in scene.lights], dtype=np.bool_),
        backdrop=backdrop,
        ambient=_ambient(backdrop, ground_albedo),
        camera_positions=np.ascontiguousarray(motion.camera_positions, dtype=np.float64),
        camera_axes=np.ascontiguousarray(motion.camera_axes, dtype=np.float64),
        tangents=_tangents(scene, width, height),
        is_orthographic=scene.camera.orthographic_height is not None,
        is_camera_still=still,
        is_flat=scene.is_flat,
    )


def _light_axes(light: Light) -> Floats:
    direction = np.array(light.direction, dtype=np.float64)
    if not np.linalg.norm(direction) > 0:
        raise SceneError("a light's direction is zero; give the vector from the scene towards the light")
    return axes_around(direction).T


def _ambient(backdrop: Floats, ground_albedo: Floats) -> Floats:
    """Light from below and from above; muted, so that it does not dye the palette."""
    above = backdrop.mean(axis=0)
    level = float(above @ [0.2126, 0.7152, 0.0722])
    above = (0.5 * above / level + 0.5) * (0.20 + 0.35 * level)
    below = (0.25 + 0.9 * ground_albedo) * 0.5 * above
    return np.stack([below, above])


def _tangents(scene: Scene, width: int, height: int) -> Floats:
    camera = scene.camera
    half = np.tan(np.radians(camera.vertical_field_degrees) / 2)
    if camera.orthographic_height is not None:
        half = camera.orthographic_height / 2
    tangents: Floats = half * np.array([width, height]) / min(width, height)
    return tangents
