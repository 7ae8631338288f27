"""Landing: what stops in the air falls."""

import pytest
import torch
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.noor.landing import landed
from manazir.models.noor.space import Cameras
from manazir.worlds.families import MIXTURE, draw
from manazir.worlds.layout import layout_of
from manazir.worlds.scene import Event


def _layout(event: Event, seed: int) -> Tensor:
    return torch.from_numpy(layout_of(*draw(seed, {event: 1.0})))[None]


def _heights(layout: Tensor) -> Tensor:
    """Of bodies, `[t, n]`, in metres."""
    return Cameras(layout[:, :, at.SET]).places(layout[:, :, at.BODIES])[0, ..., 2]


def _hung(layout: Tensor, frame: int) -> Tensor:
    """The first body stays where it is at a frame."""
    result = layout.clone()
    result[:, frame:, at.BODIES.start] = layout[:, frame : frame + 1, at.BODIES.start]
    return result


@pytest.mark.parametrize("event", list(MIXTURE))
def test_what_does_happen_stays_as_it_is(event: Event) -> None:
    layouts = torch.cat([_layout(event, seed) for seed in range(4)])
    assert torch.equal(landed(layouts), layouts)


def test_a_body_that_stops_in_the_air_falls_to_the_ground() -> None:
    true = _layout(Event.DROP, 5)
    hung = _hung(true, 2)
    before, after = _heights(hung)[:, 0], _heights(landed(hung))[:, 0]
    assert before[-1] > 0.5
    torch.testing.assert_close(after[:3], before[:3], atol=1e-4, rtol=0.0)
    assert (after.diff() < 1e-3).all(), "it falls and does not rise"
    assert after[-1] < 0.75 * before[-1]
    assert after[-1] > 0.1, "it lies on the ground, not in it"


def test_a_pendulum_may_hang() -> None:
    hung = _hung(_layout(Event.SWING, 4), 2)
    assert torch.equal(landed(hung), hung)
