"""What others call the weights of LTX-2's transformer and connectors: diffusers, and Lightricks themselves."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from manazir.checkpoints.names import Name


def _row(tensor: Tensor) -> Tensor:
    """Without the axis of length one that it has for tokens."""
    return tensor[0]


def _asking_first(tensor: Tensor) -> Tensor:
    """Sound's scales and shifts in video's order: as it asks, then as it answers.

    Theirs stand in one order for both: what is for attention from video to sound, then what is for the other way.
    """
    answering, asking = tensor.chunk(2)
    return torch.cat([asking, answering])


def _asking_first_rows(table: Tensor) -> Tensor:
    """The same with a gate behind them."""
    return torch.cat([_asking_first(table[:4]), table[4:]])


def _attention(theirs: str, ours: str) -> list[Name]:
    parts = {
        "to_q": "query",
        "to_k": "key",
        "to_v": "value",
        "to_out.0": "out",
        "norm_q": "query_norm",
        "norm_k": "key_norm",
        "to_gate_logits": "gates",
    }
    return [Name(f"{theirs}.{part}.{{p}}", f"{ours}.{own}.{{p}}") for part, own in parts.items()]


def _time(theirs: str, ours: str, is_swapped: bool = False) -> list[Name]:
    embedder = f"{theirs}.emb.timestep_embedder"
    return [
        Name(f"{embedder}.linear_1.{{p}}", f"{ours}.first.{{p}}"),
        Name(f"{embedder}.linear_2.{{p}}", f"{ours}.second.{{p}}"),
        Name(f"{theirs}.linear.{{p}}", f"{ours}.leave.{{p}}", _asking_first if is_swapped else None),
    ]


def _stream(prefix: str, ours: str, gate: str) -> list[Name]:
    """Before and after the blocks; sound's names begin with a prefix."""
    kind = "audio" if prefix else "video"
    return [
        Name(f"{prefix}proj_in.{{p}}", f"{ours}.enter.{{p}}"),
        Name(f"{prefix}proj_out.{{p}}", f"{ours}.leave.{{p}}"),
        Name(f"{prefix}scale_shift_table", f"{ours}.modulation.table"),
        Name(f"{prefix}caption_projection.linear_1.{{p}}", f"{ours}.text.first.{{p}}"),
        Name(f"{prefix}caption_projection.linear_2.{{p}}", f"{ours}.text.second.{{p}}"),
        *_time(f"{prefix}time_embed", f"{ours}.time"),
        *_time(f"{prefix}prompt_adaln", f"{ours}.word_time"),
        *_time(f"av_cross_attn_{kind}_scale_shift", f"{ours}.cross_time", is_swapped=bool(prefix)),
        *_time(f"av_cross_attn_{kind}_{gate}_gate", f"{ours}.gate_time"),
    ]


def _half(prefix: str, ours: str, crossing: str) -> list[Name]:
    """Of each block."""
    theirs, ours, kind = "transformer_blocks.{}", f"blocks.{{}}.{ours}", "audio" if prefix else "video"
    table = f"{theirs}.{kind}_a2v_cross_attn_scale_shift_table"
    return [
        *_attention(f"{theirs}.{prefix}attn1", f"{ours}.attention"),
        *_attention(f"{theirs}.{prefix}attn2", f"{ours}.word_attention"),
        *_attention(f"{theirs}.{crossing}_attn", f"{ours}.cross_attention"),
        Name(f"{theirs}.{prefix}ff.net.0.proj.{{p}}", f"{ours}.feed_forward.0.{{p}}"),
        Name(f"{theirs}.{prefix}ff.net.2.{{p}}", f"{ours}.feed_forward.2.{{p}}"),
        Name(f"{theirs}.{prefix}scale_shift_table", f"{ours}.modulation.table"),
        Name(f"{theirs}.{prefix}prompt_scale_shift_table", f"{ours}.word_modulation.table"),
        Name(table, f"{ours}.cross_modulation.table", _asking_first_rows if prefix else None),
    ]


def _connector(theirs: str, ours: str) -> list[Name]:
    block = f"{theirs}.transformer_blocks.{{}}"
    return [
        Name(f"{theirs}.learnable_registers", f"{ours}.registers"),
        *_attention(f"{block}.attn1", f"{ours}.blocks.{{}}.attention"),
        Name(f"{block}.ff.net.0.proj.{{p}}", f"{ours}.blocks.{{}}.feed_forward.0.{{p}}"),
        Name(f"{block}.ff.net.2.{{p}}", f"{ours}.blocks.{{}}.feed_forward.2.{{p}}"),
    ]


DIFFUSERS = (
    Name("keyframes_abs_pos_embedding", "video.picture_mark", _row),
    *_stream("", "video", "a2v"),
    *_stream("audio_", "sound", "v2a"),
    *_half("", "video", "audio_to_video"),
    *_half("audio_", "sound", "video_to_audio"),
)
"""The transformer, as in the folder `transformer` of a diffusers model."""

CONNECTORS = (
    Name("text_proj_in.{p}", "shared.{p}"),
    Name("video_text_proj_in.{p}", "video_enter.{p}"),
    Name("audio_text_proj_in.{p}", "sound_enter.{p}"),
    *_connector("video_connector", "video"),
    *_connector("audio_connector", "sound"),
)
"""The connectors, as in the folder `connectors` of a diffusers model."""

_LIGHTRICKS = {
    "proj_in": "patchify_proj",
    "audio_proj_in": "audio_patchify_proj",
    "time_embed": "adaln_single",
    "audio_time_embed": "audio_adaln_single",
    "prompt_adaln": "prompt_adaln_single",
    "audio_prompt_adaln": "audio_prompt_adaln_single",
    "av_cross_attn_video_scale_shift": "av_ca_video_scale_shift_adaln_single",
    "av_cross_attn_audio_scale_shift": "av_ca_audio_scale_shift_adaln_single",
    "av_cross_attn_video_a2v_gate": "av_ca_a2v_gate_adaln_single",
    "av_cross_attn_audio_v2a_gate": "av_ca_v2a_gate_adaln_single",
    "video_a2v_cross_attn_scale_shift_table": "scale_shift_table_a2v_ca_video",
    "audio_a2v_cross_attn_scale_shift_table": "scale_shift_table_a2v_ca_audio",
    "norm_q": "q_norm",
    "norm_k": "k_norm",
}
_LIGHTRICKS_CONNECTORS = _LIGHTRICKS | {
    "transformer_blocks": "transformer_1d_blocks",
    "video_connector": "video_embeddings_connector",
    "audio_connector": "audio_embeddings_connector",
    "text_proj_in": "text_embedding_projection.aggregate_embed",
    "video_text_proj_in": "text_embedding_projection.video_aggregate_embed",
    "audio_text_proj_in": "text_embedding_projection.audio_aggregate_embed",
}


def _as_lightricks(layout: Sequence[Name], words: Mapping[str, str]) -> tuple[Name, ...]:
    """The same names with some of their parts called otherwise."""
    return tuple(
        Name(".".join(words.get(part, part) for part in name.theirs.split(".")), name.ours, name.change)
        for name in layout
    )


ORIGINAL = _as_lightricks(DIFFUSERS, _LIGHTRICKS)
"""The transformer, as Lightricks' own files have it."""
ORIGINAL_CONNECTORS = _as_lightricks(CONNECTORS, _LIGHTRICKS_CONNECTORS)
"""The connectors, as Lightricks' own files have them."""
