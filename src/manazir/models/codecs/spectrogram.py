"""Sound as Noor sees it: tokens of an eighth of a second, and back.

A token is eight hops; a hop is the levels of 64 bands of both channels together, and where between left and right
the sound is. What is lost are phases, which decoding finds again, and two places at once.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.codecs.loudness_curve import amplitudes, impose, sharpen
from manazir.models.codecs.mel_bands import BANDS, MelBands
from manazir.models.codecs.short_time import HOP, ShortTime, find_samples

SAMPLE_RATE = 16000
HOPS_PER_TOKEN = 8
TOKEN_SAMPLES = HOP * HOPS_PER_TOKEN
TOKENS_PER_SECOND = SAMPLE_RATE // TOKEN_SAMPLES
TOKEN_WIDTH = HOPS_PER_TOKEN * (BANDS + 1)

FLOOR = 2e-4
"""The amplitude that levels are counted from: nothing far below it is kept."""

LEVEL_MEAN = 1.0
LEVEL_SCALE = 1.35
PAN_SCALE = 0.25
"""Over 120 simulated scenes, silence included: mean and deviation of levels (log of 1 + amplitude / FLOOR), and of
pans (-1 left, 1 right, 0 in silence)."""

SILENT_LEVEL = 0.1
SILENT_HOP = (0.15, 0.35)
"""Levels that stand for silence, so that a model's small errors are not heard: of one band, and of all bands of a
hop together (root mean square; silent below the first, full from the second)."""

LOUDEST_LEVEL = 10.0
"""More than any sound has that fits between -1 and 1: what a model makes of a scene unlike all others may be far more,
and would be no number any more."""

ITERATIONS = 32


class SoundTokens(nn.Module):
    """Stereo sound of 16 kHz to tokens and back. It has no weights: any two are the same."""

    def __init__(self) -> None:
        super().__init__()
        self.short_time = ShortTime()
        self.mel = MelBands(SAMPLE_RATE)

    @torch.no_grad()
    def encode(self, samples: Float[Tensor, "b samples 2"]) -> Float[Tensor, "b tokens 520"]:
        """Return the tokens of whole eighths of a second: token i is of the time from i/8 s to (i + 1)/8 s.

        Raises:
            ShapeError: the samples are not stereo, or do not fill whole tokens.
        """
        _check_samples(samples)
        power = self.short_time(samples.mT).abs().square()
        levels = torch.log1p(self.mel.levels(power.sum(1)) / FLOOR)
        left, right = power.sum(-1).sqrt().unbind(1)
        # The small share of a third, middle source keeps silence in the middle.
        pan = torch.atan2(right + FLOOR, left + FLOOR) * (4 / math.pi) - 1
        hops = torch.cat([(levels - LEVEL_MEAN) / LEVEL_SCALE, (pan / PAN_SCALE)[..., None]], -1)
        return hops.reshape(len(hops), -1, TOKEN_WIDTH)

    @torch.no_grad()
    def decode(self, tokens: Float[Tensor, "b tokens 520"]) -> Float[Tensor, "b samples 2"]:
        """Return the sound of tokens; the same for the same tokens. Levels of silence are exact zeros.

        Raises:
            ShapeError: the tokens are not of the width that `encode` gives.
        """
        if tokens.ndim != 3 or tokens.shape[2] != TOKEN_WIDTH:
            raise ShapeError(f"sound tokens are [b, tokens, {TOKEN_WIDTH}], not {list(tokens.shape)}")
        hops = tokens.float().reshape(len(tokens), -1, BANDS + 1)
        levels = _audible(hops[..., :BANDS] * LEVEL_SCALE + LEVEL_MEAN)
        magnitudes = self.mel.magnitudes(FLOOR * torch.expm1(levels))
        energies = self.short_time.energies(magnitudes)
        curve = sharpen(energies, self.short_time.window)
        noise = _noise(tokens.shape[1]).to(tokens.device)
        samples = impose(find_samples(self.short_time, magnitudes, noise * amplitudes(curve), ITERATIONS), curve)
        angle = (_steady(hops[..., BANDS] * PAN_SCALE, energies) + 1) * (math.pi / 4)
        return samples[..., None] * torch.stack([angle.cos(), angle.sin()], -1)


def _check_samples(samples: Tensor) -> None:
    if samples.ndim != 3 or samples.shape[2] != 2:
        raise ShapeError(f"sound to encode is [b, samples, 2], not {list(samples.shape)}; repeat a single channel")
    if samples.shape[1] == 0 or samples.shape[1] % TOKEN_SAMPLES:
        whole = -(-samples.shape[1] // TOKEN_SAMPLES) * TOKEN_SAMPLES
        raise ShapeError(
            f"{samples.shape[1]} samples do not fill whole tokens of {TOKEN_SAMPLES}; "
            f"pad with silence to {max(whole, TOKEN_SAMPLES)}"
        )


def _audible(levels: Float[Tensor, "b hops bands"]) -> Float[Tensor, "b hops bands"]:
    """Return levels of which those that stand for silence are 0."""
    heard = (levels - SILENT_LEVEL).clamp(0, LOUDEST_LEVEL)
    nothing, full = SILENT_HOP
    share = ((heard.square().mean(-1, keepdim=True).sqrt() - nothing) / (full - nothing)).clamp(0, 1)
    return heard * share


def _steady(pan: Float[Tensor, "b hops"], energies: Float[Tensor, "b hops"]) -> Float[Tensor, "b samples"]:
    """Return pans for every sample: loud hops decide over their quiet neighbours, and no step clicks."""
    weight = energies + 1e-9
    around = torch.ones(1, 1, 5, device=pan.device)
    total, weights = (F.conv1d(F.pad(x[:, None], (2, 2)), around) for x in (pan.clamp(-1, 1) * weight, weight))
    return F.interpolate(total / weights, scale_factor=float(HOP), mode="linear")[:, 0]


def _noise(tokens: int) -> Float[Tensor, "1 samples"]:
    """The same noise always, to take the first phases from."""
    return torch.randn(1, tokens * TOKEN_SAMPLES, generator=torch.Generator().manual_seed(0))
