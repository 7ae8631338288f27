"""A canvas as plain data and back."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from manazir.core.canvas import CameraPath, Canvas, Extension, Keyframe, Modification, Reframing, Region
from manazir.core.canvas_json import canvas_from_json, canvas_to_json, files_of, with_files
from manazir.core.errors import CanvasError
from manazir.core.rectangles import Rectangle

CORNER = Rectangle(left=0.0, top=0.25, width=0.5, height=0.75)
CANVASES = [
    Canvas(prompt="a red ball"),
    Canvas(
        prompt="كرة",
        negative_prompt="a cube",
        width=64,
        height=32,
        duration_seconds=2.5,
        frame_rate=24.0,
        keyframes=(Keyframe(image="a.png", at_seconds=0.0), Keyframe(image="asset:b", at_seconds=None)),
        references=("asset:c", "d.png"),
        is_loop=False,
        seed=7,
    ),
    Canvas(
        extension=Extension(clip="https://x.example/a.mp4", is_before=True), camera=CameraPath(move="pan", amount=0.5)
    ),
    Canvas(modification=Modification(clip="a.mp4", strength=0.3), is_loop=True),
    Canvas(reframing=Reframing(clip="a.mp4", left=0.1), width=64, height=64),
    Canvas(sound_for="a.mp4"),
    Canvas(sound="a.wav", actions=("left", "jump")),
    Canvas(modification=Modification(clip="a.mp4", region=Region(rectangles=(CORNER, CORNER)))),
    Canvas(modification=Modification(clip="a.mp4", region=Region(rectangles=(CORNER,), mask="m.png", is_kept=False))),
]


@pytest.mark.parametrize("canvas", CANVASES)
def test_a_canvas_comes_back(canvas: Canvas) -> None:
    assert canvas_from_json(json.loads(json.dumps(canvas_to_json(canvas)))) == canvas


def test_only_what_is_told_travels() -> None:
    assert canvas_to_json(Canvas(prompt="x", sound=Path("a.wav"))) == {"prompt": "x", "sound": "a.wav"}


def test_what_lies_in_memory_does_not_travel() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(CanvasError, match="the image of a canvas lies in memory; write it to a file first"):
        canvas_to_json(Canvas(keyframes=(Keyframe(image=picture, at_seconds=0.0),)))


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"prompt": "x", "promt": "y"}, "a canvas has no promt; it has prompt, negative_prompt"),
        ({"keyframes": [{"image": "a.png"}]}, "a keyframe needs at_seconds"),
        ({"keyframes": {"image": "a.png"}}, "keyframes is .* give a list"),
        ({"keyframes": [{"image": 3, "at_seconds": 0}]}, "image is 3; give the name of a file"),
        ({"keyframes": [{"image": "a.png", "at_seconds": "0"}]}, "at_seconds of a keyframe is '0'; give a number"),
        ({"keyframes": [{"image": "a.png", "at_seconds": True}]}, "at_seconds of a keyframe is True"),
        ({"prompt": "x", "references": ["a.png", 3]}, "references is 3; give the name of a file"),
        ({"prompt": "x", "references": "a.png"}, "references is 'a.png'; give a list"),
        ({"references": ["a.png"]}, "an empty canvas: give a prompt"),
        ({"prompt": "x", "references": ["a.png"] * 9}, "9 pictures for reference; at most 8"),
        ({"extension": "a.mp4"}, "extension is 'a.mp4'; give its fields by name"),
        ({"extension": {"clip": "a.mp4", "is_before": 1}}, "is_before of extension is 1; give true or false"),
        ({"modification": {"clip": "a.mp4", "strength": None}}, "modification has something of another kind in it"),
        ({"prompt": "x", "is_loop": "no"}, "is_loop is 'no'; give true or false"),
        ({"prompt": "x", "sound": ""}, "sound is ''; give the name of a file"),
        ({"prompt": 3}, "the prompt is 3; give words"),
        ({"prompt": "x", "actions": [1]}, "an action is 1; give words"),
        ({"prompt": "x", "camera": {"move": 1}}, "a camera move is 1; give words"),
        ({"prompt": "x", "width": 2.5, "height": 2}, "width is 2.5; give a whole number"),
        ({}, "an empty canvas"),
        ({"modification": {"clip": "a.mp4", "region": {"mask": 3}}}, "mask is 3; give the name of a file"),
        ({"modification": {"clip": "a.mp4", "region": {"is_kept": 1}}}, "is_kept of a region is 1; give true or false"),
        ({"modification": {"clip": "a.mp4", "region": {"rectangles": 3}}}, "rectangles is 3; give a list"),
        (
            {"modification": {"clip": "a.mp4", "region": {"rectangles": [{"left": 0, "top": 0, "width": 1}]}}},
            "a rectangle needs height",
        ),
        (
            {
                "modification": {
                    "clip": "a",
                    "region": {"rectangles": [{"left": 0, "top": 0, "width": "1", "height": 1}]},
                }
            },
            "width of a rectangle is '1'; give a number",
        ),
    ],
)
def test_what_describes_no_canvas_is_refused_by_name(told: dict[str, Any], message: str) -> None:
    with pytest.raises(CanvasError, match=message):
        canvas_from_json(told)


def test_files_are_found_and_replaced() -> None:
    canvas = CANVASES[1]
    assert files_of(canvas) == ("a.png", "asset:b", "asset:c", "d.png")
    placed = with_files(canvas, lambda name: f"/x/{name[-5:]}")
    assert [key.image for key in placed.keyframes] == ["/x/a.png", "/x/set:b"]
    assert placed.references == ("/x/set:c", "/x/d.png")
    assert [files_of(one) for one in CANVASES[2:6]] == [
        ("https://x.example/a.mp4",),
        ("a.mp4",),
        ("a.mp4",),
        ("a.mp4",),
    ]
    assert files_of(CANVASES[-1]) == ("a.mp4", "m.png")
    region = with_files(CANVASES[-1], {"a.mp4": "/x/a.mp4", "m.png": "/x/m.png"}.__getitem__).modification.region
    assert region == Region(rectangles=(CORNER,), mask="/x/m.png", is_kept=False)
