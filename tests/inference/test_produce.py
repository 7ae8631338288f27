from pathlib import Path

import numpy as np
import pytest

from manazir.core.canvas import Canvas, Extension, Keyframe, Modification
from manazir.core.errors import ShapeError
from manazir.inference.engine import Settings
from manazir.inference.noor.engine import NoorEngine
from manazir.inference.noor.model import load_model
from manazir.inference.produce import Produced, produce
from manazir.media.clip import Clip


@pytest.fixture
def model(home: Path) -> NoorEngine:
    return NoorEngine(load_model(folder=home / "models" / "noor-nano"))


def _clip(frames: int, height: int, width: int, frame_rate: float = 8.0) -> Clip:
    rng = np.random.default_rng(0)
    return Clip(rng.integers(0, 256, (frames, height, width, 3), dtype=np.uint8), frame_rate)


def _made(canvas: Canvas, model: NoorEngine) -> Produced:
    *_, last = produce(canvas, model, Settings(steps=1))
    assert isinstance(last, Produced)
    return last


def test_a_film_that_gets_sound_stays_as_it_was(model: NoorEngine) -> None:
    film = _clip(25, 48, 40, frame_rate=25.0)
    made = _made(Canvas(sound_for=film, seed=1), model)
    np.testing.assert_array_equal(made.clip.frames, film.frames)
    assert made.clip.frame_rate == 25.0
    assert made.clip.sound is not None
    assert abs(made.clip.sound.duration_seconds - 1.0) < 0.13
    assert (made.take.width, made.take.native_width) == (40, 32)


def test_an_extension_keeps_what_it_goes_on_from(model: NoorEngine) -> None:
    film = _clip(8, 32, 32)
    after = _made(Canvas(extension=Extension(clip=film), duration_seconds=1.0, seed=1), model).clip
    before = _made(Canvas(extension=Extension(clip=film, is_before=True), duration_seconds=1.0, seed=1), model).clip
    assert len(after.frames) == len(before.frames) == 16
    np.testing.assert_array_equal(after.frames[:8], film.frames)
    np.testing.assert_array_equal(before.frames[8:], film.frames)


def test_given_frames_come_back_exactly(model: NoorEngine) -> None:
    first, last = _clip(2, 32, 32).frames
    keys = (Keyframe(image=first, at_seconds=0), Keyframe(image=last, at_seconds=None))
    made = _made(Canvas(keyframes=keys, duration_seconds=2.0, seed=1), model).clip
    np.testing.assert_array_equal(made.frames[0], first)
    np.testing.assert_array_equal(made.frames[-1], last)


def test_loops_have_lengths_that_can_be_closed(model: NoorEngine) -> None:
    assert len(_made(Canvas(prompt="x", is_loop=True, duration_seconds=1.5, seed=1), model).clip.frames) == 12
    with pytest.raises(ShapeError, match=r"a loop of 1\.25 s; noor-nano closes loops of 1 s, 1\.5 s, 2 s"):
        _made(Canvas(prompt="x", is_loop=True, duration_seconds=1.25, seed=1), model)


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_changed_clip_is_as_long_as_it_was_and_another(model: NoorEngine, strength: float) -> None:
    film = _clip(8, 32, 32)
    made = _made(Canvas(prompt="a blue cube", modification=Modification(clip=film, strength=strength), seed=1), model)
    assert len(made.clip.frames) == 8
    assert (made.clip.frames != film.frames).any()
