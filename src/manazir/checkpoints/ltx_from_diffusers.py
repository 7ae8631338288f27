"""What diffusers' configurations of LTX-2's codecs mean for ours.

Releases differ in a few fields; those are read. All others must have the value that every release has: what is
refused here, nothing ships with. Fields that a configuration leaves out have diffusers' own defaults.

Sources: the classes of diffusers 0.42.1, and what its `scripts/convert_ltx2_to_diffusers.py` writes for LTX-2, 2.3
and 2.5. Each function raises an UnsupportedError that names the field it cannot follow.
"""

from collections.abc import Sequence

from manazir.checkpoints.config_fields import Config, all_alike, check, one_of, refuse
from manazir.models.codecs.ltx_audio import LtxAudioShape
from manazir.models.codecs.ltx_upsampler import LtxUpsamplerShape
from manazir.models.codecs.ltx_video_blocks import Stride
from manazir.models.codecs.ltx_video_shape import BOTH, SAME, SPACE, TIME, LtxVideoShape, StageShape
from manazir.models.codecs.ltx_vocoder import LtxVocoderShape
from manazir.models.codecs.ltx_wide_vocoder import LtxWideVocoderShape

STRIDES = {"spatial": SPACE, "temporal": TIME, "spatiotemporal": BOTH}
PADDINGS = {"zeros": "zeros", "reflect": "reflect"}
SCALES = {2.0: (2, 1), 1.5: (3, 2)}
"""Cells that come of each, and of how many one is kept."""


def video_shape(config: Config) -> LtxVideoShape:
    """Read `config.json` of an `AutoencoderKLLTX2Video`."""
    check(config, VIDEO_FIXED, {*VIDEO, *VIDEO_UNREAD})
    config = {**VIDEO, **config}
    return LtxVideoShape(
        latent_channels=config["latent_channels"],
        patch=config["patch_size"],
        encoder=_stages(
            config, "layers_per_block", (config["latent_channels"], *config["block_out_channels"]), "downsample_type"
        ),
        decoder=_stages(config, "decoder_layers_per_block", _decoder_widths(config), "upsample_type"),
        decoder_padding=one_of(config, "decoder_spatial_padding_mode", PADDINGS),
        decoder_has_shortcuts=all_alike(config, "upsample_residual", True),
        is_decoder_causal=config["decoder_causal"],
    )


VIDEO_FIXED = {
    "_class_name": "AutoencoderKLLTX2Video",
    "in_channels": 3,
    "out_channels": 3,
    "down_block_types": "LTX2VideoDownBlock3D",
    "spatio_temporal_scaling": True,
    "decoder_spatio_temporal_scaling": True,
    "decoder_inject_noise": False,
    "timestep_conditioning": False,
    "patch_size_t": 1,
    "scaling_factor": 1.0,
    "encoder_causal": True,
    "encoder_spatial_padding_mode": "zeros",
}
VIDEO = {
    "latent_channels": 128,
    "patch_size": 4,
    "block_out_channels": (256, 512, 1024, 2048),
    "layers_per_block": (4, 6, 6, 2, 2),
    "downsample_type": ("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
    "decoder_block_out_channels": (256, 512, 1024),
    "decoder_layers_per_block": (5, 5, 5, 5),
    "upsample_type": ("spatiotemporal",) * 3,
    "upsample_factor": (2, 2, 2),
    "upsample_residual": (True, True, True),
    "decoder_causal": True,
    "decoder_spatial_padding_mode": "reflect",
}
VIDEO_UNREAD = ("resnet_norm_eps", "spatial_compression_ratio", "temporal_compression_ratio")
"""An epsilon of blocks that no release has, and what follows from the rest."""


def _stages(config: Config, layers: str, widths: Sequence[int], strides: str) -> tuple[StageShape, ...]:
    # The decoder's widths and layers are listed from the picture inwards; its strides, as it goes.
    blocks = config[layers] if layers == "layers_per_block" else config[layers][::-1]
    steps: list[Stride] = [SAME, *(one_of({strides: kind}, strides, STRIDES) for kind in config[strides])]
    if len(blocks) != len(widths) or len(steps) != len(widths):
        refuse(layers, config[layers], f"{len(widths)} of them here, and one {strides} less")
    return tuple(
        StageShape(width=width, blocks=count, stride=stride)
        for width, count, stride in zip(widths, blocks, steps, strict=True)
    )


def _decoder_widths(config: Config) -> list[int]:
    """Every stage's width; the last is not listed there, it follows from the factors."""
    listed, factors = config["decoder_block_out_channels"], config["upsample_factor"]
    widths = [listed[-1]]
    for width, factor in zip(listed[::-1], factors[::-1], strict=False):
        if width != widths[-1] or width % factor or len(listed) != len(factors):
            refuse("decoder_block_out_channels", listed, f"widths that shrink by upsample_factor, {factors}")
        widths.append(width // factor)
    return widths


def audio_shape(config: Config) -> LtxAudioShape:
    """Read `config.json` of an `AutoencoderKLLTX2Audio`."""
    check(config, AUDIO_FIXED, {*AUDIO, *AUDIO_UNREAD})
    config = {**AUDIO, **config}
    if config["output_channels"] != config["in_channels"]:
        refuse("output_channels", config["output_channels"], f"{config['in_channels']}, as many as come in")
    if len(config["ch_mult"]) != 3:
        refuse("ch_mult", config["ch_mult"], "three sizes")
    fine, middle, coarse = (config["base_channels"] * factor for factor in config["ch_mult"])
    return LtxAudioShape(
        channels=config["in_channels"],
        bands=config["mel_bins"],
        latent_channels=config["latent_channels"],
        widths=(fine, middle, coarse),
        blocks=config["num_res_blocks"],
    )


AUDIO_FIXED = {
    "_class_name": "AutoencoderKLLTX2Audio",
    "attn_resolutions": None,
    "norm_type": "pixel",
    "causality_axis": "height",
    "mid_block_add_attention": False,
    "is_causal": True,
    "double_z": True,
    "sample_rate": 16000,
    "mel_hop_length": 160,
}
AUDIO = {
    "in_channels": 2,
    "output_channels": 2,
    "base_channels": 128,
    "ch_mult": (1, 2, 4),
    "num_res_blocks": 2,
    "latent_channels": 8,
    "mel_bins": 64,
}
AUDIO_UNREAD = ("resolution", "dropout")
"""What only attention asks for, and what only training does."""


def vocoder_shape(config: Config) -> LtxVocoderShape | LtxWideVocoderShape:
    """Read `config.json` of an `LTX2Vocoder` or an `LTX2VocoderWithBWE`."""
    given = {field: value for field, value in config.items() if not field.startswith("_")}
    if config.get("_class_name") != "LTX2VocoderWithBWE" and "bwe_in_channels" not in config:
        return _vocoder({"output_sampling_rate": 24000, **given}, VOCODER)
    between = {field: given.pop(field, value) for field, value in BETWEEN.items()}
    second = {field.removeprefix("bwe_"): given.pop(field) for field in list(given) if field.startswith("bwe_")}
    if between["window_length"] != between["filter_length"]:
        refuse("window_length", between["window_length"], f"{between['filter_length']}, the filter_length")
    return LtxWideVocoderShape(
        first=_vocoder({**given, "output_sampling_rate": between["input_sampling_rate"]}, WIDE_FIRST),
        second=_vocoder({**second, "output_sampling_rate": between["output_sampling_rate"]}, WIDE_SECOND),
        window=between["window_length"],
        hop=between["hop_length"],
        bands=between["num_mel_channels"],
    )


BETWEEN = {
    "filter_length": 512,
    "hop_length": 80,
    "window_length": 512,
    "num_mel_channels": 64,
    "input_sampling_rate": 16000,
    "output_sampling_rate": 48000,
}
VOCODER = {
    "in_channels": 128,
    "hidden_channels": 1024,
    "out_channels": 2,
    "upsample_kernel_sizes": (16, 15, 8, 4, 4),
    "upsample_factors": (6, 5, 2, 2, 2),
    "resnet_kernel_sizes": (3, 7, 11),
    "resnet_dilations": ((1, 3, 5),) * 3,
    "act_fn": "leaky_relu",
    "antialias": False,
    "final_act_fn": "tanh",
    "final_bias": True,
}
WIDE_SECOND = {
    **VOCODER,
    "hidden_channels": 512,
    "upsample_kernel_sizes": (12, 11, 4, 4, 4),
    "act_fn": "snakebeta",
    "antialias": True,
    "final_act_fn": None,
    "final_bias": False,
}
WIDE_FIRST = {
    **WIDE_SECOND,
    "hidden_channels": 1536,
    "upsample_kernel_sizes": (11, 4, 4, 4, 4, 4),
    "upsample_factors": (5, 2, 2, 2, 2, 2),
}
BENDS = {"leaky_relu": "leaky", "snakebeta": "snake"}
LIMITS = {"tanh": "tanh", "clamp": "clamp", None: "none"}


def _vocoder(given: Config, defaults: Config) -> LtxVocoderShape:
    config = {**defaults, **given}
    bend = one_of(config, "act_fn", BENDS)
    fixed = {"leaky_relu_negative_slope": 0.1, "antialias_ratio": 2, "antialias_kernel_size": 12}
    check(config, {**fixed, "antialias": bend == "snake"}, {*defaults, "output_sampling_rate"})
    return LtxVocoderShape(
        channels=config["out_channels"],
        mel_channels=config["in_channels"],
        width=config["hidden_channels"],
        factors=tuple(config["upsample_factors"]),
        kernels=tuple(config["upsample_kernel_sizes"]),
        block_kernels=tuple(config["resnet_kernel_sizes"]),
        dilations=all_alike(config, "resnet_dilations", ()),
        bend=bend,
        limit=one_of(config, "final_act_fn", LIMITS),
        has_last_bias=config["final_bias"],
        sample_rate=config["output_sampling_rate"],
    )


def upsampler_shape(config: Config) -> LtxUpsamplerShape:
    """Read `config.json` of an `LTX2LatentUpsamplerModel`."""
    check(config, {"_class_name": "LTX2LatentUpsamplerModel", "dims": 3}, UPSAMPLER)
    config = {**UPSAMPLER, **config}
    doubles_time = config["temporal_upsample"]
    if config["spatial_upsample"] == doubles_time:
        refuse("temporal_upsample", doubles_time, "either that or spatial_upsample")
    enlarge, reduce = one_of(config, "rational_spatial_scale", SCALES) if config["use_rational_resampler"] else (2, 1)
    return LtxUpsamplerShape(
        latent_channels=config["in_channels"],
        width=config["mid_channels"],
        blocks=config["num_blocks_per_stage"],
        enlarge=1 if doubles_time else enlarge,
        reduce=1 if doubles_time else reduce,
        doubles_time=doubles_time,
    )


UPSAMPLER = {
    "in_channels": 128,
    "mid_channels": 1024,
    "num_blocks_per_stage": 4,
    "spatial_upsample": True,
    "temporal_upsample": False,
    "rational_spatial_scale": 2.0,
    "use_rational_resampler": True,
}
