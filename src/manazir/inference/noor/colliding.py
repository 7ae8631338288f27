"""Colliding: bodies of a layout do not pass into each other. Where a network lets them, they bounce off.

A network that is asked for two bodies that meet says where each is on the whole, and lets them be in one place. What
was laid out stays until they touch. From then on, what each would have gone into the other it goes back, in part, and
the lighter one more than the heavier.
"""

from dataclasses import dataclass
from itertools import combinations
from math import pi

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.raster import upwards
from manazir.models.noor.silhouettes import axes, reach_of
from manazir.models.noor.space import Cameras, size_of

_BODIES = range(at.BODIES.stop - at.BODIES.start)
_BOUNCE = 0.5
"""How fast bodies part, of how fast they met."""
_SLOP = 0.05
"""Metres that two may be in one another, so far as depths are known."""
_THROUGH = 0.4
"""Of the sum of their sizes: bodies nearer to each other's way than this have not passed by each other, but through."""
_AROUND, _LEANS = 36, 8
"""Ways in which bodies may touch: along the ground, and more and more upwards and downwards."""
_STEEP = 0.85
"""Of a way's length: bodies that touch in a way this steep lie on each other; others are pushed along the ground."""


@dataclass(slots=True)
class _Bodies:
    """The bodies of a layout in the world, in metres; places change as pairs are parted."""

    places: Float[Tensor, "b t n 3"]
    sizes: Float[Tensor, "b t n"]
    reach: Float[Tensor, "b t n k"]
    """How far each goes in each of the ways."""
    is_there: Bool[Tensor, "b t n"]
    is_told: Bool[Tensor, "b t"]
    """Frames that are given, and those just beside them."""
    is_held: Bool[Tensor, "b t n"]
    """Given, fixed, or on a rod."""
    is_given_last: Bool[Tensor, " b"]
    """Whether what is made comes before what is given: then it is led back from there."""


def parted(layout: Float[Tensor, "b t s f"], is_made: Bool[Tensor, "b t s"]) -> Float[Tensor, "b t s f"]:
    """Layouts whose bodies touch where they would pass into each other.

    Args:
        is_made: what may be moved; what is given stays as it is.
    """
    cameras = Cameras(layout[:, :, at.SET])
    ways = ways_around(layout.device)
    bodies = _bodies(layout, is_made, cameras, ways)
    before = bodies.places.clone()
    for one, other in [pair for _ in range(2) for pair in combinations(_BODIES, 2)]:
        if bool((bodies.is_there[:, :, one] & bodies.is_there[:, :, other]).any()):
            _part(bodies, one, other, ways)
    return cameras.moved(layout, before, bodies.places)


def ways_around(device: torch.device) -> Float[Tensor, "k 3"]:
    """All around, for each way its opposite too."""
    turns = torch.arange(_AROUND, device=device) * (2 * pi / _AROUND)
    leans = torch.arange(-_LEANS, _LEANS + 1, device=device) * (pi / 2 / (_LEANS + 1))
    level = torch.stack([turns.cos(), turns.sin()], dim=1)
    around = torch.cat([level * leans[:, None, None].cos(), leans.sin()[:, None, None].expand(-1, _AROUND, 1)], dim=-1)
    return torch.cat([around.flatten(0, 1), around.new_tensor([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])])


def _bodies(layout: Tensor, is_made: Bool[Tensor, "b t s"], cameras: Cameras, ways: Float[Tensor, "k 3"]) -> _Bodies:
    bodies = layout[:, :, at.BODIES]
    sizes, reach = size_of(bodies), reaches(layout, cameras, ways)
    is_given, is_there = ~is_made[:, :, at.SET], bodies[..., at.PRESENT] > 0
    is_told = F.max_pool1d(is_given.float()[:, None], 3, stride=1, padding=1)[:, 0] > 0
    is_held = ~is_made[:, :, at.BODIES] | (bodies[..., at.FIXED] > 0.5) | (bodies[..., at.ROD] > 0.5)
    is_given_last = ~is_given[:, 0] & is_given[:, -1]
    return _Bodies(cameras.places(bodies), sizes, reach, is_there, is_told, is_held, is_given_last)


def reaches(layout: Float[Tensor, "b t s f"], cameras: Cameras, ways: Float[Tensor, "k 3"]) -> Tensor:
    """How far each body goes in each of some ways, in metres: `[b, t, n, k]`."""
    things = layout[:, :, at.SET + 1 :].flatten(0, 1)
    turned = axes(things, upwards(layout[:, :, at.SET].flatten(0, 1)))[:, :-1]
    along = torch.einsum("xsak,xkw,nw->xsan", turned, cameras.axes.flatten(0, 1), ways)
    bodies = layout[:, :, at.BODIES]
    sizes = size_of(bodies)
    reach: Tensor = reach_of(bodies.flatten(0, 1), along).view(*sizes.shape, len(ways)) * sizes[..., None]
    return reach


def _part(bodies: _Bodies, one: int, other: int, ways: Float[Tensor, "k 3"]) -> None:
    """Push two bodies apart, from when they touch."""
    opposite = (ways @ ways.T).argmin(1)
    reach = bodies.reach[:, :, one][..., opposite] + bodies.reach[:, :, other]
    apart = bodies.places[:, :, one] - bodies.places[:, :, other]
    # An eye sees depths roughly: as far as bodies are in one another where they are given, they may be later.
    gaps = (torch.einsum("btw,kw->btk", apart, ways) - reach).amax(2)
    is_told = bodies.is_told & bodies.is_there[:, :, one] & bodies.is_there[:, :, other]
    reach = reach - (-gaps * is_told).clamp(min=0.0).amax(1)[:, None, None]
    near = _THROUGH * (bodies.sizes[:, :, one] + bodies.sizes[:, :, other])
    can_part = (bodies.is_there & ~bodies.is_held)[:, :, [one, other]].any(2)
    can_part &= bodies.is_there[:, :, one] & bodies.is_there[:, :, other]
    pushes = torch.zeros_like(apart)
    for item, is_turned in enumerate(bodies.is_given_last.tolist()):
        order = torch.arange(apart.shape[1], device=apart.device)
        order = order.flip(0) if is_turned else order
        row = _pushes(apart[item, order], reach[item, order], near[item, order], can_part[item, order], ways)
        pushes[item, order] = row
    share = _shares(bodies, one, other, pushes)
    bodies.places[:, :, one] += share * pushes
    bodies.places[:, :, other] -= (1 - share) * pushes


def _pushes(
    apart: Float[Tensor, "t 3"],
    reach: Float[Tensor, "t k"],
    near: Float[Tensor, " t"],
    can_part: Bool[Tensor, " t"],
    ways: Float[Tensor, "k 3"],
) -> Float[Tensor, "t 3"]:
    """How much farther apart two bodies are to be in each frame.

    When one goes into the other, they had room in some way a frame before: in that way it is kept out from then on, or
    until it has passed by.

    Args:
        apart: where the one is, seen from the other, as they are laid out.
        reach: both together, in each way.
        near: as near to a way as this nothing passes by.
    """
    pushed = torch.zeros_like(apart)
    before, way, deepest = torch.zeros_like(apart[0]), -1, 0.0
    for frame in range(len(apart)):
        gaps = ways @ (apart[frame] + before) - reach[frame]
        if way < 0 and can_part[frame] and gaps.max() < -_SLOP:
            earlier = max(frame - 1, 0)
            way, deepest = int((ways @ (apart[earlier] + before) - reach[earlier]).argmax()), 0.0
        if way >= 0:
            here = apart[frame] + before
            aside = (here - (here @ ways[way]) * ways[way]).norm()
            is_inside = bool(gaps.max() < -_SLOP)
            if not is_inside and bool(aside > near[frame]):  # it has passed by, or left
                before, way = pushed[frame - 1].clone(), -1
            else:
                deepest = max(deepest, -float(gaps[way]))
        pushed[frame] = before + ((1 + _BOUNCE) * deepest * _out(ways[way]) if way >= 0 else 0.0)
    return pushed * can_part[:, None]


def _out(way: Float[Tensor, " 3"]) -> Float[Tensor, " 3"]:
    """The way to push so that a step is gained in a way: along the ground, where what is pushed up would hang there."""
    if abs(float(way[2])) > _STEEP:
        return way
    level = way * way.new_tensor([1.0, 1.0, 0.0])
    return level / level.square().sum()


def _shares(bodies: _Bodies, one: int, other: int, pushes: Float[Tensor, "b t 3"]) -> Float[Tensor, "b t 1"]:
    """How much of a push the first body takes: the lighter one more, and of two on top of each other the upper all."""
    first, second = (bodies.sizes[:, :, body] ** 3 for body in (one, other))
    share = second / (first + second)
    upwards = pushes[..., 2] / pushes.norm(dim=-1).clamp(min=1e-6)
    share = torch.where(upwards > 0.5, 1.0, torch.where(upwards < -0.5, 0.0, share))
    share = torch.where(bodies.is_held[:, :, one], 0.0, torch.where(bodies.is_held[:, :, other], 1.0, share))
    return share[..., None]
