"""Parts of an LTX-2 whose weights are not those that their configurations describe are refused before they land."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.open_ltx import save_tiny_ltx

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.survey import survey_folder
from manazir.core.errors import CheckpointError


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_ltx(tmp_path_factory.mktemp("published"))


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("transformer", {"num_layers": 3}),
        ("connectors", {"connector_rope_base_seq_len": None}),
        ("connectors", {"audio_connector_attention_head_dim": 8}),
        ("vae", {"latent_channels": 9}),
        ("vae", {"timestep_conditioning": True}),
        ("audio_vae", {"num_res_blocks": 2}),
        ("vocoder", {"hidden_channels": 32}),
    ],
)
def test_parts_that_do_not_fit_are_refused(published: Path, tmp_path: Path, part: str, changed: dict[str, Any]) -> None:
    shutil.copytree(published, tmp_path / "other")
    config = tmp_path / "other" / part / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | changed))
    assert survey_folder(published, check_part).family == "ltx"
    with pytest.raises(CheckpointError):
        survey_folder(tmp_path / "other", check_part)
