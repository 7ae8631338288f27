"""Filming: a layout as it is seen when the camera moves as it is told, whatever it did before.

Things stay where they are in the world, as far as a layout tells; places, turns, shadows and the light are seen anew.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.sketch import radius_of
from manazir.models.noor.space import Cameras, size_of

AMOUNTS = {"pan": 0.19, "tilt": 0.14, "orbit": 0.55, "push": 1.25, "pull": 1.25, "crane": 1.1}
"""Over a window, radians or metres: about what scenes that teach have in the middle."""
TARGET_UP = 0.72
"""Metres above the ground of what a camera looks at in those."""
_FARTHEST = 7.0
"""Metres from the camera: what it looks at is not farther away."""

NONE = range(0)


def filmed(
    layout: Float[Tensor, "b t s f"], move: str, *, speed: float = 1.0, known: range = NONE
) -> Float[Tensor, "b t s f"]:
    """Layouts whose camera moves so at constant speed.

    Args:
        move: of `worlds.scene.CameraMove`; "still" is one of them.
        speed: 1.0: as far over all frames as `AMOUNTS`.
        known: frames at one end that stay as they are; the camera goes on from the next of them, or comes to it. None
            of them: it has in the middle the view that it had there.
    """
    frames = layout.shape[1]
    scenery = layout[:, :, at.SET]
    anchor = anchor_of(frames, known)
    begins = Cameras(scenery[:, anchor : anchor + 1])
    kind, *side = move.split()
    amount = AMOUNTS.get(kind, 0.0) * (-1.0 if kind == "pull" or side in (["right"], ["down"]) else 1.0)
    where = (frames - 1) / 2 if not known else float(anchor)
    amounts = amount * speed * (torch.arange(frames, device=layout.device) - where) / max(1, frames - 1)
    eye, axes = _path(begins.eye[:, 0], begins.axes, kind, amounts)
    result = seen_by(layout, _at(scenery, eye, axes))
    if known:
        result[:, known.start : known.stop] = layout[:, known.start : known.stop]
    return torch.where((layout[:, :1, at.SET, at.FLAT] > 0)[..., None, None], layout, result)


def anchor_of(frames: int, known: range) -> int:
    """The frame whose view decides: the known one next to those that are made; with none of them, the middle."""
    if not known:
        return frames // 2
    return known[-1] if known.start == 0 else known[0]


def _path(
    eye: Float[Tensor, "b 1 3"], axes: Float[Tensor, "b 1 3 3"], kind: str, amounts: Float[Tensor, " t"]
) -> tuple[Float[Tensor, "b t 3"], Float[Tensor, "b t 3 3"]]:
    """Where the camera is at each frame, and its right, up and forward."""
    t = len(amounts)
    eye, axes = eye.expand(-1, t, -1), axes.expand(-1, t, -1, -1)
    forward = axes[:, :, 2]
    falls = -forward[..., 2:].clamp(max=-1e-3)
    distance = ((eye[..., 2:] - TARGET_UP) / falls).clamp(1.0, _FARTHEST)
    target = eye + distance * forward
    along = amounts[None, :, None]
    if kind == "pan":
        forward = _about_z(forward, amounts)
    elif kind == "tilt":
        forward = along.cos() * forward + along.sin() * axes[:, :, 1]
    elif kind == "orbit":
        eye = target + _about_z(eye - target, -amounts)
        forward = target - eye
    elif kind in ("push", "pull"):
        eye = eye + along * forward
    elif kind == "crane":
        eye = eye + F.pad(along.expand(len(eye), -1, -1), (2, 0))
        forward = target - eye
    return eye, _axes(forward)


def _about_z(ways: Float[Tensor, "b t 3"], radians: Float[Tensor, " t"]) -> Float[Tensor, "b t 3"]:
    """Counter-clockwise, seen from above."""
    cosine, sine = radians.cos(), radians.sin()
    x, y, z = ways.unbind(-1)
    return torch.stack([cosine * x - sine * y, sine * x + cosine * y, z], dim=-1)


def _axes(forward: Float[Tensor, "b t 3"]) -> Float[Tensor, "b t 3 3"]:
    """Right, up and forward of a level camera."""
    forward = F.normalize(forward, dim=-1)
    level = torch.stack([forward[..., 1], -forward[..., 0], torch.zeros_like(forward[..., 0])], dim=-1)
    right = F.normalize(level, dim=-1)
    return torch.stack([right, torch.linalg.cross(right, forward), forward], dim=-2)


def _at(
    scenery: Float[Tensor, "b t f"], eye: Float[Tensor, "b t 3"], axes: Float[Tensor, "b t 3 3"]
) -> Float[Tensor, "b t f"]:
    """Sets with the camera elsewhere; where light comes from, as it is seen from there."""
    result, camera = scenery.clone(), at.CAMERA.start
    result[..., camera : camera + 3] = eye * eye.new_tensor([1.0, 1.0, 1.5]) + eye.new_tensor([0.0, 6.0, -3.3])
    result[..., camera + 3 : camera + 5] = axes[:, :, 0, :2] * axes.new_tensor([8.0, 4.0]) - axes.new_tensor([8.0, 0])
    lean = axes.new_tensor([4.0, 0.0, at.FORWARD_UP_SCALE])
    result[..., camera + 6 : camera + 9] = axes[:, :, 2] * lean + axes.new_tensor([0, 0, at.FORWARD_UP_CENTRE])
    light = slice(at.LIGHT.start, at.LIGHT.start + 3)
    before = Cameras(scenery).axes
    result[..., light] = torch.einsum("btik,btjk,btj->bti", axes, before, scenery[..., light])
    return result


def seen_by(layout: Float[Tensor, "b t s f"], scenery: Float[Tensor, "b t f"]) -> Float[Tensor, "b t s f"]:
    """Layouts of the same world as other cameras see it.

    Args:
        scenery: the sets' slots with those cameras, and with the light as they see it.
    """
    before, now = Cameras(layout[:, :, at.SET]), Cameras(scenery)
    things = layout[:, :, at.SET + 1 :]
    is_ramp = things[..., at.SHAPE.stop - 1] > at.KIND / 2
    size = torch.where(is_ramp, (things[..., at.TURN.start + 3] + 2.0) / 2.0, size_of(things))
    per_metre = radius_of(things) / size
    places = before.places(things, size)
    result = layout.clone()
    result[:, :, at.SET] = scenery
    moved = result[:, :, at.SET + 1 :]
    (seen, scale), (then, scale_then) = (cameras.seen(places, per_metre) for cameras in (now, before))
    moved[..., at.ACROSS : at.UP + 1] += (seen - then) * at.PLACE_SCALE
    moved[..., at.BULK] += (scale / scale_then).log() * at.BULK_SCALE
    moved[..., at.SHADOW_ACROSS : at.SHADOW_UP + 1] += _shift(before, now, before.shadow(places), per_metre)
    aside = things[..., at.ROD_ACROSS : at.ROD_UP + 1] - things[..., at.ACROSS : at.UP + 1]
    anchors = torch.einsum("btnk,btkw->btnw", aside / at.PLACE_SCALE / per_metre[..., None], before.axes[:, :, :2])
    hung = _shift(before, now, places + anchors, per_metre)
    moved[..., at.ROD_ACROSS : at.ROD_UP + 1] += torch.where(things[..., at.ROD, None] > 0.5, hung, 0.0)
    for first in (at.TURN.start, at.TURN.start + 3):
        ways = things[..., first : first + 3]
        turned = torch.einsum("btik,btjk,btnj->btni", now.axes, before.axes, ways)
        keeps = is_ramp[..., None] & (first > at.TURN.start)
        moved[..., first : first + 3] = torch.where(keeps, ways, turned)
    return torch.where(layout[..., at.PRESENT, None] < 0, layout, result).clamp(-at.LARGEST, at.LARGEST)


def _shift(
    before: Cameras, now: Cameras, places: Float[Tensor, "b t n 3"], per_metre: Float[Tensor, "b t n"]
) -> Float[Tensor, "b t n 2"]:
    """How much elsewhere places are seen."""
    return (now.seen(places, per_metre)[0] - before.seen(places, per_metre)[0]) * at.PLACE_SCALE
