"""Ways: a network over time that says how each body of a layout goes, told what is near and what happens to it.

Convolutions over time, the same for each body, learn moments by regression, as the foley learns its sound. It is told
what the foley is told, and what is beside each body. The animator and the steerer are made of it.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.noor.foley import above_ground, change
from manazir.models.noor.sketch import nearness, radius_of

MOVING = slice(at.PRESENT + 1, at.COLOUR.start)
"""Features that it makes anew."""
_MOVES = [at.ACROSS, at.UP, at.BULK, at.HEIGHT, at.SHADOW_ACROSS, at.SHADOW_UP]
_LOOKS = [*range(at.SHAPE.start, at.MATERIAL.stop), at.SIZE, at.FIXED]
_SETTING = slice(at.CAMERA.start, at.LIGHT.stop)
_COUNT = MOVING.stop - MOVING.start
_ALONE = 2 * _COUNT + len(_MOVES) + len(_LOOKS) + 2 + _SETTING.stop - _SETTING.start
"""Numbers that tell of a body in a frame."""
_BESIDE = 11 + len(_LOOKS)
"""And of something beside it."""
_DILATIONS = (1, 2, 4, 8, 1)
"""In frames."""
_STEP = 0.25
"""What the network says is in units of this."""


class _Stage(nn.Module):
    """A residual block over time, whose bodies are also told the mean of the others."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(width, width, 5, padding=2 * dilation, dilation=dilation)
        self.others = nn.Conv1d(width, width, 1, bias=False)
        self.second = nn.Conv1d(width, width, 1)
        for weight in self.second.parameters():
            nn.init.zeros_(weight)

    def forward(self, x: Float[Tensor, "b s c t"], there: Float[Tensor, "b s 1 1"]) -> Float[Tensor, "b s c t"]:
        y = F.silu(x)
        rest = (y * there).sum(1, keepdim=True) - y * there
        rest = rest / (there.sum(1, keepdim=True) - there).clamp(min=1)
        y = self.first(y.flatten(0, 1)) + self.others(rest.flatten(0, 1))
        added: Tensor = self.second(F.silu(y))
        return x + added.view_as(x)


class Ways(nn.Module):
    """Layouts, and numbers that are told of each body → what each body's moving features have more.

    Args:
        width: of the network.
        told: how many numbers are told of each body in each frame.
    """

    def __init__(self, width: int, told: int) -> None:
        super().__init__()
        self.enter = nn.Conv1d(_ALONE + told, width, 3, padding=1)
        self.beside = nn.Sequential(nn.Linear(_BESIDE, width), nn.SiLU(), nn.Linear(width, width))
        self.stages = nn.ModuleList(_Stage(width, dilation) for dilation in _DILATIONS)
        self.leave = nn.Conv1d(width, _COUNT, 1)
        for weight in self.leave.parameters():
            nn.init.zeros_(weight)

    def more(self, layout: Float[Tensor, "b t s f"], told: Float[Tensor, "b t n k"]) -> Float[Tensor, "b t n m"]:
        """Say it of whole layouts, in which slots are there or not for all frames."""
        b, t = layout.shape[:2]
        bodies = layout[:, :, at.BODIES]
        is_there = (bodies[..., at.PRESENT] > 0).any(1)[..., None, None].to(layout.dtype)
        alone = torch.cat([_alone(layout), told.to(layout.dtype)], dim=-1)
        x = self.enter(alone.permute(0, 2, 3, 1).flatten(0, 1))
        x = x.unflatten(0, (b, -1)) + self._beside(layout).permute(0, 2, 3, 1)
        for stage in self.stages:
            x = stage(x, is_there)
        said: Tensor = self.leave(F.silu(x).flatten(0, 1)).view(b, -1, _COUNT, t).permute(0, 3, 1, 2)
        return _STEP * said

    def _beside(self, layout: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t n c"]:
        """What the other bodies and the ramp mean for each body."""
        things = layout[:, :, at.SET + 1 :]
        there = (things[..., at.PRESENT] > 0).to(layout.dtype)
        bodies = at.BODIES.stop - at.BODIES.start
        others = [[thing for thing in range(things.shape[2]) if thing != body] for body in range(bodies)]
        told = torch.stack([_pair(things, body, others[body]) for body in range(bodies)], dim=2)
        counts = torch.stack([there[:, :, others[body]] for body in range(bodies)], dim=2)
        heard: Tensor = (self.beside(told) * counts[..., None]).sum(3)
        return heard


def _alone(layout: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t n c"]:
    """Of each body: where it is, how that changes, what it is, and how the camera and the light are."""
    bodies = layout[:, :, at.BODIES]
    there = (bodies[..., at.PRESENT, None] > 0).to(layout.dtype)
    moving = bodies[..., MOVING]
    speeds = change(moving)
    bends = speeds - torch.cat([speeds[:, :1], speeds[:, :-1]], dim=1)
    moves = [feature - MOVING.start for feature in _MOVES]
    setting = layout[:, :, at.SET : at.SET + 1, _SETTING].expand(-1, -1, bodies.shape[2], -1)
    told = [there, moving, 4.0 * speeds, 8.0 * bends[..., moves], bodies[..., _LOOKS], above_ground(bodies), setting]
    return torch.cat(told, dim=-1) * there


def _pair(things: Float[Tensor, "b t s f"], body: int, others: list[int]) -> Float[Tensor, "b t m c"]:
    """Of what is beside a body: where it is seen from there, how near it is and how fast that changes, what it is."""
    one, rest = things[:, :, body : body + 1], things[:, :, others]
    where = [at.ACROSS, at.UP, at.BULK, at.HEIGHT]
    offset = rest[..., where] - one[..., where]
    depth = nearness(things)
    apart = (offset[..., :2] / at.PLACE_SCALE).square().sum(-1).add(1e-4).sqrt()
    gap = (apart / (radius_of(one) + radius_of(rest)) - 1.0).clamp(-1.0, 3.0)[..., None]
    deeper = 4.0 * (depth[:, :, others] - depth[:, :, body : body + 1])[..., None]
    return torch.cat([offset, 4.0 * change(offset), gap, 4.0 * change(gap), deeper, rest[..., _LOOKS]], dim=-1)
