"""Resting: what stands still does, wherever it is seen from."""

import pytest
import torch
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.noor.resting import rested
from manazir.models.noor.filming import filmed
from manazir.models.noor.space import Cameras
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.scene import CameraMove, Event


def _drifting() -> Tensor:
    """Bodies that rest, seen by a camera that goes around them, drifting by half a metre."""
    scene, motion = next(
        drawn
        for drawn in (draw(seed, {Event.REST: 1.0}) for seed in range(100))
        if drawn[0].camera.move is CameraMove.STILL
    )
    layout = filmed(torch.from_numpy(layout_of(scene, motion))[None], CameraMove.ORBIT_LEFT)
    cameras = Cameras(layout[:, :, at.SET])
    places = cameras.places(layout[:, :, at.BODIES])
    moved = places.clone()
    moved[..., 0] += torch.linspace(-0.25, 0.25, layout.shape[1])[None, :, None]
    return cameras.moved(layout, places, moved)


def _places(layout: Tensor) -> Tensor:
    there = layout[0, 0, at.BODIES, at.PRESENT] > 0
    return Cameras(layout[:, :, at.SET]).places(layout[:, :, at.BODIES])[0][:, there]


@pytest.mark.parametrize(("known", "anchor"), [(range(0), 12), (range(3), 2), (range(20, 24), 20)])
def test_what_drifts_stands_where_it_is_known_to_be(known: range, anchor: int) -> None:
    drifting = _drifting()
    assert _places(drifting).std(0).max() > 0.1
    standing = rested(drifting, known)
    made = [frame for frame in range(drifting.shape[1]) if frame not in known]
    torch.testing.assert_close(
        _places(standing)[made], _places(drifting)[anchor].expand(len(made), -1, -1), atol=0.02, rtol=0
    )
    assert torch.equal(standing[:, :, at.SET], drifting[:, :, at.SET])  # the camera goes where it went
    if known:
        assert torch.equal(standing[:, known.start : known.stop], drifting[:, known.start : known.stop])
