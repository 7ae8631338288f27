from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.noor.colliding import parted
from manazir.models.noor.space import Cameras
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.motion import Motion
from manazir.worlds.scene import Body, Camera, Event, Material, Scene, Shape

FRAMES = 24


def _all_made(layout: Tensor) -> Tensor:
    return torch.ones(layout.shape[:3], dtype=torch.bool)


def _meeting(
    *, second: Shape = Shape.SPHERE, size: float = 0.3, is_fixed: bool = False, aside: float = 0.0, onto: bool = False
) -> Tensor:
    """A ball that goes straight through what rests in its way, from the left or from above; or past it."""
    body = Body(shape=Shape.SPHERE, size=0.3, colour="red", material=Material.RUBBER, position=(0.0, 0.0, 0.3))
    other = replace(body, shape=second, size=size, is_fixed=is_fixed)
    scene = Scene(bodies=(body, other), event=Event.COLLIDE, actor=0, patient=1, camera=Camera(), frames=FRAMES)
    way = np.linspace(-1.6, 1.6, FRAMES)
    still, zeros = np.full(FRAMES, 0.3), np.zeros(FRAMES)
    if onto:
        actor = np.stack([zeros + aside, zeros, np.linspace(2.4, 0.4, FRAMES)], 1)
    else:
        actor = np.stack([way, zeros + aside, still], 1)
    positions = np.stack([actor, np.tile([0.0, 0.0, size], (FRAMES, 1))], 1)
    _, other_motion = draw(1, {Event.COLLIDE: 1.0})
    rotations = np.zeros((FRAMES, 2, 4))
    rotations[..., 0] = 1.0
    motion: Motion = replace(
        other_motion,
        positions=positions,
        rotations=rotations,
        camera_positions=np.tile(scene.camera.position, (FRAMES, 1)),
        camera_axes=np.tile(other_motion.camera_axes[:1], (FRAMES, 1, 1)),
    )
    return torch.from_numpy(layout_of(scene, motion))[None]


def _places(layout: Tensor) -> Tensor:
    """`[t, 2, 3]` in metres."""
    return Cameras(layout[:, :, at.SET]).places(layout[:, :, at.BODIES])[0, :, :2]


@pytest.mark.parametrize("event", [Event.COLLIDE, Event.STRIKE, Event.THROW, Event.OCCLUDE, Event.COLLISION])
def test_what_does_happen_stays_as_it_is(event: Event) -> None:
    layouts = torch.stack([torch.from_numpy(layout_of(*draw(seed, {event: 1.0}))) for seed in range(6)])
    assert torch.equal(parted(layouts, _all_made(layouts)), layouts)


@pytest.mark.parametrize(("shape", "reach"), [(Shape.SPHERE, 0.6), (Shape.CUBE, 0.555)])
def test_what_would_go_through_a_body_bounces_off_it(shape: Shape, reach: float) -> None:
    layout = _meeting(second=shape)
    places = _places(parted(layout, _all_made(layout)))
    apart = places[:, 1, 0] - places[:, 0, 0]
    assert float(apart.min()) > reach - 0.06
    assert float(apart[-1]) > reach + 0.2  # it has bounced
    assert float(places[-1, 1, 0]) > 0.2  # and has pushed the other
    torch.testing.assert_close(places[:7], _places(layout)[:7])  # before they touch


def test_the_lighter_one_is_pushed_farther() -> None:
    pushed = []
    for size in (0.2, 0.3, 0.5):
        layout = _meeting(size=size)
        pushed.append(float(_places(parted(layout, _all_made(layout)))[-1, 1, 0]))
    assert pushed[0] > pushed[1] + 0.2
    assert pushed[1] > pushed[2] + 0.2


def test_what_is_fixed_or_given_is_not_moved_and_the_other_is() -> None:
    for is_fixed in (True, False):
        layout = _meeting(is_fixed=is_fixed)
        is_made = _all_made(layout)
        is_made[:, :, 2] = is_fixed
        result = parted(layout, is_made)
        assert torch.equal(result[:, :, 2], layout[:, :, 2])
        assert float(_places(result)[-1, 0, 0]) < -0.8


def test_what_passes_by_passes_by() -> None:
    layout = _meeting(aside=0.8)
    assert torch.equal(parted(layout, _all_made(layout)), layout)


def test_what_falls_onto_a_body_stays_above_it_and_beside_its_middle_falls_down() -> None:
    layout = _meeting(onto=True)
    places = _places(parted(layout, _all_made(layout)))
    assert float((places[:, 0, 2] - places[:, 1, 2]).min()) > 0.54
    assert torch.equal(places[:, 1], _places(layout)[:, 1])
    layout = _meeting(onto=True, aside=0.4)
    places = _places(parted(layout, _all_made(layout)))
    assert float(places[-1, 0, 2]) == pytest.approx(0.4, abs=0.02)
    assert float((places[:, 0] - places[:, 1]).norm(dim=1).min()) > 0.54


def test_what_leads_up_to_given_frames_is_led_back_from_them() -> None:
    layout = _meeting()
    is_made = _all_made(layout)
    is_made[:, 17:] = False
    result = parted(layout, is_made)
    assert torch.equal(result[:, 17:], layout[:, 17:])
    places = _places(result)
    assert float((places[:, 0, 0] - places[:, 1, 0])[:17].min()) > 0.54  # it never was on the other side
    assert float(places.diff(dim=0).abs().max()) < 0.5


def test_bodies_that_begin_in_one_place_are_parted() -> None:
    layout = _meeting()[:, 11:12].expand(-1, FRAMES, -1, -1).clone()
    places = _places(parted(layout, _all_made(layout)))
    assert float((places[:, 0] - places[:, 1]).norm(dim=1).min()) > 0.54


def test_the_bodies_of_a_batch_do_not_meet_each_other() -> None:
    layouts = torch.cat([_meeting(), _meeting(aside=0.8)])
    result = parted(layouts, _all_made(layouts))
    torch.testing.assert_close(result[:1], parted(layouts[:1], _all_made(layouts[:1])))
    assert torch.equal(result[1], layouts[1])
