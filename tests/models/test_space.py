from dataclasses import replace

import numpy as np
import pytest
import torch

from manazir.core import layout as at
from manazir.models.noor.space import Cameras, size_of
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of, roles
from manazir.worlds.scene import CameraMove, Event

PLACED = [at.ACROSS, at.UP, at.BULK, at.HEIGHT, at.SHADOW_ACROSS, at.SHADOW_UP]


@pytest.mark.parametrize("event", [Event.COLLIDE, Event.THROW, Event.COLLISION])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_layouts_say_where_bodies_are_in_the_world(event: Event, seed: int) -> None:
    scene, motion = draw(seed, {event: 1.0})
    layout = torch.from_numpy(layout_of(scene, motion))[None]
    bodies = layout[:, :, at.BODIES]
    places = Cameras(layout[:, :, at.SET]).places(bodies)[0].numpy()
    for slot, body in enumerate(roles(scene)):
        is_near = np.abs(layout[0, :, slot + 1, : at.COLOUR.start].numpy()).max(1) < 3.9  # what is far is only far
        true = motion.positions[:, body]
        axes = slice(None) if not scene.is_flat else motion.camera_axes[0, 0] != 0  # depth says nothing there
        np.testing.assert_allclose(places[is_near, slot][:, axes], true[is_near][:, axes], atol=2e-3)
        assert float(size_of(bodies)[0, 0, slot]) == pytest.approx(scene.bodies[body].size, rel=1e-4)


@pytest.mark.parametrize("move", [CameraMove.STILL, CameraMove.ORBIT_LEFT, CameraMove.PUSH_IN])
def test_bodies_that_are_moved_are_laid_out_as_if_they_had_been_there(move: CameraMove) -> None:
    for seed in range(200):
        scene, motion = draw(seed, {Event.COLLIDE: 1.0})
        layout = torch.from_numpy(layout_of(scene, motion))[None]
        is_seen = layout[0, :, at.BODIES][:, :, PLACED].abs().max() < 3.5
        if scene.camera.move is move and is_seen and scene.lights[0].has_shadow:
            break
    step = np.array([0.3, -0.2, 0.1])
    positions = motion.positions.copy()
    positions[:, scene.actor] += step
    true = torch.from_numpy(layout_of(scene, replace(motion, positions=positions)))
    cameras = Cameras(layout[:, :, at.SET])
    before = cameras.places(layout[:, :, at.BODIES])
    after = before.clone()
    after[:, :, roles(scene).index(scene.actor)] += torch.from_numpy(step).float()
    moved = cameras.moved(layout, before, after)
    torch.testing.assert_close(moved[0][..., PLACED], true[..., PLACED], atol=0.02, rtol=0)
    assert not torch.equal(moved, layout)
