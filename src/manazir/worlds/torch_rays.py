"""Where rays meet primitives, as functions of tensors `[f, n, p]`: frames, rays, primitives.

The same answers as `raycast_shapes.py`, in one formula for round solids and one for all that are a box cut by
a plane and a drum; without branches, so that a compiler can make one kernel of it.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from manazir.worlds.raycast_constants import IN_SKY, ON_GROUND
from manazir.worlds.torch_world import Vec, World

INFINITY = float("inf")
_TINY = 1e-12


def dot(a: Vec, b: Vec) -> Tensor:
    """Of two vectors."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def along(origin: Vec, t: Tensor, direction: Vec) -> Vec:
    """The point at `t` of a ray."""
    return origin[0] + t * direction[0], origin[1] + t * direction[1], origin[2] + t * direction[2]


def scaled(vector: Vec, factor: Tensor | float) -> Vec:
    """A vector times a number."""
    return vector[0] * factor, vector[1] * factor, vector[2] * factor


def unit(vector: Vec) -> Vec:
    """The vector with length 1."""
    return scaled(vector, torch.rsqrt(dot(vector, vector)))


def own_axes(turn: Float[Tensor, "*shape 3 3"], vector: Vec) -> Vec:
    """A world vector in a primitive's own axes."""
    columns = [dot((turn[..., 0, k], turn[..., 1, k], turn[..., 2, k]), vector) for k in range(3)]
    return columns[0], columns[1], columns[2]


def world_axes(turn: Float[Tensor, "*shape 3 3"], vector: Vec) -> Vec:
    """A vector in a primitive's own axes, in the world's."""
    rows = [dot((turn[..., k, 0], turn[..., k, 1], turn[..., k, 2]), vector) for k in range(3)]
    return rows[0], rows[1], rows[2]


def hits(world: World, origin: Vec, direction: Vec) -> Float[Tensor, "f n p"]:
    """How far every primitive is along rays given as three `[f, n]` each; infinite where it is not met."""
    turn = world.turn[:, None]
    centre = [world.centre[:, None, :, k] for k in range(3)]
    local = own_axes(
        turn, (origin[0][..., None] - centre[0], origin[1][..., None] - centre[1], origin[2][..., None] - centre[2])
    )
    towards = own_axes(turn, (direction[0][..., None], direction[1][..., None], direction[2][..., None]))
    half = (world.half[:, None, :, 0], world.half[:, None, :, 1], world.half[:, None, :, 2])
    drum = (world.drum[:, None, :, 0], world.drum[:, None, :, 1])
    plane = (world.plane[:, None, :, 0], world.plane[:, None, :, 1], world.plane[:, None, :, 2])
    return torch.where(
        world.is_round[:, None], _hit_round(half, local, towards), _hit_cut_box(half, drum, plane, local, towards)
    )


def _hit_round(half: Vec, origin: Vec, direction: Vec) -> Tensor:
    """A capsule; a sphere is one without a straight part."""
    radius, straight = half[0], half[2] - half[0]
    x, y, z = origin
    dx, dy, dz = direction
    a = (dx * dx + dy * dy).clamp(min=_TINY)
    b = x * dx + y * dy
    disc = b * b - a * (x * x + y * y - radius * radius)
    side = (-b - disc.clamp(min=0).sqrt()) / a
    at = z + side * dz
    end = z - torch.where(at > 0, straight, -straight)
    aa, bb = dx * dx + dy * dy + dz * dz, b + end * dz
    ball_disc = bb * bb - aa * (x * x + y * y + end * end - radius * radius)
    ball = (-bb - ball_disc.clamp(min=0).sqrt()) / aa
    on_side = at.abs() <= straight
    t = torch.where(on_side, side, ball)
    met = (disc > 0) & (on_side | (ball_disc > 0)) & (t > 0)
    return torch.where(met, t, INFINITY)


def _hit_cut_box(half: Vec, drum: tuple[Tensor, Tensor], plane: Vec, origin: Vec, direction: Vec) -> Tensor:
    spans = [_slab(origin[k], direction[k], half[k]) for k in range(3)]
    enter = torch.maximum(torch.maximum(spans[0][0], spans[1][0]), spans[2][0])
    leave = torch.minimum(torch.minimum(spans[0][1], spans[1][1]), spans[2][1])
    cut_in, cut_out = _half_space(plane, origin, direction)
    drum_in, drum_out, inside = _drum(drum, origin, direction)
    enter = torch.maximum(torch.maximum(enter, cut_in), drum_in)
    leave = torch.minimum(torch.minimum(leave, cut_out), drum_out)
    return torch.where(inside & (enter > 0) & (enter < leave), enter, INFINITY)


def _nonzero(values: Tensor) -> Tensor:
    return torch.where(values.abs() < _TINY, _TINY, values)


def _slab(origin: Tensor, direction: Tensor, half: Tensor) -> tuple[Tensor, Tensor]:
    step = 1.0 / _nonzero(direction)
    first, second = (-half - origin) * step, (half - origin) * step
    return torch.minimum(first, second), torch.maximum(first, second)


def _half_space(plane: Vec, origin: Vec, direction: Vec) -> tuple[Tensor, Tensor]:
    height = origin[0] * plane[0] + origin[2] * plane[1] - plane[2]
    rise = _nonzero(direction[0] * plane[0] + direction[2] * plane[1])
    t = -height / rise
    return torch.where(rise < 0, t, -INFINITY), torch.where(rise < 0, INFINITY, t)


def _drum(drum: tuple[Tensor, Tensor], origin: Vec, direction: Vec) -> tuple[Tensor, Tensor, Tensor]:
    """Where a ray enters and leaves a drum whose radius changes along z, and whether it does at all.

    A ray steeper than a cone's side is inside from one crossing on for ever, on the nappe below the apex.
    """
    radius = drum[0] + drum[1] * origin[2]
    growth = drum[1] * direction[2]
    a = _nonzero(direction[0] ** 2 + direction[1] ** 2 - growth * growth)
    b = origin[0] * direction[0] + origin[1] * direction[1] - radius * growth
    disc = b * b - a * (origin[0] ** 2 + origin[1] ** 2 - radius * radius)
    root = disc.clamp(min=0).sqrt()
    # the form that does not subtract nearly equal numbers
    q = -b - torch.where(b < 0, -root, root)
    first, second = q / a, (origin[0] ** 2 + origin[1] ** 2 - radius * radius) / _nonzero(q)
    low, high = torch.minimum(first, second), torch.maximum(first, second)
    is_steep = a < 0
    goes_wider = growth > 0
    enter = torch.where(is_steep, torch.where(goes_wider, high, -INFINITY), low)
    leave = torch.where(is_steep, torch.where(goes_wider, INFINITY, low), high)
    return enter, leave, disc > 0


def nearest(
    world: World, origin: Vec, direction: Vec, skip: Int[Tensor, "f n"]
) -> tuple[Float[Tensor, "f n"], Int[Tensor, "f n"]]:
    """The first surface along each ray: how far, and which primitive, `ON_GROUND` or `IN_SKY`."""
    index = torch.arange(world.bulk.shape[1], device=skip.device)
    t, which = torch.where(index == skip[..., None], INFINITY, hits(world, origin, direction)).min(dim=-1)
    down = world.has_ground[:, None] & (direction[2] < 0) & (skip != ON_GROUND)
    ground = torch.where(down, -origin[2] / _nonzero(direction[2]), INFINITY)
    which = torch.where(ground < t, ON_GROUND, which)
    t = torch.minimum(t, ground)
    return t, torch.where(t < INFINITY, which, IN_SKY)


def normals(
    half: Vec, is_round: Bool[Tensor, "f n"], drum: tuple[Tensor, Tensor], plane: Vec, has_faces: Tensor, point: Vec
) -> Vec:
    """Outward unit normals in own axes at points `[f, n]` of surfaces: of the face that each is nearest to."""
    x, y, z = point
    straight = half[2] - half[0]
    ball = scaled((x, y, z - torch.minimum(torch.maximum(z, -straight), straight)), 1.0 / half[0])
    around = (x * x + y * y).sqrt().clamp(min=_TINY)
    tilt = torch.rsqrt(1.0 + drum[1] * drum[1])
    zero = torch.zeros_like(x)
    faces = [
        (torch.where(has_faces, x.abs() - half[0], -INFINITY), (torch.sign(x), zero, zero)),
        (torch.where(has_faces, y.abs() - half[1], -INFINITY), (zero, torch.sign(y), zero)),
        (z.abs() - half[2], (zero, zero, torch.sign(z))),
        (x * plane[0] + z * plane[1] - plane[2], (plane[0], zero, plane[1])),
        ((around - drum[0] - drum[1] * z) * tilt, (x / around * tilt, y / around * tilt, -drum[1] * tilt)),
    ]
    best, (nx, ny, nz) = faces[0]
    for over, (fx, fy, fz) in faces[1:]:
        closer = over > best
        best = torch.maximum(best, over)
        nx, ny, nz = torch.where(closer, fx, nx), torch.where(closer, fy, ny), torch.where(closer, fz, nz)
    return torch.where(is_round, ball[0], nx), torch.where(is_round, ball[1], ny), torch.where(is_round, ball[2], nz)
