"""Turns that look alike: a cube has 24, a drum or a capsule any spin about its axis and its reverse, a ball all."""

import itertools
from functools import cache

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at

_BALL, _CUBE, _DRUM, _CAPSULE, _CONE = range(5)
_UPRIGHT = (1.0, 0.0, 0.0, 0.1, 0.98, -0.15)
"""The x and z axes, as (right, up, forward), that a turn is likened to if to no other."""


def likened(things: Float[Tensor, "*b f"], to: Float[Tensor, "*b 6"] | None = None) -> Float[Tensor, "*b f"]:
    """Bodies with each turn replaced by the one, of those that look the same, that is nearest to a given one.

    Args:
        things: of the kinds that their SHAPE says; a ramp is left as it is.
        to: two axes, as in TURN; None: upright, facing the camera.
    """
    reference = torch.tensor(_UPRIGHT, device=things.device).expand(*things.shape[:-1], 6) if to is None else to
    towards = F.normalize(reference.reshape(*reference.shape[:-1], 2, 3), dim=-1, eps=1e-6)
    turn = F.normalize(things[..., at.TURN].reshape(*things.shape[:-1], 2, 3), dim=-1, eps=1e-6)
    z = turn[..., 1, :]
    axes = _axes(things[..., at.TURN])
    kind = things[..., at.SHAPE].argmax(-1)
    reverse = torch.where((z * towards[..., 1, :]).sum(-1, keepdim=True) < 0, -z, z)
    spun = {
        _BALL: towards,
        _CUBE: _cube(axes, towards),
        _DRUM: _spun(reverse, towards),
        _CAPSULE: _spun(reverse, towards),
        _CONE: _spun(z, towards),
    }
    result = turn
    for shape, choice in spun.items():
        result = torch.where((kind == shape)[..., None, None], choice, result)
    is_body = kind < at.SHAPE.stop - at.SHAPE.start - 1
    turned = torch.where(is_body[..., None], result.flatten(-2) * at.TURN_SCALE, things[..., at.TURN])
    return torch.cat([things[..., : at.TURN.start], turned, things[..., at.TURN.stop :]], dim=-1)


def settled(layout: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t s f"]:
    """Layouts whose bodies have, of the turns that look the same, those that an eye which follows them would tell.

    In the first frame the one nearest to upright, then the one nearest to the frame before: a drum that rolls does not
    turn, for all that is to be seen. A ball starts upright and turns as it does, for its grain may show it.
    """
    things = layout[:, :, at.SET + 1 :]
    frames = [likened(things[:, 0])]
    for now in things.unbind(1)[1:]:
        frames.append(likened(now, frames[-1][..., at.TURN]))
    told = torch.stack(frames, dim=1)
    is_ball = things[..., at.SHAPE].argmax(-1, keepdim=True) == _BALL
    told[..., at.TURN] = torch.where(is_ball, _from_upright(things[..., at.TURN]), told[..., at.TURN])
    told = torch.where(things[..., at.PRESENT, None] > 0, told, things)
    return torch.cat([layout[:, :, : at.SET + 1], told], dim=2)


def _from_upright(turns: Float[Tensor, "b t s 6"]) -> Float[Tensor, "b t s 6"]:
    """Turns as they would be, had they begun upright."""
    x, z = turns.new_tensor(_UPRIGHT).view(2, 3)
    upright = torch.cat([x, F.normalize(z - (z * x).sum() * x, dim=-1)])
    began = _axes(turns[:, :1])
    turned = _axes(upright) @ began.mT @ _axes(turns)
    return turned[..., [0, 2], :].flatten(-2) * at.TURN_SCALE


def _axes(turns: Float[Tensor, "*b 6"]) -> Float[Tensor, "*b 3 3"]:
    x, z = F.normalize(turns.reshape(*turns.shape[:-1], 2, 3), dim=-1, eps=1e-6).unbind(-2)
    return torch.stack([x, torch.linalg.cross(z, x), z], dim=-2)


def _spun(z: Float[Tensor, "*b 3"], towards: Float[Tensor, "*b 2 3"]) -> Float[Tensor, "*b 2 3"]:
    """Spin about z until x is as near as can be."""
    x = towards[..., 0, :]
    x = F.normalize(x - (x * z).sum(-1, keepdim=True) * z, dim=-1, eps=1e-6)
    return torch.stack([x, z], dim=-2)


def _cube(axes: Float[Tensor, "*b 3 3"], towards: Float[Tensor, "*b 2 3"]) -> Float[Tensor, "*b 2 3"]:
    turns = _cube_turns().to(axes.device) @ axes[..., None, :, :]  # [*b, 24, axis, 3]
    both = turns[..., [0, 2], :]
    best = (both * towards[..., None, :, :]).sum((-1, -2)).argmax(-1)
    return both.gather(-3, best[..., None, None, None].expand(*best.shape, 1, 2, 3)).squeeze(-3)


@cache
def _cube_turns() -> Float[Tensor, "24 3 3"]:
    """The turns that carry a cube to itself: permutations of the axes with signs, without mirror images."""
    turns = []
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            turn = torch.zeros(3, 3, device="cpu")
            turn[range(3), list(order)] = torch.tensor(signs)
            if torch.linalg.det(turn) > 0:
                turns.append(turn)
    return torch.stack(turns)
