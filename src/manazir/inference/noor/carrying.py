"""Carrying: what a known picture shows beyond its layout is shown by the other frames too, where it belongs.

A known frame is drawn from its layout like any other; what the picture has beyond that is its residual. Ground and
backdrop show it wherever the camera sees the same spot, a body takes it along, and where nothing has changed all of it
stays. So a film goes on with the picture's own ground, sky and things rather than with the model's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.noor.tracing import Traced, trace
from manazir.models.noor.sketch import radius_of
from manazir.models.noor.views import seen_before

Near = Sequence[tuple[int, int]]
"""Known frames, and how many frames away they are."""

TOLERANCE = 0.08
"""Change (of 2) at which half of a residual that stays in its place is let go. Tuned by eye on rendered scenes."""
_REACH = 2
"""Pixels around a change in which residuals are let go as well."""
_STRANGE = 0.1
"""A residual (of 2) this large near things and their shadows is theirs as well."""
_CORE = -0.5
"""Pixels from a body's outline: what lies further inside shows its colour."""
_LEAST = 24
"""Pixels of a body by which its colour is known."""
_WRONG = 0.6
"""A usual residual as large as this is of a thing that is not there: an eye was mistaken."""
_GUESSED = 0.02
"""Certainty of what a known frame does not show."""
_ALIKE, _TURNED = 0.98, 0.9
"""Cosines of a body's turn: how it looks from nearly the same side is taken along as it is, from another as usual."""
_OTHER = 0.6
"""How far colours in a layout are apart when a thing, or the ground, has been made another."""
_ENOUGH = 0.02
"""Share of certain places around an uncertain one that says how it is."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A known frame, and what it shows beyond its layout."""

    frame: int
    drawn: Float[Tensor, "1 3 h w"]
    residual: Float[Tensor, "1 3 h w"]
    behind: Float[Tensor, "1 3 h w"]
    """The residual of what stands still, guessed where things hide it."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a residual belongs where in another frame."""

    residual: Float[Tensor, "1 3 h w"]
    certainty: Float[Tensor, "1 1 h w"]
    """How much is known of it."""
    moved: Float[Tensor, "1 1 h w"]
    """How many pixels it has come."""

    def replaced(self, is_here: Bool[Tensor, "1 1 h w"], by: "_Part") -> "_Part":
        """Return the other part here, and this one elsewhere."""
        pairs = ((by.residual, self.residual), (by.certainty, self.certainty), (by.moved, self.moved))
        return _Part(*(torch.where(is_here, other, own) for other, own in pairs))


def nearest(known: NDArray[np.bool_], *, is_loop: bool = False) -> list[list[tuple[int, int]]]:
    """Return for each unknown frame the last known one before it and the first after it; for known ones none."""
    count = len(known)
    places = np.flatnonzero(np.tile(known, 3) if is_loop else known)
    result: list[list[tuple[int, int]]] = []
    for index in range(count):
        here = index + count * is_loop
        around = [*places[places < here][-1:].tolist(), *places[places > here][:1].tolist()]
        result.append([] if known[index] else [(place % count, abs(place - here)) for place in around])
    return result


def used(near: Sequence[Near]) -> list[int]:
    """Return the frames that take part: those that have something from others, and those others."""
    takers = {index for index, frames in enumerate(near) if frames}
    return sorted(takers | {frame for frames in near for frame, _ in frames})


@torch.no_grad()
def carried(
    drawn: Float[Tensor, "t 3 h w"],
    layout: Float[Tensor, "t s f"],
    given: Float[Tensor, "t 3 h w"],
    near: Sequence[Near],
) -> Float[Tensor, "t 3 h w"]:
    """Return pictures with what known ones show.

    Args:
        drawn: what the model draws from the layouts, of the known frames as well.
        given: counts where a frame is known.
        near: from which known frames each frame has something, the nearer the more; one that has nothing is as given.
    """
    traced = trace(layout, drawn.shape[2], drawn.shape[3])
    known = {frame for frames in near for frame, _ in frames}
    sources = {frame: _source(traced, frame, given[frame][None], drawn[frame][None]) for frame in known}
    result = []
    for index, frames in enumerate(near):
        parts = [_residual(drawn[index][None], layout, traced, index, sources[frame]) for frame, _ in frames]
        weights = [part.certainty / apart for part, (_, apart) in zip(parts, frames, strict=True)]
        result.append(drawn[index] + _mean(parts, weights) if parts else given[index])
    return torch.stack(result).clamp(-1.0, 1.0)


def _mean(parts: Sequence[_Part], weights: Sequence[Tensor]) -> Float[Tensor, "3 h w"]:
    weight = torch.cat(list(weights))
    mean: Tensor = (torch.cat([part.residual for part in parts]) * weight).sum(0) / weight.sum(0)
    return mean


def _source(traced: Traced, frame: int, given: Float[Tensor, "1 3 h w"], drawn: Float[Tensor, "1 3 h w"]) -> _Source:
    """What is strange beside a thing is taken for a part of it that its layout misses, or of its shadow."""
    residual = given - drawn
    is_hidden = (traced.owner[frame] < traced.edge.shape[2]) | traced.is_shaded[frame]
    is_strange = F.max_pool2d(residual.abs().amax(1, keepdim=True), 3, stride=1, padding=1) > _STRANGE
    is_plain = ~(_as_picture(is_hidden, residual) | _as_picture(traced.is_beside[frame], residual) & is_strange)
    return _Source(frame, drawn, residual, _filled(residual, is_plain.float()))


def _filled(picture: Float[Tensor, "1 c h w"], certain: Float[Tensor, "1 1 h w"]) -> Float[Tensor, "1 c h w"]:
    """A picture whose uncertain places are as the certain ones around them, the nearer the finer."""
    result, done = picture * certain, certain
    size = (picture.shape[2], picture.shape[3])
    side = 4
    while side <= max(size):
        counted, summed = (
            F.avg_pool2d(part, side, ceil_mode=True, count_include_pad=False) for part in (certain, picture * certain)
        )
        weight, total = (F.interpolate(part, size=size, mode="bilinear") for part in (counted, summed))
        is_near = (weight > _ENOUGH).float()
        result = result + total / weight.clamp(min=_ENOUGH) * is_near * (1.0 - done)
        done, side = torch.maximum(done, is_near), side * 2
    return result


def _residual(
    drawn: Float[Tensor, "1 3 h w"], layout: Float[Tensor, "t s f"], traced: Traced, index: int, source: _Source
) -> _Part:
    """What of a source's residual belongs where in another frame."""
    part = _of_what_stands(layout[index, at.SET], layout[source.frame, at.SET], traced, source)
    for slot in range(layout.shape[1] - 1):
        is_here = _as_picture(traced.owner[index] == slot, drawn)
        if bool(is_here.any()):
            now, then = layout[index, at.SET + 1 + slot], layout[source.frame, at.SET + 1 + slot]
            part = part.replaced(is_here, _taken_along(now, then, traced, index, slot, source, part))
    change = F.pad((drawn - source.drawn).abs().amax(1, keepdim=True), [_REACH] * 4, mode="replicate")
    change = F.max_pool2d(change, 2 * _REACH + 1, stride=1) / TOLERANCE
    stays = 1.0 / (1.0 + change**4 + part.moved**4)
    residual = stays * source.residual + (1.0 - stays) * part.residual
    return _Part(residual, torch.maximum(part.certainty, stays), part.moved)


def _of_what_stands(now: Float[Tensor, " f"], then: Float[Tensor, " f"], traced: Traced, source: _Source) -> _Part:
    """The residual of ground and backdrop, where the camera sees the same spots; none if they have been made others."""
    spots = seen_before(now[None], then[None], traced.places)
    whole = torch.ones_like(source.residual[:, :1])
    certainty = _sampled(whole, spots, beyond="zeros").clamp(min=_GUESSED)
    is_other = _are_others(now, then, at.SET_KINDS, slice(at.GROUND.start + 1, at.GROUND.start + 4))
    residual = _sampled(source.behind, spots)
    return _Part(residual * (not is_other), certainty, _far(spots, traced, whole))


def _taken_along(
    now: Float[Tensor, " f"],
    then: Float[Tensor, " f"],
    traced: Traced,
    index: int,
    slot: int,
    source: _Source,
    behind: _Part,
) -> _Part:
    """A thing's residual, moved and scaled with it; the usual one of it where the thing shows another side."""
    inside = _as_picture(traced.edge[index, :, slot] < 0, source.residual)
    own = traced.owner[source.frame] == slot
    core = source.residual.flatten(2)[..., own & (traced.edge[source.frame, :, slot] < _CORE)]
    is_known = core.shape[2] >= _LEAST
    usual = core.median(2).values[..., None, None] if is_known else torch.zeros_like(source.residual[..., :1, :1])
    is_wrong = float(usual.abs().max()) > _WRONG
    if is_wrong or then[at.PRESENT] <= 0 or _are_others(now, then, at.KINDS, at.COLOUR):
        nothing = _Part(torch.zeros_like(source.residual), torch.full_like(behind.certainty, _GUESSED), behind.moved)
        return behind.replaced(inside, nothing)
    middle, past = (thing[[at.ACROSS, at.UP]] / at.PLACE_SCALE for thing in (now, then))
    larger = radius_of(then[None])[0] / radius_of(now[None])[0]
    spots = (past + (traced.places - middle) * larger)[None]
    same = _sameness(now, then) * _sampled(_as_picture(own.float(), source.residual), spots, beyond="zeros")
    residual = same * _sampled(source.residual, spots) + (1.0 - same) * torch.where(inside, usual, behind.residual)
    certainty = torch.ones_like(same) if is_known else same.clamp(min=_GUESSED)
    return _Part(residual, certainty, torch.where(inside, _far(spots, traced, same), behind.moved))


def _far(spots: Float[Tensor, "1 n 2"], traced: Traced, like: Float[Tensor, "1 1 h w"]) -> Float[Tensor, "1 1 h w"]:
    """How many pixels spots are from the places where they are seen now."""
    return _as_picture((spots - traced.places).norm(dim=-1) * (min(like.shape[2:]) / 2.0), like)


def _are_others(now: Float[Tensor, " f"], then: Float[Tensor, " f"], kinds: Sequence[slice], colour: slice) -> bool:
    """Whether something is of another kind or colour than it was."""
    is_other_kind = any(int(now[kind].argmax()) != int(then[kind].argmax()) for kind in kinds)
    return is_other_kind or float((now[colour] - then[colour]).norm()) > _OTHER


def _sameness(now: Float[Tensor, " f"], then: Float[Tensor, " f"]) -> float:
    """1: a thing shows the side that it showed; a ball always does, as far as light and shade go."""
    if now[at.SHAPE][0] > at.KIND / 2:
        return 1.0
    turns = now[at.TURN].view(2, 3), then[at.TURN].view(2, 3)
    is_ramp = now[at.SHAPE][-1] > at.KIND / 2  # its second axis is none, but its sizes
    cosine = float(F.cosine_similarity(*turns, dim=-1)[: 1 if is_ramp else 2].min())
    return min(max((cosine - _TURNED) / (_ALIKE - _TURNED), 0.0), 1.0)


def _sampled(
    picture: Float[Tensor, "1 c h w"], spots: Float[Tensor, "1 n 2"], beyond: str = "border"
) -> Float[Tensor, "1 c h w"]:
    """A picture's values at other places than its own, in half short sides from its middle."""
    high, wide = picture.shape[2:]
    sides = spots.new_tensor([min(high, wide) / wide, -min(high, wide) / high])
    grid = (spots * sides).view(1, high, wide, 2)
    return F.grid_sample(picture, grid, padding_mode=beyond, align_corners=False)


def _as_picture(values: Tensor, like: Float[Tensor, "1 c h w"]) -> Tensor:
    return values.view(1, 1, *like.shape[2:])
