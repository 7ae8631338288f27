"""LTX-2's codecs are read from both projects' names and configurations, at released sizes; all else is refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLLTX2Audio, AutoencoderKLLTX2Video
from diffusers.loaders.single_file_utils import convert_ltx2_audio_vae_to_diffusers, convert_ltx2_vae_to_diffusers
from diffusers.pipelines.ltx2 import LTX2LatentUpsamplerModel, LTX2Vocoder, LTX2VocoderWithBWE
from torch import Tensor

from manazir.checkpoints import ltx_codecs, ltx_from_diffusers, ltx_from_lightricks
from manazir.core.errors import CheckpointError, ShapeError, UnsupportedError
from manazir.models.codecs.ltx_audio import LtxAudioShape
from manazir.models.codecs.ltx_upsampler import LtxUpsamplerShape
from manazir.models.codecs.ltx_video_shape import BOTH, LTX_2_3_VIDEO, LtxVideoShape, StageShape
from manazir.models.codecs.ltx_vocoder import LTX_2_3_VOCODER, LtxVocoderShape
from manazir.models.codecs.ltx_wide_vocoder import LTX_2_3_EXTENSION, LtxWideVocoderShape

# What huggingface/diffusers' scripts/convert_ltx2_to_diffusers.py writes for LTX-2 and LTX-2.3, where it is not the
# classes' own default.
VIDEO_2 = {"decoder_causal": False, "spatial_compression_ratio": 32, "temporal_compression_ratio": 8}
VIDEO_2_3 = VIDEO_2 | {
    "block_out_channels": (256, 512, 1024, 1024),
    "layers_per_block": (4, 6, 4, 2, 2),
    "decoder_block_out_channels": (256, 512, 512, 1024),
    "decoder_layers_per_block": (4, 6, 4, 2, 2),
    "decoder_spatio_temporal_scaling": (True,) * 4,
    "decoder_inject_noise": (False,) * 5,
    "upsample_type": ("spatiotemporal", "spatiotemporal", "temporal", "spatial"),
    "upsample_residual": (False,) * 4,
    "upsample_factor": (2, 2, 1, 2),
    "decoder_spatial_padding_mode": "zeros",
}

# Out of the files' metadata.
LIGHTRICKS_2: dict[str, Any] = {
    "vae": {
        "_class_name": "CausalVideoAutoencoder",
        "latent_channels": 128,
        "encoder_blocks": [
            ["res_x", {"num_layers": 4}],
            ["compress_space_res", {"multiplier": 2}],
            ["res_x", {"num_layers": 6}],
            ["compress_time_res", {"multiplier": 2}],
            ["res_x", {"num_layers": 6}],
            ["compress_all_res", {"multiplier": 2}],
            ["res_x", {"num_layers": 2}],
            ["compress_all_res", {"multiplier": 2}],
            ["res_x", {"num_layers": 2}],
        ],
        "decoder_blocks": [
            ["res_x", {"num_layers": 5, "inject_noise": False}],
            *[
                ["compress_all", {"residual": True, "multiplier": 2}],
                ["res_x", {"num_layers": 5, "inject_noise": False}],
            ]
            * 3,
        ],
        "norm_layer": "pixel_norm",
        "patch_size": 4,
        "latent_log_var": "uniform",
        "causal_decoder": False,
        "timestep_conditioning": False,
    },
    "vocoder": {"resblock": "1", "stereo": True},
}
LIGHTRICKS_2_3: dict[str, Any] = {
    "vae": LIGHTRICKS_2["vae"]
    | {
        "encoder_blocks": [
            ["res_x", {"num_layers": 4}],
            ["compress_space_res", {"multiplier": 2}],
            ["res_x", {"num_layers": 6}],
            ["compress_time_res", {"multiplier": 2}],
            ["res_x", {"num_layers": 4}],
            ["compress_all_res", {"multiplier": 2}],
            ["res_x", {"num_layers": 2}],
            ["compress_all_res", {"multiplier": 1}],
            ["res_x", {"num_layers": 2}],
        ],
        "decoder_blocks": [
            ["res_x", {"num_layers": 4}],
            ["compress_space", {"multiplier": 2}],
            ["res_x", {"num_layers": 6}],
            ["compress_time", {"multiplier": 2}],
            ["res_x", {"num_layers": 4}],
            ["compress_all", {"multiplier": 1}],
            ["res_x", {"num_layers": 2}],
            ["compress_all", {"multiplier": 2}],
            ["res_x", {"num_layers": 2}],
        ],
        "decoder_base_channels": 128,
        "spatial_padding_mode": "zeros",
    },
    "audio_vae": {
        "model": {
            "params": {
                "ddconfig": {
                    "double_z": True,
                    "mel_bins": 64,
                    "z_channels": 8,
                    "resolution": 256,
                    "in_channels": 2,
                    "out_ch": 2,
                    "ch": 128,
                    "ch_mult": [1, 2, 4],
                    "num_res_blocks": 2,
                    "attn_resolutions": [],
                    "mid_block_add_attention": False,
                    "norm_type": "pixel",
                    "causality_axis": "height",
                },
                "sampling_rate": 16000,
            }
        },
        "preprocessing": {
            "stft": {"filter_length": 1024, "hop_length": 160, "causal": True},
            "mel": {"n_mel_channels": 64},
        },
    },
    "vocoder": {
        "vocoder": {
            "upsample_initial_channel": 1536,
            "resblock": "AMP1",
            "upsample_rates": [5, 2, 2, 2, 2, 2],
            "resblock_kernel_sizes": [3, 7, 11],
            "upsample_kernel_sizes": [11, 4, 4, 4, 4, 4],
            "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
            "stereo": True,
            "use_tanh_at_final": False,
            "activation": "snakebeta",
            "use_bias_at_final": False,
        },
        "bwe": {
            "upsample_initial_channel": 512,
            "resblock": "AMP1",
            "upsample_rates": [6, 5, 2, 2, 2],
            "resblock_kernel_sizes": [3, 7, 11],
            "upsample_kernel_sizes": [12, 11, 4, 4, 4],
            "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5], [1, 3, 5]],
            "stereo": True,
            "use_tanh_at_final": False,
            "activation": "snakebeta",
            "use_bias_at_final": False,
            "apply_final_activation": False,
            "input_sampling_rate": 16000,
            "output_sampling_rate": 48000,
            "hop_length": 80,
            "n_fft": 512,
            "num_mels": 64,
        },
    },
}


def from_diffusers(kind: Any, config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Configuration and weights of a model that takes no memory: each tensor is one number, another for each."""
    with torch.device("meta"):
        model = kind(**config)
    shapes = {name: tensor.shape for name, tensor in model.state_dict().items()}
    return dict(model.config), {
        name: torch.tensor(float(at)).expand(shape) for at, (name, shape) in enumerate(shapes.items())
    }


def renamed(tensors: dict[str, Tensor], *changes: tuple[str, str], prefix: str = "") -> dict[str, Tensor]:
    def name(old: str) -> str:
        for before, after in changes:
            old = old.replace(before, after)
        return prefix + old

    return {name(old): tensor for old, tensor in tensors.items()}


def video_of_lightricks(tensors: dict[str, Tensor], up_blocks: int) -> dict[str, Tensor]:
    """Diffusers' names → Lightricks'."""
    changes = [
        ("latents_mean", "per_channel_statistics.mean-of-means"),
        ("latents_std", "per_channel_statistics.std-of-means"),
        *((f"encoder.down_blocks.{n}.downsamplers.0.", f"encoder.Down.{2 * n + 1}.") for n in range(4)),
        *((f"encoder.down_blocks.{n}.", f"encoder.Down.{2 * n}.") for n in range(4)),
        ("encoder.mid_block.", "encoder.Down.8."),
        *((f"decoder.up_blocks.{n}.upsamplers.0.", f"decoder.Up.{2 * n + 1}.") for n in range(up_blocks)),
        *((f"decoder.up_blocks.{n}.", f"decoder.Up.{2 * n + 2}.") for n in range(up_blocks)),
        ("decoder.mid_block.", "decoder.Up.0."),
        ("Down", "down_blocks"),
        ("Up", "up_blocks"),
        ("resnets", "res_blocks"),
    ]
    return renamed(tensors, *changes, prefix="vae.")


VOCODER_CHANGES = [
    ("upsamplers", "ups"),
    ("resnets", "resblocks"),
    ("conv_in", "conv_pre"),
    ("conv_out", "conv_post"),
    ("act_out", "act_post"),
    ("downsample.filter", "downsample.lowpass.filter"),
]
AUDIO_CHANGES = [
    ("latents_mean", "per_channel_statistics.mean-of-means"),
    ("latents_std", "per_channel_statistics.std-of-means"),
]


def same(one: torch.nn.Module, other: torch.nn.Module) -> None:
    """They have the very same tensors under the same names."""
    mine, its = one.state_dict(), other.state_dict()
    assert list(mine) == list(its)
    assert all(mine[name].data_ptr() == its[name].data_ptr() for name in mine)
    assert len({tensor.data_ptr() for tensor in mine.values()}) == len(mine)


@pytest.mark.parametrize(
    ("config", "metadata", "shape"),
    [(VIDEO_2, LIGHTRICKS_2, LtxVideoShape()), (VIDEO_2_3, LIGHTRICKS_2_3, LTX_2_3_VIDEO)],
    ids=["LTX-2", "LTX-2.3"],
)
def test_released_video_codecs(config: dict[str, Any], metadata: dict[str, Any], shape: LtxVideoShape) -> None:
    config, tensors = from_diffusers(AutoencoderKLLTX2Video, config)
    assert ltx_from_diffusers.video_shape(config) == shape == ltx_from_lightricks.video_shape(metadata)
    assert shape.compression == (8, 32, 32)
    one = ltx_codecs.video_codec(config, tensors, "diffusers")
    single = video_of_lightricks(tensors, len(config["upsample_type"]))
    if shape == LtxVideoShape():  # whose names diffusers can read itself
        assert set(convert_ltx2_vae_to_diffusers(dict(single))) == set(tensors)
    single |= {"vae.per_channel_statistics.mean-of-stds": torch.zeros(128), "model.diffusion_model.x": torch.zeros(1)}
    same(one, ltx_codecs.video_codec(metadata, single, "lightricks"))
    assert not any(weight.requires_grad for weight in one.parameters())


def test_released_audio_codec() -> None:
    config, tensors = from_diffusers(AutoencoderKLLTX2Audio, {})
    shape = LtxAudioShape()
    assert ltx_from_diffusers.audio_shape(config) == shape == ltx_from_lightricks.audio_shape(LIGHTRICKS_2_3)
    one = ltx_codecs.audio_codec(config, tensors, "diffusers")
    single = renamed(tensors, *AUDIO_CHANGES, prefix="audio_vae.")
    assert set(convert_ltx2_audio_vae_to_diffusers(dict(single))) == set(tensors)
    same(one, ltx_codecs.audio_codec(LIGHTRICKS_2_3, single, "lightricks"))


# Where the two projects differ: only Lightricks' code keeps what goes from the first vocoder to the second in [-1, 1].
CLAMPED = LtxWideVocoderShape(first=replace(LTX_2_3_VOCODER, limit="clamp"))


@pytest.mark.parametrize(
    ("kind", "metadata", "shape", "shape_of_lightricks"),
    [
        (LTX2Vocoder, LIGHTRICKS_2, LtxVocoderShape(), LtxVocoderShape()),
        (LTX2VocoderWithBWE, LIGHTRICKS_2_3, LtxWideVocoderShape(), CLAMPED),
    ],
    ids=["LTX-2", "LTX-2.3"],
)
def test_released_vocoders(kind: Any, metadata: dict[str, Any], shape: Any, shape_of_lightricks: Any) -> None:
    config, tensors = from_diffusers(kind, {})
    assert ltx_from_diffusers.vocoder_shape(config) == shape
    assert ltx_from_lightricks.vocoder_shape(metadata) == shape_of_lightricks
    one = ltx_codecs.vocoder(config, tensors, "diffusers")
    single = renamed(tensors, *VOCODER_CHANGES, prefix="vocoder.")
    same(one, ltx_codecs.vocoder(metadata, single, "lightricks"))
    assert one.sample_rate == (24000 if kind is LTX2Vocoder else 48000)


@pytest.mark.parametrize(
    ("config", "metadata", "shape"),
    [
        ({}, {"mid_channels": 1024, "spatial_scale": 2.0, "rational_resampler": True}, LtxUpsamplerShape()),
        ({"use_rational_resampler": False}, {"mid_channels": 1024}, LtxUpsamplerShape()),
        (
            {"rational_spatial_scale": 1.5},
            {"mid_channels": 1024, "spatial_scale": 1.5, "rational_resampler": True},
            LtxUpsamplerShape(enlarge=3, reduce=2),
        ),
        (
            {"mid_channels": 512, "spatial_upsample": False, "temporal_upsample": True},
            {"mid_channels": 512, "spatial_upsample": False, "temporal_upsample": True},
            LtxUpsamplerShape(width=512, enlarge=1, doubles_time=True),
        ),
    ],
)
def test_released_upsamplers(config: dict[str, Any], metadata: dict[str, Any], shape: LtxUpsamplerShape) -> None:
    config, tensors = from_diffusers(LTX2LatentUpsamplerModel, config)
    assert ltx_from_diffusers.upsampler_shape(config) == shape == ltx_from_lightricks.upsampler_shape(metadata)
    one = ltx_codecs.upsampler(config, tensors, "diffusers")
    same(one, ltx_codecs.upsampler({"dims": 3, **metadata}, tensors, "lightricks"))


def test_names_that_are_missing_or_unknown_are_counted_and_one_is_named() -> None:
    config, tensors = from_diffusers(AutoencoderKLLTX2Audio, {})
    del tensors["encoder.conv_in.conv.weight"]
    del tensors["decoder.conv_out.conv.bias"]
    with pytest.raises(CheckpointError, match=r"2 missing, 0 unknown, 0 of .* decoder.conv_out.conv.bias"):
        ltx_codecs.audio_codec(config, tensors, "diffusers")
    _, tensors = from_diffusers(AutoencoderKLLTX2Audio, {})
    with pytest.raises(CheckpointError, match=r"0 missing, 1 unknown, 0 of .* stray"):
        ltx_codecs.audio_codec(config, tensors | {"stray": torch.zeros(1)}, "diffusers")
    with pytest.raises(CheckpointError, match=r"0 missing, 0 unknown, 1 of another shape .* latents_std"):
        ltx_codecs.audio_codec(config, tensors | {"latents_std": torch.zeros(3)}, "diffusers")
    with pytest.raises(CheckpointError, match=r"\d+ missing, 0 unknown"):  # the other project's names
        ltx_codecs.audio_codec(LIGHTRICKS_2_3, tensors, "lightricks")


@pytest.mark.parametrize(
    ("read", "field", "value"),
    [
        (ltx_from_diffusers.video_shape, "timestep_conditioning", True),
        (ltx_from_diffusers.video_shape, "decoder_inject_noise", (False, True, False, False)),
        (ltx_from_diffusers.video_shape, "downsample_type", ("conv", "temporal", "spatiotemporal", "spatiotemporal")),
        (ltx_from_diffusers.video_shape, "upsample_residual", (True, False, True)),
        (ltx_from_diffusers.video_shape, "decoder_block_out_channels", (256, 256, 1024)),
        (ltx_from_diffusers.video_shape, "layers_per_block", (4, 6, 2, 2)),
        (ltx_from_diffusers.video_shape, "encoder_causal", False),
        (ltx_from_diffusers.video_shape, "scaling_factor", 0.5),
        (ltx_from_diffusers.video_shape, "patch_size_t", 2),
        (ltx_from_diffusers.video_shape, "decoder_spatial_padding_mode", "replicate"),
        (ltx_from_diffusers.video_shape, "_class_name", "AutoencoderKLLTXVideo"),
        (ltx_from_diffusers.video_shape, "of_tomorrow", 1),
        (ltx_from_diffusers.audio_shape, "mid_block_add_attention", True),
        (ltx_from_diffusers.audio_shape, "attn_resolutions", [16]),
        (ltx_from_diffusers.audio_shape, "causality_axis", "none"),
        (ltx_from_diffusers.audio_shape, "norm_type", "group"),
        (ltx_from_diffusers.audio_shape, "ch_mult", (1, 2)),
        (ltx_from_diffusers.audio_shape, "output_channels", 1),
        (ltx_from_diffusers.vocoder_shape, "act_fn", "snake"),
        (ltx_from_diffusers.vocoder_shape, "antialias", True),
        (ltx_from_diffusers.vocoder_shape, "resnet_dilations", [[1, 3, 5], [1, 3, 5], [1, 3]]),
        (ltx_from_diffusers.upsampler_shape, "dims", 2),
        (ltx_from_diffusers.upsampler_shape, "rational_spatial_scale", 0.75),
        (ltx_from_diffusers.upsampler_shape, "temporal_upsample", True),
    ],
)
def test_what_diffusers_can_and_no_release_does_is_refused_by_the_fields_name(
    read: Callable[[dict[str, Any]], object], field: str, value: object
) -> None:
    read({})
    with pytest.raises(UnsupportedError, match=field):
        read({field: value})


@pytest.mark.parametrize(
    ("read", "config", "field"),
    [
        (ltx_from_lightricks.video_shape, {"vae": {"_class_name": "CausalDiffusionVAE"}}, "_class_name"),
        (ltx_from_lightricks.video_shape, {"vae": {"timestep_conditioning": True}}, "timestep_conditioning"),
        (ltx_from_lightricks.video_shape, {"vae": {"encoder_blocks": [["attn", {}]]}}, "encoder_blocks"),
        (ltx_from_lightricks.video_shape, {"vae": {"encoder_blocks": [["res_x", 4], ["compress_time", 1]]}}, "encoder"),
        (
            ltx_from_lightricks.video_shape,
            {"vae": {"encoder_blocks": [["res_x", 4]], "decoder_blocks": [["res_x", {"inject_noise": True}]]}},
            "decoder_blocks",
        ),
        (
            ltx_from_lightricks.audio_shape,
            {"audio_vae": {"model": {"params": {"ddconfig": {"mid_block_add_attention": True}}}}},
            "mid_block_add_attention",
        ),
        (
            ltx_from_lightricks.audio_shape,
            {"audio_vae": {"preprocessing": {"stft": {"hop_length": 80}}}},
            "hop_length",
        ),
        (ltx_from_lightricks.vocoder_shape, {"vocoder": {"resblock": "2"}}, "resblock"),
        (ltx_from_lightricks.upsampler_shape, {"dims": 2}, "dims"),
    ],
)
def test_what_lightricks_can_and_no_release_does_is_refused_by_the_fields_name(
    read: Callable[[dict[str, Any]], object], config: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnsupportedError, match=field):
        read(config)


def test_a_configuration_that_was_cut_short_is_refused() -> None:
    with pytest.raises(CheckpointError, match="output_sampling_rate"):
        ltx_from_lightricks.vocoder_shape({"vocoder": {"bwe": {"input_sampling_rate": 16000}}})


def test_sizes_that_do_not_fit_together_are_refused() -> None:
    two = (StageShape(width=8, blocks=1), StageShape(width=8, blocks=1, stride=BOTH))
    with pytest.raises(ShapeError, match="same strides"):
        LtxVideoShape(encoder=two)
    with pytest.raises(ShapeError, match="first stage"):
        LtxVideoShape(encoder=two[1:], decoder=two)
    with pytest.raises(ShapeError, match="12 channels cannot be shared among 8"):
        LtxVideoShape(encoder=(two[0], StageShape(width=12, blocks=1, stride=BOTH)), decoder=two)
    with pytest.raises(ShapeError, match="multiple of 4"):
        LtxAudioShape(bands=6)
    with pytest.raises(ShapeError, match="one kernel a factor"):
        LtxVocoderShape(kernels=(16, 15, 8, 4))
    with pytest.raises(ShapeError, match="both of a pair"):
        LtxVocoderShape(kernels=(16, 15, 8, 4, 5))
    with pytest.raises(ShapeError, match="whole hops"):
        LtxWideVocoderShape(hop=70)
    with pytest.raises(ShapeError, match="agree"):
        LtxWideVocoderShape(first=LTX_2_3_VOCODER, second=LTX_2_3_EXTENSION, hop=160)
    with pytest.raises(ShapeError, match="not both"):
        LtxUpsamplerShape(doubles_time=True)
    with pytest.raises(ShapeError, match="multiple of 32"):
        LtxUpsamplerShape(width=48)
