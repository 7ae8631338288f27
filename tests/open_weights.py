"""A diffusers folder of a Wan of a few thousand weights, as tests of several rooms import it."""

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from transformers import T5TokenizerFast, UMT5Config, UMT5EncoderModel

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
WORDS = UMT5Config(vocab_size=64, d_model=16, d_kv=4, d_ff=16, num_layers=1, num_heads=2)


def save_tiny_wan(folder: Path, shard_size: str = "10GB", **changed: Any) -> Path:
    """Save it as its publishers would, with random weights in bfloat16."""
    torch.manual_seed(0)
    words = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁a", -1.0), ("▁red", -2.0), ("▁ball", -3.0)]
    pipeline = WanPipeline(
        tokenizer=T5TokenizerFast(vocab=words, extra_ids=0),
        text_encoder=UMT5EncoderModel(WORDS),
        vae=AutoencoderKLWan(**VAE),
        scheduler=UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
        transformer=WanTransformer3DModel(**TRANSFORMER | changed),
    )
    pipeline.to(torch.bfloat16).save_pretrained(folder, max_shard_size=shard_size)
    return folder
