"""Surfaces: which way a layout's things face, square by square.

What is bright and what is dark on a body follows from where its surface faces and where the light comes from. Where a
ray meets a convex body of a few simple shapes is known in closed form; rays are taken as parallel within a body.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.silhouettes import (
    CAPSULE_RADIUS,
    CAPSULE_STRAIGHT,
    CONE_HALF,
    CONE_RADIUS,
    CUBE,
    DRUM_HALF,
    DRUM_RADIUS,
    ramp_sizes,
)

FACES = 8
"""Numbers of a place: the normal in the camera's axes, how much light falls on it, how much is thrown back to the
camera, and where on the thing it lies, in the thing's axes."""
_NEVER = -1e3
"""A ray that meets a side from within has met it long ago."""
_FARTHEST = 3.0
"""Along a ray, from a body's middle."""
_LEAST = 1e-3

Met = tuple[Float[Tensor, "b n s"], Float[Tensor, "b n s 3"]]
"""How far along the ray a side is met, and its normal there, in the body's axes."""


def surfaces(
    near: Float[Tensor, "b n s 2"], turned: Float[Tensor, "b s 3 3"], things: Float[Tensor, "b s f"], scenery: Tensor
) -> Float[Tensor, "b n s 8"]:
    """What is seen of each thing at each place; nonsense beyond its outline.

    Args:
        near: places from the things' centres, in their radii.
        turned: the things' axes as (right, up, forward).
    """
    start = torch.einsum("bnsk,bsak->bnsa", near, turned[..., :2])
    ray = turned[..., 2][:, None].expand_as(start)
    bodies = _of_bodies(start[..., :-1, :], ray[..., :-1, :], things[:, :-1])
    ramp = _wedge(start[..., -1:, :], ray[..., -1:, :], things[:, -1:])
    along = torch.cat([bodies[0], ramp[0]], dim=-1).clamp(-_FARTHEST, _FARTHEST)
    seen = torch.einsum("bnsa,bsak->bnsk", torch.cat([bodies[1], ramp[1]], dim=-2), turned)
    point = start + along[..., None] * ray
    return torch.cat([seen, *_lit(seen, scenery), point.clamp(-2.0, 2.0)], dim=-1)


def _of_bodies(start: Tensor, ray: Tensor, bodies: Float[Tensor, "b s f"]) -> Met:
    """Bodies of size one, each as the shape that it most likely is."""
    shapes = (
        _ball(start, ray),
        _block(start, ray, start.new_tensor(CUBE).expand_as(start)),
        _drum(start, ray),
        _capsule(start, ray),
        _cone(start, ray),
    )
    chances = torch.softmax(4.0 * bodies[..., at.SHAPE][..., :-1], dim=-1)[:, None]
    along = torch.stack([met for met, _ in shapes], dim=-1).clamp(-_FARTHEST, _FARTHEST)
    facing = torch.stack([normal for _, normal in shapes], dim=-1)
    return (along * chances).sum(-1), (facing * chances[..., None, :]).sum(-1)


def _lit(normal: Float[Tensor, "b n s 3"], scenery: Float[Tensor, "b f"]) -> list[Float[Tensor, "b n s 1"]]:
    """How squarely light falls on a surface, and how nearly it mirrors the light into the camera."""
    light = F.normalize(scenery[:, at.LIGHT][:, :3], dim=-1, eps=1e-3)
    half = F.normalize(light - light.new_tensor([0.0, 0.0, 1.0]), dim=-1, eps=1e-3)
    return [torch.einsum("bnsk,bk->bns", normal, way)[..., None].clamp(min=0.0) for way in (light, half)]


def _ball(start: Tensor, ray: Tensor, radius: float = 1.0) -> Met:
    inward = (start * ray).sum(-1)
    depth = (inward.square() - start.square().sum(-1) + radius**2).clamp(min=0.0).sqrt()
    along = -inward - depth
    return along, (start + along[..., None] * ray) / radius


def _block(start: Tensor, ray: Tensor, half: Float[Tensor, "b n s 3"]) -> Met:
    along, normal = _plane(start, ray, half)
    side = along.argmax(-1, keepdim=True)
    return along.amax(-1), torch.zeros_like(start).scatter(-1, side, normal.gather(-1, side))


def _plane(start: Tensor, ray: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
    """Where the nearer of the two planes across each axis is met, and which way it faces."""
    facing = -torch.where(ray < 0, -1.0, 1.0)
    return (half * facing - start) / -(ray.abs().clamp(min=_LEAST) * facing), facing


def _round(start: Tensor, ray: Tensor, radius: float) -> Met:
    """The side of an endless cylinder about z."""
    a = ray[..., :2].square().sum(-1).clamp(min=_LEAST)
    b = (start[..., :2] * ray[..., :2]).sum(-1)
    c = start[..., :2].square().sum(-1) - radius**2
    along = (-b - (b.square() - a * c).clamp(min=0.0).sqrt()) / a
    point = start + along[..., None] * ray
    return along, F.pad(point[..., :2], (0, 1)) / radius


def _later(one: Met, other: Met) -> Met:
    """A convex body is entered where the last of its sides is."""
    is_other = other[0] > one[0]
    return torch.where(is_other, other[0], one[0]), torch.where(is_other[..., None], other[1], one[1])


def _end(start: Tensor, ray: Tensor, half: float) -> Met:
    """The nearer of two flat ends across z."""
    along, facing = _plane(start[..., 2:], ray[..., 2:], start.new_tensor(half))
    return along[..., 0], F.pad(facing, (2, 0))


def _drum(start: Tensor, ray: Tensor) -> Met:
    return _later(_round(start, ray, DRUM_RADIUS), _end(start, ray, DRUM_HALF))


def _capsule(start: Tensor, ray: Tensor) -> Met:
    along, _ = _round(start, ray, CAPSULE_RADIUS)
    height = (start[..., 2] + along * ray[..., 2]).clamp(-CAPSULE_STRAIGHT, CAPSULE_STRAIGHT)
    return _ball(start - F.pad(height[..., None], (2, 0)), ray, CAPSULE_RADIUS)


def _cone(start: Tensor, ray: Tensor) -> Met:
    slope = CONE_RADIUS / (2 * CONE_HALF)
    below, falls = CONE_HALF - start[..., 2], -ray[..., 2]
    a = ray[..., :2].square().sum(-1) - (slope * falls).square()
    a = torch.where(a < 0, a.clamp(max=-_LEAST), a.clamp(min=_LEAST))
    b = (start[..., :2] * ray[..., :2]).sum(-1) - slope**2 * below * falls
    c = start[..., :2].square().sum(-1) - (slope * below).square()
    along = (-b - (b.square() - a * c).clamp(min=0.0).sqrt()) / a
    along = torch.where((a < 0) & (falls < 0), _NEVER, along)
    point = start + along.clamp(-9.0, 9.0)[..., None] * ray
    side = torch.cat([point[..., :2], slope**2 * (CONE_HALF - point[..., 2:])], dim=-1)
    base, facing = _end(start, ray, CONE_HALF)
    base = torch.where(falls < 0, base, _NEVER)  # its upper end is a point
    return _later((along, F.normalize(side, dim=-1, eps=_LEAST)), (base, facing))


def _wedge(start: Tensor, ray: Tensor, things: Float[Tensor, "b s f"]) -> Met:
    """A ramp, in halves of its length: its foot lies at +x, its upper edge at -x."""
    width, height = (part[:, None] for part in ramp_sizes(things))
    half = torch.stack([torch.ones_like(width), width, height], dim=-1).expand_as(start)
    box = _block(start, ray, half)
    normal = F.normalize(torch.stack([height, torch.zeros_like(height), torch.ones_like(height)], -1), dim=-1)
    normal = normal.expand_as(start)
    against = (normal * ray).sum(-1)
    along = -(normal * start).sum(-1) / against.clamp(max=-_LEAST)
    return _later(box, (torch.where(against < 0, along, _NEVER), normal))
