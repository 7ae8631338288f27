"""Tiny LTX-2s of diffusers as the single files that Lightricks publish: their names, their configuration, no Gemma."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

Names = Mapping[str, str]

TRANSFORMER: Names = {
    r"^proj_in": "patchify_proj",
    r"^audio_proj_in": "audio_patchify_proj",
    r"^time_embed": "adaln_single",
    r"^audio_time_embed": "audio_adaln_single",
    r"^prompt_adaln": "prompt_adaln_single",
    r"^audio_prompt_adaln": "audio_prompt_adaln_single",
    r"av_cross_attn_video_scale_shift": "av_ca_video_scale_shift_adaln_single",
    r"av_cross_attn_video_a2v_gate": "av_ca_a2v_gate_adaln_single",
    r"av_cross_attn_audio_scale_shift": "av_ca_audio_scale_shift_adaln_single",
    r"av_cross_attn_audio_v2a_gate": "av_ca_v2a_gate_adaln_single",
    r"video_a2v_cross_attn_scale_shift_table": "scale_shift_table_a2v_ca_video",
    r"audio_a2v_cross_attn_scale_shift_table": "scale_shift_table_a2v_ca_audio",
    r"norm_q": "q_norm",
    r"norm_k": "k_norm",
}
CONNECTORS: Names = {
    r"^video_connector": "model.diffusion_model.video_embeddings_connector",
    r"^audio_connector": "model.diffusion_model.audio_embeddings_connector",
    r"transformer_blocks": "transformer_1d_blocks",
    r"^text_proj_in": "text_embedding_projection.aggregate_embed",
    r"^(video|audio)_text_proj_in": r"text_embedding_projection.\1_aggregate_embed",
    r"norm_q": "q_norm",
    r"norm_k": "k_norm",
}
STATISTICS: Names = {
    r"latents_mean": "per_channel_statistics.mean-of-means",
    r"latents_std": "per_channel_statistics.std-of-means",
}
VOCODER: Names = {
    r"upsamplers": "ups",
    r"resnets": "resblocks",
    r"conv_in": "conv_pre",
    r"conv_out": "conv_post",
    r"act_out": "act_post",
    r"downsample\.filter": "downsample.lowpass.filter",
}


def save_as_lightricks(pipeline: Any, path: Path) -> Path:
    """Write a pipeline's weights, but for its text encoder's, into one file."""
    config = pipeline.vae.config
    video = _renamed(pipeline.vae.state_dict(), _video(len(config["upsample_type"])), "vae.")
    extra = {"vae.per_channel_statistics.mean-of-stds": video["vae.per_channel_statistics.std-of-means"].clone()}
    tensors = {
        **_renamed(pipeline.transformer.state_dict(), TRANSFORMER, "model.diffusion_model."),
        **_renamed(pipeline.connectors.state_dict(), CONNECTORS),
        **video,
        **extra,
        **_renamed(pipeline.audio_vae.state_dict(), STATISTICS, "audio_vae."),
        **_renamed(pipeline.vocoder.state_dict(), VOCODER, "vocoder."),
    }
    told = {
        "transformer": _transformer(pipeline.transformer.config, pipeline.connectors.config),
        "vae": _video_config(config),
        "audio_vae": _audio_config(pipeline.audio_vae.config),
        "vocoder": _vocoder_config(pipeline.vocoder.config),
        "scheduler": {"_class_name": "RectifiedFlowScheduler"},
    }
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, {"config": json.dumps(told)})
    return path


def save_upsampler_as_lightricks(upsampler: Any, path: Path) -> Path:
    """Write a latent upsampler."""
    config = upsampler.config
    told = {name: config[name] for name in ("in_channels", "mid_channels", "num_blocks_per_stage", "dims")}
    told |= {name: config[name] for name in ("spatial_upsample", "temporal_upsample")}
    told |= {"spatial_scale": config["rational_spatial_scale"], "rational_resampler": config["use_rational_resampler"]}
    told |= {"_class_name": "LatentUpsampler"}
    tensors = {name: tensor.contiguous() for name, tensor in upsampler.state_dict().items()}
    save_file(tensors, path, {"config": json.dumps(told)})
    return path


def _renamed(tensors: Mapping[str, Tensor], names: Names, prefix: str = "") -> dict[str, Tensor]:
    def name(old: str) -> str:
        for before, after in names.items():
            old = re.sub(before, after, old)
        return prefix + old

    return {name(old): tensor for old, tensor in tensors.items()}


def _video(up_blocks: int) -> dict[str, str]:
    """Stages and changes of size stand in one row."""
    names = dict(STATISTICS)
    for n in range(4):
        names[rf"encoder\.down_blocks\.{n}\.downsamplers\.0\."] = f"encoder.Down.{2 * n + 1}."
        names[rf"encoder\.down_blocks\.{n}\."] = f"encoder.Down.{2 * n}."
    for n in range(up_blocks):
        names[rf"decoder\.up_blocks\.{n}\.upsamplers\.0\."] = f"decoder.Up.{2 * n + 1}."
        names[rf"decoder\.up_blocks\.{n}\."] = f"decoder.Up.{2 * n + 2}."
    names |= {r"encoder\.mid_block\.": "encoder.Down.8.", r"decoder\.mid_block\.": "decoder.Up.0."}
    return names | {"Down": "down_blocks", "Up": "up_blocks", "resnets": "res_blocks"}


def _transformer(config: Mapping[str, Any], connectors: Mapping[str, Any]) -> dict[str, Any]:
    is_later = not config["use_prompt_embeddings"]
    told = {
        "_class_name": "AVTransformer3DModel",
        "num_attention_heads": config["num_attention_heads"],
        "attention_head_dim": config["attention_head_dim"],
        "in_channels": config["in_channels"],
        "out_channels": config["out_channels"],
        "num_layers": config["num_layers"],
        "cross_attention_dim": config["cross_attention_dim"],
        "caption_channels": connectors["caption_channels"],
        "norm_eps": 1e-6,
        "attention_bias": True,
        "activation_fn": "gelu-approximate",
        "qk_norm": "rms_norm",
        "positional_embedding_type": "rope",
        "positional_embedding_theta": 10000.0,
        "positional_embedding_max_pos": [20, 2048, 2048],
        "timestep_scale_multiplier": 1000,
        "av_ca_timestep_scale_multiplier": 1000.0,
        "audio_num_attention_heads": config["audio_num_attention_heads"],
        "audio_attention_head_dim": config["audio_attention_head_dim"],
        "audio_in_channels": config["audio_in_channels"],
        "audio_out_channels": config["audio_out_channels"],
        "audio_cross_attention_dim": config["audio_cross_attention_dim"],
        "audio_positional_embedding_max_pos": [20],
        "rope_type": "split",
        "frequencies_precision": "float64",
        "apply_gated_attention": config["gated_attn"],
        "cross_attention_adaln": config["cross_attn_mod"],
        "ff_bias": config["ff_bias"],
        "use_keyframes_abs_pos_embedding": config["use_keyframes_abs_pos_embedding"],
        "connector_num_attention_heads": connectors["video_connector_num_attention_heads"],
        "connector_attention_head_dim": connectors["video_connector_attention_head_dim"],
        "connector_num_layers": connectors["video_connector_num_layers"],
        "connector_apply_gated_attention": connectors["video_gated_attn"],
        "connector_positional_embedding_max_pos": [connectors["connector_rope_base_seq_len"]],
        "audio_connector_num_attention_heads": connectors["audio_connector_num_attention_heads"],
        "audio_connector_attention_head_dim": connectors["audio_connector_attention_head_dim"],
    }
    later = {"caption_proj_before_connector": True, "caption_proj_input_norm": False}
    later |= {"caption_projection_first_linear": False, "caption_projection_second_linear": False}
    return told | later if is_later else told


KINDS = {"spatial": "space", "temporal": "time", "spatiotemporal": "all"}


def _video_config(config: Mapping[str, Any]) -> dict[str, Any]:
    encoder: list[Any] = [["res_x", {"num_layers": config["layers_per_block"][0]}]]
    widths = [config["latent_channels"], *config["block_out_channels"]]
    for at, kind in enumerate(config["downsample_type"]):
        encoder.append([f"compress_{KINDS[kind]}_res", {"multiplier": widths[at + 1] // widths[at]}])
        encoder.append(["res_x", {"num_layers": config["layers_per_block"][at + 1]}])
    decoder: list[Any] = [["res_x", {"num_layers": config["decoder_layers_per_block"][0]}]]
    for at, kind in reversed(list(enumerate(config["upsample_type"]))):
        options = {"multiplier": config["upsample_factor"][at], "residual": config["upsample_residual"][at]}
        decoder.append([f"compress_{KINDS[kind]}", options])
        decoder.append(["res_x", {"num_layers": config["decoder_layers_per_block"][at + 1]}])
    coarsest = config["decoder_block_out_channels"][-1]
    for factor in config["upsample_factor"]:
        coarsest //= factor
    return {
        "_class_name": "CausalVideoAutoencoder",
        "dims": 3,
        "in_channels": 3,
        "out_channels": 3,
        "latent_channels": config["latent_channels"],
        "encoder_blocks": encoder,
        "decoder_blocks": decoder,
        "decoder_base_channels": coarsest,
        "norm_layer": "pixel_norm",
        "patch_size": config["patch_size"],
        "latent_log_var": "uniform",
        "causal_decoder": config["decoder_causal"],
        "timestep_conditioning": False,
        "spatial_padding_mode": config["decoder_spatial_padding_mode"],
    }


def _audio_config(config: Mapping[str, Any]) -> dict[str, Any]:
    network = {
        "double_z": True,
        "mel_bins": config["mel_bins"],
        "z_channels": config["latent_channels"],
        "in_channels": config["in_channels"],
        "out_ch": config["output_channels"],
        "ch": config["base_channels"],
        "ch_mult": list(config["ch_mult"]),
        "num_res_blocks": config["num_res_blocks"],
        "attn_resolutions": [],
        "mid_block_add_attention": False,
        "norm_type": "pixel",
        "causality_axis": "height",
    }
    return {
        "model": {"params": {"ddconfig": network, "sampling_rate": 16000}},
        "preprocessing": {"stft": {"filter_length": 1024, "hop_length": 160, "causal": True}},
    }


def _vocoder_config(config: Mapping[str, Any]) -> dict[str, Any]:
    first = _one_vocoder(config, "")
    if "bwe_in_channels" not in config:
        return first | {"resblock": "1"}
    bent = {"resblock": "AMP1", "activation": "snakebeta", "use_tanh_at_final": False, "use_bias_at_final": False}
    between = {
        "apply_final_activation": False,
        "input_sampling_rate": config["input_sampling_rate"],
        "output_sampling_rate": config["output_sampling_rate"],
        "hop_length": config["hop_length"],
        "n_fft": config["filter_length"],
        "num_mels": config["num_mel_channels"],
    }
    return {"vocoder": first | bent, "bwe": _one_vocoder(config, "bwe_") | bent | between}


def _one_vocoder(config: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {
        "upsample_initial_channel": config[f"{prefix}hidden_channels"],
        "upsample_rates": list(config[f"{prefix}upsample_factors"]),
        "upsample_kernel_sizes": list(config[f"{prefix}upsample_kernel_sizes"]),
        "resblock_kernel_sizes": list(config[f"{prefix}resnet_kernel_sizes"]),
        "resblock_dilation_sizes": [list(one) for one in config[f"{prefix}resnet_dilations"]],
        "stereo": True,
    }
