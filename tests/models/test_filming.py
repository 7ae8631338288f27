"""Filming: cameras that move as they are told, over scenes that were laid out for another."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.filming import AMOUNTS, filmed
from manazir.worlds.camera_path import camera_path
from manazir.worlds.families import draw
from manazir.worlds.families.staging import AMOUNTS as TAUGHT
from manazir.worlds.families.staging import centred
from manazir.worlds.layout import layout_of
from manazir.worlds.motion import Motion
from manazir.worlds.scene import CameraMove, Event, Scene

MOVES = [move for move in CameraMove if move is not CameraMove.STILL]


def _still(event: Event) -> tuple[Scene, Motion]:
    """A scene whose camera stands."""
    drawn = (draw(seed, {event: 1.0}) for seed in range(100))
    return next((scene, motion) for scene, motion in drawn if scene.camera.move is CameraMove.STILL)


def _layout(scene: Scene, motion: Motion) -> Tensor:
    return torch.from_numpy(layout_of(scene, motion))[None]


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("event", [Event.SWING, Event.RAMP, Event.COLLIDE])
def test_the_same_scene_under_a_camera_that_moves(event: Event, move: CameraMove) -> None:
    scene, motion = _still(event)
    camera = replace(centred(scene.camera, move, AMOUNTS[move.split()[0]]), move=move, amount=AMOUNTS[move.split()[0]])
    places, axes = camera_path(camera, scene.frames)
    left = _layout(scene, motion)
    true = _layout(replace(scene, camera=camera), replace(motion, camera_positions=places, camera_axes=axes))
    error, change = ((one - true)[:, :, :, : at.ROD_UP + 1] for one in (filmed(left, move), left))
    assert error.square().sum() < 0.02 * change.square().sum()


@pytest.mark.parametrize("known", [range(6), range(18, 24)])
def test_the_camera_goes_on_from_what_is_known_or_comes_to_it(known: range) -> None:
    scene, motion = _still(Event.COLLIDE)
    left = _layout(scene, motion)
    made = filmed(left, CameraMove.ORBIT_LEFT, speed=0.5, known=known)
    assert torch.equal(made[:, known.start : known.stop], left[:, known.start : known.stop])
    camera = made[0, :, at.SET, at.CAMERA]
    steps = camera.diff(dim=0).norm(dim=-1)
    moving = steps[known.stop - 1 :] if known.start == 0 else steps[: known.start]
    assert moving.min() > 0.5 * moving.max() > 0  # from the first made frame on, at one speed
    whole = filmed(left, CameraMove.ORBIT_LEFT)[0, :, at.SET, at.CAMERA].diff(dim=0).norm(dim=-1)
    assert float(moving.mean()) == pytest.approx(0.5 * float(whole.mean()), rel=0.1)


def test_what_is_moved_is_as_much_as_in_scenes_that_teach() -> None:
    assert AMOUNTS.keys() == TAUGHT.keys()
    assert all(least < AMOUNTS[kind] < most for kind, (least, most) in TAUGHT.items())


def test_a_camera_that_is_to_stand_does() -> None:
    seeds = range(100)
    scene, motion = next(
        drawn for drawn in (draw(seed, {Event.REST: 1.0}) for seed in seeds) if "pan" in drawn[0].camera.move
    )
    still = filmed(_layout(scene, motion), CameraMove.STILL)
    assert still[:, :, at.SET, at.CAMERA].diff(dim=1).abs().max() < 1e-4
    assert still[:, :, at.BODIES, at.ACROSS : at.UP + 1].diff(dim=1).abs().max() < 0.02


def test_flat_worlds_and_empty_slots_stay_as_they_are() -> None:
    flat = _layout(*draw(3, {Event.PARABOLA: 1.0}))
    assert torch.equal(filmed(flat, CameraMove.PAN_LEFT), flat)
    scene = _layout(*_still(Event.DROP))
    is_empty = scene[..., at.PRESENT] < 0
    assert is_empty.any()
    assert torch.equal(filmed(scene, CameraMove.ORBIT_LEFT)[is_empty], scene[is_empty])
