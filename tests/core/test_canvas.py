import json
import subprocess
import sys

import numpy as np
import pytest

from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Need, Reframing, Region
from manazir.core.errors import CanvasError
from manazir.core.rectangles import Rectangle
from manazir.core.seeds import derive, in_share


def test_words_alone_are_a_canvas() -> None:
    assert Canvas(prompt="a red ball").needs() == {Need.TEXT}


def test_needs_name_where_pictures_stand() -> None:
    keys = (
        Keyframe(image="a.png", at_seconds=0),
        Keyframe(image="b.png", at_seconds=1.0),
        Keyframe(image="c.png", at_seconds=None),
    )
    assert Canvas(keyframes=keys).needs() == {Need.FIRST_FRAME, Need.KEYFRAMES, Need.LAST_FRAME}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "empty canvas"),
        ({"is_loop": True}, "empty canvas"),
        ({"prompt": "  \n"}, "only white space"),
        ({"prompt": "x" * 4001}, "at most 4000"),
        ({"prompt": "x", "width": 64}, "both width and height"),
        ({"prompt": "x", "width": 0, "height": 64}, "width is 0"),
        ({"prompt": "x", "duration_seconds": float("nan")}, "duration_seconds"),
        ({"prompt": "x", "seed": -1}, "seed is -1"),
        ({"sound_for": "a.mp4", "extension": Extension(clip="b.mp4")}, "give one of them"),
        ({"sound_for": "a.mp4", "duration_seconds": 2.0}, "leave the duration out"),
        ({"sound_for": "a.mp4", "sound": "b.wav"}, "cannot be added"),
        ({"reframing": Reframing(clip="a.mp4")}, r"needs the size of the whole picture; .* \(--size\)"),
        (
            {"reframing": Reframing(clip="a.mp4"), "width": 64, "height": 64, "duration_seconds": 2.0},
            "a reframed clip lasts as long as it does",
        ),
        ({"is_loop": True, "extension": Extension(clip="b.mp4")}, "ends where it begins"),
        ({"keyframes": (Keyframe(image="a", at_seconds=1.0), Keyframe(image="b", at_seconds=1.0))}, "same time"),
        ({"keyframes": (Keyframe(image="a", at_seconds=3.0),), "duration_seconds": 2.0}, "past the end"),
        ({"modification": Modification(clip="a.mp4"), "duration_seconds": 2.0}, "knows every frame of its clip"),
        (
            {"modification": Modification(clip="a.mp4"), "keyframes": (Keyframe(image="a", at_seconds=0.0),)},
            "knows every frame of its clip",
        ),
        ({"prompt": None}, "prompt is None; give words"),
        ({"prompt": "x", "seed": 1.5}, "seed is 1.5; give a whole number"),
        ({"prompt": "x", "width": "64", "height": "64"}, "width is '64'; give a whole number"),
        ({"prompt": "x", "duration_seconds": "2"}, "duration_seconds is '2'; give a number"),
    ],
)
def test_contradictions_are_refused_by_name(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(CanvasError, match=message):
        Canvas(**wrong)


def test_lists_and_numbers_of_numpy_are_taken_as_pythons_own() -> None:
    one = np.ones(1)
    key = Keyframe(image="a.png", at_seconds=0.0)
    canvas = Canvas(keyframes=[key], seed=one.astype(np.int64)[0], duration_seconds=one.astype(np.float32)[0])
    assert canvas == Canvas(keyframes=(key,), seed=1, duration_seconds=1.0)
    assert json.dumps([canvas.seed, canvas.duration_seconds]) == "[1, 1.0]"


@pytest.mark.parametrize("strength", [0.0, 1.01])
def test_strength_has_a_range(strength: float) -> None:
    with pytest.raises(CanvasError, match="strength"):
        Modification(clip="a.mp4", strength=strength)


def test_a_reframed_clip_lies_within_the_picture() -> None:
    with pytest.raises(CanvasError, match=r"at left 0.5, top 1.2; both are from 0 to 1"):
        Reframing(clip="a.mp4", top=1.2)


def test_core_needs_neither_torch_nor_numpy() -> None:
    code = "import manazir.core.canvas, manazir.core.take, sys; assert not {'torch', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_streams_of_a_seed_are_apart_and_shares_are_shares() -> None:
    assert derive(1, "a") != derive(1, "b") != derive(2, "b")
    inside = sum(in_share(f"key {i}", 0.1) for i in range(5000))
    assert 400 < inside < 600


LEFT, RIGHT = (Rectangle(left=x, top=0.0, width=0.5, height=1.0) for x in (0.0, 0.5))


@pytest.mark.parametrize(
    "region", [Region(rectangles=(LEFT,)), Region(mask="m.png"), Region(mask="m.png", is_kept=False)]
)
def test_a_region_is_something_that_a_model_must_be_able_to_keep(region: Region) -> None:
    canvas = Canvas(modification=Modification(clip="a.mp4", region=region))
    assert canvas.needs() == {Need.MODIFY, Need.KEEP_REGION}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "neither rectangles nor a mask"),
        ({"rectangles": [LEFT] * 33}, "33 rectangles; at most 32 are read; draw a mask"),
        ({"rectangles": [LEFT, RIGHT]}, "nothing is left to change; mark less of it"),
        ({"rectangles": [LEFT, RIGHT], "is_kept": False}, "the region to change is the whole picture"),
    ],
)
def test_a_region_is_somewhere(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(CanvasError, match=message):
        Region(**wrong)
