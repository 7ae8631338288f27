"""Our Wan autoencoders against diffusers', with random weights."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLWan
from diffusers.loaders.single_file_utils import convert_wan_vae_to_diffusers
from torch import Tensor, nn

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.wan_vae import (
    DIFFUSERS,
    WAN,
    Names,
    _their_name,
    shape_from_diffusers,
    weights_from_diffusers,
    weights_from_wan,
)
from manazir.core.errors import CheckpointError, ShapeError, UnsupportedError
from manazir.models.codecs.wan_vae import WanVae
from manazir.models.codecs.wan_vae_shape import WAN_2_1, WAN_2_2, WanVaeShape

PATCHED: dict[str, Any] = {"is_residual": True, "patch_size": 2, "in_channels": 12, "out_channels": 12}
CONFIGS: dict[str, dict[str, Any]] = {
    "2.1": {},
    "2.1, three stages": {"dim_mult": [1, 2, 2], "temperal_downsample": [True, True], "num_res_blocks": 1},
    "2.1, wider decoder": {"dim_mult": [1, 2, 2], "temperal_downsample": [True, True], "decoder_base_dim": 12},
    "2.1, rate halved once": {"temperal_downsample": [False, True, False], "num_res_blocks": 1},
    "2.1, rate kept": {"dim_mult": [1, 2], "temperal_downsample": [False]},
    "2.2": {**PATCHED, "decoder_base_dim": 16},
    "2.2, three stages": {**PATCHED, "dim_mult": [1, 2, 2], "temperal_downsample": [True, True]},
    "2.2, no patches": {"is_residual": True, "dim_mult": [1, 2, 2], "temperal_downsample": [False, True]},
}
CLOSE = 1e-5


@pytest.fixture(autouse=True)
def _without_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


def _theirs(seed: int = 0, **config: Any) -> AutoencoderKLWan:
    """A tiny autoencoder in which every weight matters."""
    torch.manual_seed(seed)
    latents = {"latents_mean": torch.randn(6).tolist(), "latents_std": (torch.rand(6) + 0.5).tolist()}
    model = AutoencoderKLWan(**{"base_dim": 8, "z_dim": 6, **latents, **config}).eval()
    for weight in model.parameters():
        scale = weight[0].numel() ** -0.5 if weight.ndim > 3 else 0.1
        nn.init.normal_(weight, std=scale)
    for name, weight in model.named_parameters():
        if name.endswith("gamma"):
            nn.init.uniform_(weight, 0.5, 1.5)
    return model


def _ours(theirs: AutoencoderKLWan) -> WanVae:
    shape = shape_from_diffusers(theirs.config)
    model = WanVae(shape).eval()
    fill(model, weights_from_diffusers(shape, theirs.state_dict()), "the autoencoder")
    return model.to(theirs.dtype)


def _encoded(theirs: AutoencoderKLWan, video: Tensor) -> Tensor:
    """As the pipelines do it."""
    mean, std = _statistics(theirs, video.dtype)
    return (theirs.encode(video).latent_dist.mode() - mean) / std


def _decoded(theirs: AutoencoderKLWan, latents: Tensor) -> Tensor:
    mean, std = _statistics(theirs, latents.dtype)
    decoded: Tensor = theirs.decode(latents * std + mean).sample
    return decoded


def _statistics(theirs: AutoencoderKLWan, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    mean, std = theirs.config.latents_mean, theirs.config.latents_std
    return torch.tensor(mean, dtype=dtype).view(-1, 1, 1, 1), torch.tensor(std, dtype=dtype).view(-1, 1, 1, 1)


def _error(found: Tensor, expected: Tensor) -> float:
    assert found.shape == expected.shape
    return float((found.float() - expected.float()).norm() / expected.float().norm())


def _video(shape: WanVaeShape, frames: int, cells: tuple[int, int], batch: int = 1) -> Tensor:
    return torch.rand(batch, 3, frames, *(side * shape.compression for side in cells)) * 2 - 1


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_encoding_and_decoding_are_those_of_diffusers(config: dict[str, Any]) -> None:
    theirs = _theirs(**config)
    ours = _ours(theirs)
    for frames, cells, batch in ((1, (3, 2), 1), (5, (1, 3), 1), (9, (2, 2), 2), (13, (2, 1), 1)):
        video = _video(ours.shape, frames, cells, batch)
        latents = ours.encode(video)
        assert latents.shape == (batch, 6, 1 + (frames - 1) // ours.shape.frame_compression, *cells)
        assert _error(latents, _encoded(theirs, video)) < CLOSE
        assert latents.std(dim=(2, 3, 4)).min() > 0.02  # it says something of the video
        noise = torch.randn_like(latents)
        decoded = ours.decode(noise)
        assert decoded.shape == video.shape
        assert _error(decoded, _decoded(theirs, noise)) < CLOSE
        assert decoded.abs().max() <= 1
        assert (decoded.abs() < 1).float().mean() > 0.5


def test_odd_numbers_of_cells_in_a_longer_video() -> None:
    theirs = _theirs(seed=1)
    latents = torch.randn(1, 6, 5, 5, 3)
    assert _error(_ours(theirs).decode(latents), _decoded(theirs, latents)) < CLOSE


@pytest.mark.parametrize("config", [CONFIGS["2.1"], CONFIGS["2.2"]], ids=["2.1", "2.2"])
def test_in_half_precision_we_are_no_farther_from_the_truth_than_diffusers(config: dict[str, Any]) -> None:
    theirs = _theirs(**config)
    exact = _ours(theirs)
    video = _video(exact.shape, 9, (3, 2)).bfloat16()
    latents = torch.randn(1, 6, 3, 4, 3).bfloat16()
    truth = exact.encode(video.float()), exact.decode(latents.float())
    theirs = theirs.bfloat16()
    ours = _ours(theirs)
    made = ours.encode(video), ours.decode(latents)
    for found, reference, true in zip(made, (_encoded(theirs, video), _decoded(theirs, latents)), truth, strict=True):
        assert found.dtype == torch.bfloat16
        assert _error(found, true) < 1.1 * _error(reference, true)
        assert _error(found, true) < 0.025


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_stretches_do_not_matter(config: dict[str, Any]) -> None:
    ours = _ours(_theirs(**config))
    latents, video = torch.randn(2, 6, 5, 2, 3), _video(ours.shape, 17, (2, 1))
    whole, encoded = ours.decode(latents, at_once=5), ours.encode(video, at_once=99)
    for at_once in (1, 2, 3):
        chunks = list(ours.decode_chunks(latents, at_once))
        step = ours.shape.frame_compression
        assert chunks[0].shape[2] == 1 + (at_once - 1) * step
        assert {chunk.shape[2] for chunk in chunks[1:-1]} <= {at_once * step}
        assert _error(torch.cat(chunks, dim=2), whole) < 1e-6
        assert _error(ours.encode(video, at_once), encoded) < 1e-6


def test_frames_are_made_before_later_latents_are_looked_at() -> None:
    ours = _ours(_theirs())
    latents = torch.randn(1, 6, 4, 2, 2)
    others = torch.cat([latents[:, :, :2], torch.randn(1, 6, 2, 2, 2)], dim=2)
    torch.testing.assert_close(ours.decode(latents)[:, :, :5], ours.decode(others)[:, :, :5])


def test_two_videos_decoded_by_turns_do_not_mix() -> None:
    ours = _ours(_theirs())
    latents = torch.randn(2, 1, 6, 3, 2, 2)
    by_turns = list(zip(*(ours.decode_chunks(one, at_once=1) for one in latents), strict=True))
    for index, one in enumerate(latents):
        chunks = [chunk[index] for chunk in by_turns]
        torch.testing.assert_close(torch.cat(chunks, dim=2), ours.decode(one, at_once=1))


def test_it_can_be_taught() -> None:
    ours = _ours(_theirs())
    with torch.enable_grad():
        video = _video(ours.shape, 5, (1, 1))
        (ours.decode(ours.encode(video)) - video).square().mean().backward()
    silent = [name for name, weight in ours.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert not silent


def test_lengths_and_sizes_that_do_not_fill_latents_are_refused_with_those_that_do() -> None:
    vae = WanVae(WanVaeShape(width=4, decoder_width=4))
    with pytest.raises(ShapeError, match="12 frames do not fill whole latent frames; try 9 or 13"):
        vae.encode(torch.zeros(1, 3, 12, 16, 16))
    with pytest.raises(ShapeError, match="130x99 pixels do not fill whole latent cells of 8x8; try 128x96"):
        vae.encode(torch.zeros(1, 3, 1, 99, 130))
    with pytest.raises(ShapeError, match="3 colours"):
        vae.encode(torch.zeros(1, 4, 1, 16, 16))
    with pytest.raises(ShapeError, match="16 channels"):
        vae.decode(torch.zeros(1, 48, 1, 2, 2))
    with pytest.raises(ShapeError, match="at least one"):
        vae.decode(torch.zeros(1, 16, 1, 2, 2), at_once=0)
    with pytest.raises(ShapeError, match="cannot average"):
        WanVae(WanVaeShape(width=4, multipliers=(1, 2, 4), halves_time=(True, True), is_residual=True))
    with pytest.raises(ShapeError, match="need 3 values of halves_time"):
        WanVaeShape(halves_time=(True, True))


def _named(theirs: dict[str, Tensor], shape: WanVaeShape, names: Names) -> dict[str, Tensor]:
    """The state of diffusers under somebody else's names."""
    with torch.device("meta"):
        own = WanVae(shape).state_dict()
    return {_their_name(name, shape, names): theirs[_their_name(name, shape, DIFFUSERS)] for name in own}


@pytest.mark.parametrize("config", [CONFIGS["2.1"], CONFIGS["2.2"]], ids=["2.1", "2.2"])
def test_the_names_of_wan_are_read(config: dict[str, Any]) -> None:
    theirs = _theirs(**config)
    shape, state = shape_from_diffusers(theirs.config), theirs.state_dict()
    wan = _named(state, shape, WAN)
    assert len(wan) == len(state)
    expected = weights_from_diffusers(shape, state)
    found = weights_from_wan(shape, wan)
    assert set(found) == set(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    if not shape.is_residual:  # diffusers reads that layout itself
        back = convert_wan_vae_to_diffusers(wan)
        assert set(back) == set(state)
        assert all(torch.equal(back[name], state[name]) for name in state)


@pytest.mark.parametrize(
    ("shape", "names"),
    [
        (
            WAN_2_1,
            [
                "conv1.weight",
                "decoder.conv1.bias",
                "decoder.middle.1.to_qkv.weight",
                "decoder.upsamples.3.time_conv.weight",
                "decoder.upsamples.4.shortcut.weight",
                "decoder.upsamples.11.resample.1.bias",
                "decoder.upsamples.14.residual.6.weight",
                "encoder.downsamples.5.time_conv.bias",
                "encoder.head.0.gamma",
            ],
        ),
        (
            WAN_2_2,
            [
                "conv2.bias",
                "decoder.head.2.weight",
                "decoder.middle.2.residual.3.gamma",
                "decoder.upsamples.0.upsamples.3.time_conv.weight",
                "decoder.upsamples.2.upsamples.0.shortcut.weight",
                "decoder.upsamples.3.upsamples.2.residual.2.bias",
                "encoder.downsamples.0.downsamples.2.resample.1.weight",
                "encoder.downsamples.3.downsamples.1.residual.0.gamma",
            ],
        ),
    ],
)
def test_released_autoencoders_have_the_names_and_sizes_that_are_expected(shape: WanVaeShape, names: list[str]) -> None:
    config = {"base_dim": shape.width, "decoder_base_dim": shape.decoder_width, "z_dim": shape.latent_channels}
    statistics = {"latents_mean": list(shape.latents_mean), "latents_std": list(shape.latents_std)}
    with torch.device("meta"):
        theirs = AutoencoderKLWan(**config, **statistics, **(PATCHED if shape.is_residual else {}))
    assert shape_from_diffusers(theirs.config) == shape
    weights_from_diffusers(shape, theirs.state_dict())
    wan = _named(theirs.state_dict(), shape, WAN)
    assert not set(names) - set(wan)
    weights_from_wan(shape, wan)


def test_the_default_configuration_is_that_of_wan_2_1() -> None:
    with torch.device("meta"):
        assert shape_from_diffusers(AutoencoderKLWan().config) == WAN_2_1 == shape_from_diffusers({})


def test_weights_of_another_architecture_are_counted() -> None:
    theirs = _theirs()
    shape, state = shape_from_diffusers(theirs.config), theirs.state_dict()
    with pytest.raises(CheckpointError, match=r"1 missing, 0 unknown, 0 of another shape .*encoder.conv_in.bias"):
        weights_from_diffusers(shape, {name: state[name] for name in state if name != "encoder.conv_in.bias"})
    with pytest.raises(CheckpointError, match=r"0 missing, 1 unknown, 0 of another shape .*decoder.extra"):
        weights_from_diffusers(shape, {**state, "decoder.extra": torch.zeros(1)})
    turned = state["quant_conv.weight"][:, :6]
    with pytest.raises(CheckpointError, match=r"0 missing, 0 unknown, 1 of another shape .*quant_conv.weight"):
        weights_from_diffusers(shape, {**state, "quant_conv.weight": turned})
    with pytest.raises(CheckpointError, match="another architecture"):
        weights_from_wan(shape, state)
    with pytest.raises(CheckpointError, match=r"1 unknown keys .*bass_dim"):
        shape_from_diffusers({"bass_dim": 3})
    with pytest.raises(UnsupportedError, match="attn_scales"):
        shape_from_diffusers({"attn_scales": [0.5]})
