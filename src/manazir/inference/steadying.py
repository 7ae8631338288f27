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
    for item, given in enumerate(known):
        count = int(given.sum())
        if ENOUGH <= count < len(given) and bool(given[:count].all()):
            glided[item, count:] = _going_on(path[item, :count], len(given) - count)
        elif ENOUGH <= count < len(given) and bool(given[-count:].all()):
            glided[item, :-count] = _going_on(path[item, -count:].flip(0), len(given) - count).flip(0)
    return torch.where(known[..., None], path, glided)


def _going_on(path: Float[Tensor, "t f"], frames: int) -> Float[Tensor, "n f"]:
    """Some more frames, at first as fast as the last ones."""
    last = path[-2 * ENOUGH :]
    since = torch.arange(len(last), dtype=path.dtype, device=path.device)
    since = since - since.mean()
    speed = (since[:, None] * last).sum(0) / since.square().sum()
    speed = speed.sign() * (speed.abs() - _TREMBLING).clamp(min=0.0)
    after = torch.arange(1, frames + 1, dtype=path.dtype, device=path.device)[:, None]
    return path[-1] + speed * _SETTLING * (1.0 - torch.exp(-after / _SETTLING))


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
