"""Views: where the places of one frame were in another, as far as layouts say how the camera moved.

Ground and backdrop stand still, so the cameras of two frames say where each spot of theirs is seen in both. A flat
world's camera stands still itself; every other one sees in perspective.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core import layout as at

_LOW = 0.02
"""How steeply a ray must fall to meet the ground within the scene."""


def seen_before(
    now: Float[Tensor, "b f"], then: Float[Tensor, "b f"], places: Float[Tensor, "n 2"]
) -> Float[Tensor, "b n 2"]:
    """Return where what stands still at places now was seen then.

    Args:
        now, then: the set's slots of two frames.
        places: in half short sides from the middle.
    """
    rays = _rays(now, places)
    eye, eye_then = eye_of(now), eye_of(then)
    falls = -rays[..., 2:]
    reach = eye[:, None, 2:].clamp(min=0.1) / falls.clamp(min=_LOW)
    spot = eye[:, None] + reach * rays - eye_then[:, None]
    way = torch.where(_is_ground(now, falls), spot, rays)
    right, onwards, lean = axes_of(then)
    cosine, sine = lean[:, None, :1], lean[:, None, 1:]
    across, ahead, up = (way * right[:, None]).sum(-1, True), (way * onwards[:, None]).sum(-1, True), way[..., 2:]
    depth = (cosine * ahead + sine * up).clamp(min=1e-2)
    seen = torch.cat([across, cosine * up - sine * ahead], dim=-1) / depth / at.USUAL_TANGENT
    is_flat = (now[:, at.FLAT] > 0)[:, None, None]
    return torch.where(is_flat, places[None], seen)


def _is_ground(now: Float[Tensor, "b f"], falls: Float[Tensor, "b n 1"]) -> Bool[Tensor, "b n 1"]:
    return (falls > _LOW) & (now[:, None, at.GROUND.start, None] > 0.5)


def _rays(scenery: Float[Tensor, "b f"], places: Float[Tensor, "n 2"]) -> Float[Tensor, "b n 3"]:
    """Ways from the camera through places, in the world's axes."""
    right, onwards, lean = axes_of(scenery)
    x, y = (part[None, :, None] * at.USUAL_TANGENT for part in places.unbind(-1))
    cosine, sine = lean[:, None, :1], lean[:, None, 1:]
    upwards = torch.zeros_like(right)
    upwards[:, 2] = 1.0
    ahead, up = cosine - y * sine, sine + y * cosine
    return x * right[:, None] + ahead * onwards[:, None] + up * upwards[:, None]


def eye_of(scenery: Float[Tensor, "b f"]) -> Float[Tensor, "b 3"]:
    """Where the camera is, in metres."""
    camera = scenery[:, at.CAMERA]
    return (camera[:, :3] - camera.new_tensor([0.0, 6.0, -3.3])) / camera.new_tensor([1.0, 1.0, 1.5])


def axes_of(scenery: Float[Tensor, "b f"]) -> tuple[Float[Tensor, "b 3"], Float[Tensor, "b 3"], Float[Tensor, "b 2"]]:
    """The camera's right, where it looks to on the ground, and cosine and sine of how much it looks upwards."""
    camera = scenery[:, at.CAMERA]
    right = torch.stack([camera[:, 3] / 8.0 + 1.0, camera[:, 4] / 4.0], dim=-1)
    right = right / right.norm(dim=-1, keepdim=True).clamp(min=0.1)
    level = torch.zeros_like(right[:, :1])
    sine = ((scenery[:, at.FORWARD_UP] - at.FORWARD_UP_CENTRE) / at.FORWARD_UP_SCALE).clamp(-0.9, 0.9)
    lean = torch.stack([(1 - sine.square()).sqrt(), sine], dim=-1)
    return torch.cat([right, level], -1), torch.cat([-right[:, 1:], right[:, :1], level], -1), lean
