"""Tracing: where the things of a layout are in each frame, pixel by pixel."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.raster import from_shadows, offsets_from, upwards
from manazir.models.noor.silhouettes import axes, outside
from manazir.models.noor.sketch import nearness, places_of, radius_of

_HALO, _PENUMBRA = 3.0, 2.0
"""Pixels around bodies and shadows that belong to them."""
_BESIDE = 14.0
"""Pixels around them that are near."""
_NOWHERE = 1e3


@dataclass(frozen=True, slots=True)
class Traced:
    """Where things are in frames, pixel by pixel."""

    places: Float[Tensor, "n 2"]
    edge: Float[Tensor, "t n s"]
    """Pixels outside the outline of each thing; negative inside."""
    owner: Int[Tensor, "t n"]
    """The foremost thing, or the number of things where there is none."""
    is_shaded: Bool[Tensor, "t n"]
    is_beside: Bool[Tensor, "t n"]
    """Near something or its shadow."""


def trace(layout: Float[Tensor, "t s f"], high: int, wide: int) -> Traced:
    """Frame by frame, since outlines take much memory."""
    places = places_of(high, wide, layout.device)
    parts = [_traced(frame, places, 2.0 / min(high, wide)) for frame in torch.split(layout, 1)]
    edge, owner, is_shaded, is_beside = (torch.cat(part) for part in zip(*parts, strict=True))
    return Traced(places, edge, owner, is_shaded, is_beside)


def _traced(
    layout: Float[Tensor, "1 s f"], places: Float[Tensor, "n 2"], pitch: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What `Traced` says of one frame, beside the places."""
    things, scenery = layout[:, at.SET + 1 :], layout[:, at.SET]
    is_there = things[0, :, at.PRESENT] > 0
    edge = torch.full((1, len(places), things.shape[1]), _NOWHERE, device=layout.device)
    shadow = edge.clone()
    traced = is_there.clone()
    traced[-1] = True  # outlines are told of bodies and, at last, a ramp
    some = things[:, traced]
    offsets = offsets_from(some[..., [at.ACROSS, at.UP]], places[None])
    edge[..., traced] = outside(offsets, some, axes(some, upwards(scenery))) / pitch
    shadow[..., traced] = (from_shadows(some, places[None]).norm(dim=-1) - radius_of(some)[:, None]) / pitch
    edge[..., ~is_there] = shadow[..., ~is_there] = _NOWHERE
    # Inside an outline before beside one, then whatever is nearer to the camera.
    rank = torch.where(edge < _HALO, nearness(things)[:, None] + 10.0 * (edge < 0), -_NOWHERE)
    owner = torch.where((edge < _HALO).any(-1), rank.argmax(-1), things.shape[1])
    is_beside = (torch.minimum(edge, shadow) < _BESIDE).any(-1)
    return edge, owner, (shadow < _PENUMBRA).any(-1), is_beside
