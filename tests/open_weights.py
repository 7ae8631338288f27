"""Diffusers folders of Wans of a few thousand weights, as tests of several rooms import them."""

from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from tests.random_weights import randomised
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    CLIPVisionModel,
    T5TokenizerFast,
    UMT5Config,
    UMT5EncoderModel,
)

TRANSFORMER: dict[str, Any] = {
    "num_attention_heads": 2,
    "attention_head_dim": 12,
    "in_channels": 4,
    "out_channels": 4,
    "text_dim": 16,
    "freq_dim": 16,
    "ffn_dim": 32,
    "num_layers": 2,
    "rope_max_seq_len": 32,
}
VAE: dict[str, Any] = {
    "base_dim": 4,
    "z_dim": 4,
    "dim_mult": [1, 1, 1, 1],
    "num_res_blocks": 1,
    "temperal_downsample": [False, True, True],
    "latents_mean": [0.0] * 4,
    "latents_std": [1.0] * 4,
}
PICTURES = CLIPVisionConfig(
    hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=16, patch_size=8
)
WORDS = UMT5Config(vocab_size=64, d_model=16, d_kv=4, d_ff=16, num_layers=1, num_heads=2)


def save_tiny_wan(folder: Path, shard_size: str = "10GB", **changed: Any) -> Path:
    """Save one that makes films of words, as its publishers would, with random weights in bfloat16."""
    return _save(WanPipeline(**_parts(**changed)), folder, shard_size)


def save_tiny_wan_of_each_frame(folder: Path) -> Path:
    """Save one that is told the noise of each frame, as Wan 2.2 TI2V-5B is."""
    return _save(WanPipeline(**_parts(), expand_timesteps=True), folder)


def save_tiny_wan_of_pictures(folder: Path, *, has_experts: bool) -> Path:
    """Save one that takes known frames as channels: with a reader of pictures as 2.1, or with two experts as 2.2."""
    if has_experts:
        parts = _parts(in_channels=12)
        second = WanTransformer3DModel(**TRANSFORMER | {"in_channels": 12})
        whole = WanImageToVideoPipeline(
            **parts, transformer_2=second, boundary_ratio=0.9, image_processor=None, image_encoder=None
        )
        return _save(whole, folder)
    size = PICTURES.image_size
    processor = CLIPImageProcessor(size={"shortest_edge": size}, crop_size={"height": size, "width": size})
    parts = _parts(in_channels=12, image_dim=PICTURES.hidden_size, added_kv_proj_dim=24)
    whole = WanImageToVideoPipeline(**parts, image_processor=processor, image_encoder=CLIPVisionModel(PICTURES))
    return _save(whole, folder)


def save_tiny_wan_vace(folder: Path) -> Path:
    """Save one that takes what is known as a context, as Wan 2.1 VACE is."""
    context = {"vace_layers": [0], "vace_in_channels": 2 * VAE["z_dim"] + 64}
    parts = _parts() | {"transformer": WanVACETransformer3DModel(**TRANSFORMER, **context)}
    for part in ("transformer", "vae"):  # large enough that what is known is seen in what is made
        randomised(parts[part])
    return _save(WanVACEPipeline(**parts), folder)


def tiny_tokenizer() -> T5TokenizerFast:
    """Three words, as pieces of T5's kind."""
    words = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁a", -1.0), ("▁red", -2.0), ("▁ball", -3.0)]
    return T5TokenizerFast(vocab=words, extra_ids=0)


def _parts(**changed: Any) -> dict[str, Any]:
    torch.manual_seed(0)
    return {
        "tokenizer": tiny_tokenizer(),
        "text_encoder": UMT5EncoderModel(WORDS),
        "vae": AutoencoderKLWan(**VAE),
        "scheduler": UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
        "transformer": WanTransformer3DModel(**TRANSFORMER | changed),
    }


def _save(pipeline: Any, folder: Path, shard_size: str = "10GB") -> Path:
    pipeline.to(torch.bfloat16).save_pretrained(folder, max_shard_size=shard_size)
    return folder
