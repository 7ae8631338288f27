from dataclasses import replace

import numpy as np
import pytest

from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Reframing, Region
from manazir.core.errors import CanvasError, ShapeError, UnsupportedError
from manazir.core.rectangles import Rectangle
from manazir.inference.film_plan import FilmPlan, make_film_plan
from manazir.inference.film_result import clip_of
from manazir.inference.makes import Makes
from manazir.inference.reframing import Inset
from manazir.media.clip import Clip, Sound

MAKES = Makes(
    name="tiny",
    sizes=((64, 32), (32, 64)),
    multiple=16,
    frames_per_latent=4,
    frame_rate=8.0,
    frames=17,
    longest_seconds=10.0,
    holds_pictures=False,
)
HOLDING = Makes(**{name: getattr(MAKES, name) for name in Makes.__slots__} | {"holds_pictures": True})
PICTURE = np.random.default_rng(0).integers(0, 256, (32, 64, 3), dtype=np.uint8)


def _clip(frames: int, has_sound: bool = False) -> Clip:
    shown = np.random.default_rng(1).integers(0, 256, (frames, 32, 64, 3), dtype=np.uint8)
    sound = Sound(np.full((frames * 100, 1), 0.5, np.float32), 800) if has_sound else None
    return Clip(shown, 8.0, sound)


def _made(plan: FilmPlan) -> np.ndarray:
    """Frames as a model would leave them: known ones as they are, others white."""
    return np.where(plan.is_known[:, None, None, None], plan.frames, 255).astype(np.uint8)


def test_a_film_of_words_fills_whole_latent_frames_and_is_cut_to_what_was_asked() -> None:
    plan = make_film_plan(Canvas(prompt="x", duration_seconds=1.0), MAKES)
    assert (plan.width, plan.height, plan.frames.shape, plan.keeps) == (64, 32, (9, 32, 64, 3), slice(0, 8))
    assert len(clip_of(plan, _made(plan), 8.0).frames) == 8
    assert make_film_plan(Canvas(prompt="x"), MAKES).frames.shape[0] == 17


@pytest.mark.parametrize(("asked", "made"), [((64, 48), (64, 48)), ((100, 50), (64, 32)), ((50, 100), (32, 64))])
def test_a_size_is_taken_as_it_is_or_made_in_its_shape(asked: tuple[int, int], made: tuple[int, int]) -> None:
    plan = make_film_plan(Canvas(prompt="x", width=asked[0], height=asked[1]), MAKES)
    assert (plan.width, plan.height) == made


def test_a_film_larger_than_memory_is_refused_with_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(np, "zeros", full)
    told = r"81 frames of 4096x4096 take 4.1 GB, more than this machine has; ask for a smaller size, or a shorter clip"
    with pytest.raises(UnsupportedError, match=told):
        make_film_plan(Canvas(prompt="x", width=4096, height=4096, duration_seconds=10.0), MAKES)


def test_without_a_size_films_have_the_shape_of_what_is_given() -> None:
    tall = np.zeros((900, 450, 3), np.uint8)
    plan = make_film_plan(Canvas(keyframes=(Keyframe(image=tall, at_seconds=0.0),)), MAKES)
    assert (plan.width, plan.height) == (32, 64)


def test_sizes_that_are_not_made_are_refused_with_those_that_are() -> None:
    with pytest.raises(ShapeError, match="multiples of 16, not 60x34; choose 48x32 or 64x48"):
        MAKES.check_size(60, 34)
    MAKES.check_size(48, 16)


def test_a_side_may_have_a_least_number_of_cells() -> None:
    makes = replace(MAKES, least_cells=2)
    with pytest.raises(ShapeError, match="multiples of 16 from 32 on, not 64x16; choose 64x32, or let"):
        makes.check_size(64, 16)
    plan = make_film_plan(Canvas(prompt="x", width=64, height=16), makes)  # to be scaled
    assert min(plan.width, plan.height) == 32


def test_pictures_stand_at_their_frames() -> None:
    keys = (Keyframe(image=PICTURE, at_seconds=0.0), Keyframe(image=PICTURE[::-1], at_seconds=None))
    plan = make_film_plan(Canvas(keyframes=keys, duration_seconds=1.0), MAKES)
    assert np.flatnonzero(plan.is_known).tolist() == [0, 7, 8]  # beyond the last frame of eight nothing else comes
    np.testing.assert_array_equal(clip_of(plan, _made(plan), 8.0).frames[-1], PICTURE[::-1])


def test_where_latent_frames_are_known_pictures_stand_still_for_one() -> None:
    canvas = Canvas(keyframes=(Keyframe(image=PICTURE, at_seconds=0.75),), duration_seconds=1.0)
    assert np.flatnonzero(make_film_plan(canvas, HOLDING).is_known).tolist() == [5, 6, 7, 8]
    near = (Keyframe(image=PICTURE, at_seconds=0.25), Keyframe(image=PICTURE, at_seconds=0.5))
    with pytest.raises(CanvasError, match="two known pictures fall within 4 frames of tiny; move one"):
        make_film_plan(Canvas(keyframes=near, duration_seconds=1.0), HOLDING)


@pytest.mark.parametrize("frames", [3, 9, 30])
def test_a_clip_that_is_gone_on_from_stays_as_it_is(frames: int) -> None:
    source = _clip(frames, has_sound=True)
    plan = make_film_plan(Canvas(extension=Extension(clip=source), duration_seconds=1.0), MAKES)
    known = int(plan.is_known.sum())
    assert known % 4 == 1
    assert plan.is_known[:known].all()
    np.testing.assert_array_equal(plan.frames[known - min(frames, 9) : known], source.frames[-9:])
    clip = clip_of(plan, _made(plan), 8.0)
    np.testing.assert_array_equal(clip.frames[:frames], source.frames)
    assert (clip.frames[frames:] == 255).all()
    assert len(clip.frames) == frames + 8
    assert clip.sound is not None
    assert clip.sound.samples[: frames * 100].min() == 0.5
    assert not clip.sound.samples[frames * 100 :].any()


@pytest.mark.parametrize("frames", [3, 8, 30])
def test_a_clip_that_is_led_up_to_comes_last(frames: int) -> None:
    source = _clip(frames, has_sound=True)
    plan = make_film_plan(Canvas(extension=Extension(clip=source, is_before=True), duration_seconds=1.0), MAKES)
    known = int(plan.is_known.sum())
    assert known % 4 == 0
    assert plan.is_known[-known:].all()
    assert len(plan.frames) % 4 == 1
    clip = clip_of(plan, _made(plan), 8.0)
    np.testing.assert_array_equal(clip.frames[8:], source.frames)
    assert (clip.frames[:8] == 255).all()
    assert clip.sound is not None
    assert not clip.sound.samples[:800].any()


def test_a_clip_that_is_changed_keeps_its_length() -> None:
    plan = make_film_plan(Canvas(modification=Modification(clip=_clip(11), strength=0.4)), MAKES)
    assert (len(plan.frames), plan.keeps, plan.strength, plan.is_known.any()) == (13, slice(0, 11), 0.4, False)


@pytest.mark.parametrize("strength", [0.4, 1.0])
def test_what_stays_of_a_clip_is_known_of_every_frame(strength: float) -> None:
    clip, left = _clip(11), Rectangle(left=0.0, top=0.0, width=0.5, height=1.0)
    change = Modification(clip=clip, strength=strength, region=Region(rectangles=(left,)))
    plan = make_film_plan(Canvas(modification=change), MAKES)
    assert (plan.is_changed, plan.is_known.any()) == (True, False)
    assert plan.known_pixels[:, :, :32].all()
    assert not plan.known_pixels[:, :, 32:].any()
    laid = plan.around(np.full_like(plan.frames, 255))
    np.testing.assert_array_equal(laid[:11, :, :32], clip.frames[:, :, :32])
    assert (laid[:, :, 40:] == 255).all()


def test_pictures_stand_in_what_is_added_to_a_clip() -> None:
    keys = (Keyframe(image=PICTURE, at_seconds=2.5), Keyframe(image=PICTURE, at_seconds=None))
    plan = make_film_plan(Canvas(extension=Extension(clip=_clip(16)), keyframes=keys, duration_seconds=1.0), MAKES)
    clip = clip_of(plan, _made(plan), 8.0)
    np.testing.assert_array_equal(clip.frames[[20, 23]], [PICTURE, PICTURE])
    assert len(clip.frames) == 24


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError, match="tiny makes 8 frames/s, not 24"):
        make_film_plan(Canvas(prompt="x", frame_rate=24.0), MAKES)
    with pytest.raises(ShapeError, match="12 s is more than tiny makes; ask for 10 s at most"):
        make_film_plan(Canvas(prompt="x", duration_seconds=12.0), MAKES)
    with pytest.raises(ShapeError, match="less than one frame"):
        make_film_plan(Canvas(prompt="x", duration_seconds=0.01), MAKES)
    early = Keyframe(image=PICTURE, at_seconds=0.5)
    with pytest.raises(
        CanvasError, match=r"a keyframe at 0.5 s is at none of the frames that are made, at 2.00 s to 2.88 s"
    ):
        make_film_plan(Canvas(extension=Extension(clip=_clip(16)), keyframes=(early,), duration_seconds=1.0), MAKES)


@pytest.mark.parametrize(
    ("size", "place", "asked", "region"),
    [
        ((64, 32), (0.5, 0.5), (96, 64), (16, 16, 64, 32)),
        ((64, 32), (0.0, 1.0), (96, 64), (0, 32, 64, 32)),
        ((64, 32), (0.5, 0.5), (32, 64), (0, 24, 32, 16)),  # too wide: scaled down until it fits
        ((64, 32), (0.5, 0.5), (64, 16), (16, 0, 32, 16)),
        ((2, 200), (0.5, 0.0), (64, 16), (32, 0, 1, 16)),
    ],
)
def test_a_reframed_clip_lies_in_the_whole(
    size: tuple[int, int], place: tuple[float, float], asked: tuple[int, int], region: tuple[int, int, int, int]
) -> None:
    shown = np.random.default_rng(1).integers(0, 256, (7, size[1], size[0], 3), dtype=np.uint8)
    reframing = Reframing(clip=Clip(shown, 8.0), left=place[0], top=place[1])
    plan = make_film_plan(Canvas(reframing=reframing, width=asked[0], height=asked[1]), MAKES)
    left, top, width, height = region
    assert plan.inner == Inset(left=left, top=top, width=width, height=height)
    assert (plan.width, plan.height, len(plan.frames), plan.keeps) == (*asked, 9, slice(0, 7))
    assert plan.known_pixels.sum() == 9 * width * height
    clip = clip_of(plan, plan.around(np.full_like(plan.frames, 255)), 8.0)
    inner = clip.frames[:, top : top + height, left : left + width]
    if (width, height) == size:
        np.testing.assert_array_equal(inner, shown)
        assert plan.notes == ()
    else:
        (note,) = plan.notes
        assert note == f"the clip was scaled from {size[0]}x{size[1]} to {width}x{height} (Lanczos) to fit in"
    assert (clip.frames == 255).all(axis=(0, 3)).sum() >= asked[0] * asked[1] - width * height


def test_what_a_reframed_clip_keeps_beside_its_frames() -> None:
    key = Keyframe(image=np.full((32, 64, 3), 9, np.uint8), at_seconds=0.0)
    source = Clip(_clip(5, has_sound=True).frames[:, :16, :16], 8.0, _clip(5, has_sound=True).sound)
    canvas = Canvas(reframing=Reframing(clip=source), keyframes=(key,), width=64, height=32)
    plan = make_film_plan(canvas, MAKES)
    assert np.flatnonzero(plan.is_known).tolist() == [0]
    assert (plan.frames[0, :, :24] == 9).all()
    np.testing.assert_array_equal(plan.frames[:, 8:24, 24:40], source.frames)  # of the first frame too
    assert clip_of(plan, plan.frames, 8.0).sound is not None


def test_a_reframed_clip_in_a_size_that_is_scaled_afterwards_keeps_its_share() -> None:
    canvas = Canvas(reframing=Reframing(clip=_clip(5)), width=100, height=50)  # which is made as 64x32
    plan = make_film_plan(canvas, MAKES)
    assert plan.inner == Inset(left=12, top=6, width=41, height=20)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((48, 16), "a clip of 64x32 in a picture of 48x16: that is smaller in both directions; give a size that"),
        ((64, 32), "leaves nothing to make around it; give a larger size, or one of another shape"),
    ],
)
def test_a_picture_that_is_not_larger_surrounds_no_clip(asked: tuple[int, int], says: str) -> None:
    with pytest.raises(ShapeError, match=says):
        make_film_plan(Canvas(reframing=Reframing(clip=_clip(5)), width=asked[0], height=asked[1]), MAKES)
