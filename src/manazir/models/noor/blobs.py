"""Blobs: a layout as a coarse picture of discs, their shadows, ground and sky; what pictures are drawn over.

What a square of pixels shows is a linear function of its finer squares, so a linear layer turns blobs into latents,
and the transformer is left with what discs are not: shapes, shading, patterns, reflections. Pictures made from blobs
that a network places: BlobGAN (arXiv:2205.02837).
"""

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.sketch import horizon_up, nearness, places_of, radius_of

FINE = 4
"""Finer squares along each side of a token."""
WIDTH = 3 * FINE**2
BACKDROPS = at.BACKDROP.stop - at.BACKDROP.start
_DARK = 0.45
"""How much a shadow takes away."""
_FLAT = 0.4
"""Height of a shadow over its width, as seen from the usual camera."""
_HAZE = 0.26
"""How far below the horizon the ground is half lost in it, from the usual camera's height."""
_FRONT = 8.0


def blobs(
    layout: Float[Tensor, "b t s f"], skies: Float[Tensor, "b t 3"], rows: int, columns: int
) -> Float[Tensor, "b t n c"]:
    """Colours (-1 to 1, as displayed) of FINE x FINE squares in each of `rows * columns` tokens.

    Args:
        skies: the colour above the horizon at each frame.
    """
    places = places_of(rows * FINE, columns * FINE, layout.device)
    pitch = 2.0 / max(min(rows, columns) * FINE, 1)
    bodies, scenery = layout[:, :, at.BODIES], layout[:, :, at.SET]
    radius = radius_of(bodies)[:, :, None]
    shadow = _offsets(bodies[..., [at.SHADOW_ACROSS, at.SHADOW_UP]], places) * places.new_tensor([1.0, 1 / _FLAT])
    there = torch.sigmoid(4.0 * bodies[..., at.PRESENT])[:, :, None]
    shade = (_disc(shadow, radius, pitch) * there).amax(-1)
    cover = _disc(_offsets(bodies[..., [at.ACROSS, at.UP]], places), radius, pitch) * there
    front = cover * torch.exp(_FRONT * nearness(bodies))[:, :, None]
    colours = (front / (front.sum(-1, keepdim=True) + 1e-4)) @ (bodies[..., at.COLOUR] / 1.5)
    below = (horizon_up(scenery)[..., None] - places[:, 1]).clamp(min=1e-3)
    below = 1.0 / (1.0 + (_HAZE / below) ** 4) * scenery[..., at.GROUND.start, None].clamp(0.0, 1.0)
    ground = (scenery[..., at.GROUND.start + 1 : at.GROUND.start + 4] / 2.0)[:, :, None]
    ground = ground - _DARK * shade[..., None] * (ground + 1.0)
    behind = skies[:, :, None] + below[..., None] * (ground - skies[:, :, None])
    picture = behind + cover.amax(-1)[..., None] * (colours - behind)
    b, t = layout.shape[:2]
    parts = picture.view(b, t, rows, FINE, columns, FINE, 3).transpose(3, 4)
    return parts.reshape(b, t, rows * columns, WIDTH)


def _offsets(centres: Float[Tensor, "b t s 2"], places: Float[Tensor, "n 2"]) -> Float[Tensor, "b t n s 2"]:
    return places[:, None] - (centres / at.PLACE_SCALE)[:, :, None]


def _disc(offsets: Float[Tensor, "b t n s 2"], radius: Tensor, pitch: float) -> Float[Tensor, "b t n s"]:
    """1 inside, 0 outside, softly."""
    distance = offsets.square().sum(-1).add(1e-6).sqrt()
    return torch.sigmoid(((radius - distance) / (0.4 * pitch)).clamp(-20.0, 20.0))
