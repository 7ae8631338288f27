from dataclasses import replace
from typing import Any

import pytest
import torch
from tests.tiny import SHAPE

from manazir.core import layout as at
from manazir.inference.noor import sampling
from manazir.inference.noor.heeding import Asked
from manazir.inference.noor.sampling import Known, Played, Prompted, Sampling, sample
from manazir.inference.noor.steadying import steadied
from manazir.models.noor.filming import filmed
from manazir.models.noor.steerer import ACTIONS, Steerer
from manazir.models.noor.stretch import Guide, Levels, Stretch
from manazir.models.noor.transformer import Noor
from manazir.worlds.scene import CameraMove

SAMPLING = Sampling(layout_steps=3, steps=2)


class Watched(Noor):
    """A Noor that remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(SHAPE)
        self.asked: list[tuple[Stretch, Levels, Guide]] = []

    def forward(self, noisy: Stretch, levels: Levels, guide: Guide) -> Stretch:
        self.asked.append((noisy, levels, guide))
        return super().forward(noisy, levels, guide)


@pytest.fixture
def model() -> Watched:
    torch.manual_seed(0)
    noor = Watched().eval()
    for weight in noor.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    return noor


def _noise(seed: int = 0) -> Stretch:
    torch.manual_seed(seed)
    return Stretch(torch.randn(1, 8, 3, 2, 4), torch.randn(1, 4, 5), torch.randn(1, 8, at.SLOTS, at.FEATURES))


def _known(frames: int = 0, layouts: int = 0) -> Known:
    first = torch.arange(8)[None]
    return Known(
        Stretch(
            torch.full((1, 8, 3, 2, 4), 0.5), torch.zeros(1, 4, 5), torch.full((1, 8, at.SLOTS, at.FEATURES), 0.25)
        ),
        first < frames,
        torch.zeros(1, 4, dtype=torch.bool),
        first < layouts,
    )


def _made(model: Noor, known: Known, sampling: Sampling = SAMPLING) -> list[Stretch]:
    return list(sample(model, Prompted.encode(model, ["a red ball"], [""]), known, sampling, _noise()))


@pytest.mark.parametrize("frames", [0, 2])
def test_the_layout_is_made_first_and_without_pictures(model: Watched, frames: int) -> None:
    stretches = _made(model, _known(frames=frames))
    assert len(stretches) == len(model.asked) == 5
    for noisy, levels, guide in model.asked[:3]:
        assert noisy.video.shape[-2:] == (0, 0)
        assert noisy.sound.shape[1] == 0
        assert (levels.layout > 0).all()
        assert guide.aspect == 2.0
    for noisy, levels, _ in model.asked[3:]:
        assert noisy.video.shape[-2:] == (2, 4)
        assert (levels.video[:, :frames] == 0).all()
        assert not levels.layout.any()
        torch.testing.assert_close(noisy.layout, stretches[2].layout)
    torch.testing.assert_close(stretches[-1].layout, stretches[2].layout)
    assert (stretches[-1].video[:, :frames] == 0.5).all()
    assert (stretches[-1].video[:, frames:] != 0.5).all()


def test_a_known_layout_stays_and_things_look_as_they_do_there(model: Watched) -> None:
    known = _known(frames=2, layouts=2)
    known.clean.layout[:] = steadied(known.clean.layout, known.layout[..., None].expand(-1, -1, at.SLOTS))
    layout = _made(model, known)[-1].layout
    there = layout[:, :2, :, at.PRESENT] > 0
    torch.testing.assert_close(layout[:, :2][there], known.clean.layout[:, :2][there], atol=1e-4, rtol=0)
    torch.testing.assert_close(layout[..., at.STEADY], layout[:, :1, :, at.STEADY].expand(-1, 8, -1, -1))
    assert not torch.allclose(layout[:, 2, at.SET, at.CAMERA], layout[:, 7, at.SET, at.CAMERA])


def test_what_is_not_seen_of_a_known_layout_is_made_like_what_is_not_known(model: Watched) -> None:
    known = _known(frames=2, layouts=2)
    known.clean.layout[:, 1, 3] = 0.0
    layout = _made(model, known)[-1].layout
    _, levels, _ = model.asked[0]
    assert (levels.layout == 0).sum(1).tolist() == [[2, 2, 2, 1, 2, 2]] * 2
    assert layout[0, :, 3, at.PRESENT].unique().numel() == 1


def test_a_layout_that_is_wholly_known_is_not_made_again(model: Watched) -> None:
    known = _known(frames=8, layouts=8)
    known.clean.layout[:, 2:4, 3] = 0.0
    stretches = _made(model, known, replace(SAMPLING, layout_steps=0))
    assert len(stretches) == len(model.asked) == SAMPLING.steps
    assert (stretches[-1].layout[0, :, 3] == 0.25).all()  # as in the nearest frames


def test_known_sound_is_heard_while_the_layout_is_made(model: Watched) -> None:
    known = _known()
    known.sound[0, 1] = True
    _made(model, known)
    noisy, levels, _ = model.asked[0]
    assert levels.sound.tolist() == [[1, 0, 1, 1]] * 2
    assert not noisy.sound[:, 1].any()
    assert noisy.sound[:, 0].any()


def test_things_are_there_or_not_and_of_one_kind(model: Watched) -> None:
    layout = _made(model, _known())[-1].layout
    assert set(layout[..., at.PRESENT].flatten().tolist()) <= {-1.0, 1.0}
    for slots, kinds in ((slice(1, 6), at.SHAPE), (slice(1, 6), at.MATERIAL), (slice(0, 1), at.BACKDROP)):
        chosen = layout[:, :, slots, kinds]
        assert set(chosen.flatten().tolist()) <= {0.0, at.KIND}
        assert (chosen.sum(-1) <= at.KIND).all()
    turns = layout[:, :, at.BODIES, at.TURN][layout[:, :, at.BODIES, at.PRESENT] > 0] / at.TURN_SCALE
    torch.testing.assert_close(turns.square().sum(-1), torch.full((len(turns),), 2.0))
    torch.testing.assert_close((turns[:, :3] * turns[:, 3:]).sum(-1), torch.zeros(len(turns)), atol=1e-5, rtol=0)
    assert not layout[layout[..., at.PRESENT] < 0][:, at.PRESENT + 1 :].any()


def test_a_clip_that_is_to_be_changed_shows_through_the_noise(model: Watched) -> None:
    _made(model, _known(), replace(SAMPLING, strength=0.5))
    noisy, levels, _ = model.asked[0]
    assert (levels.layout == 0.5).all()
    torch.testing.assert_close(noisy.layout[:1], 0.5 * 0.25 + 0.5 * _noise().layout)
    noisy, levels, _ = model.asked[3]
    assert (levels.video == 0.5).all()
    torch.testing.assert_close(noisy.video, 0.5 * 0.5 + 0.5 * _noise().video)


@pytest.mark.parametrize(
    ("others", "batches"),
    [
        ({}, [2, 2, 2, 1, 1]),
        ({"guidance_scale": 1.0}, [1, 1, 1, 1, 1]),
        ({"is_distilled": True}, [1, 1, 1, 1, 1]),
        ({"is_distilled": True, "is_something_unwanted": True}, [2, 2, 2, 1, 1]),
    ],
)
def test_calls_are_counted_as_they_are_made(model: Watched, others: dict[str, Any], batches: list[int]) -> None:
    sampling = replace(SAMPLING, **others)
    _made(model, _known(), sampling)
    assert [len(noisy.layout) for noisy, _, _ in model.asked] == batches
    assert sampling.network_calls == sum(batches)


def test_where_no_pictures_are_drawn_sound_is_and_video_stays(model: Watched) -> None:
    known = _known(frames=2, layouts=2)
    stretches = _made(model, known, replace(SAMPLING, draws_pictures=False))
    assert len(stretches) == len(model.asked) == 5
    for noisy, _, _ in model.asked[3:]:
        assert noisy.video.shape[-2:] == (0, 0)
        assert noisy.sound.shape[1] == 4
    assert torch.equal(stretches[-1].video, known.clean.video)
    assert (stretches[-1].sound != stretches[2].sound).all()


@pytest.mark.parametrize(("is_something_unwanted", "scale"), [(False, 3.0), (True, 1.0)])
def test_a_distilled_network_is_told_how_far_to_go_when_it_lays_out(
    model: Watched, is_something_unwanted: bool, scale: float
) -> None:
    """It answers for guidance by itself, unless that is to move away from words."""
    others = {"is_something_unwanted": is_something_unwanted, "guidance_scale": 3.0}
    _made(model, _known(), replace(SAMPLING, is_distilled=True, **others))
    steps = [guide.step for _, _, guide in model.asked[:3]]
    assert all(step is not None for step in steps)
    assert sum(float(step[0]) for step in steps if step is not None) == pytest.approx(1.0)
    assert all(guide.guidance is not None and (guide.guidance == scale).all() for _, _, guide in model.asked[:3])
    assert all(guide.step is None for _, _, guide in model.asked[3:])


@pytest.mark.parametrize("steps", [1, 3])
def test_what_is_laid_out_is_animated_at_the_end_and_not_before(model: Watched, steps: int) -> None:
    sampling = replace(SAMPLING, layout_steps=steps, guidance_scale=1.0)
    moved = _made(model, _known(2, 2), sampling)
    torch.nn.init.zeros_(model.animator.leave.weight)
    torch.nn.init.zeros_(model.animator.leave.bias)
    plain = _made(model, _known(2, 2), sampling)
    for before, after in zip(plain[: steps - 1], moved[: steps - 1], strict=True):
        assert torch.equal(before.layout, after.layout)
    before, after = plain[steps - 1].layout, moved[steps - 1].layout
    changed = before != after
    assert changed[:, 2:, at.BODIES, at.PRESENT + 1].any()
    assert not changed[:, :2].any()  # given
    assert not changed[:, :, [at.SET, at.RAMP]].any()
    assert not changed[..., at.STEADY].any()
    assert torch.equal(moved[-1].layout, after)


def test_between_known_frames_nothing_is_animated(model: Watched) -> None:
    known, sampling = _known(), replace(SAMPLING, layout_steps=1, guidance_scale=1.0)
    known.layout[:, [2, 5]] = True
    moved = _made(model, known, sampling)[0].layout
    torch.nn.init.zeros_(model.animator.leave.weight)
    torch.nn.init.zeros_(model.animator.leave.bias)
    changed = _made(model, known, sampling)[0].layout != moved
    assert changed[:, [0, 1, 6, 7]].flatten(2).any(2).all()
    assert not changed[:, 2:6].any()


def test_without_steps_of_laying_out_nothing_is_animated(model: Watched) -> None:
    known = _known(8, 8)
    assert torch.equal(_made(model, known, replace(SAMPLING, layout_steps=0))[-1].layout, known.clean.layout)


def test_a_clip_that_is_changed_a_little_is_animated_as_little(model: Watched) -> None:
    sampling = replace(SAMPLING, layout_steps=1, guidance_scale=1.0, strength=0.1)
    moved = _made(model, _known(), sampling)[0].layout
    animator = model.animator
    leave = {name: weight.clone() for name, weight in animator.leave.named_parameters()}
    for weight in animator.leave.parameters():
        torch.nn.init.zeros_(weight)
    plain = _made(model, _known(), sampling)[0].layout
    animator.leave.load_state_dict(leave)
    whole = animator(plain, torch.zeros(plain.shape[:3], dtype=torch.bool)) - plain
    moves = slice(at.ACROSS, at.TURN.start)
    assert whole[..., moves].abs().max() > 0.01
    torch.testing.assert_close((moved - plain)[..., moves], 0.1 * whole[..., moves])


def _played(*actions: str) -> Played:
    numbers = [ACTIONS.index(action) for action in actions]
    return Played(Steerer(8, 8.0), torch.tensor([numbers + [0] * (8 - len(numbers))]))


def _rolling() -> Known:
    """A ball in the middle of the picture, seen by the usual camera, in the first three of eight frames."""
    known = _known(layouts=3)
    layout = torch.zeros(1, 8, at.SLOTS, at.FEATURES)
    layout[..., at.PRESENT] = torch.tensor([1.0, 1, -1, -1, -1, -1])
    layout[:, :, at.SET, at.FLAT] = -1.0
    layout[:, :, 1, at.SHAPE.start] = at.KIND
    return replace(known, clean=replace(known.clean, layout=layout))


def _last(model: Watched, known: Known, **others: Any) -> Stretch:
    prompted = Prompted.encode(model, ["a ball"], [""])
    *_, last = sample(model, prompted, known, Sampling(layout_steps=2, steps=1), _noise(), **others)
    return last


def test_actions_change_what_is_made_and_nothing_that_is_known(model: Watched) -> None:
    known = _rolling()
    alone = _last(model, known).layout
    pushed = _last(model, known, played=_played("none", "none", "right", "right")).layout
    assert torch.equal(pushed[:, :3], alone[:, :3])
    assert (pushed[0, 4:, 1, at.ACROSS] != alone[0, 4:, 1, at.ACROSS]).all()
    assert torch.equal(pushed[:, :, 2], alone[:, :, 2])


def test_actions_that_led_to_known_frames_are_not_done_again(model: Watched) -> None:
    known = _rolling()
    before = _last(model, known, played=_played("right", "right")).layout
    assert torch.equal(before, _last(model, known).layout)


@pytest.mark.parametrize(
    ("frames", "strength", "films"),
    [(0, 1.0, [("tilt up", range(0))]), (2, 1.0, [("tilt up", range(2))]), (0, 0.5, [])],
)
def test_the_camera_goes_as_is_asked_on_from_what_is_known(
    model: Watched,
    monkeypatch: pytest.MonkeyPatch,
    frames: int,
    strength: float,
    films: list[tuple[str, range]],
) -> None:
    asked_for: list[tuple[str, range]] = []

    def watched(layout: torch.Tensor, move: str, *, speed: float, known: range) -> torch.Tensor:
        asked_for.append((move, known))
        assert speed == 0.5
        return filmed(layout, move, speed=speed, known=known)

    monkeypatch.setattr(sampling, "filmed", watched)
    prompted, words = Prompted.encode(model, ["a red ball"], [""]), Asked(camera=CameraMove.TILT_UP, camera_speed=0.5)
    chosen = replace(SAMPLING, strength=strength)
    list(sample(model, prompted, _known(frames, frames), chosen, _noise(), asked=words))
    assert asked_for == films
