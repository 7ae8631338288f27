from pathlib import Path
from typing import Any

import pytest
import torch

from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.inference import catalogue
from manazir.inference.catalogue import MODELS, find_bundle, installed_bundle
from manazir.models.codecs.picture import PictureCodec
from manazir.models.noor.transformer import Noor
from manazir.recipes.noor_mini import noor_mini
from manazir.recipes.noor_nano_around import CODEC, SHAPE


def test_what_is_installed_in_the_home_goes_before_what_ships(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path)
    (tmp_path / "noor-nano").mkdir()
    (tmp_path / "noor-nano" / "model.json").write_text("{}")
    assert find_bundle("noor-nano") == home / "models" / "noor-nano"
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "empty"))
    assert find_bundle("noor-nano") == tmp_path / "noor-nano"


def test_a_model_without_weights_says_where_they_go_and_what_else_there_is(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path)
    assert installed_bundle("noor-mini") is None
    with pytest.raises(CheckpointError, match=r"models/noor-mini, or use noor-nano"):
        find_bundle("noor-mini")
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path))
    with pytest.raises(CheckpointError, match=r"models/noor-nano$"):
        find_bundle("noor-nano")


def test_a_name_that_no_model_has_is_refused_even_if_it_is_a_path() -> None:
    with pytest.raises(UnsupportedError, match=r"no model '\.\./noor-nano'; have noor-nano, noor-mini"):
        find_bundle("../noor-nano")


@pytest.mark.parametrize(
    ("name", "shapes"), [("noor-nano", (SHAPE, CODEC)), ("noor-mini", (noor_mini().shape, noor_mini().codec_shape))]
)
def test_models_are_as_large_as_is_said(name: str, shapes: tuple[Any, Any]) -> None:
    with torch.device("meta"):
        parts = (Noor(shapes[0]), PictureCodec(shapes[1]))
    size = sum(weight.numel() for part in parts for weight in part.parameters())
    assert MODELS[name].startswith(f"{size / 1e6:.0f} million parameters")
