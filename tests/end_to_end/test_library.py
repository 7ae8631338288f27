import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image

import manazir
from manazir.core.errors import MediaError, ShapeError, UnsupportedError
from manazir.inference.produce import Produced


def test_importing_manazir_imports_neither_torch_nor_numpy() -> None:
    code = "import sys, manazir; manazir.Canvas(prompt='x'); print([m for m in ('torch', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_public_name_is_there_and_no_other() -> None:
    for name in manazir.__all__:
        assert getattr(manazir, name).__name__ == name
    assert set(manazir.__all__) < set(dir(manazir))
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = manazir.nope


@pytest.mark.usefixtures("home")
def test_a_canvas_becomes_a_clip_and_says_how_far_it_is() -> None:
    steps: list[tuple[int, int]] = []
    canvas = manazir.Canvas(prompt="a ball", seed=3)
    clip = manazir.generate(canvas, steps=2, on_step=lambda done, total: steps.append((done, total)))
    assert clip.frames.shape == (8, 32, 32, 3)
    assert clip.sound is not None
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]  # the layout takes two, the pictures the two asked for
    assert (manazir.generate(canvas, steps=2).frames == clip.frames).all()


@pytest.mark.usefixtures("home")
def test_clips_and_pictures_in_memory_are_taken_as_files_are() -> None:
    picture = np.full((32, 32, 3), 90, np.uint8)
    first = manazir.Keyframe(image=picture, at_seconds=0.0)
    clip = manazir.generate(manazir.Canvas(keyframes=(first,), seed=1))
    assert (clip.frames[0] == 90).all()
    longer = manazir.take(manazir.Canvas(extension=manazir.Extension(clip=clip), duration_seconds=0.5))
    assert len(longer.clip.frames) == 12
    assert (longer.clip.frames[:8] == clip.frames).all()
    assert longer.take.canvas["extension"]["clip"] == {"path": None, "sha256": longer.take.parent}


@pytest.mark.usefixtures("home")
def test_a_picture_of_pillow_is_taken_and_what_is_no_picture_is_refused() -> None:
    def made(image: Any) -> Produced:
        return manazir.take(manazir.Canvas(keyframes=(manazir.Keyframe(image=image, at_seconds=0.0),), seed=1))

    picture = np.full((32, 32, 3), 90, np.uint8)
    told = made(Image.fromarray(picture))
    assert (told.clip.frames[0] == 90).all()
    assert json.loads(json.dumps(told.take.canvas)) == made(picture).take.canvas
    for wrong in (picture / 255, picture[:, :, 0], picture[:0], Image.fromarray(picture).convert("RGBA"), 7):
        with pytest.raises(MediaError, match="a picture in memory is uint8"):
            made(wrong)


@pytest.mark.usefixtures("home")
def test_the_library_refuses_as_the_command_does() -> None:
    with pytest.raises(UnsupportedError, match="no model 'noor-giant'"):
        manazir.generate(manazir.Canvas(prompt="x"), model="noor-giant")
    with pytest.raises(ShapeError, match="or let the result be enlarged"):
        manazir.generate(manazir.Canvas(prompt="x", width=500, height=500))
