"""Circling: a layout as a camera sees it that has gone around the middle of the scene.

What a camera sees that goes around by an angle is what a camera that stays would see if all the world were turned the
other way: places, turns, shadows and the light.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.sketch import radius_of
from manazir.models.noor.space import Cameras, size_of
from manazir.models.noor.views import axes_of, eye_of

_NEAREST = 1.0
"""Metres: the middle of a scene is not nearer than that."""


def circled(layout: Float[Tensor, "b t s f"], radians: Float[Tensor, "b t"]) -> Float[Tensor, "b t s f"]:
    """Layouts whose camera has gone around by so much at each frame, counter-clockwise from above.

    The middle is where the first frame's camera looks, as near to the world's own middle as that is.
    """
    scenery = layout[:, :, at.SET]
    cameras, middle = Cameras(scenery), _middle(scenery[:, 0])[:, None]
    back = _about_z(-radians)
    result = layout.clone()
    result[:, :, at.SET] = _scenery(scenery, cameras, middle, radians, back)
    result[:, :, at.SET + 1 :] = _things(layout[:, :, at.SET + 1 :], cameras, middle[:, :, None], back)
    stays = (radians == 0)[..., None, None] | (layout[..., at.PRESENT, None] < 0)
    return torch.where(stays, layout, result)


def _middle(scenery: Float[Tensor, "b f"]) -> Float[Tensor, "b 3"]:
    eye, onwards = eye_of(scenery), axes_of(scenery)[1]
    reach = -(eye * onwards)[:, :2].sum(-1, keepdim=True)
    return (eye + reach.clamp(min=_NEAREST) * onwards) * eye.new_tensor([1.0, 1.0, 0.0])


def _about_z(radians: Float[Tensor, "b t"]) -> Float[Tensor, "b t 3 3"]:
    """Matrices that turn columns counter-clockwise, seen from above."""
    cosine, sine = radians.cos(), radians.sin()
    none, one = torch.zeros_like(cosine), torch.ones_like(cosine)
    rows = [torch.stack(row, dim=-1) for row in ((cosine, -sine, none), (sine, cosine, none), (none, none, one))]
    return torch.stack(rows, dim=-2)


def _scenery(
    scenery: Float[Tensor, "b t f"],
    cameras: Cameras,
    middle: Float[Tensor, "b 1 3"],
    radians: Float[Tensor, "b t"],
    back: Float[Tensor, "b t 3 3"],
) -> Float[Tensor, "b t f"]:
    """The camera where it is now, and where light comes from, seen from there."""
    result, turn = scenery.clone(), _about_z(radians)
    eye = cameras.eye[:, :, 0]
    moved = middle + torch.einsum("btij,btj->bti", turn, eye - middle)
    axes = torch.einsum("btij,btkj->btki", turn, cameras.axes)
    camera = at.CAMERA.start
    result[..., camera : camera + 2] += (moved - eye)[..., :2]
    right, forward = (axes - cameras.axes)[:, :, 0], (axes - cameras.axes)[:, :, 2]
    result[..., camera + 3 : camera + 5] += right[..., :2] * right.new_tensor([8.0, 4.0])
    result[..., camera + 6] += 4.0 * forward[..., 0]
    light = slice(at.LIGHT.start, at.LIGHT.start + 3)
    result[..., light] = _turned(scenery[..., None, light], cameras, back)[:, :, 0]
    return result


def _things(
    things: Float[Tensor, "b t n f"], cameras: Cameras, middle: Float[Tensor, "b 1 1 3"], back: Float[Tensor, "b t 3 3"]
) -> Float[Tensor, "b t n f"]:
    """Bodies and the ramp, where and how they are seen now."""

    def around(places: Tensor) -> Tensor:
        return middle + torch.einsum("btij,btnj->btni", back, places - middle)

    is_ramp = things[..., at.SHAPE.stop - 1] > at.KIND / 2
    size = torch.where(is_ramp, (things[..., at.TURN.start + 3] + 2.0) / 2.0, size_of(things))
    per_metre = radius_of(things) / size
    places = cameras.places(things, size)
    (seen, scale), (then, scale_then) = (cameras.seen(spot, per_metre) for spot in (around(places), places))
    shadow = cameras.shadow(places)
    fallen, fallen_then = (cameras.seen(spot, per_metre)[0] for spot in (around(shadow), shadow))
    result = things.clone()
    result[..., at.ACROSS : at.UP + 1] += (seen - then) * at.PLACE_SCALE
    result[..., at.BULK] += (scale / scale_then).log() * at.BULK_SCALE
    result[..., at.SHADOW_ACROSS : at.SHADOW_UP + 1] += (fallen - fallen_then) * at.PLACE_SCALE
    turned = torch.cat([_turned(things[..., part], cameras, back) for part in _axes()], dim=-1)
    turned[..., 3:] = torch.where(is_ramp[..., None], things[..., at.TURN][..., 3:], turned[..., 3:])
    result[..., at.TURN] = turned
    anchors = _anchors(things, cameras, places, per_metre)
    hung, hung_then = (cameras.seen(spot, per_metre)[0] for spot in (around(anchors), anchors))
    is_hung = things[..., at.ROD, None] > 0.5
    result[..., at.ROD_ACROSS : at.ROD_UP + 1] += torch.where(is_hung, (hung - hung_then) * at.PLACE_SCALE, 0.0)
    return result


def _axes() -> tuple[slice, slice]:
    return slice(at.TURN.start, at.TURN.start + 3), slice(at.TURN.start + 3, at.TURN.stop)


def _turned(
    ways: Float[Tensor, "b t n 3"], cameras: Cameras, back: Float[Tensor, "b t 3 3"]
) -> Float[Tensor, "b t n 3"]:
    """Ways in the camera's right, up and forward, of what is turned with the world."""
    return torch.einsum("btik,btkl,btjl,btnj->btni", cameras.axes, back, cameras.axes, ways)


def _anchors(
    things: Float[Tensor, "b t n f"], cameras: Cameras, places: Float[Tensor, "b t n 3"], per_metre: Tensor
) -> Float[Tensor, "b t n 3"]:
    """Upper ends of rods, taken to be as far away as what hangs from them."""
    aside = things[..., at.ROD_ACROSS : at.ROD_UP + 1] - things[..., at.ACROSS : at.UP + 1]
    aside = aside / at.PLACE_SCALE / per_metre[..., None]
    return places + torch.einsum("btnk,btkw->btnw", aside, cameras.axes[:, :, :2])
