"""Clips longer than a model makes at once."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from manazir.core.canvas import Canvas, Extension, Keyframe
from manazir.core.errors import ShapeError
from manazir.inference.dividing import parts_of
from manazir.inference.engine import Settings, Step
from manazir.inference.noor.engine import NoorEngine
from manazir.inference.noor.model import load_model
from manazir.inference.produce import Produced, produce
from manazir.media.clip import Clip


@pytest.fixture
def model(home: Path) -> NoorEngine:
    """Makes six seconds at once, eight frames a second."""
    return NoorEngine(load_model(folder=home / "models" / "noor-nano"))


def _clip(frames: int) -> Clip:
    return Clip(np.random.default_rng(0).integers(0, 256, (frames, 32, 32, 3), dtype=np.uint8), 8.0)


def _made(canvas: Canvas, model: NoorEngine) -> Produced:
    *steps, last = produce(canvas, model, Settings(steps=1, layout_steps=1), allows_resampling=True)
    assert isinstance(last, Produced)
    told = [step for step in steps if isinstance(step, Step)]
    assert all(one.done < after.done for one, after in itertools.pairwise(told))
    assert told[-1].done <= told[-1].total
    return last


def test_all_parts_together_are_as_long_as_asked() -> None:
    for seconds in np.arange(0.5, 40.0, 0.25):
        parts = parts_of(float(seconds), 6.0)
        assert sum(parts) == pytest.approx(seconds)
        assert max(parts) <= 6.0
        assert len(parts) == 1 or min(parts) >= 1.0 - 1e-9


def test_a_longer_clip_is_gone_on_with(model: NoorEngine) -> None:
    made = _made(Canvas(prompt="a red ball", duration_seconds=8.0, seed=1), model)
    assert len(made.clip.frames) == 64
    assert made.clip.sound is not None
    assert made.clip.sound.duration_seconds == pytest.approx(8.0, abs=0.2)
    assert "made in 2 parts" in made.take.notes[0]
    first = _made(Canvas(prompt="a red ball", duration_seconds=6.0, seed=1), model)
    np.testing.assert_array_equal(made.clip.frames[:48], first.clip.frames)


def test_without_leave_a_longer_clip_is_refused(model: NoorEngine) -> None:
    with pytest.raises(ShapeError, match="8 s is more than noor-nano makes"):
        list(produce(Canvas(prompt="x", duration_seconds=8.0), model, Settings()))


def test_pictures_stand_where_they_were_pinned(model: NoorEngine) -> None:
    early, late, last = _clip(3).frames
    keys = (
        Keyframe(image=early, at_seconds=1.0),
        Keyframe(image=late, at_seconds=7.0),
        Keyframe(image=last, at_seconds=None),
    )
    frames = _made(Canvas(keyframes=keys, duration_seconds=8.0, seed=1), model).clip.frames
    for index, picture in ((8, early), (56, late), (63, last)):
        np.testing.assert_array_equal(frames[index], picture)


@pytest.mark.parametrize("is_before", [False, True])
def test_a_clip_is_extended_by_more_than_a_model_makes(model: NoorEngine, is_before: bool) -> None:
    film = _clip(8)
    canvas = Canvas(extension=Extension(clip=film, is_before=is_before), duration_seconds=7.0, seed=1)
    frames = _made(canvas, model).clip.frames
    assert len(frames) == 64
    np.testing.assert_array_equal(frames[-8:] if is_before else frames[:8], film.frames)


def test_pictures_stand_where_they_were_pinned_before_a_clip_too(model: NoorEngine) -> None:
    film, (early, late) = _clip(8), _clip(2).frames
    keys = (Keyframe(image=early, at_seconds=0.5), Keyframe(image=late, at_seconds=3.0))
    canvas = Canvas(extension=Extension(clip=film, is_before=True), keyframes=keys, duration_seconds=8.0, seed=1)
    frames = _made(canvas, model).clip.frames
    assert len(frames) == 72
    np.testing.assert_array_equal(frames[4], early)
    np.testing.assert_array_equal(frames[24], late)


def test_a_rate_that_the_model_does_not_make_is_delivered(model: NoorEngine) -> None:
    made = _made(Canvas(prompt="x", duration_seconds=1.0, frame_rate=24.0, seed=1), model)
    assert (len(made.clip.frames), made.clip.frame_rate) == (24, 24.0)
    np.testing.assert_array_equal(made.clip.frames[0], made.clip.frames[2])
    assert "made at 8 frames/s; frames are repeated or left out" in made.take.notes


def test_an_extended_clip_keeps_its_own_pixels_in_a_size_that_the_model_does_not_make(model: NoorEngine) -> None:
    film = Clip(np.random.default_rng(0).integers(0, 256, (8, 48, 96, 3), dtype=np.uint8), 8.0)
    canvas = Canvas(extension=Extension(clip=film), duration_seconds=1.0, width=96, height=48, seed=1)
    frames = _made(canvas, model).clip.frames
    assert frames.shape == (16, 48, 96, 3)
    np.testing.assert_array_equal(frames[:8], film.frames)
