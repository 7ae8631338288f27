from pathlib import Path

import numpy as np
import pytest

from manazir.core.canvas import Canvas, Extension, Keyframe
from manazir.inference.noor.model import NoorModel, load_model
from manazir.inference.noor.plan import make_plan
from manazir.media.clip import Clip

PLAYED = ("right", "right", "jump", "none", "camera left", "left")
FRAMES = np.zeros((8, 32, 32, 3), np.uint8)


@pytest.fixture
def model(home: Path) -> NoorModel:
    return load_model(folder=home / "models" / "noor-nano")


def _actions(canvas: Canvas, model: NoorModel) -> list[str]:
    return [model.actions[number] for number in make_plan(canvas, model).actions]


def test_a_picture_is_played_on_from_its_first_frame(model: NoorModel) -> None:
    start = (Keyframe(image=FRAMES[0], at_seconds=0),)
    assert _actions(Canvas(keyframes=start, actions=PLAYED), model) == list(PLAYED)


def test_a_clip_is_played_on_where_it_ends(model: NoorModel) -> None:
    clip = Clip(FRAMES, model.frame_rate)
    assert _actions(Canvas(extension=Extension(clip=clip), actions=PLAYED), model) == ["none"] * 8 + list(PLAYED)


def test_what_leads_up_to_a_clip_is_played_from_its_beginning(model: NoorModel) -> None:
    clip = Clip(FRAMES, model.frame_rate)
    before = Extension(clip=clip, is_before=True)
    assert _actions(Canvas(extension=before, actions=PLAYED), model) == list(PLAYED) + ["none"] * 8
