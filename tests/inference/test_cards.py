"""What a model makes, before it is loaded."""

import json
from pathlib import Path

import pytest
from tests.open_ltx import save_tiny_ltx

from manazir.cli.main import main
from manazir.core.canvas import Canvas, Need
from manazir.core.errors import CheckpointError, ShapeError, UnsupportedError
from manazir.inference.card_file import NAME, read_card
from manazir.inference.cards import card_of, installed_cards
from manazir.inference.engines import load_engine
from manazir.inference.fitting import misfit
from manazir.inference.ltx.engine import LtxEngine
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
