from pathlib import Path

import numpy as np
import pytest

from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Region
from manazir.core.errors import CanvasError, ShapeError
from manazir.core.rectangles import Rectangle
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


LEFT = Rectangle(left=0.0, top=0.0, width=0.5, height=1.0)


def _changed(film: Clip, model: NoorEngine, strength: float = 0.5, is_kept: bool = True, **asked: object) -> Produced:
    change = Modification(clip=film, strength=strength, region=Region(rectangles=(LEFT,), is_kept=is_kept))
    *_, last = produce(
        Canvas(prompt="a blue cube", modification=change, seed=1, **asked),
        model,
        Settings(steps=1),
        allows_resampling=bool(asked),
    )
    assert isinstance(last, Produced)
    return last


@pytest.mark.parametrize("frames", [8, 18])
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_region_of_a_changed_clip_stays_exactly(model: NoorEngine, strength: float, frames: int) -> None:
    film = _clip(frames, 32, 32)
    made = _changed(film, model, strength)
    np.testing.assert_array_equal(made.clip.frames[:, :, :16], film.frames[:, :, :16])
    has_changed = (made.clip.frames[:, :, 16:] != film.frames[:, :, 16:]).any((1, 2, 3))
    assert has_changed.all() or strength < 1.0  # random weights see few things, and lay them out as they were
    other = _changed(film, model, strength, is_kept=False)
    np.testing.assert_array_equal(other.clip.frames[:, :, 16:], film.frames[:, :, 16:])
    assert made.take.canvas["modification"]["region"]["rectangles"][0]["width"] == 0.5
    assert (made.take.notes, made.clip.sound is None) == ((), False)


def test_a_region_is_the_clips_own_at_its_own_size_and_rate(model: NoorEngine) -> None:
    film = _clip(24, 96, 96, frame_rate=24.0)
    made = _changed(film, model, width=96, height=96, frame_rate=24.0)
    np.testing.assert_array_equal(made.clip.frames[:, :, :48], film.frames[:, :, :48])
    assert (made.clip.frames[:, :, 56:] != film.frames[:, :, 56:]).any()
    assert made.take.notes[-1] == "the part that was kept is the clip's own, not resampled from what was made"


def test_what_a_model_did_not_see_of_a_clip_stays_too(model: NoorEngine) -> None:
    film = _clip(8, 96, 128)  # made in 32 x 32, of its middle 96 x 96
    made = _changed(film, model, width=128, height=96)
    np.testing.assert_array_equal(made.clip.frames[:, :, :64], film.frames[:, :, :64])
    np.testing.assert_array_equal(made.clip.frames[:, :, 112:], film.frames[:, :, 112:])
    assert (made.clip.frames[:, :, 72:108] != film.frames[:, :, 72:108]).any()
    assert made.take.notes[-1] == "the model saw 96x96 of it, in the middle; what lies beyond stays as it is"


def test_a_region_that_is_nowhere_is_refused_before_any_step(model: NoorEngine) -> None:
    region = Region(mask=np.zeros((32, 32, 3), np.uint8))
    canvas = Canvas(modification=Modification(clip=_clip(8, 32, 32), region=region))
    with pytest.raises(CanvasError, match="the region to keep is nowhere"):
        next(produce(canvas, model, Settings(steps=1)))
