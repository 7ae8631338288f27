"""`manazir` with models that no engine of ours runs."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.other_pipelines import save_tiny_cogvideox, save_tiny_ltx_video

from manazir.cli.main import main
from manazir.media.decode import read_clip
from manazir.media.encode import write_picture

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder with a picture, and a home with two models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    write_picture(np.linspace(0, 255, 40 * 70 * 3).reshape(40, 70, 3).astype(np.uint8), Path("start.png"))
    for name, save in (("cog", save_tiny_cogvideox), ("ltx", save_tiny_ltx_video)):
        assert main(["models", "import", str(save(tmp_path / name)), "--name", name]) == 0


def test_a_picture_and_words_become_a_file_and_a_take_that_says_how(capsys: Said) -> None:
    capsys.readouterr()
    asked = ["--first-frame", "start.png", "--size", "64x32", "--seconds", "0.4", "--steps", "2", "--seed", "1"]
    assert main(["generate", "a red ball", "--model", "ltx", "--json", *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["model"], told["frames"], told["frame_rate"], told["network_calls"]) == ("ltx", 10, 25, 2)
    assert told["settings"]["pipeline"] == "LTXImageToVideoPipeline"
    assert told["notes"][0] == "made by LTXImageToVideoPipeline of diffusers"
    assert read_clip(Path("out.mp4")).frames.shape == (10, 32, 64, 3)


def test_a_size_that_is_not_made_is_reached_by_scaling_if_that_is_allowed(capsys: Said) -> None:
    asked = ["generate", "a red ball", "--model", "cog", "--size", "40x32", "--draft", "--seconds", "0.1"]
    assert main(asked) == 2
    assert "choose 32x32 or 48x32" in capsys.readouterr().err
    assert main([*asked, "--resample"]) == 0
    assert "40x32 (made at 32x32)" in capsys.readouterr().out


def test_lists_say_that_it_is_no_engine_of_ours(capsys: Said) -> None:
    assert main(["models", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "through diffusers: CogVideoXPipeline, not an engine of ours" in lines["cog"]
    assert "diffusers" not in lines["noor-nano"]
    assert main(["models", "list", "--json"]) == 0
    told = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert told["ltx"]["runs_through"] == "diffusers: LTXImageToVideoPipeline"
    assert told["ltx"]["honours"] == ["a prompt", "a first frame"]
    assert {told[name]["runs_through"] for name in ("noor-nano", "wan2.1-t2v-14b")} == {"manazir"}
    assert main(["models", "show", "cog"]) == 0
    assert "runs through: diffusers: CogVideoXPipeline" in capsys.readouterr().out


def test_lists_are_told_without_torch_and_diffusers() -> None:
    code = (
        "import sys; from manazir.cli.main import main; assert main(['models', 'show', 'cog']) == 0;"
        "assert main(['models', 'list']) == 0; assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_manifest_that_does_not_say_how_is_listed_as_damaged(tmp_path: Path, capsys: Said) -> None:
    path = tmp_path / "home" / "models" / "cog" / "manazir.json"
    path.write_text(path.read_text().replace('"pipeline_call"', '"call"'))
    assert main(["models", "list"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("cog"))
    assert "damaged: the manifest does not say how its pipeline is called" in line
