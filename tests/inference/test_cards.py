"""What a model makes, before it is loaded."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.open_ltx import save_tiny_ltx
from tests.other_pipelines import save_tiny_cogvideox, save_tiny_ltx_video

from manazir.cli.main import main
from manazir.core.canvas import Canvas, Keyframe, Need
from manazir.core.errors import CheckpointError, ManazirError, ShapeError, UnsupportedError
from manazir.inference.card_file import NAME, read_card
from manazir.inference.cards import card_of, installed_cards
from manazir.inference.engine import Settings
from manazir.inference.engines import load_engine
from manazir.inference.fitting import misfit
from manazir.inference.ltx.engine import LtxEngine
from manazir.inference.produce import produce
from manazir.inference.wan.engine import WanEngine


def test_noors_card_says_what_its_bundle_says(home: Path) -> None:
    card = card_of("noor-nano")
    assert card.sizes == ((32, 32), (64, 32), (32, 64))
    assert (card.frame_rate, card.longest_seconds, card.default_seconds) == (8.0, 6.0, 1.0)
    assert Need.TEXT in card.honours
    assert (card.window, card.steps, card.actions[:3]) == (8, 3, ("none", "left", "right"))
    card.check_size(64, 32)
    with pytest.raises(ShapeError, match="noor-nano makes 32x32, 64x32, 32x64, not 64x64"):
        card.check_size(64, 64)


def test_models_that_are_not_here_have_no_card(home: Path) -> None:
    with pytest.raises(UnsupportedError, match="no model 'none'"):
        card_of("none")
    with pytest.raises(CheckpointError, match="models pull"):
        card_of("wan2.1-t2v-1.3b")


@pytest.fixture
def mine(tiny_wan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an imported Wan."""
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    assert main(["models", "import", str(tiny_wan), "--name", "mine"]) == 0
    return tmp_path / "home" / "models" / "mine"


def test_an_imported_model_has_one_that_says_what_its_engine_does(mine: Path) -> None:
    card = next(card for card in installed_cards() if card.name == "mine")
    assert Need.TEXT in card.honours
    assert Need.VIDEO_FOR_SOUND not in card.honours
    assert not card.needs_picture
    engine = load_engine("mine")
    assert isinstance(engine, WanEngine)
    assert card.makes == engine.makes
    assert (card.sizes, card.frame_rate, card.steps) == (((832, 480), (480, 832)), 16.0, 50)
    assert card.default_seconds == 81 / 16
    with pytest.raises(ShapeError, match=f"multiples of {engine.makes.multiple}, not 831x480"):
        card.check_size(831, 480)


def test_a_model_of_before_there_were_cards_says_less_until_it_is_loaded(mine: Path) -> None:
    told = read_card(mine)
    (mine / NAME).unlink()
    assert card_of("mine").makes is None
    assert misfit(Canvas(prompt="x", width=831, height=480), card_of("mine"), allows_resampling=False) is None
    load_engine("mine")
    assert card_of("mine").makes == told


def test_a_card_of_another_version_is_as_good_as_none_and_a_damaged_one_is_told(mine: Path) -> None:
    path = mine / NAME
    good = json.loads(path.read_text())
    path.write_text(json.dumps(good | {"format": 99}))
    assert card_of("mine").makes is None
    for bad in ("{", "[]", json.dumps(good | {"multiple": 0}), json.dumps(good | {"sizes": [[1]]}), '{"format": 1}'):
        path.write_text(bad)
        with pytest.raises(CheckpointError, match=r"card.json is damaged .*delete it, and load the model"):
            card_of("mine")


def test_what_it_makes_is_shown(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "mine", "--json"]) == 0
    said = capsys.readouterr().out
    told = json.loads(said[said.index("{") :])
    assert (told["sizes"], told["frame_rate"], told["steps"]) == (["832x480", "480x832"], 16.0, 50)
    assert told["frames"].startswith("4n + 1")


def test_an_ltx_has_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    assert main(["models", "import", str(save_tiny_ltx(tmp_path / "published")), "--name", "heard"]) == 0
    card, engine = card_of("heard"), load_engine("heard")
    assert isinstance(engine, LtxEngine)
    assert card.makes == engine.makes
    assert card.frame_rate == 24.0


@pytest.fixture
def generic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two models that no engine of ours runs."""
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    for name, save in (("cog", save_tiny_cogvideox), ("ltx", save_tiny_ltx_video)):
        assert main(["models", "import", str(save(tmp_path / name)), "--name", name]) == 0


def test_what_runs_through_diffusers_has_a_card_of_what_its_call_says(generic: None) -> None:
    cards = {card.name: card for card in installed_cards()}
    cog, ltx = cards["cog"], cards["ltx"]
    assert (cog.is_generic, ltx.is_generic, cards["noor-nano"].is_generic) == (True, True, False)
    assert (cog.sizes, cog.size_multiple, cog.frame_rate, cog.steps) == ((), 16, 8.0, 50)
    assert (ltx.sizes, ltx.frame_rate, ltx.rate_for(None), ltx.rate_for(10.0)) == (((704, 512),), None, 25.0, 10.0)
    assert ltx.default_seconds == 161 / 25
    assert (cog.choices, cog.honours) == (("steps", "guidance_scale"), {Need.TEXT})


GENERIC_CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("cog", {}),
    ("cog", {"frame_rate": 9.0}),
    ("cog", {"frame_rate": 8.0}),
    ("cog", {"duration_seconds": 61.0}),
    ("cog", {"duration_seconds": 60.01}),
    ("cog", {"duration_seconds": 0.01}),
    ("cog", {"width": 40, "height": 32}),
    ("ltx", {}),
    (
        "ltx",
        {"keyframes": (Keyframe(image=np.zeros((32, 64, 3), np.uint8), at_seconds=0.0),), "width": 64, "height": 32},
    ),
)


@pytest.mark.parametrize("resamples", [False, True])
@pytest.mark.parametrize(("name", "asked"), GENERIC_CASES)
def test_a_card_of_what_runs_through_diffusers_refuses_what_its_engine_would(
    generic: None, name: str, asked: dict[str, Any], resamples: bool
) -> None:
    canvas = Canvas(prompt="a red ball", **({"duration_seconds": 0.2} | asked))
    told, error = misfit(canvas, card_of(name), allows_resampling=resamples), None
    try:
        next(produce(canvas, load_engine(name), Settings(steps=1), allows_resampling=resamples))
    except ManazirError as refusal:
        error = refusal
    assert (told is None) == (error is None), (told, error)


def test_what_runs_through_diffusers_is_shown_with_what_it_makes(
    generic: None, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["models", "show", "ltx", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["is_generic"], told["sizes"], told["frame_rate"]) == (True, ["704x512"], 25.0)
    assert told["takes"] == ["steps", "guidance scale"]
