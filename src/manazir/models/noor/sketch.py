"""Sketching: what of a layout stands at each token of a picture, so that a token need not search for it.

Pictures are drawn from a layout. Which body covers a token, and where the token lies in relation to it, is geometry
that a network would need many clips to learn; here it is worked out. It is only a hint: a rough one where the layout
is noisy, and none for what a layout does not say.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.layers import fourier

EDGE_WIDTH = 15
HORIZON_WIDTH = 5
WIDTH = at.FEATURES + 1 + EDGE_WIDTH + 3 + at.FEATURES + HORIZON_WIDTH
"""Numbers of a sketch: the features of what is nearest, how much it is there, its edge, where in its shadow; the set's
features, and the horizon."""
PLACE_WIDTH = 32
_FAINT = 0.05
"""Closeness below which a thing does not count."""
_FRONT = 8.0
"""How much a thing hides another that is farther away."""
_DEPTH = 0.25
"""Of a usual stage, to both sides of its middle, as the logarithm of distances."""


def sketch(layout: Float[Tensor, "b t s f"], rows: int, columns: int) -> Float[Tensor, "b t n q"]:
    """Describe the things around each of `rows * columns` places: a soft choice of the foremost, seen from there."""
    things = layout[:, :, at.SET + 1 :]
    pitch = 2.0 / max(min(rows, columns), 1)
    places = places_of(rows, columns, layout.device)
    radius = radius_of(things)
    reach = radius + pitch / 2
    there = torch.sigmoid(4.0 * things[..., at.PRESENT]) * torch.exp(_FRONT * nearness(things))
    offsets = _offsets(things[..., [at.ACROSS, at.UP]], places)
    share = shares(offsets / reach[:, :, None, :, None], there)
    edges = (share[..., None] * _edges(offsets / pitch, radius / pitch)).sum(-2)
    fallen = _offsets(things[..., [at.SHADOW_ACROSS, at.SHADOW_UP]], places) / reach[:, :, None, :, None]
    shaded = shares(fallen, there)
    beneath = (shaded[..., None] * fallen).sum(-2)
    scenery = layout[:, :, at.SET, None].expand(-1, -1, len(places), -1)
    horizon = _horizon(layout[:, :, at.SET], places[:, 1], pitch)
    sums = share.sum(-1, keepdim=True), shaded.sum(-1, keepdim=True)
    return torch.cat([share @ things, sums[0], edges, sums[1], beneath, scenery, horizon], dim=-1)


def _horizon(scenery: Float[Tensor, "b t f"], up: Float[Tensor, " n"], pitch: float) -> Float[Tensor, "b t n 5"]:
    """How far above the horizon each place lies, in places, and that as waves."""
    above = ((up - horizon_up(scenery)[..., None]) / max(pitch, 1e-3)).clamp(-3.0, 3.0)
    turn = above * (torch.pi / 2)
    return torch.stack([above, turn.sin(), turn.cos(), (2 * turn).sin(), (2 * turn).cos()], dim=-1)


def horizon_up(scenery: Float[Tensor, "*b f"]) -> Float[Tensor, "*b"]:
    """Where the horizon lies, in half short sides above the picture's middle."""
    sine = ((scenery[..., at.FORWARD_UP] - at.FORWARD_UP_CENTRE) / at.FORWARD_UP_SCALE).clamp(-0.9, 0.9)
    return -sine / (1 - sine.square()).sqrt() / at.USUAL_TANGENT


def radius_of(things: Float[Tensor, "*b s f"]) -> Float[Tensor, "*b s"]:
    """Apparent radii in half short sides."""
    return torch.exp(things[..., at.BULK] / at.BULK_SCALE + at.BULK_CENTRE).clamp(0.03, 2.0)


def nearness(things: Float[Tensor, "*b s f"]) -> Float[Tensor, "*b s"]:
    """How near things are to the camera: large in the picture for their size; kept within a usual stage's depth.

    A ramp counts as far: bodies roll down its upper side, which is seen.
    """
    near = (things[..., at.BULK] / at.BULK_SCALE - things[..., at.SIZE] / at.SIZE_SCALE).clamp(-_DEPTH, _DEPTH)
    return torch.where(things[..., at.SHAPE.stop - 1] > 1.0, -_DEPTH, near)


def _offsets(centres: Float[Tensor, "b t s 2"], places: Float[Tensor, "n 2"]) -> Float[Tensor, "b t n s 2"]:
    """From each thing's centre to each place, in half short sides."""
    return places[:, None] - (centres / at.PLACE_SCALE)[:, :, None]


def shares(offsets: Float[Tensor, "*b n s 2"], there: Float[Tensor, "*b s"]) -> Float[Tensor, "*b n s"]:
    """How much each thing has of each place; offsets in its reaches."""
    closeness = torch.exp(-offsets.square().sum(-1).clamp(max=30.0)) * there[..., None, :]
    return closeness / (closeness.sum(-1, keepdim=True) + _FAINT)


def _edges(offsets: Float[Tensor, "b t n s 2"], radius: Float[Tensor, "b t s"]) -> Float[Tensor, "b t n s e"]:
    """Where a ball's edge would run through a place: how far off, which way, and both as waves.

    What a square of pixels shows changes back and forth as an edge passes through it; waves say that to a network
    that could hardly make them from the distance alone (arXiv:2006.10739). Offsets and radii in places' widths.
    """
    distance = offsets.square().sum(-1).add(1e-4).sqrt()
    edge = (distance - radius[:, :, None]).clamp(-3.0, 3.0)
    turns = torch.cat([edge[..., None], offsets.clamp(-3.0, 3.0)], dim=-1) * (torch.pi / 2)
    waves = [turns.sin(), turns.cos(), (2 * turns).sin(), (2 * turns).cos()]
    return torch.cat([edge[..., None], offsets / distance[..., None], *waves], dim=-1)


def place_features(rows: int, columns: int, device: torch.device) -> Float[Tensor, "n 32"]:
    """Where in the picture each place is, as cosines and sines."""
    places = places_of(rows, columns, device)
    return fourier((places + 2.0) / 4.0, PLACE_WIDTH // 2, top=25.0).flatten(-2)


def places_of(rows: int, columns: int, device: torch.device) -> Float[Tensor, "n 2"]:
    """Middles of a grid's fields, row by row, in half short sides from the picture's middle: rightwards, upwards."""
    pitch = 2.0 / max(min(rows, columns), 1)
    x = (torch.arange(columns, device=device) - (columns - 1) / 2) * pitch
    y = ((rows - 1) / 2 - torch.arange(rows, device=device)) * pitch
    up, across = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([across.reshape(-1), up.reshape(-1)], dim=-1)
