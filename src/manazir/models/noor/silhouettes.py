"""Silhouettes: where the outlines of a layout's things run in the picture.

How far a convex body reaches in a direction is known in closed form; a place lies inside if it lies within that reach
in every direction. The camera's rays are taken as parallel within a body.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.sketch import radius_of

_DIRECTIONS = 24
# Half extents of a body of size one; see worlds/scene.py.
CUBE, DRUM_RADIUS, DRUM_HALF, CAPSULE_RADIUS, CAPSULE_STRAIGHT, CONE_RADIUS, CONE_HALF = (
    *(0.85, 0.75, 0.95, 0.55, 0.70, 0.90, 1.10),
)
_RAMP_SIZES = (2.0, 1.0, 0.8)
"""What a layout's numbers of a ramp's length, width and height are counted from."""


def axes(things: Float[Tensor, "b s f"], upwards: Float[Tensor, "b 3"]) -> Float[Tensor, "b s 3 3"]:
    """Each thing's own x, y and z as (right, up, forward); a ramp, the last thing, stands upright.

    Args:
        upwards: the world's z, likewise.
    """
    x = things[..., at.TURN][..., :3] / at.TURN_SCALE
    z = torch.cat([things[:, :-1, at.TURN][..., 3:] / at.TURN_SCALE, upwards[:, None]], dim=1)
    return torch.stack([x, torch.linalg.cross(z, x), z], dim=-2)


def outside(
    offsets: Float[Tensor, "b n s 2"], things: Float[Tensor, "b s f"], turned: Float[Tensor, "b s 3 3"]
) -> Float[Tensor, "b n s"]:
    """How far outside each thing's outline places lie, in half short sides; negative inside.

    Args:
        offsets: from the things' centres.
        turned: their axes.
    """
    angles = torch.arange(_DIRECTIONS, device=things.device) * (2 * math.pi / _DIRECTIONS)
    directions = torch.stack([angles.cos(), angles.sin()])
    along = turned[..., :2] @ directions  # [b, s, axis, k]
    reach = torch.cat([reach_of(things[:, :-1], along[:, :-1]), _of_ramp(things[:, -1:], along[:, -1:])], dim=1)
    reach = reach * radius_of(things)[..., None]
    return (offsets @ directions - reach[:, None]).amax(-1)


def reach_of(bodies: Float[Tensor, "b s f"], along: Float[Tensor, "b s 3 k"]) -> Float[Tensor, "b s k"]:
    """How far bodies of size one reach in each direction, each as the shape that it most likely is."""
    z = along[..., 2, :]
    across = (1 - z.square()).clamp(min=0.0).sqrt()
    cone = torch.maximum(CONE_HALF * z, CONE_RADIUS * across - CONE_HALF * z)
    shapes = torch.stack(
        [
            torch.ones_like(z),
            CUBE * along.abs().sum(-2),
            DRUM_HALF * z.abs() + DRUM_RADIUS * across,
            CAPSULE_STRAIGHT * z.abs() + CAPSULE_RADIUS,
            cone,
        ],
        dim=-2,
    )
    chances = torch.softmax(4.0 * bodies[..., at.SHAPE][..., :-1], dim=-1)
    return (chances[..., None] * shapes).sum(-2)


def _of_ramp(ramp: Float[Tensor, "b 1 f"], along: Float[Tensor, "b 1 3 k"]) -> Float[Tensor, "b 1 k"]:
    """How far a wedge reaches, in halves of its length: its foot lies at +x, its upper edge at -x."""
    width, height = (size[..., None] for size in ramp_sizes(ramp))
    x, y, z = along.unbind(-2)
    upper, foot, back = -x + height * z, x - height * z, -x - height * z
    return width * y.abs() + torch.maximum(upper, torch.maximum(foot, back))


def ramp_sizes(ramp: Float[Tensor, "b s f"]) -> tuple[Float[Tensor, "b s"], Float[Tensor, "b s"]]:
    """A ramp's width and height, in its length."""
    sizes = (ramp[..., at.TURN][..., 3:] + ramp.new_tensor(_RAMP_SIZES)).clamp(min=0.1)
    return sizes[..., 1] / sizes[..., 0], sizes[..., 2] / sizes[..., 0]
