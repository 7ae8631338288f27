"""Bodies, their rods, walls and ramps as convex primitives, each with its own axes."""

from typing import TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import SceneError
from manazir.worlds.motion import Floats, Motion
from manazir.worlds.palette import COLOURS, GROUND_COLOURS, SURFACES
from manazir.worlds.scene import Body, Direction, Material, Ramp, Shape, Wall

SPHERE, BOX, CYLINDER, CAPSULE, CONE, PRISM = range(6)
"""Kinds of primitives. A prism is a wedge that slopes down towards its own +x."""

PLAIN, WOOD, STONE, BAND = range(4)
"""Patterns that are fixed to a body, so that its turning is seen."""

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


class SolidArrays(TypedDict):
    """The fields of a Pack that speak of primitives."""

    kinds: NDArray[np.int64]
    owners: NDArray[np.int64]
    half_extents: Floats
    radii: Floats
    bulks: Floats
    positions: Floats
    rotations: Floats
    is_moving: NDArray[np.bool_]
    albedos: Floats
    looks: Floats


class Solids:
    """Collects primitives for a Pack."""

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
        self._paint(albedo(body.colour), _looks(body))
        if body.pendulum is not None:
            self._add_rod(FIRST_ROD - index, np.array(body.pendulum.anchor), centres)

    def add_wall(self, owner: int, wall: Wall) -> None:
        """An upright box."""
        self._add(BOX, owner, wall.half_extents, 0.0, np.array(wall.position), np.array([1.0, 0.0, 0.0, 0.0]))
        self._paint(albedo(wall.colour), _matte())

    def add_ramp(self, owner: int, ramp: Ramp) -> None:
        """A wedge."""
        if ramp.faces not in (Direction.LEFT, Direction.RIGHT):
            raise SceneError(f"a ramp faces {ramp.faces.value}; it can face left or right")
        half = (ramp.length / 2, ramp.width / 2, ramp.height / 2)
        turn = [1.0, 0.0, 0.0, 0.0] if ramp.faces == Direction.RIGHT else [0.0, 0.0, 0.0, 1.0]
        centre = np.add(ramp.position, (0.0, 0.0, ramp.height / 2))
        self._add(PRISM, owner, half, 0.0, centre, np.array(turn))
        self._paint(albedo(ramp.colour), _matte())

    def arrays(self) -> SolidArrays:
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
        self._rotations.append(np.stack([axes_around(axis)[:, [1, 2, 0]] for axis in along]))
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


def rotation_matrices(quaternions: Floats) -> Floats:
    """`[..., 4]` unit quaternions (w, x, y, z) as `[..., 3, 3]` matrices."""
    w, x, y, z = np.moveaxis(np.asarray(quaternions, dtype=np.float64), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _looks(body: Body) -> Floats:
    surface = SURFACES[body.material]
    pattern = {Material.WOOD: WOOD, Material.STONE: STONE}.get(body.material, PLAIN)
    if pattern == PLAIN and body.shape == Shape.SPHERE:
        pattern = BAND  # a plain ball would seem to slide where it rolls
    own = (surface.specular, surface.shininess, surface.reflectivity, surface.grain, float(pattern))
    return np.array(own + _MATERIAL_LIGHT[body.material])


def _matte() -> Floats:
    return np.array([0.02, 8.0, 0.0, 0.0, float(PLAIN), 0.0, 0.0, 0.0, 1.0])


def albedo(colour: str) -> Floats:
    """Of a named colour, linear Rec. 709."""
    return np.array(named(COLOURS | GROUND_COLOURS, colour, "colour"))


def named(table: dict[str, Named], name: str, what: str) -> Named:
    """What a table of the palette has under a name, or a SceneError that lists the names."""
    if name not in table:
        raise SceneError(f"there is no {what} called {name!r}; there are {', '.join(table)}")
    return table[name]


def axes_around(direction: Floats) -> Floats:
    """Unit columns: along `direction`, and two across it."""
    along = direction / np.linalg.norm(direction)
    helper = np.array([0.0, 1.0, 0.0]) if abs(along[1]) < 0.9 else np.array([1.0, 0.0, 0.0])
    across = np.cross(helper, along)
    across /= np.linalg.norm(across)
    return np.stack([along, across, np.cross(along, across)], axis=1)
