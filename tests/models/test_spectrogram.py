"""Sound becomes tokens and comes back."""

import numpy as np
import pytest
import torch

from manazir.core.errors import ShapeError
from manazir.models.codecs.spectrogram import SAMPLE_RATE, TOKEN_SAMPLES, TOKEN_WIDTH, SoundTokens
from manazir.worlds.modes import body_modes
from manazir.worlds.scene import Body, Material, Shape


@pytest.fixture(scope="module")
def codec() -> SoundTokens:
    return SoundTokens()


def click(time_seconds: float, tokens: int = 8) -> torch.Tensor:
    samples = torch.zeros(1, tokens * TOKEN_SAMPLES, 2)
    samples[0, round(time_seconds * SAMPLE_RATE)] = 0.9
    return samples


def ring(time_seconds: float, material: Material, pan: float = 0.0, tokens: int = 8) -> torch.Tensor:
    """A struck body as the worlds make it."""
    modes = body_modes(Body(shape=Shape.SPHERE, size=0.36, colour="red", material=material, position=(0, 0, 1)))
    seconds = np.arange(tokens * TOKEN_SAMPLES) / SAMPLE_RATE - time_seconds
    sines = np.sin(2 * np.pi * modes.frequencies_hz * seconds[:, None]) * np.exp(-modes.decays * seconds[:, None])
    mono = np.where(seconds >= 0, (sines.clip(-9, 9) * modes.gains).sum(1) * 3, 0.0)
    angle = (pan + 1) * np.pi / 4
    return torch.tensor(np.stack([mono * np.cos(angle), mono * np.sin(angle)], 1)[None], dtype=torch.float32)


def onset_seconds(samples: torch.Tensor) -> float:
    """When 5 % of the energy has come."""
    heard = samples[0].square().sum(-1).cumsum(0)
    return float((heard < 0.05 * heard[-1]).sum()) / SAMPLE_RATE


def test_shapes(codec: SoundTokens) -> None:
    tokens = codec.encode(torch.rand(3, 2 * TOKEN_SAMPLES, 2) - 0.5)
    assert tokens.shape == (3, 2, TOKEN_WIDTH) == (3, 2, 520)
    assert codec.decode(tokens).shape == (3, 2 * TOKEN_SAMPLES, 2)


def test_silence_is_constant_and_comes_back_exact(codec: SoundTokens) -> None:
    tokens = codec.encode(torch.zeros(1, 3 * TOKEN_SAMPLES, 2))
    hops = tokens.view(-1, 65)
    assert (hops[:, :64] == hops[0, 0]).all()
    assert hops[:, 64].abs().max() < 1e-5
    assert not codec.decode(tokens).any()


def test_errors_in_silent_tokens_are_hardly_heard(codec: SoundTokens) -> None:
    tokens = codec.encode(torch.zeros(1, 8 * TOKEN_SAMPLES, 2))
    noisy = tokens + 0.1 * torch.randn(tokens.shape, generator=torch.Generator().manual_seed(1))
    assert codec.decode(noisy).abs().max() < 1e-3


@pytest.mark.parametrize("time_seconds", [0.06, 0.1249, 0.1251, 0.3, 0.515, 0.77])
def test_a_click_comes_back_at_its_time(codec: SoundTokens, time_seconds: float) -> None:
    decoded = codec.decode(codec.encode(click(time_seconds)))
    assert abs(onset_seconds(decoded) - time_seconds) < 0.015


@pytest.mark.parametrize("material", list(Material))
@pytest.mark.parametrize("time_seconds", [0.2, 0.4567])
def test_a_blow_comes_back_at_its_time_with_nothing_before(
    codec: SoundTokens, material: Material, time_seconds: float
) -> None:
    original = ring(time_seconds, material)
    decoded = codec.decode(codec.encode(original))
    assert abs(onset_seconds(decoded) - onset_seconds(original)) < 0.012
    early = decoded[0, : int((time_seconds - 0.02) * SAMPLE_RATE)].square().sum()
    assert early < 0.003 * decoded.square().sum()


def test_an_impact_is_in_the_token_of_its_time(codec: SoundTokens) -> None:
    for token in range(1, 7):
        levels = codec.encode(click((token + 0.5) / 8)).view(8, 8, 65)[..., :64].mean((1, 2))
        assert int(levels.argmax()) == token
        quiet = torch.cat([levels[:token], levels[token + 1 :]])
        assert (quiet == quiet[0]).all()


@pytest.mark.parametrize("material", list(Material))
def test_levels_come_back(codec: SoundTokens, material: Material) -> None:
    tokens = codec.encode(ring(0.2, material))
    again = codec.encode(codec.decode(tokens))
    heard = tokens.view(-1, 65)[:, :64] > 0
    error = (again - tokens).view(-1, 65)[:, :64][heard].abs().mean()
    assert error < 0.25
    assert codec.decode(tokens).square().sum().sqrt() == pytest.approx(
        ring(0.2, material).square().sum().sqrt().item(), rel=0.2
    )


@pytest.mark.parametrize("material", [Material.METAL, Material.WOOD])
def test_what_rings_keeps_its_pitch(codec: SoundTokens, material: Material) -> None:
    original = ring(0.1, material)
    spectra = [torch.fft.rfft(x[0].sum(-1)).abs() for x in (original, codec.decode(codec.encode(original)))]
    smooth = [torch.nn.functional.avg_pool1d(s[None], 21, 7)[0] for s in spectra]
    assert torch.nn.functional.cosine_similarity(smooth[0], smooth[1], 0) > 0.8


@pytest.mark.parametrize("pan", [-0.8, 0.0, 0.5])
def test_sound_comes_back_from_its_side(codec: SoundTokens, pan: float) -> None:
    decoded = codec.decode(codec.encode(ring(0.3, Material.WOOD, pan)))
    left, right = decoded[0].square().sum(0).sqrt()
    assert float(torch.atan2(right, left)) * 4 / np.pi - 1 == pytest.approx(pan, abs=0.05)


def test_small_errors_in_tokens_do_not_click(codec: SoundTokens) -> None:
    tokens = codec.encode(ring(0.2, Material.METAL))
    noisy = tokens + 0.1 * torch.randn(tokens.shape, generator=torch.Generator().manual_seed(2))
    clean, decoded = codec.decode(tokens), codec.decode(noisy)
    assert decoded.square().sum() < 1.3 * clean.square().sum()
    assert decoded.diff(dim=1).abs().max() < 1.5 * clean.diff(dim=1).abs().max()


def test_decoding_is_the_same_every_time_and_alone_or_together(codec: SoundTokens) -> None:
    tokens = torch.cat([codec.encode(ring(0.2, m)) for m in (Material.METAL, Material.WOOD)])
    together = codec.decode(tokens)
    assert torch.equal(SoundTokens().decode(tokens), together)
    alone = codec.decode(tokens[1:])[0]
    assert (alone - together[1]).square().mean() < 0.01 * alone.square().mean()


@pytest.mark.parametrize("level", [200.0, -200.0])
def test_levels_that_no_sound_has_are_still_a_sound(codec: SoundTokens, level: float) -> None:
    assert codec.decode(torch.full((1, 8, TOKEN_WIDTH), level)).isfinite().all()


def test_the_loudest_sound_there_is_comes_back_as_loud(codec: SoundTokens) -> None:
    loud = torch.sign(torch.sin(torch.arange(8 * TOKEN_SAMPLES) * 0.08)).repeat(2, 1).T[None]
    assert codec.decode(codec.encode(loud)).square().mean().sqrt() > 0.9


def test_wrong_shapes_are_refused(codec: SoundTokens) -> None:
    with pytest.raises(ShapeError, match="pad with silence to 4000"):
        codec.encode(torch.zeros(1, 2001, 2))
    with pytest.raises(ShapeError, match="repeat a single channel"):
        codec.encode(torch.zeros(1, 2000, 1))
    with pytest.raises(ShapeError, match="520"):
        codec.decode(torch.zeros(1, 2, 519))
