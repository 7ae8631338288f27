"""The step cache `mag`: calibrated from the model itself, kept beside it, and refused where it was not."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from tests.open_ltx import save_tiny_ltx
from tests.open_weights import save_tiny_wan

import manazir
from manazir.cli.main import main
from manazir.core.canvas import Canvas, Modification
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.inference.caching import last_steps, parse_cache
from manazir.inference.engines import load_engine
from manazir.inference.ltx.engine import LtxEngine
from manazir.inference.magnitudes_file import NAME, Calibration, Schedule, calibration_for, keep_calibration
from manazir.media.clip import Clip, Sound
from manazir.models.step_cache import MagCache

Said = pytest.CaptureFixture[str]
SMALL = ["--size", "48x32", "--seconds", "0.4", "--steps", "6"]
UNIPC = Schedule(solver="unipc", shift=3.0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an installed Wan."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    assert main(["models", "import", str(save_tiny_wan(tmp_path / "published")), "--name", "tiny"]) == 0
    return tmp_path / "home" / "models" / "tiny"


def test_a_model_is_refused_by_name_until_it_is_calibrated_for_just_that(folder: Path, capsys: Said) -> None:
    generate = ["generate", "a red ball", "--model", "tiny", *SMALL, "--seed", "1"]
    assert main([*generate, "--cache", "mag"]) == 2
    command = "run `manazir models calibrate tiny --solver unipc --shift 3`"
    told = capsys.readouterr().err
    assert "tiny was not calibrated for unipc at a shift of 3" in told
    assert command in told
    assert main(["models", "calibrate", "tiny", *SMALL]) == 0
    assert "tiny is calibrated for unipc at a shift of 3, over 6 steps" in capsys.readouterr().out
    assert main([*generate, "--cache", "mag=50", "--json"]) == 0
    take = json.loads(capsys.readouterr().out)
    assert take["settings"]["cache"] == "mag=50"
    assert "the step cache left out" in take["notes"][0]
    assert main([*generate, "--cache", "mag", "--shift", "5"]) == 2
    assert "calibrate tiny --solver unipc --shift 5" in capsys.readouterr().err


def test_what_is_kept_is_what_the_model_showed(folder: Path, capsys: Said) -> None:
    assert main(["models", "calibrate", "tiny", *SMALL, "--json"]) == 0
    said = capsys.readouterr().out
    told = json.loads(said[said.index("{") :])
    kept = json.loads((folder / NAME).read_text())["measured"][0]
    assert (told["solver"], told["shift"], told["ratios"]) == ("unipc", 3.0, kept["ratios"])
    assert (len(kept["ratios"]), kept["ratios"][0]) == (6, 1.0)
    assert all(math.isfinite(ratio) and ratio > 0 for ratio in kept["ratios"])
    assert kept["weights_hash"] == load_engine("tiny").weights_hash


def test_other_schedules_are_kept_too_and_those_of_other_weights_are_not(tmp_path: Path) -> None:
    euler = Schedule(solver="euler", shift=5.0)
    for schedule, ratio in ((UNIPC, 0.9), (euler, 0.8), (UNIPC, 0.7)):
        keep_calibration(tmp_path, Calibration(weights_hash="a", schedule=schedule, ratios=(1.0, ratio)))
    assert calibration_for(tmp_path, "a", UNIPC).ratios == (1.0, 0.7)
    assert calibration_for(tmp_path, "a", euler).ratios == (1.0, 0.8)
    with pytest.raises(UnsupportedError, match="with other weights, not with these, calibrated for euler"):
        calibration_for(tmp_path, "b", euler)
    keep_calibration(tmp_path, Calibration(weights_hash="b", schedule=UNIPC, ratios=(1.0,)))
    with pytest.raises(UnsupportedError, match="was not calibrated for euler"):
        calibration_for(tmp_path, "b", euler)


@pytest.mark.parametrize("text", ["{", '{"format": 1}', '{"format": 1, "measured": [{"ratios": []}]}', "[]"])
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(CheckpointError, match="is damaged"):
        calibration_for(tmp_path, "a", UNIPC)


def test_a_changed_film_goes_by_the_last_steps() -> None:
    assert last_steps([1.0, 0.9, 0.8, 0.7], 4, 1.0) == [1.0, 0.9, 0.8, 0.7]
    assert last_steps([1.0, 0.9, 0.8, 0.7], 4, 0.01) == [0.7]
    cache = parse_cache("mag=0.2", lambda: [1.0, 0.5])
    assert isinstance(cache, MagCache)
    assert (cache.threshold, cache.ratios) == (0.2, (1.0, 0.5))


def test_an_ltx2_has_one_schedule(folder: Path, tmp_path: Path, capsys: Said) -> None:
    assert main(["models", "import", str(save_tiny_ltx(tmp_path / "ltx")), "--name", "tiny-ltx"]) == 0
    film = ["--size", "64x64", "--seconds", "0.4", "--steps", "4"]
    assert main(["generate", "x", "--model", "tiny-ltx", *film, "--cache", "mag"]) == 2
    assert "tiny-ltx was not calibrated, which the step cache mag needs" in capsys.readouterr().err
    assert main(["models", "calibrate", "tiny-ltx", *film]) == 0
    canvas = Canvas(prompt="x", width=64, height=64, duration_seconds=0.4, seed=1)
    made = manazir.take(canvas, model="tiny-ltx", settings=manazir.Settings(steps=4, cache="mag=50"))
    assert "the step cache left out" in made.take.notes[0]


@pytest.mark.parametrize(
    ("has_sound", "taken"), [(True, (0.7, 0.6)), (False, (1.0, 0.9, 0.7, 0.6))], ids=["its sound stays", "it is silent"]
)
@pytest.mark.usefixtures("folder")
def test_an_ltx2_that_changes_a_clip_goes_by_the_steps_that_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_sound: bool, taken: tuple[float, ...]
) -> None:
    """To a silent clip a sound is made, for which all steps are taken."""
    assert main(["models", "import", str(save_tiny_ltx(tmp_path / "ltx")), "--name", "tiny-ltx"]) == 0
    engine = load_engine("tiny-ltx")
    assert isinstance(engine, LtxEngine)
    made = Calibration(weights_hash=engine.weights_hash, schedule=Schedule(), ratios=(1.0, 0.9, 0.7, 0.6))
    keep_calibration(engine.model.folder, made)
    began: list[tuple[tuple[float, ...], int]] = []
    begin = MagCache.begin
    monkeypatch.setattr(
        MagCache,
        "begin",
        lambda cache, steps, first_step=0: (began.append((cache.ratios, steps)), begin(cache, steps, first_step))[1],
    )
    sound = Sound(np.zeros((6_400, 2), np.float32), 16_000) if has_sound else None
    clip = Clip(np.full((9, 64, 64, 3), 99, np.uint8), 24.0, sound)
    canvas = Canvas(prompt="x", modification=Modification(clip=clip, strength=0.5), seed=1)
    manazir.take(canvas, model="tiny-ltx", settings=manazir.Settings(steps=4, cache="mag=50"))
    assert set(began) == {(taken, len(taken))}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tiny", "--steps", "2"], "2 steps leave a step cache nothing to leave out; give 4 or more"),
        (["noor-nano"], "'noor-nano' is not installed"),
        (["tiny", "--solver", "nope"], "no solver 'nope'"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(folder: Path, capsys: Said, arguments: list[str], message: str) -> None:
    assert main(["models", "calibrate", *arguments]) == 2
    assert message in capsys.readouterr().err
