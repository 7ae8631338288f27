"""Rasters: what of a layout stands at each small square of a picture, as the painter's input.

Where a square lies in a body's own axes, on the ground, in a shadow, below the horizon: geometry that a network would
need many pictures to learn is worked out here. Shapes, shading, patterns and reflections are left to the painter.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.silhouettes import axes, outside
from manazir.models.noor.sketch import horizon_up, nearness, places_of, radius_of, shares
from manazir.models.noor.surfaces import surfaces
from manazir.models.noor.views import axes_of, eye_of

COLOURS = 3
LOCAL = 10
FALLEN = 3
HORIZON = 3
WAVES = 20
WIDTH = COLOURS + 2 + at.FEATURES + LOCAL + FALLEN + 1 + HORIZON + WAVES
"""Numbers of a square: coarse colours, whether a body or a shadow covers it, the body's features, where in the body and
where in the shadow it lies, whether a rod passes, where the horizon is, and where on the ground it lies."""

_DARK, _FLAT, _HAZE = 0.45, 0.4, 0.26
"""Of the coarse picture: what a shadow takes away, its height over its width, and how far below the horizon (in half
short sides, from the usual camera's height) the ground is half lost in haze."""
_FRONT = 8.0
_WAVELENGTHS = (4.0, 2.0, 1.0, 0.5, 0.25)
"""Of the ground's waves, in metres."""


def raster(
    layout: Float[Tensor, "b s f"],
    skies: Float[Tensor, "b 3"],
    places: Float[Tensor, "#b n 2"],
    pitch: float,
    *,
    faces: bool = False,
) -> Float[Tensor, "b n c"]:
    """Describe squares of single frames.

    Args:
        skies: the colour above the horizon.
        places: of the squares' middles; see `sketch.places_of`.
        pitch: from one square to the next.
        faces: whether to say which way the foremost thing's surface faces there: FACES more numbers, at the end.
    """
    things, scenery = layout[:, at.SET + 1 :], layout[:, at.SET]
    radius = radius_of(things)
    there = torch.sigmoid(4.0 * things[..., at.PRESENT])
    offsets = offsets_from(things[..., [at.ACROSS, at.UP]], places)
    turned = axes(things, upwards(scenery))
    edge = outside(offsets, things, turned) / pitch
    front = there * torch.exp(_FRONT * nearness(things))
    near = torch.sigmoid(2.0 * (1.0 - edge)) * front[:, None]  # as far as a square beyond the outline
    share = near / (near.sum(-1, keepdim=True) + 0.01)
    local = _local(offsets, turned, edge, radius)
    parts = [
        *_coarse(things, scenery, skies, edge, radius, there, places, pitch),
        share @ things,
        (share[..., None] * local).sum(-2),
        _fallen(things, radius, there, places, pitch),
        _rods(things, there, places, pitch),
        _horizon(scenery, places, pitch),
        _ground(scenery, places, pitch),
    ]
    if faces:
        near = (offsets / radius[:, None, :, None]).clamp(-3.0, 3.0)
        parts.append((share[..., None] * surfaces(near, turned, things, scenery)).sum(-2))
    return torch.cat(parts, dim=-1)


def squares_of(high: int, wide: int, device: torch.device) -> tuple[Float[Tensor, "1 n 2"], float]:
    """Places and pitch of `high * wide` squares that fill a picture."""
    return places_of(high, wide, device)[None], 2.0 / max(min(high, wide), 1)


def as_picture(described: Float[Tensor, "b n c"], high: int, wide: int) -> Float[Tensor, "b c h w"]:
    """Squares in rows and columns."""
    return described.mT.reshape(len(described), -1, high, wide)


def offsets_from(centres: Float[Tensor, "b s 2"], places: Float[Tensor, "#b n 2"]) -> Float[Tensor, "b n s 2"]:
    """From centres, as layouts have them, to places."""
    return places[:, :, None] - (centres / at.PLACE_SCALE)[:, None]


def _disc(offsets: Float[Tensor, "b n s 2"], radius: Float[Tensor, "b s"], pitch: float) -> Float[Tensor, "b n s"]:
    """1 inside, 0 outside, softly."""
    distance = offsets.square().sum(-1).add(1e-6).sqrt()
    return torch.sigmoid(((radius[:, None] - distance) / (0.4 * pitch)).clamp(-20.0, 20.0))


def from_shadows(things: Tensor, places: Tensor) -> Float[Tensor, "b n s 2"]:
    """Offsets from each shadow's middle, with the flat ground seen from above."""
    fallen = offsets_from(things[..., [at.SHADOW_ACROSS, at.SHADOW_UP]], places)
    return fallen * fallen.new_tensor([1.0, 1 / _FLAT])


def _coarse(
    things: Tensor,
    scenery: Tensor,
    skies: Tensor,
    edge: Tensor,
    radius: Tensor,
    there: Tensor,
    places: Tensor,
    pitch: float,
) -> list[Float[Tensor, "b n _"]]:
    """A picture of flat things, round shadows, ground and sky, and what share of a square a thing or a shadow has."""
    shade = (_disc(from_shadows(things, places), radius, pitch) * there[:, None]).amax(-1, keepdim=True)
    cover = torch.sigmoid(-4.0 * edge.clamp(-5.0, 5.0)) * there[:, None]
    front = cover * torch.exp(_FRONT * nearness(things))[:, None]
    colours = (front / (front.sum(-1, keepdim=True) + 1e-4)) @ (things[..., at.COLOUR] / at.COLOUR_SCALE)
    below = (horizon_up(scenery)[:, None] - places[..., 1]).clamp(min=1e-3)
    seen = 1.0 / (1.0 + (_HAZE / below) ** 4) * scenery[:, at.GROUND.start, None].clamp(0.0, 1.0)
    ground = (scenery[:, at.GROUND.start + 1 : at.GROUND.start + 4] / 2.0)[:, None]
    ground = ground - _DARK * shade * (ground + 1.0)
    behind = skies[:, None] + seen[..., None] * (ground - skies[:, None])
    covered = cover.amax(-1, keepdim=True)
    return [behind + covered * (colours - behind), covered, shade]


def _local(
    offsets: Float[Tensor, "b n s 2"], turned: Float[Tensor, "b s 3 3"], edge: Tensor, radius: Tensor
) -> Float[Tensor, "b n s 10"]:
    """Each place in the thing's own axes, in its radii; which way those axes point away; and where its outline is."""
    near = (offsets / radius[:, None, :, None]).clamp(-3.0, 3.0)
    placed = torch.einsum("bnsk,bsak->bnsa", near, turned[..., :2])
    depth = turned[..., 2][:, None].expand_as(placed)
    distance = near.square().sum(-1, keepdim=True).add(1e-4).sqrt() - 1.0
    outline = edge.clamp(-2.0, 2.0)[..., None]
    return torch.cat([placed, depth, distance.clamp(-1.0, 1.0), near.clamp(-1.5, 1.5), outline], dim=-1)


def upwards(scenery: Float[Tensor, "b f"]) -> Float[Tensor, "b 3"]:
    """The world's upward direction in the camera's axes (right, up, forward); the camera does not roll."""
    sine = ((scenery[:, at.FORWARD_UP] - at.FORWARD_UP_CENTRE) / at.FORWARD_UP_SCALE).clamp(-0.9, 0.9)
    return torch.stack([torch.zeros_like(sine), (1 - sine.square()).sqrt(), sine], dim=-1)


def _fallen(things: Tensor, radius: Tensor, there: Tensor, places: Tensor, pitch: float) -> Float[Tensor, "b n 3"]:
    """Where in a shadow each place lies, in the body's radii, and whether it does."""
    near = from_shadows(things, places) / (radius + pitch)[:, None, :, None]
    share = shares(near, there)
    return torch.cat([(share[..., None] * near).sum(-2).clamp(-2.0, 2.0), share.sum(-1, keepdim=True)], dim=-1)


def _rods(things: Tensor, there: Tensor, places: Tensor, pitch: float) -> Float[Tensor, "b n 1"]:
    """Whether a rod passes: 1 in its middle."""
    foot = things[..., [at.ACROSS, at.UP]] / at.PLACE_SCALE
    rod = things[..., [at.ROD_ACROSS, at.ROD_UP]] / at.PLACE_SCALE - foot
    offsets = places[:, :, None] - foot[:, None]
    along = ((offsets * rod[:, None]).sum(-1) / (rod.square().sum(-1)[:, None] + 1e-4)).clamp(0.0, 1.0)
    off = (offsets - along[..., None] * rod[:, None]).square().sum(-1)
    hung = there * things[..., at.ROD].clamp(0.0, 1.0)
    return (torch.exp(-off / (2 * pitch**2)) * hung[:, None]).amax(-1, keepdim=True)


def _horizon(scenery: Tensor, places: Tensor, pitch: float) -> Float[Tensor, "b n 3"]:
    """How far above the horizon each place lies, near it and at large; and how large a metre is on the ground there."""
    above = places[..., 1] - horizon_up(scenery)[:, None]
    return torch.stack([(above / pitch).clamp(-2.0, 2.0), above.clamp(-2.0, 2.0), (-above).clamp(0.02, 2.0).log()], -1)


def _ground(scenery: Tensor, places: Tensor, pitch: float) -> Float[Tensor, "b n 20"]:
    """Where on the ground each place lies, as waves along its two axes; flat where they are finer than squares."""
    eye = eye_of(scenery)
    right, onwards = (axis[:, :2] for axis in axes_of(scenery)[:2])
    up = upwards(scenery)
    x, y = places[..., 0] * at.USUAL_TANGENT, places[..., 1] * at.USUAL_TANGENT
    # A ray is (x, y, 1) in (right, up, forward); the camera's up and forward both lean by the same angle.
    falls = -(y * up[:, 1:2] + up[:, 2:3])
    ahead = up[:, 1:2] - y * up[:, 2:3]
    length = eye[:, 2:3].clamp(min=0.1) / falls.clamp(min=0.02)
    spot = eye[:, None, :2] + (length * x)[..., None] * right[:, None] + (length * ahead)[..., None] * onwards[:, None]
    lengths = spot.new_tensor(_WAVELENGTHS)
    turns = (spot[..., None] / lengths * (2 * torch.pi)).flatten(-2)
    footprint = (length * pitch * at.USUAL_TANGENT)[..., None] * (1.0 / falls.clamp(0.05, 1.0))[..., None]
    seen = torch.exp(-((footprint / lengths).square().clamp(max=30.0))) * (falls > 0.02)[..., None]
    seen = torch.cat([seen, seen], dim=-1)
    return torch.cat([turns.sin() * seen, turns.cos() * seen], dim=-1)
