"""What a model makes, before it is loaded."""

from pathlib import Path

import pytest

from manazir.cli.main import main
from manazir.core.canvas import Need
from manazir.core.errors import CheckpointError, ShapeError, UnsupportedError
from manazir.inference.cards import card_of, installed_cards


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


def test_an_imported_model_has_one(tiny_wan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    assert main(["models", "import", str(tiny_wan), "--name", "mine"]) == 0
    card = next(card for card in installed_cards() if card.name == "mine")
    assert Need.TEXT in card.honours
    assert Need.VIDEO_FOR_SOUND not in card.honours
