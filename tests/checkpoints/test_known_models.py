"""What the table says of known models is what their published configurations make."""

from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLLTX2Audio, AutoencoderKLLTX2Video, AutoencoderKLWan, LTX2VideoTransformer3DModel
from diffusers.pipelines.ltx2 import LTX2LatentUpsamplerModel
from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors
from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder
from torch import nn
from transformers import CLIPVisionConfig, CLIPVisionModel, UMT5Config, UMT5EncoderModel

from manazir.checkpoints.families import honoured
from manazir.checkpoints.known_models import KNOWN, known_name
from manazir.checkpoints.wan import wan_transformer

LARGE: dict[str, Any] = {
    "patch_size": (1, 2, 2),
    "num_attention_heads": 40,
    "attention_head_dim": 128,
    "in_channels": 16,
    "out_channels": 16,
    "text_dim": 4096,
    "freq_dim": 256,
    "ffn_dim": 13824,
    "num_layers": 40,
}
WITH_PICTURE = LARGE | {"in_channels": 36, "image_dim": 1280}
TRANSFORMERS: dict[str, dict[str, Any]] = {
    "wan2.1-t2v-1.3b": LARGE | {"num_attention_heads": 12, "ffn_dim": 8960, "num_layers": 30},
    "wan2.1-t2v-14b": LARGE,
    "wan2.1-i2v-14b-480p": WITH_PICTURE,
    "wan2.1-i2v-14b-720p": WITH_PICTURE,
    "wan2.1-vace-1.3b": LARGE
    | {"num_attention_heads": 12, "ffn_dim": 8960, "num_layers": 30}
    | {"vace_layers": [*range(0, 30, 2)], "vace_in_channels": 96},
    "wan2.1-vace-14b": LARGE | {"vace_layers": [*range(0, 40, 5)], "vace_in_channels": 96},
    "wan2.2-ti2v-5b": LARGE
    | {"num_attention_heads": 24, "in_channels": 48, "out_channels": 48, "ffn_dim": 14336, "num_layers": 30},
    "wan2.2-t2v-a14b": LARGE,
    "wan2.2-i2v-a14b": LARGE | {"in_channels": 36},
}


def _count(network: nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_transformers_are_as_large_as_is_said_and_honour_what_is_said(name: str) -> None:
    with torch.device("meta"):
        assert _count(wan_transformer(TRANSFORMERS[name])) == KNOWN[name].parameters["transformer"]
    settings = {"expand_timesteps": "ti2v" in name}
    assert honoured("wan", settings, TRANSFORMERS[name]) == KNOWN[name].honours
    assert ("transformer_2" in KNOWN[name].parameters) == ("a14b" in name)


def test_the_other_parts_are_as_large_as_is_said() -> None:
    words = UMT5Config(vocab_size=256384, d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64)
    words.feed_forward_proj, words.is_gated_act, words.dense_act_fn = "gated-gelu", True, "gelu_new"
    picture = CLIPVisionConfig(
        hidden_size=1280, intermediate_size=5120, num_hidden_layers=32, num_attention_heads=16, patch_size=14
    )
    of_5b: dict[str, Any] = {"base_dim": 160, "decoder_base_dim": 256, "z_dim": 48, "in_channels": 12}
    of_5b |= {"out_channels": 12, "is_residual": True, "patch_size": 2, "scale_factor_spatial": 16}
    of_5b |= {"latents_mean": [0.0] * 48, "latents_std": [1.0] * 48}
    with torch.device("meta"):
        assert _count(UMT5EncoderModel(words)) == KNOWN["wan2.1-t2v-14b"].parameters["text_encoder"]
        assert _count(AutoencoderKLWan()) == KNOWN["wan2.1-t2v-14b"].parameters["vae"]
        assert _count(AutoencoderKLWan(**of_5b)) == KNOWN["wan2.2-ti2v-5b"].parameters["vae"]
        assert _count(CLIPVisionModel(picture)) == KNOWN["wan2.1-i2v-14b-480p"].parameters["image_encoder"]


def test_ltx_2_is_as_large_as_is_said() -> None:
    kinds: dict[str, Any] = {
        "transformer": LTX2VideoTransformer3DModel,
        "connectors": LTX2TextConnectors,
        "vae": AutoencoderKLLTX2Video,
        "audio_vae": AutoencoderKLLTX2Audio,
        "vocoder": LTX2Vocoder,
        "latent_upsampler": LTX2LatentUpsamplerModel,
    }
    with torch.device("meta"):
        counts = {part: _count(kind()) for part, kind in kinds.items()}
    assert KNOWN["ltx-2"].parameters | counts == KNOWN["ltx-2"].parameters


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "wan2.1-t2v-1.3b"),
        ("/data/Wan2.2-I2V-A14B-Diffusers", "wan2.2-i2v-a14b"),
        ("/c/models--Wan-AI--Wan2.2-TI2V-5B-Diffusers/snapshots/abc", "wan2.2-ti2v-5b"),
        ("/data/my-wan", None),
    ],
)
def test_a_known_model_is_told_by_where_it_is_from(source: str, name: str | None) -> None:
    assert known_name(source) == name
