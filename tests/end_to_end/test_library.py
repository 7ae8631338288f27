import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

import manazir
from manazir import AdapterFile, api
from manazir.cli.main import main
from manazir.core.errors import MediaError, ShapeError, UnsupportedError
from manazir.core.hashes import hash_of_file
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
    settings = manazir.Settings(steps=2)
    clip = manazir.generate(canvas, settings=settings, on_step=lambda done, total: steps.append((done, total)))
    assert clip.frames.shape == (8, 32, 32, 3)
    assert clip.sound is not None
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]  # the layout takes two, the pictures the two asked for
    assert (manazir.generate(canvas, settings=settings).frames == clip.frames).all()


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


@pytest.mark.usefixtures("home")
def test_a_draft_has_the_models_own_few_steps() -> None:
    canvas = manazir.Canvas(prompt="a ball", seed=3)
    assert manazir.take(canvas, is_draft=True).take.settings["steps"] == 1
    with pytest.raises(ShapeError, match="a draft and the settings both say how many steps"):
        manazir.take(canvas, is_draft=True, settings=manazir.Settings(steps=2))


@pytest.fixture
def open_wan(tiny_wan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a tiny Wan; its adapter."""
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    assert main(["models", "import", str(tiny_wan), "--name", "tiny"]) == 0
    return tmp_path / "style.safetensors"


def _save_adapter(path: Path, seed: int) -> None:
    torch.manual_seed(seed)
    layer = "transformer.blocks.0.attn1.to_q"
    save_file({f"{layer}.lora_A.weight": torch.randn(2, 24), f"{layer}.lora_B.weight": torch.randn(24, 2)}, path)


SMALL = {"prompt": "a red ball", "width": 48, "height": 32, "duration_seconds": 0.4, "seed": 1}


def test_what_the_command_can_choose_the_library_can(open_wan: Path, tmp_path: Path, capsys: Any) -> None:
    _save_adapter(open_wan, 3)
    chosen = {
        "steps": 3,
        "guidance_scale": 3.0,
        "guidance_rule": "zero-star",
        "solver": "euler",
        "shift": 5.0,
        "cache": "tea",
    }
    produced = manazir.take(
        manazir.Canvas(**SMALL),
        model="tiny",
        settings=manazir.Settings(**chosen),
        adapters=[f"{open_wan}=0.5"],
        precision="float32",
    )
    options = "--steps 3 --guidance 3 --guidance-rule zero-star --solver euler --shift 5 --cache tea"
    canvas = ["a red ball", "--size", "48x32", "--seconds", "0.4", "--seed", "1", "-o", str(tmp_path / "a.mp4")]
    capsys.readouterr()
    loaded = ["--model", "tiny", "--lora", f"{open_wan}=0.5", "--precision", "float32"]
    assert main(["generate", *canvas, *loaded, *options.split(), "--json"]) == 0
    told, ours = json.loads(capsys.readouterr().out), json.loads(json.dumps(produced.take.to_json()))
    different = {name for name in told if told[name] != ours[name]}
    assert different <= {"seconds", "output", "output_hash"}
    assert told["settings"].items() >= chosen.items()


def test_one_model_stays_loaded_as_it_was_asked_for(open_wan: Path) -> None:
    def made(**asked: Any) -> Produced:
        return manazir.take(manazir.Canvas(**SMALL), model="tiny", settings=manazir.Settings(steps=1), **asked)

    def adapters(produced: Produced) -> Any:
        return produced.take.settings.get("adapters", [])

    plain = made()
    (kept,) = api._kept.values()
    assert (made().clip.frames == plain.clip.frames).all()
    assert next(iter(api._kept.values())) is kept
    assert made(precision="bfloat16").take.settings["precision"] == "bfloat16"
    for seed in (3, 4):  # a file that is written anew is another adapter
        _save_adapter(open_wan, seed)
        (first,), (second,) = adapters(made(adapters=[open_wan])), adapters(made(adapters=[AdapterFile(open_wan)]))
        assert first == second
        assert first["sha256"] == hash_of_file(open_wan)
    assert adapters(made()) == []
    assert len(api._kept) == 1
