"""Steadying: what a layout must be, whatever a network says. A body keeps its looks, is of one kind, or is not there.

A slot of zeros (PRESENT is 0) says nothing: what is not seen of a frame that is known.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core import layout as at

GLIDING = list(range(at.CAMERA.start, at.LIGHT.start + 3))
"""Of the set: what changes smoothly, the camera and where its light seems to come from."""
ENOUGH = 6
"""Frames in which something must be seen for its way to be told from them."""
_SETTLING = 24
"""Frames in which a camera that goes on comes to rest."""
_TREMBLING = 0.003
"""Of what glides, a frame: slower changes are taken for none."""


def steadied(layout: Float[Tensor, "b t s f"], known: Bool[Tensor, "b t s"]) -> Float[Tensor, "b t s f"]:
    """A thing's looks are one for the whole clip: the mean of what each frame says. It is of one kind, or not there.

    The camera goes smoothly, and with it where the light seems to come from. Slots of zeros stay so.

    Args:
        known: frames of things that alone say how the thing looks.
    """
    tells = layout[..., at.PRESENT, None] != 0
    surely = tells & known[..., None]
    steady = layout.clone()
    steady[..., at.STEADY] = _mean(layout[..., at.STEADY], torch.where(surely.any(1, keepdim=True), surely, tells))
    steady[..., at.PRESENT] = torch.where(steady[..., at.PRESENT] > 0, 1.0, -1.0)
    steady[:, :, at.SET, at.PRESENT] = 1.0
    for slots, groups in ((slice(at.SET + 1, at.SLOTS), at.KINDS), (slice(at.SET, at.SET + 1), at.SET_KINDS)):
        for kinds in groups:
            steady[:, :, slots, kinds] = _one_kind(steady[:, :, slots, kinds])
    steady[:, :, at.SET, GLIDING] = _glided(layout[:, :, at.SET, GLIDING], known[:, :, at.SET])
    steady[:, :, at.BODIES, at.TURN] = upright(steady[:, :, at.BODIES, at.TURN])
    nothing = torch.zeros_like(steady)
    nothing[..., at.PRESENT] = -1.0
    steady = torch.where(steady[..., at.PRESENT, None] < 0, nothing, steady)
    return torch.where(tells, steady, 0.0)


def filled(layout: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t s f"]:
    """Layouts in which each slot of zeros is as it is in the nearest frame that says something of it, or empty."""
    frames = torch.arange(layout.shape[1], device=layout.device)
    tells = layout[..., at.PRESENT] != 0  # [b, t, s]
    apart = (frames[:, None] - frames[None]).abs()[None, :, :, None] + 1000 * ~tells[:, None]
    nearest = apart.argmin(2)
    result = layout.gather(1, nearest[..., None].expand_as(layout))
    result[..., at.PRESENT] = torch.where(tells.any(1, keepdim=True), result[..., at.PRESENT], -1.0)
    return result


def _glided(path: Float[Tensor, "b t f"], known: Bool[Tensor, "b t"]) -> Float[Tensor, "b t f"]:
    """The cubic nearest to a path, which has 99.7 % of the variance of a simulated camera's; what is known stays.

    Where a clip goes on from some frames, the camera goes on as it went in those, and settles.
    """
    times = torch.linspace(-1.0, 1.0, path.shape[1], device=path.device)
    powers = torch.stack([times**power for power in range(min(4, path.shape[1]))], dim=1)
    glided = powers @ torch.linalg.pinv(powers) @ path
    glided = _going_on(path, known, glided)
    glided = _going_on(path.flip(1), known.flip(1), glided.flip(1)).flip(1)
    return torch.where(known[..., None], path, glided)


def _going_on(
    path: Float[Tensor, "b t f"], known: Bool[Tensor, "b t"], glided: Float[Tensor, "b t f"]
) -> Float[Tensor, "b t f"]:
    """Paths of which just the first frames are known, and enough of them, go on at first as fast as the last of those.

    Others are as they glide.
    """
    frames, count = torch.arange(path.shape[1], device=path.device), known.sum(1)
    begins = (known == (frames < count[:, None])).all(1) & (count >= ENOUGH)
    after = frames - (count[:, None] - 1)
    told = ((after <= 0) & (after > -2 * ENOUGH)).to(path.dtype)
    since = (after - (after * told).sum(1, keepdim=True) / told.sum(1, keepdim=True).clamp(min=1)) * told
    speed = (since[..., None] * path).sum(1) / since.square().sum(1, keepdim=True).clamp(min=1e-6)
    speed = speed.sign() * (speed.abs() - _TREMBLING).clamp(min=0.0)
    last = path.gather(1, (count - 1).clamp(min=0)[:, None, None].expand(-1, 1, path.shape[2]))
    settling = _SETTLING * (1.0 - torch.exp(-after.clamp(min=0) / _SETTLING))
    return torch.where(begins[:, None, None], last + speed[:, None] * settling[..., None], glided)


def _mean(values: Float[Tensor, "b t s f"], tells: Tensor) -> Float[Tensor, "b t s f"]:
    mean = (values * tells).sum(1, keepdim=True) / tells.sum(1, keepdim=True).clamp(min=1)
    return mean.expand_as(values)


def _one_kind(chances: Float[Tensor, "b t s k"]) -> Float[Tensor, "b t s k"]:
    most, kind = chances.max(-1, keepdim=True)
    chosen = torch.zeros_like(chances).scatter(-1, kind, at.KIND)
    return chosen * (most > at.KIND / 2)


def upright(turns: Float[Tensor, "*b 6"]) -> Float[Tensor, "*b 6"]:
    """Two axes of length one at a right angle: a network that is unsure of a turn makes them short."""
    x = F.normalize(turns[..., :3], dim=-1, eps=1e-3)
    z = turns[..., 3:]
    z = F.normalize(z - (z * x).sum(-1, keepdim=True) * x, dim=-1, eps=1e-3)
    return torch.cat([x, z], dim=-1) * at.TURN_SCALE
