"""Cameras: what a canvas asks of them, and which canvases leave them none."""

from dataclasses import replace

import numpy as np
import pytest

from manazir.core.canvas import CameraPath, Canvas, Extension, Keyframe, Modification
from manazir.core.errors import CanvasError, UnsupportedError
from manazir.core.moves import KNOWN_MOVES
from manazir.inference.engine import Settings
from manazir.inference.lengthening import fill_in_parts
from manazir.inference.noor.camera import check_camera, filming_of, is_free
from manazir.inference.noor.engine import NoorEngine, _heed
from manazir.inference.noor.model import NoorModel, load_model
from manazir.inference.noor.plan import make_plan
from manazir.media.clip import Clip
from manazir.worlds.scene import CameraMove

PUSH = CameraPath(move="push in", amount=0.5)
PICTURE = np.zeros((128, 128, 3), np.uint8)
CLIP = Clip(np.zeros((24, 128, 128, 3), np.uint8), 12.0)


@pytest.fixture(scope="module")
def model() -> NoorModel:
    return load_model("noor-nano")


def _asked(canvas: Canvas, model: NoorModel) -> tuple[CameraMove | None, float]:
    _, heeded = _heed(canvas, make_plan(canvas, model), model)
    return heeded.camera, heeded.camera_speed


def test_words_of_film_makers_are_told_the_network_as_captions_have_them() -> None:
    asked = filming_of(Canvas(prompt="zoom in on a red cube"))
    assert (asked.prompt, asked.path) == ("a red cube, the camera pushing in", CameraPath(move="push in"))
    path = filming_of(Canvas(prompt="zoom in on a red cube", camera=CameraPath(move="pan left")))
    assert (path.prompt, path.path) == ("zoom in on a red cube", CameraPath(move="pan left"))
    assert filming_of(Canvas(prompt="the camera pans left")).path is None  # nothing would be left to be seen


@pytest.mark.parametrize("prompt", ["panning shot of a purple cube", "a purple cube, the camera pans to the right"])
def test_words_move_the_camera_where_nothing_is_known(prompt: str, model: NoorModel) -> None:
    assert _asked(Canvas(prompt=prompt), model) == (CameraMove.PAN_RIGHT, 1.0)
    assert _asked(Canvas(prompt=prompt, duration_seconds=4.0), model) == (CameraMove.PAN_RIGHT, 23 / 47)
    assert _asked(Canvas(prompt=prompt, is_loop=True), model)[0] is None
    first = Keyframe(image=PICTURE, at_seconds=0)
    assert _asked(Canvas(prompt=prompt, keyframes=(first,)), model)[0] is None


def test_who_films_what_stands_still_stands_as_well_unless_asked_to_move(model: NoorModel) -> None:
    assert _asked(Canvas(prompt="a red cube stands still"), model)[0] is CameraMove.STILL
    assert _asked(Canvas(prompt="a red cube stands still, zoom in"), model)[0] is CameraMove.PUSH_IN
    assert _asked(Canvas(prompt="a red cube rolls"), model)[0] is None


def test_a_path_goes_on_from_a_picture_or_a_clip_as_far_as_it_says(model: NoorModel) -> None:
    first = Canvas(prompt="a ball", keyframes=(Keyframe(image=PICTURE, at_seconds=0),), camera=PUSH)
    assert _asked(first, model) == (CameraMove.PUSH_IN, pytest.approx(0.5 * 23 / 22))
    on = Canvas(extension=Extension(clip=CLIP), duration_seconds=4.0, camera=PUSH)
    assert _asked(on, model) == (CameraMove.PUSH_IN, pytest.approx(0.5 * 23 / 47))


def test_a_long_film_made_in_parts_is_one_path(model: NoorModel, monkeypatch: pytest.MonkeyPatch) -> None:
    amounts: list[float] = []
    engine = NoorEngine(replace(model, longest_seconds=4.0))
    fill = NoorEngine.fill

    def watched(self: NoorEngine, canvas: Canvas, settings: Settings, seed: int) -> object:
        assert canvas.camera is not None
        amounts.append(canvas.camera.amount)
        return fill(self, canvas, settings, seed)

    monkeypatch.setattr(NoorEngine, "fill", watched)
    canvas = Canvas(prompt="a ball", duration_seconds=6.0, camera=PUSH)
    list(fill_in_parts(canvas, engine, Settings(layout_steps=1, steps=1), 1))
    assert len(amounts) == 2
    assert sum(amounts) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("canvas", "told"),
    [
        (Canvas(prompt="a ball", camera=CameraPath(move="whirl")), "no camera move 'whirl'; it knows still, pan left"),
        (Canvas(prompt="a ball", camera=PUSH, is_loop=True), "not in a loop"),
        (Canvas(modification=Modification(clip=CLIP), camera=PUSH), "not in a clip that is changed"),
        (Canvas(sound_for=PICTURE[None], camera=PUSH), "whose frames are all known"),
        (Canvas(keyframes=(Keyframe(image=PICTURE, at_seconds=None),), camera=PUSH), "not towards pictures"),
        (Canvas(keyframes=(Keyframe(image=PICTURE, at_seconds=1.0),), camera=PUSH), "not towards pictures"),
    ],
)
def test_where_the_camera_is_known_it_follows_no_path(canvas: Canvas, told: str) -> None:
    assert not is_free(canvas) or canvas.camera not in (None, PUSH)
    with pytest.raises(UnsupportedError, match=told):
        check_camera("noor-nano", canvas)


@pytest.mark.parametrize("move", KNOWN_MOVES)
def test_every_move_of_worlds_is_known(move: str) -> None:
    check_camera("noor-nano", Canvas(prompt="a ball", camera=CameraPath(move=move)))
    assert CameraMove(move)


@pytest.mark.parametrize(
    ("move", "amount", "told"), [(" ", 1.0, "name one"), ("push in", 11.0, "from 0 to 10"), ("push in", "x", "number")]
)
def test_a_path_that_is_none(move: str, amount: float, told: str) -> None:
    with pytest.raises(CanvasError, match=told):
        CameraPath(move=move, amount=amount)
