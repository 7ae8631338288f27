from pathlib import Path

import numpy as np
import pytest
import torch

from manazir.core.canvas import Canvas, Extension
from manazir.core.errors import MediaError, ShapeError
from manazir.inference.engine import Settings, Step
from manazir.inference.noor_model import NoorModel, load_model
from manazir.inference.produce import Produced, produce, resized
from manazir.media.clip import Clip


@pytest.fixture(scope="module")
def model(tiny_home: Path) -> NoorModel:
    return load_model(folder=tiny_home / "models" / "noor-nano")


def made(canvas: Canvas, model: NoorModel, settings: Settings | None = None, **options: bool) -> Produced:
    *steps, last = produce(canvas, model, settings or Settings(), **options)
    assert all(isinstance(step, Step) for step in steps)
    assert isinstance(last, Produced)
    return last


def test_a_seed_that_nobody_chose_is_drawn_told_and_repeats_the_clip(model: NoorModel) -> None:
    first, second = made(Canvas(prompt="x"), model), made(Canvas(prompt="x"), model)
    assert first.take.seed != second.take.seed
    again = made(Canvas(prompt="x", seed=first.take.seed), model)
    assert (again.clip.frames == first.clip.frames).all()
    assert again.clip.sound is not None
    assert first.clip.sound is not None
    assert (again.clip.sound.samples == first.clip.sound.samples).all()
    assert (second.clip.frames != first.clip.frames).any()


def test_what_else_draws_random_numbers_meanwhile_changes_nothing(model: NoorModel) -> None:
    canvas = Canvas(prompt="x", seed=5)
    alone = made(canvas, model)
    torch.manual_seed(99)
    np.random.default_rng(99)
    events = produce(canvas, model, Settings())
    next(events)
    other = made(Canvas(prompt="y", seed=6), model)
    last = [*events][-1]
    assert isinstance(last, Produced)
    assert (last.clip.frames == alone.clip.frames).all()
    assert (other.clip.frames != alone.clip.frames).any()


def test_the_take_has_the_settings_as_they_were_used(model: NoorModel) -> None:
    own = made(Canvas(prompt="x"), model).take
    assert own.settings == {"steps": 3, "guidance_scale": 2.0, "device": "cpu"}
    assert own.network_calls == 6
    plain = made(Canvas(prompt="x"), model, Settings(steps=2, guidance_scale=1.0)).take
    assert plain.settings == {"steps": 2, "guidance_scale": 1.0, "device": "cpu"}
    assert plain.network_calls == 2


def test_another_size_needs_leave_and_covers_what_was_asked(model: NoorModel) -> None:
    canvas = Canvas(prompt="x", width=120, height=50, seed=1)
    with pytest.raises(ShapeError, match="makes 32x32, 64x32, 32x64, not 120x50"):
        made(canvas, model)
    result = made(canvas, model, allows_resampling=True)
    assert (result.clip.width, result.clip.height) == (120, 50)
    assert (result.take.native_width, result.take.native_height) == (64, 32)
    with pytest.raises(ShapeError, match="4096 pixels a side"):
        made(Canvas(prompt="x", width=5000, height=50), model, allows_resampling=True)


def test_resizing_cuts_off_evenly_what_stands_over() -> None:
    frame = np.zeros((20, 40, 3), np.uint8)
    frame[:, 10:30] = 200
    clip = resized(Clip(frame[None], 8.0), 20, 20)
    assert (clip.frames == 200).all()


def test_a_file_that_is_not_there_is_found_before_the_work(model: NoorModel, tmp_path: Path) -> None:
    canvas = Canvas(extension=Extension(clip=tmp_path / "nowhere.mp4"))
    with pytest.raises(MediaError, match=r"cannot read .*nowhere\.mp4: No such file"):
        next(produce(canvas, model, Settings()))


def test_the_callers_own_choice_of_algorithms_stays(model: NoorModel) -> None:
    for _ in produce(Canvas(prompt="x"), model, Settings()):
        assert not torch.are_deterministic_algorithms_enabled()
