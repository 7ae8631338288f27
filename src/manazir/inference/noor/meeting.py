"""Meeting: what words say is hit is hit. A body that stops short of another, or passes by, is led to it.

A generator lays out about where bodies go; that two touch takes more than that. The one that moves first and most goes
a little farther, so that it touches the one that it comes nearest to when it comes nearest, and that one leaves as
fast as a blow would make it, unless it does already.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.noor.colliding import reaches, ways_around
from manazir.models.noor.space import Cameras, size_of

_EARLY = 8
"""Frames in which the body that acts shows itself."""
_LATEST = 0.75
"""Of the frames: bodies meet by then."""
_BEFORE = 4
"""Frames over which it is told how fast bodies come together before; they may slow down while they still miss."""
_NEAR = 0.03
"""Metres: who has come as near as this to the nearest has come."""
_FARTHEST = 0.8
"""Metres: bodies that miss each other by more do not mean each other."""
_KEPT = 0.3
"""Of the speed at which two come together, how fast they part."""
_FRICTION_SECONDS = 0.6
_FRAME_RATE = 12.0


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Where one body of a layout is to hit another."""

    actor: int
    other: int
    frame: int
    gap: float
    """Metres between them there; negative where they touch."""


def met(layout: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t s f"]:
    """Layouts in which the body that acts hits the one that it comes nearest to."""
    cameras = Cameras(layout[:, :, at.SET])
    bodies = layout[:, :, at.BODIES]
    places = cameras.places(bodies)
    moved = places.clone()
    ways = ways_around(layout.device)
    reach = reaches(layout, cameras, ways)
    for item in range(len(layout)):
        is_there = (bodies[item, ..., at.PRESENT] > 0).all(0)
        can_move = is_there & ((bodies[item, 0, :, at.FIXED] < 0.5) & (bodies[item, 0, :, at.ROD] < 0.5))
        meeting = _meeting(places[item], reach[item], ways, is_there, can_move)
        if meeting is not None:
            weights = size_of(bodies[item, 0]) ** 3
            _lead(moved[item], places[item], meeting, weights, is_free=bool(can_move[meeting.other]))
    return cameras.moved(layout, places, moved)


def _meeting(
    places: Float[Tensor, "t n 3"],
    reach: Float[Tensor, "t n k"],
    ways: Float[Tensor, "k 3"],
    is_there: Tensor,
    can_move: Tensor,
) -> _Meeting | None:
    """Who hits whom; None: nobody comes near anybody."""
    early = min(_EARLY, len(places) - 1)
    way = (places[early] - places[0]).norm(dim=-1)
    if not bool(can_move.any()):
        return None
    actor = int(torch.where(can_move, way, -1.0).argmax())
    opposite = (ways @ ways.T).argmin(1)
    found = None
    for other in range(places.shape[1]):
        if other == actor or not bool(is_there[other]):
            continue
        together = reach[:, actor][:, opposite] + reach[:, other]
        gaps = ((places[:, actor] - places[:, other]) @ ways.T - together).amax(1)
        last = max(2, int(_LATEST * len(places)))
        frame = 1 + int((gaps[1:last] <= gaps[1:last].min() + _NEAR).nonzero()[0])
        if found is None or float(gaps[frame]) < found.gap:
            found = _Meeting(actor, other, frame, float(gaps[frame]))
    return None if found is None or found.gap > _FARTHEST else found


def _lead(
    moved: Float[Tensor, "t n 3"],
    places: Float[Tensor, "t n 3"],
    meeting: _Meeting,
    weights: Float[Tensor, " n"],
    *,
    is_free: bool,
) -> None:
    """Change the ways of the two, in place."""
    actor, other, frame = meeting.actor, meeting.other, meeting.frame
    way = (places[frame, other] - places[frame, actor]) * places.new_tensor([1.0, 1.0, 0.0])
    way = way / way.norm().clamp(min=1e-3)
    times = torch.arange(len(places), device=places.device).to(places.dtype)
    led = max(meeting.gap, 0.0) * (times / frame).clamp(max=1.0)
    moved[:, actor] += led[:, None] * way
    if not is_free:
        return
    come = (places[: frame + 1, actor] - places[: frame + 1, other]) @ way + led[: frame + 1]
    span = min(_BEFORE, frame)
    speed = max(float((come[span:] - come[:-span]).max()), 0.0) / span * _FRAME_RATE
    share = float(weights[actor] / (weights[actor] + weights[other]))
    wanted = (1 + _KEPT) * share * speed
    since = (times - frame).clamp(min=0.0) / _FRAME_RATE
    goes = wanted * _FRICTION_SECONDS * (1 - torch.exp(-since / _FRICTION_SECONDS))
    laid = (places[:, other] - places[frame, other]) @ way
    moved[:, other] += ((goes - laid).clamp(min=0.0) * (since > 0))[:, None] * way
