"""LTX-2's codecs say what diffusers' say, number for number, at small sizes and with random weights."""

from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLLTX2Audio, AutoencoderKLLTX2Video
from diffusers.pipelines.ltx2 import LTX2LatentUpsamplerModel, LTX2Vocoder, LTX2VocoderWithBWE
from tests.open_ltx import LTX_2_3, randomise
from torch import Tensor

from manazir.checkpoints import ltx_codecs
from manazir.core.errors import ShapeError

LARGEST_ERROR = {torch.float32: 1e-5, torch.bfloat16: 1e-2}
PRECISIONS = pytest.mark.parametrize("precision", list(LARGEST_ERROR), ids=["fp32", "bf16"])

LIKE_LTX_2: dict[str, Any] = {
    "latent_channels": 8,
    "block_out_channels": (16, 16, 32, 32),
    "layers_per_block": (1, 2, 1, 1, 2),
    "decoder_block_out_channels": (16, 32, 64),
    "decoder_layers_per_block": (1, 1, 2, 1),
    "decoder_causal": False,
}
LIKE_LTX_2_3 = {
    **LIKE_LTX_2,
    **LTX_2_3["vae"],
    "block_out_channels": (16, 32, 32, 32),
    "decoder_block_out_channels": (8, 16, 16, 32),
    "decoder_layers_per_block": (2, 1, 1, 1, 1),
    "upsample_factor": (2, 2, 1, 2),
}
SMALL = {
    "latent_channels": 6,
    "block_out_channels": (12, 8),
    "down_block_types": ("LTX2VideoDownBlock3D",) * 2,
    "layers_per_block": (1, 1, 1),
    "spatio_temporal_scaling": (True, True),
    "downsample_type": ("temporal", "spatial"),
    "decoder_block_out_channels": (6, 12),
    "decoder_layers_per_block": (0, 1, 1),
    "decoder_spatio_temporal_scaling": (True, True),
    "decoder_inject_noise": (False,) * 3,
    "upsample_type": ("spatial", "temporal"),
    "upsample_residual": (False, False),
    "upsample_factor": (3, 2),
    "patch_size": 2,
    "decoder_causal": True,
}


def error(ours: Tensor, theirs: Tensor) -> float:
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    assert theirs.float().std() > 1e-3
    return float((ours - theirs).float().norm() / theirs.float().norm())


def both(kind: Any, adapt: Any, config: dict[str, Any], precision: torch.dtype) -> tuple[Any, Any]:
    torch.manual_seed(0)
    theirs = randomise(kind(**config)).to(precision)
    return adapt(dict(theirs.config), theirs.state_dict(), "diffusers"), theirs


@PRECISIONS
@pytest.mark.parametrize(
    ("config", "frames", "height", "width"),
    [
        (LIKE_LTX_2, 1, 64, 64),
        (LIKE_LTX_2, 9, 64, 96),
        (LIKE_LTX_2 | {"decoder_causal": True}, 17, 96, 64),
        (LIKE_LTX_2_3, 1, 32, 32),
        (LIKE_LTX_2_3, 17, 32, 96),
        (LIKE_LTX_2_3, 9, 64, 32),
        (SMALL, 1, 12, 20),
        (SMALL, 7, 20, 12),
        (SMALL | {"decoder_spatial_padding_mode": "zeros", "decoder_causal": False}, 5, 4, 12),
    ],
)
@torch.no_grad()
def test_clips_and_their_latents(
    config: dict[str, Any], frames: int, height: int, width: int, precision: torch.dtype
) -> None:
    ours, theirs = both(AutoencoderKLLTX2Video, ltx_codecs.video_codec, config, precision)
    mean, std = (values[:, None, None, None] for values in (theirs.latents_mean, theirs.latents_std))
    video = torch.rand(2, 3, frames, height, width).to(precision) * 2 - 1
    latents = (theirs.encode(video).latent_dist.mode() - mean) * theirs.config.scaling_factor / std
    assert error(ours.encode(video), latents) < LARGEST_ERROR[precision]
    noise = torch.randn_like(latents)
    decoded = theirs.decode(noise * std / theirs.config.scaling_factor + mean).sample
    assert error(ours.decode(noise), decoded) < LARGEST_ERROR[precision]
    assert decoded.shape == video.shape
    torch.testing.assert_close(ours.normalise(ours.restore(noise.float())), noise.float(), atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_a_causal_codec_does_not_look_ahead_and_the_released_decoder_does() -> None:
    looks, _ = both(AutoencoderKLLTX2Video, ltx_codecs.video_codec, LIKE_LTX_2_3, torch.float32)
    waits, _ = both(
        AutoencoderKLLTX2Video, ltx_codecs.video_codec, LIKE_LTX_2_3 | {"decoder_causal": True}, torch.float32
    )
    video = torch.rand(1, 3, 17, 32, 32) * 2 - 1
    torch.testing.assert_close(looks.encode(video)[:, :, :2], looks.encode(video[:, :, :9]))
    latents = torch.randn(1, 8, 3, 1, 1)
    torch.testing.assert_close(waits.decode(latents)[:, :, :9], waits.decode(latents[:, :, :2]))
    assert error(looks.decode(latents)[:, :, :9], looks.decode(latents[:, :, :2])) > 1e-2


def test_clips_that_do_not_fill_latents_are_refused_with_lengths_that_do() -> None:
    reflects, _ = both(AutoencoderKLLTX2Video, ltx_codecs.video_codec, LIKE_LTX_2, torch.float32)
    with pytest.raises(ShapeError, match=r"10 frames .* try 9 or 17"):
        reflects.encode(torch.zeros(1, 3, 10, 64, 64))
    with pytest.raises(ShapeError, match="64x48 pixels"):
        reflects.encode(torch.zeros(1, 3, 9, 48, 64))
    with pytest.raises(ShapeError, match="from 2x2 cells"):
        reflects.decode(torch.zeros(1, 8, 1, 1, 2))


@PRECISIONS
@pytest.mark.parametrize(
    ("config", "frames"),
    [
        ({"base_channels": 8, "latent_channels": 2, "mel_bins": 16, "num_res_blocks": 1}, 1),
        ({"base_channels": 8, "latent_channels": 2, "mel_bins": 16, "num_res_blocks": 2}, 10),
        (
            {
                "base_channels": 6,
                "latent_channels": 3,
                "mel_bins": 8,
                "ch_mult": (1, 1, 3),
                "in_channels": 1,
                "output_channels": 1,
            },
            13,
        ),
    ],
)
@torch.no_grad()
def test_spectra_and_their_latents(config: dict[str, Any], frames: int, precision: torch.dtype) -> None:
    ours, theirs = both(AutoencoderKLLTX2Audio, ltx_codecs.audio_codec, config, precision)
    c, cells = config["latent_channels"], config["mel_bins"] // 4
    mel = torch.randn(2, theirs.config.in_channels, frames, config["mel_bins"]).to(precision)
    tokens = theirs.encode(mel).latent_dist.mode().transpose(1, 2).flatten(2)
    tokens = (tokens - theirs.latents_mean) / theirs.latents_std
    latents = tokens.unflatten(2, (c, cells)).transpose(1, 2)
    assert error(ours.encode(mel), latents) < LARGEST_ERROR[precision]
    noise = torch.randn_like(latents)
    tokens = noise.transpose(1, 2).flatten(2) * theirs.latents_std + theirs.latents_mean
    decoded = theirs.decode(tokens.unflatten(2, (c, cells)).transpose(1, 2)).sample
    assert error(ours.decode(noise), decoded) < LARGEST_ERROR[precision]
    assert decoded.shape[2] == (frames + 3) // 4 * 4 - 3


NARROW = {
    "in_channels": 8,
    "hidden_channels": 16,
    "upsample_kernel_sizes": [7, 4, 4],
    "upsample_factors": [3, 2, 2],
    "resnet_kernel_sizes": [3, 7],
    "resnet_dilations": [[1, 3, 5]] * 2,
}
WIDE = {"in_channels": 8, "hidden_channels": 16} | LTX_2_3["vocoder"]


@PRECISIONS
@pytest.mark.parametrize(
    ("kind", "config", "samples_per_frame", "sample_rate"),
    [
        (LTX2Vocoder, NARROW, 12, 24000),
        (LTX2Vocoder, NARROW | {"final_act_fn": "clamp", "final_bias": False, "output_sampling_rate": 8000}, 12, 8000),
        (LTX2Vocoder, NARROW | {"act_fn": "snakebeta", "antialias": True, "final_act_fn": None}, 12, 24000),
        (LTX2VocoderWithBWE, WIDE, 30, 48000),
    ],
)
@pytest.mark.parametrize("frames", [1, 7])
@torch.no_grad()
def test_sound_of_spectra(
    kind: Any, config: dict[str, Any], samples_per_frame: int, sample_rate: int, frames: int, precision: torch.dtype
) -> None:
    ours, theirs = both(kind, ltx_codecs.vocoder, config, precision)
    mel = torch.randn(3, 2, frames, 4).to(precision)
    sound = theirs(mel)
    assert error(ours(mel), sound) < LARGEST_ERROR[precision]
    assert sound.shape == (3, 2, frames * samples_per_frame)
    assert ours.sample_rate == sample_rate
    assert sound.abs().max() > 0.05


@PRECISIONS
@pytest.mark.parametrize(
    ("config", "grown"),
    [
        ({}, (3, 6, 10)),
        ({"use_rational_resampler": False}, (3, 6, 10)),
        ({"rational_spatial_scale": 1.5}, (3, 5, 8)),
        ({"spatial_upsample": False, "temporal_upsample": True}, (5, 3, 5)),
    ],
)
@torch.no_grad()
def test_larger_and_longer_latents(config: dict[str, Any], grown: tuple[int, ...], precision: torch.dtype) -> None:
    config = {"in_channels": 4, "mid_channels": 32, "num_blocks_per_stage": 2, **config}
    torch.manual_seed(0)
    theirs = LTX2LatentUpsamplerModel(**config)
    blur = theirs.state_dict().get("upsampler.blur_down.kernel", torch.ones(())).clone()
    randomise(theirs)
    theirs.load_state_dict({"upsampler.blur_down.kernel": blur}, strict=False)  # which is no weight
    theirs = theirs.to(precision)
    ours = ltx_codecs.upsampler(dict(theirs.config), theirs.state_dict(), "diffusers")
    latents = torch.randn(2, 4, 3, 3, 5).to(precision)
    larger = theirs(latents)
    assert error(ours(latents), larger) < LARGEST_ERROR[precision]
    assert larger.shape == (2, 4, *grown)
