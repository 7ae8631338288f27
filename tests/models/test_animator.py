import torch
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.noor.animator import MOVING, Animator


def _talkative() -> Animator:
    torch.manual_seed(0)
    animator = Animator(8)
    for weight in animator.parameters():
        nn.init.normal_(weight, std=0.3)
    return animator.eval()


def _layout() -> Tensor:
    layout = torch.randn(2, 12, at.SLOTS, at.FEATURES, generator=torch.Generator().manual_seed(1))
    layout[..., at.PRESENT] = torch.tensor([1.0, 1, 1, 1, -1, 1])
    return layout


def test_before_it_has_learnt_all_stays_as_it_is() -> None:
    layout = _layout()
    assert torch.equal(Animator(8)(layout, torch.zeros(2, 12, at.SLOTS, dtype=torch.bool)), layout)


def test_only_what_moves_of_bodies_that_are_there_and_not_known_is_made_anew() -> None:
    layout, known = _layout(), torch.zeros(2, 12, at.SLOTS, dtype=torch.bool)
    known[:, :5, 2] = True
    changed = _talkative()(layout, known) != layout
    assert changed[:, :, 1, MOVING].all()
    assert changed[:, 5:, 2, MOVING].all()
    assert not changed[:, :5, 2].any()
    assert not changed[:, :, [at.SET, 4, at.RAMP]].any()
    assert not changed[..., at.PRESENT].any()
    assert not changed[..., MOVING.stop :].any()


def test_bodies_are_told_of_each_other_whatever_their_order() -> None:
    layout, known = _layout(), torch.zeros(2, 12, at.SLOTS, dtype=torch.bool)
    animator, order = _talkative(), [0, 3, 1, 2, 4, 5]
    made = animator(layout, known)
    torch.testing.assert_close(animator(layout[:, :, order], known[:, :, order]), made[:, :, order])
    for other in (3, at.RAMP):
        elsewhere = layout.clone()
        elsewhere[:, :, other, at.ACROSS] += 1.0
        assert not torch.allclose(animator(elsewhere, known)[:, :, 1], made[:, :, 1])


def test_what_is_known_of_a_body_tells_of_the_rest() -> None:
    layout, known = _layout(), torch.zeros(2, 12, at.SLOTS, dtype=torch.bool)
    animator = _talkative()
    made = animator(layout, known)
    known[:, :3, 1] = True
    assert not torch.allclose(animator(layout, known)[:, 3:, 1], made[:, 3:, 1])
