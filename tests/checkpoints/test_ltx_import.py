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
        ("vocoder", {"output_sampling_rate": 0}),
        ("vocoder", {"output_sampling_rate": "888"}),
        ("vocoder", {"output_sampling_rate": 1e308}),
    ],
)
def test_parts_that_do_not_fit_are_refused(published: Path, tmp_path: Path, part: str, changed: dict[str, Any]) -> None:
    shutil.copytree(published, tmp_path / "other")
    config = tmp_path / "other" / part / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | changed))
    assert survey_folder(published, check_part).family == "ltx"
    with pytest.raises(CheckpointError):
        survey_folder(tmp_path / "other", check_part)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("num_attention_heads", value) for value in ("8", [1, 2], -1, 0, True, 1e308, 10**12, "8" * 10**6)),
        *((field, 0) for field in ("num_layers", "base_height", "audio_hop_length")),
    ],
    ids=range(11),
)
def test_sizes_that_are_none_are_refused_by_their_field(
    published: Path, tmp_path: Path, field: str, value: object
) -> None:
    """Before anything is multiplied with them."""
    shutil.copytree(published, tmp_path / "other")
    config = tmp_path / "other" / "transformer" / "config.json"
    told = json.loads(config.read_text()) | {"num_attention_heads": 2, "base_height": 2048, "audio_hop_length": 160}
    config.write_text(json.dumps(told | {field: value}))
    with pytest.raises(CheckpointError, match=f"a config.json of LTX-2 with {field} = ") as refused:
        survey_folder(tmp_path / "other", check_part)
    assert len(str(refused.value)) < 400
