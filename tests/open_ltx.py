"""A diffusers folder of an LTX-2 of a few thousand weights, as tests of several rooms import it."""

from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    FlowMatchEulerDiscreteScheduler,
    LTX2Pipeline,
    LTX2VideoTransformer3DModel,
)
from diffusers.pipelines.ltx2 import LTX2LatentUpsamplerModel, LTX2TextConnectors, LTX2Vocoder, LTX2VocoderWithBWE
from tokenizers.processors import TemplateProcessing
from torch import nn
from transformers import (
    Gemma3Config,
    Gemma3ForConditionalGeneration,
    Gemma4UnifiedConfig,
    Gemma4UnifiedForConditionalGeneration,
    GemmaTokenizer,
)

TRANSFORMER: dict[str, Any] = {
    "num_attention_heads": 2,
    "attention_head_dim": 16,
    "cross_attention_dim": 32,
    "in_channels": 8,
    "out_channels": 8,
    "audio_num_attention_heads": 2,
    "audio_attention_head_dim": 8,
    "audio_cross_attention_dim": 16,
    "audio_in_channels": 8,
    "audio_out_channels": 8,
    "num_layers": 2,
    "caption_channels": 12,
    "rope_type": "split",
    "perturbed_attn": True,
}
CONNECTORS: dict[str, Any] = {
    "caption_channels": 12,
    "text_proj_in_factor": 4,
    "video_connector_num_attention_heads": 2,
    "video_connector_attention_head_dim": 6,
    "video_connector_num_learnable_registers": 8,
    "audio_connector_num_attention_heads": 2,
    "audio_connector_attention_head_dim": 6,
    "audio_connector_num_learnable_registers": 8,
    "rope_type": "split",
}
VIDEO: dict[str, Any] = {
    "latent_channels": 8,
    "block_out_channels": (8, 8, 16, 16),
    "layers_per_block": (1, 1, 1, 1, 1),
    "decoder_block_out_channels": (8, 16, 32),
    "decoder_layers_per_block": (1, 1, 1, 1),
    "decoder_causal": False,
    "spatial_compression_ratio": 32,
    "temporal_compression_ratio": 8,
}
AUDIO: dict[str, Any] = {"base_channels": 8, "latent_channels": 2, "mel_bins": 16, "num_res_blocks": 1}
UPSAMPLER: dict[str, Any] = {"in_channels": 8, "mid_channels": 32, "num_blocks_per_stage": 1}
VOCODER: dict[str, Any] = {
    "in_channels": 32,
    "hidden_channels": 64,
    "upsample_kernel_sizes": [16, 15, 8, 4, 4],
    "upsample_factors": [6, 5, 2, 2, 2],
    "resnet_kernel_sizes": [3, 7],
    "resnet_dilations": [[1, 3, 5]] * 2,
}
WORDS: dict[str, Any] = {
    "text_config": {
        "vocab_size": 64,
        "hidden_size": 12,
        "intermediate_size": 24,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
        "query_pre_attn_scalar": 8,
        "sliding_window": 6,
        "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
    },
    "vision_config": {
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "image_size": 8,
        "patch_size": 4,
    },
    "mm_tokens_per_image": 1,
    "image_token_index": 60,
    "boi_token_index": 61,
    "eoi_token_index": 62,
}
LATER_WORDS: dict[str, Any] = {
    "text_config": {
        "vocab_size": 64,
        "hidden_size": 12,
        "intermediate_size": 24,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
        "sliding_window": 6,
        "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
    },
    "vision_config": None,
    "audio_config": None,
}
SCHEDULE: dict[str, Any] = {
    "use_dynamic_shifting": True,
    "base_shift": 0.95,
    "max_shift": 2.05,
    "base_image_seq_len": 1024,
    "max_image_seq_len": 4096,
    "shift_terminal": 0.1,
}
LTX_2_3: dict[str, dict[str, Any]] = {
    "transformer": {
        "gated_attn": True,
        "cross_attn_mod": True,
        "audio_gated_attn": True,
        "audio_cross_attn_mod": True,
        "use_prompt_embeddings": False,
    },
    "connectors": {
        "video_connector_attention_head_dim": 16,
        "audio_connector_attention_head_dim": 8,
        "video_gated_attn": True,
        "audio_gated_attn": True,
        "per_modality_projections": True,
        "proj_bias": True,
        "video_hidden_dim": 32,
        "audio_hidden_dim": 16,
    },
    "vae": {
        "block_out_channels": (8, 16, 16, 16),
        "decoder_block_out_channels": (8, 8, 8, 16),
        "decoder_layers_per_block": (1, 1, 1, 1, 1),
        "decoder_spatio_temporal_scaling": (True,) * 4,
        "decoder_inject_noise": (False,) * 5,
        "upsample_type": ("spatiotemporal", "spatiotemporal", "temporal", "spatial"),
        "upsample_residual": (False,) * 4,
        "upsample_factor": (2, 1, 1, 2),
        "decoder_spatial_padding_mode": "zeros",
    },
    "vocoder": {
        "upsample_kernel_sizes": [11, 4],
        "upsample_factors": [5, 2],
        "resnet_kernel_sizes": [3, 5],
        "resnet_dilations": [[1, 3]] * 2,
        "bwe_in_channels": 12,
        "bwe_hidden_channels": 8,
        "bwe_upsample_kernel_sizes": [6, 9],
        "bwe_upsample_factors": [2, 3],
        "bwe_resnet_kernel_sizes": [3],
        "bwe_resnet_dilations": [[1, 5]],
        "filter_length": 16,
        "window_length": 16,
        "hop_length": 2,
        "num_mel_channels": 6,
    },
}
"""What LTX-2.3 has otherwise than LTX-2, by part."""
LTX_2_5 = LTX_2_3 | {
    "transformer": LTX_2_3["transformer"] | {"ff_bias": False, "use_keyframes_abs_pos_embedding": True},
    "text_encoder": LATER_WORDS,
}
"""What LTX-2.5 has otherwise, Gemma 4 among it."""


def tiny_ltx(**changed: dict[str, Any]) -> Any:
    """A pipeline of random weights.

    Args:
        changed: by part, what its configuration has otherwise; `LTX_2_3`, for one.
    """
    torch.manual_seed(0)
    wide = "bwe_in_channels" in changed.get("vocoder", {})
    parts: dict[str, Any] = {
        "transformer": LTX2VideoTransformer3DModel(**TRANSFORMER | changed.get("transformer", {})),
        "connectors": LTX2TextConnectors(**CONNECTORS | changed.get("connectors", {})),
        "vae": AutoencoderKLLTX2Video(**VIDEO | changed.get("vae", {})),
        "audio_vae": AutoencoderKLLTX2Audio(**AUDIO),
        "vocoder": (LTX2VocoderWithBWE if wide else LTX2Vocoder)(**VOCODER | changed.get("vocoder", {})),
        "text_encoder": _gemma(changed.get("text_encoder")),
    }
    for name, part in parts.items():
        randomise(part, {"vocoder": 0.5, "text_encoder": 0.3}.get(name, 1.0))  # calm enough for bfloat16
    scheduler = FlowMatchEulerDiscreteScheduler(**SCHEDULE | changed.get("scheduler", {}))
    return LTX2Pipeline(**parts, tokenizer=tiny_tokenizer(), scheduler=scheduler)


def save_tiny_ltx(
    folder: Path, shard_size: str = "10GB", *, has_upsampler: bool = False, **changed: dict[str, Any]
) -> Path:
    """Save one as its publishers would, in bfloat16; an upsampler in a folder that its index does not name."""
    tiny_ltx(**changed).to(torch.bfloat16).save_pretrained(folder, max_shard_size=shard_size)
    if has_upsampler:
        tiny_upsampler().to(torch.bfloat16).save_pretrained(folder / "latent_upsampler")
    return folder


def tiny_upsampler() -> Any:
    """What enlarges the tiny pipeline's latents, to twice their height and width."""
    torch.manual_seed(2)
    return randomise(LTX2LatentUpsamplerModel(**UPSAMPLER))


def tiny_tokenizer() -> GemmaTokenizer:
    """Letters, and two pieces of several; like Gemma's, it begins every text with the same piece."""
    pieces = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *"abcdefghijklmnopqrstuvwxyz", "re", "red", "al"]
    merges = [("r", "e"), ("re", "d"), ("a", "l")]
    tokenizer = GemmaTokenizer(vocab={piece: place for place, piece in enumerate(pieces)}, merges=merges)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 2)])
    return tokenizer


def _gemma(later: dict[str, Any] | None) -> nn.Module:
    if later is None:
        return Gemma3ForConditionalGeneration(Gemma3Config(**WORDS))
    return Gemma4UnifiedForConditionalGeneration(Gemma4UnifiedConfig(**later))


def randomise(part: nn.Module, size: float = 1.0) -> nn.Module:
    """Every number random, also those that are not learnt, or begin at zero or one; sizes such that all stay near one.

    A filter is changed but a little: one that lets everything pass makes bends that explode.

    Args:
        size: of matrices and convolutions. A vocoder's are smaller: a hundred convolutions beside each other's input
            make sounds that are all noise.
    """
    for name, tensor in part.state_dict().items():
        noise = torch.randn_like(tensor)
        if name.endswith("filter"):
            tensor.mul_(1 + 0.1 * noise)
        elif "std" in name or "norm" in name:
            tensor.copy_(1 + 0.3 * noise.clamp(-2, 2))
        elif tensor.ndim < 2:
            tensor.copy_(0.3 * noise)
        else:
            tensor.copy_(size * noise / max(tensor[0].numel(), 4) ** 0.5)
    return part.eval()
