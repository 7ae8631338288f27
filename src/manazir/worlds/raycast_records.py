"""A Pack as records, one for each primitive at each frame: what the numba kernels walk through.

Fields of a record are read straight from memory; slices of arrays would cost a reference count each.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from manazir.worlds.pack import Pack
from manazir.worlds.solids import LOOKS

Records = NDArray[np.void]
Solid = Any
"""One record of `solid_records`: numba reads its fields as attributes."""
Sun = Any
View = Any

_AXES = [f"{letter}{axis}" for letter in "xyz" for axis in "xyz"]
SOLID = [
    "x", "y", "z", "half_x", "half_y", "half_z", "radius", "bulk", *(f"turn_{name}" for name in _AXES),
    "red", "green", "blue",
    "specular", "shininess", "reflectivity", "grain", "pattern", "tint", "rim", "translucency", "opacity",
]  # fmt: skip
"""`turn_xz` is the world's x of the body's own z axis; the last `LOOKS` are the pack's looks."""
SUN = [*_AXES, "red", "green", "blue"]
"""`xx`, `xy`, `xz`: the direction towards the light; `y*` and `z*`: unit vectors across it."""
VIEW = [
    "eye_x", "eye_y", "eye_z",
    *(f"{axis}_{name}" for axis in ("right", "up", "forward") for name in "xyz"),
    "tangent_x", "tangent_y", "ground_reflectivity",
    *(
        f"{what}_{name}"
        for what in ("ground", "horizon", "zenith", "below", "above")
        for name in ("red", "green", "blue")
    ),
]  # fmt: skip


def solid_records(packed: Pack) -> Records:
    """`[t, p]` records with the fields `SOLID`, and the whole numbers `kind`, `owner` and `is_moving`."""
    frames, count = packed.positions.shape[:2]

    def always(values: NDArray[np.float64]) -> NDArray[np.float64]:
        table = values if values.ndim == 2 else values[:, None]
        return np.broadcast_to(table, (frames, *table.shape))

    columns = [
        packed.positions,
        *(always(v) for v in (packed.half_extents, packed.radii, packed.bulks)),
        packed.rotations.reshape(frames, count, 9),
        *(always(v) for v in (packed.albedos, packed.looks)),
    ]
    records = np.empty((frames, count), dtype=_dtype(SOLID, ["kind", "owner", "is_moving"]))
    _fill(records, SOLID, np.concatenate(columns, axis=-1))
    records["kind"], records["owner"], records["is_moving"] = packed.kinds, packed.owners, packed.is_moving
    return records


def sun_records(packed: Pack) -> Records:
    """One record for each light, with the fields `SUN` and `has_shadow`."""
    records = np.empty(len(packed.lights), dtype=_dtype(SUN, ["has_shadow"]))
    _fill(records, SUN, np.concatenate([packed.lights.reshape(-1, 9), packed.light_radiances], axis=-1))
    records["has_shadow"] = packed.light_shadows
    return records


def view_records(packed: Pack) -> Records:
    """One record for each frame: the camera, the ground and the backdrop."""
    frames = len(packed.positions)
    reflectivity = np.array([packed.ground_reflectivity])
    colours = [packed.ground_albedo, packed.backdrop.ravel(), packed.ambient.ravel()]
    same = np.concatenate([packed.tangents, reflectivity, *colours])
    records = np.empty(frames, dtype=_dtype(VIEW, ["has_ground", "ground_pattern", "is_orthographic", "is_flat"]))
    moving = [packed.camera_positions, packed.camera_axes.reshape(frames, 9)]
    _fill(records, VIEW, np.concatenate([*moving, np.broadcast_to(same, (frames, len(same)))], axis=-1))
    records["has_ground"], records["ground_pattern"] = packed.has_ground, packed.ground_pattern
    records["is_orthographic"], records["is_flat"] = packed.is_orthographic, packed.is_flat
    return records


def _dtype(floats: list[str], whole: list[str]) -> np.dtype[np.void]:
    return np.dtype([(name, np.float64) for name in floats] + [(name, np.int64) for name in whole])


def _fill(records: Records, names: list[str], values: NDArray[np.float64]) -> None:
    """The fields lie side by side and first, so that one copy fills them all."""
    assert values.shape[-1] == len(names)
    flat = records.view(np.float64).reshape(*records.shape, records.dtype.itemsize // 8)
    flat[..., : len(names)] = values


assert len(SOLID) == 20 + LOOKS
