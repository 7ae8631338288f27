"""What the configurations in Lightricks' single files mean for our codecs of LTX-2.

A file's metadata has all parts' configurations as one JSON object: `vae`, `audio_vae`, `vocoder`; an upsampler is a
file of its own. Fields that Lightricks' code does not read, we do not read either.

Source: `model_configurator.py` of `audio_vae`, `video_vae` and `upsampler` in Lightricks' LTX-2 (commit 400fd31).
Each function raises an UnsupportedError that names the field it cannot follow.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from manazir.checkpoints.config_fields import Config, all_alike, check, needed, one_of, refuse
from manazir.checkpoints.ltx_from_diffusers import PADDINGS, SCALES
from manazir.models.codecs.ltx_audio import LtxAudioShape
from manazir.models.codecs.ltx_upsampler import LtxUpsamplerShape
from manazir.models.codecs.ltx_video_blocks import Stride
from manazir.models.codecs.ltx_video_shape import BOTH, SAME, SPACE, TIME, LtxVideoShape, StageShape
from manazir.models.codecs.ltx_vocoder import LtxVocoderShape
from manazir.models.codecs.ltx_wide_vocoder import LtxWideVocoderShape

SHRINKING = {"compress_space_res": SPACE, "compress_time_res": TIME, "compress_all_res": BOTH}
GROWING = {"compress_space": SPACE, "compress_time": TIME, "compress_all": BOTH}
Row = list[tuple[str, Mapping[str, Any]]]
"""Blocks' kinds and options, one behind the other."""


def video_shape(config: Config) -> LtxVideoShape:
    """Read `vae`."""
    vae = config.get("vae", {})
    check(vae, VIDEO_FIXED)
    encoder, decoder = _row(vae.get("encoder_blocks", [])), _row(vae.get("decoder_blocks", []))
    growing = [(kind, options) for kind, options in decoder if kind in GROWING]
    coarsest = vae.get("decoder_base_channels", 128) * math.prod(_multiplier(options) for _, options in growing)
    shortcuts = [kind == "compress_all" and options.get("residual", False) for kind, options in growing]
    latent_channels = vae.get("latent_channels", 128)
    return LtxVideoShape(
        latent_channels=latent_channels,
        patch=vae.get("patch_size", 4),
        encoder=_stages(
            "encoder_blocks",
            encoder,
            SHRINKING,
            latent_channels,
            lambda width, options: width * _multiplier(options, 2),
        ),
        # The decoder's are listed from the picture inwards.
        decoder=_stages(
            "decoder_blocks", decoder[::-1], GROWING, coarsest, lambda width, options: width // _multiplier(options)
        ),
        decoder_padding=one_of(vae, "spatial_padding_mode", PADDINGS, default="reflect"),
        decoder_has_shortcuts=all_alike({"decoder_blocks": shortcuts}, "decoder_blocks", False),
        is_decoder_causal=vae.get("causal_decoder", False),
    )


VIDEO_FIXED = {
    "_class_name": "CausalVideoAutoencoder",
    "dims": 3,
    "in_channels": 3,
    "out_channels": 3,
    "norm_layer": "pixel_norm",
    "latent_log_var": "uniform",
    "encoder_spatial_padding_mode": "zeros",
    "timestep_conditioning": False,
}


def _row(blocks: list[tuple[str, Any]]) -> Row:
    """Blocks with their options by name; a bare number is how many layers there are."""
    return [(kind, options if isinstance(options, Mapping) else {"num_layers": options}) for kind, options in blocks]


def _multiplier(options: Mapping[str, Any], default: int = 1) -> int:
    result: int = options.get("multiplier", default)
    return result


def _stages(
    field: str,
    row: Row,
    strides: Mapping[str, Stride],
    width: int,
    step: Callable[[int, Mapping[str, Any]], int],
) -> tuple[StageShape, ...]:
    stages, stride = [], SAME
    for at, (kind, options) in enumerate(row):
        if at % 2 and kind in strides:
            stride, width = strides[kind], step(width, options)
        elif at % 2 == 0 and kind == "res_x" and not options.get("inject_noise", False):
            stages.append(StageShape(width=width, blocks=needed(options, "num_layers"), stride=stride))
        else:
            refuse(field, [kind, dict(options)], f"res_x without noise, and between two of them {', '.join(strides)}")
    if len(row) % 2 == 0:
        refuse(field, len(row), "an odd number of blocks, with res_x at both ends")
    return tuple(stages)


def audio_shape(config: Config) -> LtxAudioShape:
    """Read `audio_vae`."""
    audio = config.get("audio_vae", {})
    params, preprocessing = audio.get("model", {}).get("params", {}), audio.get("preprocessing", {})
    check(params, {"sampling_rate": 16000})
    check(preprocessing.get("stft", {}), {"hop_length": 160, "filter_length": 1024, "causal": True})
    network = params.get("ddconfig", {})
    check(network, AUDIO_FIXED)
    channels, factors = network.get("in_channels", 2), network.get("ch_mult", (1, 2, 4))
    if network.get("out_ch", 2) != channels:
        refuse("out_ch", network.get("out_ch", 2), f"{channels}, as many as come in")
    if len(factors) != 3:
        refuse("ch_mult", factors, "three sizes")
    fine, middle, coarse = (network.get("ch", 128) * factor for factor in factors)
    return LtxAudioShape(
        channels=channels,
        bands=network.get("mel_bins") or preprocessing.get("mel", {}).get("n_mel_channels", 64),
        latent_channels=network.get("z_channels", 8),
        widths=(fine, middle, coarse),
        blocks=network.get("num_res_blocks", 2),
    )


AUDIO_FIXED = {
    "attn_resolutions": None,
    "norm_type": "pixel",
    "causality_axis": "height",
    "mid_block_add_attention": False,
    "double_z": True,
}


def vocoder_shape(config: Config) -> LtxVocoderShape | LtxWideVocoderShape:
    """Read `vocoder`, and of `audio_vae` how many bands it hears: 64 in all releases, in stereo."""
    whole, bands = config.get("vocoder", {}), audio_shape(config).bands
    if "bwe" not in whole:
        return _vocoder(whole, bands, whole.get("output_sampling_rate", 24000), "1")
    second = whole["bwe"]
    rate, between = needed(second, "output_sampling_rate"), needed(second, "num_mels")
    return LtxWideVocoderShape(
        first=_vocoder(whole.get("vocoder", {}), bands, needed(second, "input_sampling_rate"), "AMP1"),
        second=_vocoder(second, between, rate, "AMP1", is_limited=False),
        window=needed(second, "n_fft"),
        hop=needed(second, "hop_length"),
        bands=between,
    )


def _vocoder(config: Config, bands: int, sample_rate: int, block: str, is_limited: bool = True) -> LtxVocoderShape:
    is_snake = block == "AMP1"
    fixed = {"resblock": block, "stereo": True}
    check(config, fixed | {"activation": "snakebeta"} if is_snake else fixed)
    limited: Any = "tanh" if config.get("use_tanh_at_final", True) else "clamp"
    return LtxVocoderShape(
        mel_channels=2 * bands,
        width=config.get("upsample_initial_channel", 1024),
        factors=tuple(config.get("upsample_rates", (6, 5, 2, 2, 2))),
        kernels=tuple(config.get("upsample_kernel_sizes", (16, 15, 8, 4, 4))),
        block_kernels=tuple(config.get("resblock_kernel_sizes", (3, 7, 11))),
        dilations=all_alike(config, "resblock_dilation_sizes", [[1, 3, 5]]),
        bend="snake" if is_snake else "leaky",
        limit=limited if is_limited else "none",
        has_last_bias=config.get("use_bias_at_final", True),
        sample_rate=sample_rate,
    )


def upsampler_shape(config: Config) -> LtxUpsamplerShape:
    """Read the whole configuration of an upsampler's file."""
    check(config, {"dims": 3})
    doubles_time = config.get("temporal_upsample", False)
    if config.get("spatial_upsample", True) == doubles_time:
        refuse("temporal_upsample", doubles_time, "either that or spatial_upsample")
    is_rational = config.get("rational_resampler", False)
    enlarge, reduce = one_of(config, "spatial_scale", SCALES, default=2.0) if is_rational else (2, 1)
    return LtxUpsamplerShape(
        latent_channels=config.get("in_channels", 128),
        width=config.get("mid_channels", 512),
        blocks=config.get("num_blocks_per_stage", 4),
        enlarge=1 if doubles_time else enlarge,
        reduce=1 if doubles_time else reduce,
        doubles_time=doubles_time,
    )
