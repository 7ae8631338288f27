"""Packs as tensors: every frame of every clip in a batch side by side, primitives padded to the largest scene."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from manazir.worlds.motion import Floats
from manazir.worlds.pack import Pack
from manazir.worlds.solids import BOX, CAPSULE, CONE, CYLINDER, LOOKS, PRISM, SKY, SPHERE

Vec = tuple[Tensor, Tensor, Tensor]
"""Three tensors of one shape: x, y, z, or red, green, blue."""

_NOWHERE = 1e4  # metres away, where padding stands: no ray meets it, and it shades nothing


class World(NamedTuple):
    """Tensors of `f` frames (of all clips), `p` primitives, `l` lights."""

    centre: Float[Tensor, "f p 3"]
    turn: Float[Tensor, "f p 3 3"]
    half: Float[Tensor, "f p 3"]
    is_round: Bool[Tensor, "f p"]
    """A sphere or a capsule; the others are boxes cut by a plane and by a drum."""
    drum: Float[Tensor, "f p 2"]
    """The radius at z = 0 and its growth along z; endless for a box."""
    plane: Float[Tensor, "f p 3"]
    """Outward unit normal's x and z, and the offset, of the plane that makes a box a wedge."""
    has_faces: Bool[Tensor, "f p"]
    """Whether the sides of the box are seen: not those of a cylinder."""
    bulk: Float[Tensor, "f p"]
    albedo: Float[Tensor, "f p 3"]
    looks: Float[Tensor, "f p looks"]
    owner: Int[Tensor, "f p"]
    suns: Float[Tensor, "f l 3 3"]
    sun_radiance: Float[Tensor, "f l 3"]
    sun_shadow: Bool[Tensor, "f l"]
    eye: Float[Tensor, "f 3"]
    axes: Float[Tensor, "f 3 3"]
    tangents: Float[Tensor, "f 2"]
    backdrop: Float[Tensor, "f 2 3"]
    ambient: Float[Tensor, "f 2 3"]
    ground: Float[Tensor, "f 3"]
    ground_reflectivity: Float[Tensor, "f"]  # noqa: F821
    ground_pattern: Int[Tensor, "f"]  # noqa: F821
    has_ground: Bool[Tensor, "f"]  # noqa: F821
    is_orthographic: Bool[Tensor, "f"]  # noqa: F821
    is_flat: Bool[Tensor, "f"]  # noqa: F821


def world_of(packs: Sequence[Pack], device: str) -> World:
    """One World of all frames of all packs, in order."""
    solids = max(1, *(len(pack.kinds) for pack in packs))
    lights = max(1, *(len(pack.lights) for pack in packs))
    rows = [_arrays(pack, solids, lights) for pack in packs]
    joined = [np.concatenate([row[k] for row in rows]) for k in range(len(World._fields))]
    return World(*(_tensor(array, device) for array in joined))


def _tensor(array: NDArray[np.generic], device: str) -> Tensor:
    if array.dtype == np.float64:
        array = array.astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray(array)).to(device)


def _arrays(pack: Pack, solids: int, lights: int) -> list[NDArray[np.generic]]:
    frames, count = pack.positions.shape[:2]

    def each(values: NDArray[np.generic], room: int | None = None, filler: float = 0.0) -> NDArray[np.generic]:
        if room is not None:
            pad = [(0, room - len(values))] + [(0, 0)] * (values.ndim - 1)
            values = np.pad(values, pad, constant_values=filler)
        return np.broadcast_to(values, (frames, *values.shape))

    def moving(values: Floats, filler: float) -> Floats:
        pad = [(0, 0), (0, solids - count)] + [(0, 0)] * (values.ndim - 2)
        return np.pad(values, pad, constant_values=filler)

    drum, plane = _cuts(pack)
    return [
        moving(pack.positions, _NOWHERE),
        moving(pack.rotations, 0.0),
        each(pack.half_extents, solids, 0.01),
        each(np.isin(pack.kinds, (SPHERE, CAPSULE)), solids),
        each(drum, solids, 0.01),
        each(plane, solids, 1.0),
        each(np.isin(pack.kinds, (BOX, PRISM)), solids),
        each(pack.bulks, solids),
        each(pack.albedos, solids),
        each(pack.looks.reshape(-1, LOOKS), solids),
        each(pack.owners, solids, SKY),
        each(pack.lights, lights),
        each(pack.light_radiances, lights),
        each(pack.light_shadows, lights),
        pack.camera_positions,
        pack.camera_axes,
        each(pack.tangents),
        each(pack.backdrop),
        each(pack.ambient),
        each(pack.ground_albedo),
        *(each(np.array(value)) for value in (float(pack.ground_reflectivity), pack.ground_pattern)),
        *(each(np.array(value)) for value in (pack.has_ground, pack.is_orthographic, pack.is_flat)),
    ]


def _cuts(pack: Pack) -> tuple[Floats, Floats]:
    """For each primitive, the drum and the plane that cut its box; both far outside where nothing is cut."""
    half = pack.half_extents
    endless = np.array([1e3, 0.0])
    drum = np.tile(endless, (len(half), 1))
    plane = np.tile([1.0, 0.0, 1e3], (len(half), 1))
    cylinder, cone, prism = pack.kinds == CYLINDER, pack.kinds == CONE, pack.kinds == PRISM
    drum[cylinder, 0] = half[cylinder, 0]
    drum[cone] = np.stack([half[cone, 0] / 2, -half[cone, 0] / (2 * half[cone, 2])], axis=1)
    slope = np.hypot(half[:, 0], half[:, 2])
    plane[prism] = np.stack([half[:, 2] / slope, half[:, 0] / slope, np.zeros(len(half))], axis=1)[prism]
    return drum, plane
