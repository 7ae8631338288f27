"""LTX-2's transformer and connectors from others' checkpoints: diffusers' layout, and Lightricks' single files."""

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor

from manazir.checkpoints.ltx_names import CONNECTORS, DIFFUSERS, ORIGINAL, ORIGINAL_CONNECTORS
from manazir.checkpoints.names import renamed
from manazir.core.errors import CheckpointError
from manazir.models.ltx.connectors import ConnectorsShape
from manazir.models.ltx.shape import LtxShape

_PREFIX = "model.diffusion_model."
"""Of the transformer and the connectors' blocks, in a file that holds the codecs too."""
_OF_CONNECTORS = ("video_embeddings_connector.", "audio_embeddings_connector.", "text_embedding_projection.")

_USUAL: dict[str, Any] = {
    "patch_size": 1,
    "patch_size_t": 1,
    "audio_patch_size": 1,
    "audio_patch_size_t": 1,
    "activation_fn": "gelu-approximate",
    "qk_norm": "rms_norm_across_heads",
    "norm_elementwise_affine": False,
    "norm_eps": 1e-6,
    "attention_bias": True,
    "attention_out_bias": True,
    "audio_ff_bias": True,
    "rope_type": "split",
    "rope_theta": 10_000.0,
    "rope_double_precision": True,
    "causal_offset": 1,
    "timestep_scale_multiplier": 1000,
    "cross_attn_timestep_scale_multiplier": 1000,
    "use_prompt_adaln_single": True,
}
"""What all released transformers have."""
_USUAL_CONNECTORS: dict[str, Any] = {
    "rope_type": "split",
    "rope_theta": 10_000.0,
    "rope_double_precision": True,
    "causal_temporal_positioning": False,
}


_WHOLE = (
    *("num_attention_heads", "attention_head_dim", "audio_attention_head_dim", "in_channels", "audio_in_channels"),
    *("num_layers", "caption_channels", "audio_scale_factor", "audio_sampling_rate", "audio_hop_length"),
    *("pos_embed_max_pos", "base_height", "base_width"),
)
_WHOLE_OF_CONNECTORS = (
    *("caption_channels", "text_proj_in_factor", "connector_rope_base_seq_len"),
    *("video_connector_num_attention_heads", "video_connector_attention_head_dim", "video_connector_num_layers"),
    *("audio_connector_num_attention_heads", "audio_connector_attention_head_dim"),
)
"""Fields with whole numbers above 0, which others are products of."""
_LARGEST = 10**6


def ltx_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The transformer's weights under our names, from either layout.

    Raises:
        CheckpointError: they are of neither.
    """
    own = {name: tensor for name, tensor in _of_diffusion(tensors).items() if not _is_of_connectors(name)}
    layout = ORIGINAL if "patchify_proj.weight" in own else DIFFUSERS
    return renamed(own, layout, "an LTX-2 transformer")


def ltx_connectors_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The connectors' weights under our names, from either layout.

    Raises:
        CheckpointError: they are of neither.
    """
    own = {name: tensor for name, tensor in _of_diffusion(tensors).items() if _is_of_connectors(name)}
    if own:
        return renamed(own, ORIGINAL_CONNECTORS, "LTX-2's connectors")
    return renamed(tensors, CONNECTORS, "LTX-2's connectors")


def ltx_shape(config: Mapping[str, Any]) -> LtxShape:
    """The sizes that a diffusers `transformer/config.json` tells.

    Raises:
        CheckpointError: it tells of something that no released LTX-2 has.
    """
    given = _given(config)
    _check_whole(given, _WHOLE)
    usual = _USUAL | {
        "out_channels": given["in_channels"],
        "cross_attention_dim": given["num_attention_heads"] * given["attention_head_dim"],
        "audio_out_channels": given["audio_in_channels"],
        "audio_num_attention_heads": given["num_attention_heads"],
        "audio_cross_attention_dim": given["num_attention_heads"] * given["audio_attention_head_dim"],
        "audio_pos_embed_max_pos": given["pos_embed_max_pos"],
        "audio_gated_attn": given.get("gated_attn", False),
        "audio_cross_attn_mod": given.get("cross_attn_mod", False),
    }
    _refuse_unusual(given, usual, "an LTX-2 transformer")
    frames, rows, columns = given["vae_scale_factors"]
    if rows != columns:
        raise CheckpointError(
            f"an LTX-2 transformer with vae_scale_factors = {given['vae_scale_factors']!r}; "
            "ours has square cells, as all released"
        )
    return LtxShape(
        heads=given["num_attention_heads"],
        head_width=given["attention_head_dim"],
        sound_head_width=given["audio_attention_head_dim"],
        channels=given["in_channels"],
        sound_channels=given["audio_in_channels"],
        layers=given["num_layers"],
        text_width=given["caption_channels"] if given.get("use_prompt_embeddings", True) else None,
        is_gated=given.get("gated_attn", False),
        modulates_words=given.get("cross_attn_mod", False),
        has_video_bias=given.get("ff_bias", True),
        marks_pictures=given.get("use_keyframes_abs_pos_embedding", False),
        compression=(frames, rows),
        sound_compression=given["audio_scale_factor"],
        sound_rate=given["audio_sampling_rate"] / given["audio_hop_length"],
        longest_seconds=given["pos_embed_max_pos"],
        longest_size=(given["base_height"], given["base_width"]),
    )


def ltx_connectors_shape(config: Mapping[str, Any]) -> ConnectorsShape:
    """The sizes that a diffusers `connectors/config.json` tells.

    Raises:
        CheckpointError: it tells of something that no released LTX-2 has.
    """
    given = _given(config)
    _check_whole(given, _WHOLE_OF_CONNECTORS)
    is_shared = not given.get("per_modality_projections", False)
    shape = ConnectorsShape(
        text_width=given["caption_channels"],
        text_layers=given["text_proj_in_factor"],
        is_shared=is_shared,
        heads=given["video_connector_num_attention_heads"],
        head_width=given["video_connector_attention_head_dim"],
        sound_heads=given["audio_connector_num_attention_heads"],
        sound_head_width=given["audio_connector_attention_head_dim"],
        layers=given["video_connector_num_layers"],
        is_gated=given.get("video_gated_attn", False),
        registers=given.get("video_connector_num_learnable_registers", 0),
        places=given["connector_rope_base_seq_len"],
    )
    usual = _USUAL_CONNECTORS | {
        "audio_connector_num_layers": shape.layers,
        "audio_connector_num_learnable_registers": shape.registers,
        "audio_gated_attn": shape.is_gated,
        "proj_bias": not is_shared,
    }
    if not is_shared:
        usual |= {"video_hidden_dim": shape.width, "audio_hidden_dim": shape.sound_width}
    _refuse_unusual(given, usual, "LTX-2's connectors")
    if not shape.registers:
        raise CheckpointError(
            "LTX-2's connectors with video_connector_num_learnable_registers = None; ours have some, as all released"
        )
    return shape


class _Config(dict[str, Any]):
    """Fields that are set."""

    def __missing__(self, field: str) -> Any:
        raise CheckpointError(f"a config.json of LTX-2 without {field}; give the model's own")


def _given(config: Mapping[str, Any]) -> _Config:
    """Without a word on rotary embeddings, diffusers turns neighbouring numbers."""
    given = {field: value for field, value in config.items() if value is not None}
    return _Config({"rope_type": "interleaved"} | given)


def _check_whole(given: Mapping[str, Any], fields: Iterable[str]) -> None:
    """Before anything is multiplied with them: a text, or a list, would grow, and a negative number makes no size."""
    for field in fields:
        value = given.get(field, 1)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST:
            shown = repr(value)
            told = shown if len(shown) <= 40 else f"{shown[:40]}…"
            raise CheckpointError(f"a config.json of LTX-2 with {field} = {told}; give the model's own")


def _refuse_unusual(given: Mapping[str, Any], usual: Mapping[str, Any], what: str) -> None:
    for field, value in usual.items():
        if given.get(field, value) != value:
            raise CheckpointError(f"{what} with {field} = {given[field]!r}; ours has {value!r}, as all released")


def _of_diffusion(tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Of a file that holds the codecs too, what is neither of those."""
    if not any(name.startswith(_PREFIX) for name in tensors):
        return tensors
    return {
        name.removeprefix(_PREFIX): tensor
        for name, tensor in tensors.items()
        if name.startswith((_PREFIX, *_OF_CONNECTORS))
    }


def _is_of_connectors(name: str) -> bool:
    return name.startswith(_OF_CONNECTORS)
