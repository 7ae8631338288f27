import pytest
import torch

from manazir.core import layout as at
from manazir.models.noor.foley import Foley, happenings
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.scene import Event

CHANGES = 1 + 4
"""Where a thing's speeds stand among its numbers: after being there, and four that say where it is."""


def _still() -> torch.Tensor:
    """A ball on the ground and another in the air, for eight frames."""
    layout = torch.zeros(1, 8, at.SLOTS, at.FEATURES)
    layout[..., at.PRESENT] = torch.tensor([1.0, 1, 1, -1, -1, -1])
    layout[:, :, 1, at.HEIGHT] = 1.5 * 0.387 - 0.8  # its size is exp(-0.95) metres
    layout[:, :, 2, [at.ACROSS, at.HEIGHT]] = torch.tensor([2.0, 1.0])
    return layout


@pytest.fixture
def foley() -> Foley:
    torch.manual_seed(0)
    result = Foley(sound_width=6, hops=3, width=8)
    for weight in result.parameters():  # those that start at zero would hide mistakes
        torch.nn.init.normal_(weight, std=0.3)
    return result.eval()


def test_what_stands_still_and_what_is_not_there_does_not_move() -> None:
    told = happenings(_still())[0].view(8, -1)
    things = told[:, : 5 * 34].view(8, 5, 34)
    assert not things[:, :, CHANGES : CHANGES + 8].any()
    assert not things[:, 2:].any()
    assert things[0, 0, -1] == pytest.approx(0.0, abs=0.01)  # it touches the ground
    assert things[0, 1, -1] > 1.0


def test_a_bounce_is_a_change_of_speed() -> None:
    layout = _still()
    layout[0, :, 2, at.UP] = torch.tensor([4.0, 3, 2, 1, 0, 1, 2, 3])
    bends = happenings(layout)[0, :, : 5 * 34].view(8, 5, 34)[:, 1, CHANGES + 4 : CHANGES + 8]
    assert bends[:, at.UP - at.ACROSS].tolist() == [0, 0, 0, 0, 16, 0, 0, -8]


def test_a_happening_is_heard_when_it_happens_and_not_before(foley: Foley) -> None:
    before, after = _still(), _still()
    after[0, 4:, 1, at.ACROSS] = 1.0
    change = (foley(before, 8) - foley(after, 8)).abs().sum(-1)[0]
    assert change[4] > 0
    assert foley(before, 8).shape == (1, 8, 6)
    assert not change[:2].any()


def test_scenes_are_told_in_numbers_of_about_one() -> None:
    for event in (Event.DROP, Event.COLLIDE, Event.RAMP, Event.SWING):
        told = happenings(torch.from_numpy(layout_of(*draw(3, {event: 1.0})))[None])
        assert torch.isfinite(told).all()
        assert float(told.square().mean().sqrt()) < 2.0
