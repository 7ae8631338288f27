"""Parts of Wan and LTX-2 that are damaged, or another network's, are refused by their headers."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import (
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    AutoencoderKLWan,
    LTX2VideoTransformer3DModel,
    WanTransformer3DModel,
    WanVACETransformer3DModel,
)
from diffusers.pipelines.ltx2 import LTX2LatentUpsamplerModel, LTX2TextConnectors, LTX2Vocoder, LTX2VocoderWithBWE
from tests import open_ltx
from tests.open_weights import TRANSFORMER, VAE, WORDS
from transformers import T5Config, T5EncoderModel, UMT5EncoderModel

from manazir.checkpoints.family_checks import CHECKS, check_part
from manazir.checkpoints.headers import Stored, read_header
from manazir.checkpoints.lightricks import CLASSES
from manazir.checkpoints.text_checks import TEXT_ENCODERS
from manazir.core.errors import CheckpointError, ManazirError

NETWORKS: dict[str, Any] = {
    "WanTransformer3DModel": lambda: WanTransformer3DModel(**TRANSFORMER),
    "WanVACETransformer3DModel": lambda: WanVACETransformer3DModel(**TRANSFORMER, vace_layers=[0], vace_in_channels=72),
    "AutoencoderKLWan": lambda: AutoencoderKLWan(**VAE),
    "LTX2VideoTransformer3DModel": lambda: LTX2VideoTransformer3DModel(**open_ltx.TRANSFORMER),
    "LTX2TextConnectors": lambda: LTX2TextConnectors(**open_ltx.CONNECTORS),
    "AutoencoderKLLTX2Video": lambda: AutoencoderKLLTX2Video(**open_ltx.VIDEO),
    "AutoencoderKLLTX2Audio": lambda: AutoencoderKLLTX2Audio(**open_ltx.AUDIO),
    "LTX2Vocoder": lambda: LTX2Vocoder(**open_ltx.VOCODER),
    "LTX2VocoderWithBWE": lambda: LTX2VocoderWithBWE(**open_ltx.VOCODER | open_ltx.LTX_2_3["vocoder"]),
    "LTX2LatentUpsamplerModel": lambda: LTX2LatentUpsamplerModel(mid_channels=32),
    "UMT5EncoderModel": lambda: UMT5EncoderModel(WORDS),
    "T5EncoderModel": lambda: T5EncoderModel(
        T5Config(vocab_size=64, d_model=16, d_kv=4, d_ff=16, num_layers=1, num_heads=2)
    ),
}


@pytest.fixture(scope="module", params=[*NETWORKS])
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part's folder as its publisher saves it."""
    folder = tmp_path_factory.mktemp("hub") / str(request.param)
    NETWORKS[request.param]().to(torch.bfloat16).save_pretrained(folder)
    return folder


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Stored]]:
    weights = next(folder.glob("*.safetensors"))
    return json.loads((folder / "config.json").read_text()), read_header(weights)


def test_every_table_is_tried() -> None:
    at_lightricks = set(
        CLASSES.values()
    )  # tried in `test_lightricks.py`, and as an upsampler's in `test_ltx_codecs.py`
    assert set(NETWORKS) == {*CHECKS, *TEXT_ENCODERS} - at_lightricks


def test_a_part_as_it_was_published_is_taken(saved: Path) -> None:
    assert check_part(saved.name, *_read(saved), "vae of a model")


def test_a_weight_that_is_lacking_strange_or_of_another_shape_is_counted(saved: Path) -> None:
    config, weights = _read(saved)
    one = next(name for name, stored in weights.items() if len(stored.shape) > 1)
    changed = {
        "lacking": {name: stored for name, stored in weights.items() if name != one},
        "strange": weights | {"stray.weight": Stored("F32", (3,))},
        "misshapen": weights | {one: Stored("F32", (7, *weights[one].shape))},
        "foreign": {f"other.{name}": stored for name, stored in weights.items()},
    }
    for damaged in changed.values():
        with pytest.raises(CheckpointError, match="vae of a model") as told:
            check_part(saved.name, config, damaged, "vae of a model")
        assert "\n" not in str(told.value)


def test_a_configuration_that_makes_no_sense_is_refused(saved: Path) -> None:
    config, weights = _read(saved)
    sizes = ("num_layers", "z_dim", "latent_channels", "hidden_channels", "mid_channels", "text_proj_in_factor")
    size = next(key for key in sizes if key in config)
    for value in ("many", config[size] * 2):
        with pytest.raises(ManazirError, match="vae of a model"):
            check_part(saved.name, config | {size: value}, weights, "vae of a model")


@pytest.mark.parametrize(
    ("class_name", "field", "value"),
    [
        ("WanTransformer3DModel", "num_layers", 10**9),
        ("WanTransformer3DModel", "ffn_dim", 10**18),
        ("AutoencoderKLWan", "num_res_blocks", 10**9),
        ("LTX2VideoTransformer3DModel", "num_layers", 10**9),
        ("UMT5EncoderModel", "num_layers", 10**9),
    ],
)
def test_a_configuration_without_measure_is_refused_at_once(class_name: str, field: str, value: int) -> None:
    network = NETWORKS[class_name]()
    config = dict(network.config) if isinstance(network.config, dict) else network.config.to_dict()
    weights = {name: Stored("F32", tuple(weight.shape)) for name, weight in network.state_dict().items()}
    assert check_part(class_name, config, weights, "a part")
    with pytest.raises(CheckpointError, match="a part"):
        check_part(class_name, config | {field: value}, weights, "a part")


def test_what_no_release_has_is_refused_with_the_part_named() -> None:
    with pytest.raises(CheckpointError, match="vae of a model: a Wan autoencoder with attn_scales"):
        check_part("AutoencoderKLWan", {"attn_scales": [0.5]}, {}, "vae of a model")
    assert not check_part("Gemma3ForConditionalGeneration", {}, {}, "text encoder")
