"""Landing: what would hang in the air for good comes down.

A generator lets the pieces of a stack stop where they are when it has them fall. What flies is never still for long:
so a body that is, above the ground, with nothing under it and no rod to hold it, has stopped too soon.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.noor.colliding import reaches
from manazir.models.noor.space import Cameras, size_of

_STILL_FRAMES = 6
"""At the end: a body that rises and falls by less than `_STILL` metres in them hangs there."""
_STILL = 0.15
_ABOVE = 0.15
"""Metres above the ground: what is lower stands on it, so far as depths are known."""
_ROOM = 0.2
"""Metres between a body and what is under it that it may still stand on."""
_OVERHANG = 0.8
"""Of the sum of two bodies' sizes: with their middles farther apart, the one is not above the other."""
_FAST = 1.0
"""Metres a second: what nothing ever held is taken to have stopped when it last fell as fast."""
_GRAVITY = 9.81
_FRAME_RATE = 12.0


def landed(layout: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t s f"]:
    """Layouts in which bodies that end in the air fall, from when nothing is under them any more."""
    cameras = Cameras(layout[:, :, at.SET])
    places = cameras.places(layout[:, :, at.BODIES])
    ends = places.new_tensor([[0.0, 0.0, -1.0], [0.0, 0.0, 1.0]])
    below, above = reaches(layout, cameras, ends).unbind(-1)
    is_held = _held(layout[:, :, at.BODIES], places, below, above)
    hanging = _hanging(layout, places[..., 2], below) & ~is_held[:, -1]
    if not bool(hanging.any()):
        return layout
    moved = places.clone()
    for item, body in hanging.nonzero().tolist():
        moved[item, :, body, 2] = _fallen(places[item, :, body, 2], below[item, :, body], is_held[item, :, body])
    return cameras.moved(layout, places, moved)


def _held(bodies: Tensor, places: Tensor, below: Tensor, above: Tensor) -> Bool[Tensor, "b t n"]:
    """Which bodies have another just under them."""
    bottom, top = places[..., 2] - below, places[..., 2] + above
    sizes = size_of(bodies)
    apart = (places[..., :, None, :2] - places[..., None, :, :2]).norm(dim=-1)
    is_over = apart < _OVERHANG * (sizes[..., :, None] + sizes[..., None, :])
    is_near = (bottom[..., :, None] - top[..., None, :]).abs() < _ROOM + 0.5 * sizes[..., None, :]
    is_there = (bodies[..., at.PRESENT] > 0)[..., None, :]
    itself = torch.eye(places.shape[2], dtype=torch.bool, device=places.device)
    held: Tensor = (is_over & is_near & is_there & ~itself).any(-1)
    return held


def _hanging(layout: Tensor, heights: Float[Tensor, "b t n"], below: Float[Tensor, "b t n"]) -> Bool[Tensor, "b n"]:
    """Which bodies are still and above the ground at the end, by their places and by their heights."""
    bodies = layout[:, :, at.BODIES]
    late = heights[:, -_STILL_FRAMES:]
    is_still = late.amax(1) - late.amin(1) < _STILL
    told = (bodies[:, -1, :, at.HEIGHT] - at.HEIGHT_LEAST) / at.HEIGHT_SCALE
    is_above = torch.minimum(heights[:, -1], told) - below[:, -1] > _ABOVE
    can_fall = (bodies[:, -1, :, at.ROD] < 0.5) & (bodies[:, -1, :, at.FIXED] < 0.5)
    is_there = (bodies[..., at.PRESENT] > 0).all(1)
    has_ramp = layout[:, -1, at.RAMP, at.PRESENT, None] > 0
    is_flat = layout[:, 0, at.SET, at.FLAT, None] > 0
    return is_still & is_above & can_fall & is_there & ~has_ramp & ~is_flat


def _fallen(heights: Float[Tensor, " t"], below: Float[Tensor, " t"], is_held: Bool[Tensor, " t"]) -> Tensor:
    """A body's heights, falling freely down to the ground from when it has lost its hold."""
    held = is_held.nonzero()
    last = held if len(held) else (heights.diff() * _FRAME_RATE < -_FAST).nonzero()
    begins = int(last[-1]) if len(last) else 0
    seconds = (torch.arange(len(heights), device=heights.device) - begins).clamp(min=0) / _FRAME_RATE
    free = torch.minimum(heights[begins] - 0.5 * _GRAVITY * seconds.square(), heights)
    return torch.where(seconds > 0, torch.maximum(free, torch.minimum(below, heights)), heights)
