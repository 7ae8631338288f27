import pytest
import torch

from manazir.core import layout as at
from manazir.models.noor.symmetry import settled
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.scene import Event, Shape


def _axes(turns: torch.Tensor) -> torch.Tensor:
    x, z = (turns / at.TURN_SCALE).unflatten(-1, (2, 3)).unbind(-2)
    return torch.stack([x, torch.linalg.cross(z, x), z], dim=-2)


@pytest.mark.parametrize("shape", list(Shape))
def test_settled_turns_look_the_same_and_change_no_faster(shape: Shape) -> None:
    for seed in range(400):
        scene, motion = draw(seed, {Event.TOPPLE: 1.0, Event.THROW: 1.0, Event.ROLL: 1.0})
        if scene.bodies[0].shape is shape:
            break
    true = torch.from_numpy(layout_of(scene, motion))[None]
    told = settled(true)
    kept = [k for k in range(at.FEATURES) if k not in range(at.TURN.start, at.TURN.stop)]
    torch.testing.assert_close(told[..., kept], true[..., kept])
    torch.testing.assert_close(told[:, :, at.SET], true[:, :, at.SET])
    torch.testing.assert_close(told[true[..., at.PRESENT] < 0], true[true[..., at.PRESENT] < 0])
    before, after = _axes(true[0, :, 1, at.TURN]), _axes(told[0, :, 1, at.TURN])
    torch.testing.assert_close(after @ after.mT, torch.eye(3).expand(24, 3, 3), atol=1e-3, rtol=0)
    relabelled = after @ before.mT  # the body's old axes in its new ones
    steps = [axes.diff(dim=0).square().sum((1, 2)).sqrt().max() for axes in (before, after)]
    assert steps[1] <= steps[0] + 1e-3
    match shape:
        case Shape.SPHERE:  # starts upright, and turns as it did
            torch.testing.assert_close(relabelled, relabelled[:1].expand(24, 3, 3), atol=1e-3, rtol=0)
            assert after[0, 2, 1] > 0.95
        case Shape.CUBE:  # one of 24, the same throughout
            torch.testing.assert_close(relabelled, relabelled[:1].expand(24, 3, 3), atol=1e-3, rtol=0)
            assert float((relabelled.abs() - relabelled.abs().round()).abs().max()) < 1e-3
        case _:  # about the same axis
            along = (before[:, 2] * after[:, 2]).sum(-1)
            torch.testing.assert_close(along.abs(), torch.ones(24), atol=1e-3, rtol=0)
            assert shape is not Shape.CONE or float(along.min()) > 0


def test_a_drum_that_rolls_does_not_turn_for_all_that_is_seen() -> None:
    for seed in range(400):
        scene, motion = draw(seed, {Event.ROLL: 1.0})
        if scene.bodies[scene.actor or 0].shape is Shape.CYLINDER:
            break
    true = torch.from_numpy(layout_of(scene, motion))[None]
    slot = at.BODIES.start
    assert true[0, :, slot, at.TURN].std(0).max() > 0.5
    assert settled(true)[0, :, slot, at.TURN].std(0).max() < 0.2
