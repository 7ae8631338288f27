"""The steerer: a player's actions, from a layout of what happens without them."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor import steerer as steering
from manazir.models.noor.steerer import ACTIONS, Steerer
from manazir.worlds import camera_path
from manazir.worlds import steering as simulated
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.physics import simulate
from manazir.worlds.scene import Action, Body, CameraMove, Event, Material, Scene, Shape

FRAMES = 18
NONE = (Action.NONE,)


def _ball(**others: Any) -> Body:
    made = Body(shape=Shape.SPHERE, size=0.3, colour="red", material=Material.WOOD, position=(0.0, 0.0, 0.3))
    return replace(made, **others)


def _scene(*actions: Action, body: Body | None = None, **others: Any) -> Scene:
    padded = (*actions, *NONE * (FRAMES - len(actions)))
    made = Scene(bodies=(body or _ball(),), event=Event.PLAY, actions=padded, frames=FRAMES)
    return replace(made, **others)


def _layouts(scene: Scene) -> tuple[Tensor, Tensor, Tensor]:
    """Left alone, steered, and the actions."""
    alone = replace(scene, actions=NONE * scene.frames)
    left, steered = (torch.from_numpy(layout_of(one, simulate(one)))[None] for one in (alone, scene))
    return left, steered, torch.tensor([[ACTIONS.index(action.value) for action in scene.actions]])


def _steered(left: Tensor, actions: Tensor) -> Tensor:
    """By what is known of pushes, jumps and cameras, before anything is learnt."""
    with torch.no_grad():
        result: Tensor = Steerer(8, 12.0)(left, actions)
    return result


def test_it_knows_the_simulators_actions() -> None:
    assert tuple(action.value for action in Action) == ACTIONS
    assert (steering._PUSH, steering._JUMP) == (simulated.PUSH, simulated.JUMP_SPEED)
    assert steering._CIRCLE == camera_path.ACTION_RADIANS


@pytest.mark.parametrize("action", [Action.LEFT, Action.RIGHT, Action.AWAY, Action.TOWARDS])
def test_a_ball_that_is_pushed_goes_where_it_rolls(action: Action) -> None:
    left, true, actions = _layouts(_scene(*NONE * 2, *(action,) * 5, *NONE * 3, Action.JUMP))
    made = _steered(left, actions)
    assert (true - left)[..., at.ACROSS : at.BULK + 1].abs().max() > 0.3
    seen = slice(at.ACROSS, at.BULK + 1)
    torch.testing.assert_close(made[:, :, 1, seen], true[:, :, 1, seen], atol=0.06, rtol=0.0)
    assert torch.equal(made[:, :3], left[:, :3])


def test_what_jumps_comes_down_again() -> None:
    left, true, actions = _layouts(_scene(*NONE * 3, Action.JUMP, body=_ball(restitution=0.0)))
    made = _steered(left, actions)
    torch.testing.assert_close(made[:, :, 1, [at.UP, at.HEIGHT]], true[:, :, 1, [at.UP, at.HEIGHT]], atol=0.08, rtol=0)
    assert torch.equal(made[:, -1], left[:, -1])


def test_nothing_jumps_in_the_air() -> None:
    left, _, actions = _layouts(_scene(Action.JUMP, body=_ball(position=(0.0, 0.0, 2.5))))
    assert torch.equal(_steered(left, actions), left)


@pytest.mark.parametrize("move", [CameraMove.STILL, CameraMove.PUSH_IN, CameraMove.ORBIT_LEFT])
@pytest.mark.parametrize("action", [Action.CAMERA_LEFT, Action.CAMERA_RIGHT])
def test_a_camera_that_goes_around_sees_what_the_simulators_sees(move: CameraMove, action: Action) -> None:
    scene, _ = draw(3, {Event.RAMP: 1.0}, frames=FRAMES)
    amount = 0.4 if move is CameraMove.ORBIT_LEFT else 0.8
    camera = replace(scene.camera, move=move, amount=0.0 if move is CameraMove.STILL else amount)
    left, true, actions = _layouts(replace(scene, camera=camera, actions=(action,) * 8 + NONE * 10))
    made = _steered(left, actions)
    assert (true - left).abs().max() > 0.5
    torch.testing.assert_close(made, true, atol=0.05, rtol=0.0)


def test_what_swings_is_not_pushed_but_seen_from_another_side() -> None:
    scene, motion = draw(5, {Event.SWING: 1.0}, frames=FRAMES)
    places, axes = camera_path.camera_path(scene.camera, FRAMES, (Action.CAMERA_LEFT,) * FRAMES)
    around = replace(motion, camera_positions=places, camera_axes=axes)
    left, true = (torch.from_numpy(layout_of(scene, one))[None] for one in (motion, around))
    assert torch.equal(_steered(left, torch.full((1, FRAMES), ACTIONS.index("left"))), left)
    made = _steered(left, torch.full((1, FRAMES), ACTIONS.index("camera left")))
    rest = [feature for feature in range(at.FEATURES) if feature not in (at.ROD_ACROSS, at.ROD_UP)]
    torch.testing.assert_close(made[..., rest], true[..., rest], atol=0.08, rtol=0.0)
    rod = slice(at.ROD_ACROSS, at.ROD_UP + 1)  # how far away its upper end is, nothing tells
    torch.testing.assert_close(made[..., rod], true[..., rod], atol=0.5, rtol=0.0)


@pytest.mark.parametrize("feature", ["fixed", "flat", "empty"])
def test_what_cannot_be_steered_stays(feature: str) -> None:
    left, _, actions = _layouts(_scene(*(Action.RIGHT,) * 6, Action.JUMP))
    if feature == "fixed":
        left[:, :, 1, at.FIXED] = 1.0
    elif feature == "flat":
        left[:, :, at.SET, at.FLAT] = 1.0
    else:
        left[:, :, 1, at.PRESENT] = -1.0
    assert torch.equal(_steered(left, actions), left)


def test_what_is_learnt_changes_nothing_before_the_first_action() -> None:
    torch.manual_seed(0)
    network = Steerer(8, 12.0)
    for weight in network.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    left, _, actions = _layouts(_scene(*NONE * 6, Action.LEFT))
    with torch.no_grad():
        made, still = network(left, actions), network(left, torch.zeros_like(actions))
    assert torch.equal(made[:, :7], left[:, :7])
    assert (made[:, 7:] - left[:, 7:]).abs().max() > 0.01
    assert torch.equal(still, left)


def test_numbers_stay_within_a_layouts() -> None:
    left, _, _ = _layouts(_scene())
    made = _steered(left, torch.full((1, FRAMES), ACTIONS.index("towards")))
    assert made.abs().max() <= at.LARGEST
    assert made.isfinite().all()
