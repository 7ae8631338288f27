"""The steerer: what a player's actions change in what would happen without them.

A generator lays out what happens by itself. From there on, a body that is pushed goes as pushes add up, one that jumps
goes up and comes down, and a camera that is sent around goes around (circling.py). What else follows (that cubes grip
the ground, that what is rolled into rolls away) a network over time (ways.py) has learnt from scenes that were
simulated twice, with the actions and without.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.circling import circled
from manazir.models.noor.foley import above_ground
from manazir.models.noor.space import Cameras
from manazir.models.noor.views import axes_of
from manazir.models.noor.ways import MOVING, Ways

ACTIONS = ("none", "left", "right", "away", "towards", "jump", "camera left", "camera right")
"""By number."""
PLAYED = 0
"""Of the bodies: who acts is spoken of first."""
_PUSH = 7.0
"""Metres a second squared, while a frame lasts."""
_ROLLING = 5 / 7
"""Of a push: a ball's spin takes the rest."""
_GRIP = 0.6
"""Metres a second squared: by how much what slides, as on ice, becomes slower."""
_JUMP = 3.2
"""Metres a second, upwards."""
_GRAVITY = 9.81
_FOOTING = 0.2
"""Of a body's size: what is no higher above the ground may jump."""
_CIRCLE = math.radians(3.0)
"""How far the camera goes around in a frame."""
_ACROSS = (0.0, -1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_AWAY = (0.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0)
_AROUND = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 1.0)
_TOLD = 8 + len(ACTIONS)


class Steerer(Ways):
    """Layouts of what happens without actions → layouts of what happens with them.

    Args:
        width: of the network.
        frame_rate: at which layouts follow each other.
    """

    def __init__(self, width: int, frame_rate: float) -> None:
        super().__init__(width, told=_TOLD)
        self.frame_seconds = 1.0 / frame_rate

    def forward(self, layout: Float[Tensor, "b t s f"], actions: Int[Tensor, "b t"]) -> Float[Tensor, "b t s f"]:
        """Steer the first body and the camera. An action of frame i shows from frame i + 1 on, and nothing before.

        Bodies that are fixed or hang are not steered, and flat worlds not at all.
        """
        told = F.one_hot(actions, len(ACTIONS)).to(layout.dtype) * (layout[:, :1, at.SET, at.FLAT, None] <= 0)
        acts = told * _is_free(layout[:, 0, at.BODIES.start + PLAYED])[:, None, None]
        offset, speed = _pushed(acts, layout[:, 0, at.BODIES.start + PLAYED, at.SHAPE.start] > 1, self.frame_seconds)
        rise, rising = _risen(layout, acts, self.frame_seconds)
        pushed = _carried(layout, offset, rise)
        has_acted = (acts[..., 1:6].sum(-1).cumsum(1) > 0).to(layout.dtype)
        since = F.pad(has_acted, (1, 0))[:, :-1]
        alone = torch.stack([since, *offset.unbind(-1), *speed.unbind(-1), rise, rising], dim=-1)
        alone = torch.cat([torch.ones_like(rise)[..., None], alone, acts], dim=-1)
        of_each = torch.zeros(*layout.shape[:2], at.BODIES.stop - at.BODIES.start, _TOLD).to(layout)
        of_each[:, :, PLAYED] = alone
        is_there = layout[:, :, at.BODIES, at.PRESENT, None] > 0
        result = pushed.clone()
        result[:, :, at.BODIES, MOVING] += self.more(pushed, of_each) * is_there * since[:, :, None, None]
        result = circled(result, _around(told))
        return torch.where(result == layout, layout, result.clamp(-at.LARGEST, at.LARGEST))


def _is_free(body: Float[Tensor, "b f"]) -> Float[Tensor, " b"]:
    is_held = (body[:, at.PRESENT] <= 0) | (body[:, at.FIXED] > 0.5) | (body[:, at.ROD] > 0.5)
    return (~is_held).to(body.dtype)


def _pushed(
    acts: Float[Tensor, "b t k"], is_ball: Bool[Tensor, " b"], seconds: float
) -> tuple[Float[Tensor, "b t 2"], Float[Tensor, "b t 2"]]:
    """How many metres to the camera's right and away from it pushes have taken a body, and how fast it is for them."""
    gains = acts @ acts.new_tensor([_ACROSS, _AWAY]).T * torch.where(is_ball, _PUSH * _ROLLING, _PUSH)[:, None, None]
    grip = torch.where(is_ball, 0.0, _GRIP * seconds)[:, None]
    place = speed = torch.zeros_like(gains[:, 0])
    places, speeds = [place], [speed]
    for gain in gains.unbind(1)[:-1]:
        after = speed + gain * seconds
        after = after * (1.0 - grip / after.norm(dim=-1, keepdim=True).clamp(min=1e-6)).clamp(min=0.0)
        place, speed = place + 0.5 * (speed + after) * seconds, after
        places.append(place)
        speeds.append(speed)
    return torch.stack(places, dim=1), torch.stack(speeds, dim=1)


def _risen(
    layout: Float[Tensor, "b t s f"], acts: Float[Tensor, "b t k"], seconds: float
) -> tuple[Float[Tensor, "b t"], Float[Tensor, "b t"]]:
    """How many metres higher the body is for its jumps `[b, t]`, and how fast it rises; it lands where it would be."""
    body = layout[:, :, at.BODIES.start + PLAYED]
    heights = (body[..., at.HEIGHT] - at.HEIGHT_LEAST) / at.HEIGHT_SCALE
    is_low = above_ground(body[:, :, None])[:, :, 0, 0] < _FOOTING
    height, speed = heights[:, 0], torch.zeros_like(heights[:, 0])
    rises, speeds = [torch.zeros_like(height)], [speed]
    for frame in range(heights.shape[1] - 1):
        stands = is_low[:, frame] & (height <= heights[:, frame] + 1e-3)
        leaps = stands & (acts[:, frame, ACTIONS.index("jump")] > 0)
        speed = torch.where(leaps, _JUMP, speed)
        flown = height + speed * seconds - 0.5 * _GRAVITY * seconds**2
        is_up = (leaps | (height > heights[:, frame] + 1e-3)) & (flown > heights[:, frame + 1])
        height = torch.where(is_up, flown, heights[:, frame + 1])
        speed = torch.where(is_up, speed - _GRAVITY * seconds, 0.0)
        rises.append(height - heights[:, frame + 1])
        speeds.append(speed)
    return torch.stack(rises, dim=1), torch.stack(speeds, dim=1)


def _carried(layout: Float[Tensor, "b t s f"], offset: Float[Tensor, "b t 2"], rise: Float[Tensor, "b t"]) -> Tensor:
    """Layouts whose first body is elsewhere by so many metres, along the ground as the first frame's camera sees it."""
    right, onwards, _ = axes_of(layout[:, 0, at.SET])
    way = offset[..., :1] * right[:, None] + offset[..., 1:] * onwards[:, None]
    way = torch.cat([way[..., :2], rise[..., None]], dim=-1)
    cameras = Cameras(layout[:, :, at.SET])
    places = cameras.places(layout[:, :, at.BODIES])
    moved = places.clone()
    moved[:, :, PLAYED] += way
    is_moved = (way != 0).any(-1)[..., None, None]
    return torch.where(is_moved, cameras.moved(layout, places, moved), layout)


def _around(acts: Float[Tensor, "b t k"]) -> Float[Tensor, "b t"]:
    """How far the camera has gone around, in radians."""
    steps = acts @ acts.new_tensor(_AROUND) * _CIRCLE
    return F.pad(steps.cumsum(1), (1, 0))[:, :-1]
