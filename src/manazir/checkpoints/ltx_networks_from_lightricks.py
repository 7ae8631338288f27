"""What the configurations in Lightricks' single files mean for our transformer and connectors of LTX-2.

Both are told in `transformer`. What is left out is as Lightricks' code has it; fields that it does not read, we do not
read either. The number of registers and of Gemma's layers is told by weights alone, and so is added to the
configuration when a file is read (`with_facts`).

Source: `model_configurator.py` of the transformer and `embeddings_connector.py` in Lightricks' LTX-2 (commit 400fd31).
Each function raises an UnsupportedError that names the field that it cannot follow.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from manazir.checkpoints.config_fields import Config, check, needed, refuse
from manazir.checkpoints.ltx_from_lightricks import audio_shape, video_shape
from manazir.core.errors import CheckpointError
from manazir.models.codecs.ltx_audio import COMPRESSION
from manazir.models.ltx.connectors import ConnectorsShape
from manazir.models.ltx.shape import LtxShape

FIXED: Config = {
    "dropout": 0.0,
    "attention_bias": True,
    "num_vector_embeds": None,
    "activation_fn": "gelu-approximate",
    "num_embeds_ada_norm": 1000,
    "use_linear_projection": False,
    "only_cross_attention": False,
    "cross_attention_norm": True,
    "double_self_attention": False,
    "upcast_attention": False,
    "standardization_norm": "rms_norm",
    "norm_elementwise_affine": False,
    "norm_eps": 1e-6,
    "qk_norm": "rms_norm",
    "positional_embedding_type": "rope",
    "positional_embedding_theta": 10_000.0,
    "rope_type": "split",
    "use_audio_video_cross_attention": True,
    "share_ff": False,
    "av_cross_ada_norm": True,
    "use_middle_indices_grid": True,
    "timestep_scale_multiplier": 1000,
    "use_prompt_adaln_single": True,
    "audio_ff_bias": True,
    "connector_ff_bias": True,
    "caption_projection_first_linear": False,
    "caption_projection_second_linear": False,
    "caption_proj_input_norm": False,
}
"""What all releases have, where they say it."""
NEEDED: Config = {"frequencies_precision": "float64", "av_ca_timestep_scale_multiplier": 1000}
"""What all releases say, and Lightricks' code has otherwise where nothing is said."""

_REGISTERS = "connector_num_learnable_registers"
_LAYERS = "text_layers"
"""Of Gemma, with its embeddings; our word, added to their configuration."""
_PROJECTIONS = ("aggregate_embed", "video_aggregate_embed")
_CALLED = "an LTX-2 transformer"
_SOUND_RATE = 100.0
"""Spectra in a second, from 16,000 samples by hops of 160; `audio_shape` refuses others."""


def transformer_shape(config: Config) -> LtxShape:
    """Read `transformer`, and of the codecs how much a latent frame holds.

    Raises:
        CheckpointError: there is none, or sizes that do not agree.
    """
    told = _told(config)
    heads = told.get("num_attention_heads", 32)
    longest = told.get("positional_embedding_max_pos", [20, 2048, 2048])
    in_sound = told.get("audio_positional_embedding_max_pos", [20])
    if not (_is_numbers(longest, 3) and _is_numbers(in_sound, 1)) or longest[0] != in_sound[0]:
        refuse("positional_embedding_max_pos", longest, "seconds, height and width; the same seconds for sound")
    per_frame, side, _ = video_shape(config).compression
    audio_shape(config)
    shape = LtxShape(
        heads=heads,
        head_width=told.get("attention_head_dim", 128),
        sound_head_width=told.get("audio_attention_head_dim", 64),
        channels=told.get("in_channels", 128),
        sound_channels=told.get("audio_in_channels", 128),
        layers=told.get("num_layers", 48),
        text_width=None if _is_per_track(told) else needed(told, "caption_channels"),
        is_gated=told.get("apply_gated_attention", False),
        modulates_words=told.get("cross_attention_adaln", False),
        has_video_bias=told.get("ff_bias", True),
        marks_pictures=told.get("use_keyframes_abs_pos_embedding", False),
        compression=(per_frame, side),
        sound_compression=COMPRESSION,
        sound_rate=_SOUND_RATE,
        longest_seconds=longest[0],
        longest_size=(longest[1], longest[2]),
    )
    agreeing = {
        "out_channels": shape.channels,
        "audio_out_channels": shape.sound_channels,
        "audio_num_attention_heads": heads,
        "cross_attention_dim": shape.width,
        "audio_cross_attention_dim": shape.sound_width,
    }
    check(told, agreeing)
    return shape


def connectors_shape(config: Config) -> ConnectorsShape:
    """Read `transformer`, as `with_facts` left it.

    Raises:
        CheckpointError: there is none, or sizes that do not agree.
    """
    told = _told(config)
    heads, width = told.get("connector_num_attention_heads", 30), told.get("connector_attention_head_dim", 128)
    layers = told.get("connector_num_layers", 2)
    check(told, {"audio_connector_num_layers": layers})
    return ConnectorsShape(
        text_width=_text_width(told),
        text_layers=needed(told, _LAYERS),
        is_shared=not _is_per_track(told),
        heads=heads,
        head_width=width,
        sound_heads=told.get("audio_connector_num_attention_heads", heads),
        sound_head_width=told.get("audio_connector_attention_head_dim", width),
        layers=layers,
        is_gated=told.get("connector_apply_gated_attention", False),
        registers=needed(told, _REGISTERS),
        places=told.get("connector_positional_embedding_max_pos", [1])[0],
    )


def with_facts(config: Config, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """A configuration, with what of the connectors only their weights tell.

    Args:
        shapes: of the connectors' weights, by their names.

    Raises:
        CheckpointError: there are none that tell it.
    """
    told = dict(_told(config))
    registers = [shape for name, shape in shapes.items() if name.endswith("connector.learnable_registers")]
    projections = [
        shape for name, shape in shapes.items() if name.split(".")[1:] in [[p, "weight"] for p in _PROJECTIONS]
    ]
    if not registers or not projections or len(projections[0]) != 2:
        raise CheckpointError("it lacks the connectors, or what they start from; take the file as it was published")
    width = _text_width(told)
    told[_LAYERS] = projections[0][1] // width
    told[_REGISTERS] = registers[0][0]
    return {**config, "transformer": told}


def _told(config: Config) -> Config:
    told = config.get("transformer")
    if not isinstance(told, Mapping):
        raise CheckpointError(f"its configuration tells of no transformer; give the file of {_CALLED}")
    check(told, FIXED)
    for field, value in NEEDED.items():
        if told.get(field) != value:
            refuse(field, told.get(field), value)
    return told


def _is_per_track(told: Config) -> bool:
    """Whether video and sound read projections of their own (2.3, 2.5)."""
    return bool(told.get("caption_proj_before_connector", False))


def _text_width(told: Config) -> int:
    width = told.get("caption_channels", 3840)
    if not isinstance(width, int) or width < 1:
        refuse("caption_channels", width, "a number above 0")
    return width


def _is_numbers(value: object, count: int) -> bool:
    return isinstance(value, Sequence) and len(value) == count and all(isinstance(one, int) for one in value)
