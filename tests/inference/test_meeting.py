"""Meeting: what is to be hit is."""

import pytest
import torch
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.noor.meeting import met
from manazir.models.noor.space import Cameras, size_of
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.scene import Event, Scene, Shape


def _collision() -> tuple[Scene, Tensor]:
    """Two balls."""
    for seed in range(300):
        scene, motion = draw(seed, {Event.COLLIDE: 1.0})
        if all(body.shape is Shape.SPHERE for body in scene.bodies) and len(scene.bodies) == 2:
            return scene, torch.from_numpy(layout_of(scene, motion))[None]
    raise AssertionError("no two balls collide")


def _cameras(layout: Tensor) -> Cameras:
    return Cameras(layout[:, :, at.SET])


def _places(layout: Tensor) -> Tensor:
    return _cameras(layout).places(layout[:, :, at.BODIES])


def _gap(layout: Tensor) -> float:
    """Metres between the two balls where they are nearest."""
    places = _places(layout)[0]
    sizes = size_of(layout[0, 0, at.BODIES])
    return float(((places[:, 0] - places[:, 1]).norm(dim=-1) - sizes[0] - sizes[1]).min())


def _stopping_short(layout: Tensor, metres: float) -> Tensor:
    """The same with the second body at rest, so much farther along the first one's way."""
    places = _places(layout)
    moved = places.clone()
    frame = int((places[0, :, 0] - places[0, :, 1]).norm(dim=-1).argmin())
    way = places[0, frame, 0] - places[0, 0, 0]
    way = way * torch.tensor([1.0, 1.0, 0.0]) / way[:2].norm()
    moved[0, :, 1] = places[0, :1, 1] + metres * way
    moved[0, frame:, 0] = places[0, frame, 0]
    return _cameras(layout).moved(layout, places, moved)


@pytest.mark.parametrize("metres", [0.1, 0.3])
def test_what_stops_short_touches_and_pushes(metres: float) -> None:
    _, true = _collision()
    short = _stopping_short(true, metres)
    assert _gap(short) > 0.5 * metres
    led = met(short)
    assert abs(_gap(led)) < 0.06
    gone = _places(led)[0, -1, 1] - _places(led)[0, 0, 1]
    assert gone[:2].norm() > 0.2, "what is hit leaves"
    torch.testing.assert_close(led[:, 0], short[:, 0], atol=1e-4, rtol=0.0)


def test_bodies_far_from_each_other_stay() -> None:
    _, true = _collision()
    apart = _stopping_short(true, 1.6)
    torch.testing.assert_close(met(apart), apart)


def test_one_body_alone_stays() -> None:
    alone = torch.from_numpy(layout_of(*draw(1, {Event.DROP: 1.0})))[None]
    alone[:, :, at.BODIES.start + 1 : at.BODIES.stop, at.PRESENT] = -1.0
    torch.testing.assert_close(met(alone), alone)
