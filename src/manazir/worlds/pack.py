"""A scene and its motion as flat arrays: what both ray casters read, and nothing else.

Everything solid becomes a convex primitive with its own axes: `world = rotation @ local + position`.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import SceneError
from manazir.worlds.motion import Floats, Motion
from manazir.worlds.palette import BACKDROPS, COLOURS, GROUND_COLOURS, LIGHT_COLOURS, SURFACES
from manazir.worlds.scene import Body, Direction, Light, Material, Ramp, Scene, Shape, Wall

SPHERE, BOX, CYLINDER, CAPSULE, CONE, PRISM = range(6)
"""Kinds of primitives. A prism is a wedge that slopes down towards its own +x."""

PLAIN, WOOD, STONE, BAND = range(4)
"""Patterns that are fixed to a body, so that its turning is seen."""

GROUND_PATTERNS = ("plain", "checker", "planks")

SKY = -1000
"""What the segmentation says where there is nothing."""
FIRST_WALL, FIRST_RAMP, FIRST_ROD = -2, -100, -200
"""Segmentation of the first wall, ramp and pendulum rod; the next ones count down."""

Named = TypeVar("Named")

KINDS = {
    Shape.SPHERE: SPHERE,
    Shape.CUBE: BOX,
    Shape.CYLINDER: CYLINDER,
    Shape.CAPSULE: CAPSULE,
    Shape.CONE: CONE,
}
LOOKS = 9
SPECULAR, SHININESS, REFLECTIVITY, GRAIN, PATTERN, TINT, RIM, TRANSLUCENCY, OPACITY = range(LOOKS)
"""Columns of `Pack.looks`."""

# Tuned by eye at 128 px: (tint of the mirrored light, brighter rim, light through the body, darkness of its shadow).
_MATERIAL_LIGHT = {
    Material.RUBBER: (0.0, 0.0, 0.0, 1.0),
    Material.WOOD: (0.0, 0.0, 0.0, 1.0),
    Material.METAL: (0.85, 0.15, 0.0, 1.0),
    Material.GLASS: (0.25, 0.75, 0.55, 0.55),
    Material.STONE: (0.0, 0.0, 0.0, 1.0),
}
_ROD_RADIUS = 0.028  # metres: about a pixel at 64 px, so that the line has no gaps


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
    solids = _Solids(motion)
    for index, body in enumerate(scene.bodies):
        solids.add_body(index, body)
    for index, wall in enumerate(scene.walls):
        solids.add_wall(FIRST_WALL - index, wall)
    for index, ramp in enumerate(scene.ramps):
        solids.add_ramp(FIRST_RAMP - index, ramp)
    backdrop = np.array(_named(BACKDROPS, scene.backdrop, "backdrop"))
    ground_albedo = _albedo(scene.ground.colour) if scene.ground else np.zeros(3)
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
            [np.array(_named(LIGHT_COLOURS, li.colour, "light")) * li.intensity for li in scene.lights]
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


def rotation_matrices(quaternions: Floats) -> Floats:
    """`[..., 4]` unit quaternions (w, x, y, z) as `[..., 3, 3]` matrices."""
    w, x, y, z = np.moveaxis(np.asarray(quaternions, dtype=np.float64), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


class _Solids:
    """Collects primitives."""

    def __init__(self, motion: Motion) -> None:
        self._motion = motion
        self._frames = len(motion.positions)
        self._rows: list[tuple[int, int, tuple[float, float, float], float]] = []
        self._positions: list[Floats] = []
        self._rotations: list[Floats] = []
        self._albedos: list[Floats] = []
        self._looks: list[Floats] = []

    def add_body(self, index: int, body: Body) -> None:
        """A body, and the rod that holds it if there is one."""
        centres = self._motion.positions[:, index]
        hx, hy, hz = body.half_extents
        bulk = float((hx * hy * hz) ** (1 / 3))
        self._add(KINDS[body.shape], index, body.half_extents, bulk, centres, self._motion.rotations[:, index])
        self._paint(_albedo(body.colour), _looks(body))
        if body.pendulum is not None:
            self._add_rod(FIRST_ROD - index, np.array(body.pendulum.anchor), centres)

    def add_wall(self, owner: int, wall: Wall) -> None:
        """An upright box."""
        self._add(BOX, owner, wall.half_extents, 0.0, np.array(wall.position), np.array([1.0, 0.0, 0.0, 0.0]))
        self._paint(_albedo(wall.colour), _matte())

    def add_ramp(self, owner: int, ramp: Ramp) -> None:
        """A wedge."""
        if ramp.faces not in (Direction.LEFT, Direction.RIGHT):
            raise SceneError(f"a ramp faces {ramp.faces.value}; it can face left or right")
        half = (ramp.length / 2, ramp.width / 2, ramp.height / 2)
        turn = [1.0, 0.0, 0.0, 0.0] if ramp.faces == Direction.RIGHT else [0.0, 0.0, 0.0, 1.0]
        centre = np.array(ramp.position) + [0.0, 0.0, ramp.height / 2]
        self._add(PRISM, owner, half, 0.0, centre, np.array(turn))
        self._paint(_albedo(ramp.colour), _matte())

    def arrays(self) -> dict[str, NDArray[np.int64] | NDArray[np.bool_] | Floats]:
        """The fields of a Pack that speak of primitives."""
        count = len(self._rows)
        half = np.array([row[2] for row in self._rows], dtype=np.float64).reshape(count, 3)
        positions = np.stack(self._positions, axis=1) if count else np.zeros((self._frames, 0, 3))
        rotations = np.stack(self._rotations, axis=1) if count else np.zeros((self._frames, 0, 3, 3))
        kinds = np.array([row[0] for row in self._rows], dtype=np.int64)
        moved = np.any(positions != positions[:1], axis=(0, 2)) | np.any(rotations != rotations[:1], axis=(0, 2, 3))
        return {
            "kinds": kinds,
            "owners": np.array([row[1] for row in self._rows], dtype=np.int64),
            "half_extents": half,
            "radii": _bounding_radii(kinds, half),
            "bulks": np.array([row[3] for row in self._rows], dtype=np.float64),
            "positions": np.ascontiguousarray(positions, dtype=np.float64),
            "rotations": np.ascontiguousarray(rotations),
            "is_moving": moved,
            "albedos": np.array(self._albedos, dtype=np.float64).reshape(count, 3),
            "looks": np.array(self._looks, dtype=np.float64).reshape(count, LOOKS),
        }

    def _add_rod(self, owner: int, anchor: Floats, centres: Floats) -> None:
        along = anchor - centres
        length = float(np.linalg.norm(along[0]))
        self._rows.append((CYLINDER, owner, (_ROD_RADIUS, _ROD_RADIUS, length / 2), 0.0))
        self._positions.append((anchor + centres) / 2)
        self._rotations.append(np.stack([_axes_around(axis)[:, [1, 2, 0]] for axis in along]))
        self._paint(np.full(3, 0.035), _matte())

    def _add(
        self, kind: int, owner: int, half: tuple[float, float, float], bulk: float, centres: Floats, turns: Floats
    ) -> None:
        self._rows.append((kind, owner, half, bulk))
        self._positions.append(np.broadcast_to(centres, (self._frames, 3)))
        self._rotations.append(np.broadcast_to(rotation_matrices(turns), (self._frames, 3, 3)))

    def _paint(self, albedo: Floats, looks: Floats) -> None:
        self._albedos.append(albedo)
        self._looks.append(looks)


def _bounding_radii(kinds: NDArray[np.int64], half: Floats) -> Floats:
    round_ones = (kinds == SPHERE) | (kinds == CAPSULE)
    drum = np.hypot(half[:, 0], half[:, 2])
    diagonal = np.sqrt((half**2).sum(axis=1))
    drums = (kinds == CYLINDER) | (kinds == CONE)
    return np.where(round_ones, half.max(axis=1, initial=0.0), np.where(drums, drum, diagonal))


def _looks(body: Body) -> Floats:
    surface = SURFACES[body.material]
    pattern = {Material.WOOD: WOOD, Material.STONE: STONE}.get(body.material, PLAIN)
    if pattern == PLAIN and body.shape == Shape.SPHERE:
        pattern = BAND  # a plain ball would seem to slide where it rolls
    own = (surface.specular, surface.shininess, surface.reflectivity, surface.grain, float(pattern))
    return np.array(own + _MATERIAL_LIGHT[body.material])


def _matte() -> Floats:
    return np.array([0.02, 8.0, 0.0, 0.0, float(PLAIN), 0.0, 0.0, 0.0, 1.0])


def _albedo(colour: str) -> Floats:
    return np.array(_named(COLOURS | GROUND_COLOURS, colour, "colour"))


def _named(table: dict[str, Named], name: str, what: str) -> Named:
    if name not in table:
        raise SceneError(f"there is no {what} called {name!r}; there are {', '.join(table)}")
    return table[name]


def _axes_around(direction: Floats) -> Floats:
    """Unit columns: along `direction`, and two across it."""
    along = direction / np.linalg.norm(direction)
    helper = np.array([0.0, 1.0, 0.0]) if abs(along[1]) < 0.9 else np.array([1.0, 0.0, 0.0])
    across = np.cross(helper, along)
    across /= np.linalg.norm(across)
    return np.stack([along, across, np.cross(along, across)], axis=1)


def _light_axes(light: Light) -> Floats:
    direction = np.array(light.direction, dtype=np.float64)
    if not np.linalg.norm(direction) > 0:
        raise SceneError("a light's direction is zero; give the vector from the scene towards the light")
    return _axes_around(direction).T


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
    return half * np.array([width, height]) / min(width, height)
