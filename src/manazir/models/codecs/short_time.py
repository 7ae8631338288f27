"""Short-time spectra of sound, and sounds of given spectra.

A frame is centred on the hop that it describes and reaches over one hop at each side, so a hop's numbers speak of
its own time alone.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Complex, Float
from torch import Tensor, nn

HOP = 250
"""Samples from frame to frame: 1/64 s at 16 kHz."""

HOPS_PER_WINDOW = 3
WINDOW = HOP * HOPS_PER_WINDOW
"""Measured on impacts: 1000 samples smear onsets, 500 blur the pitch of what rings."""

FFT = 1024
BINS = FFT // 2 + 1


class ShortTime(nn.Module):
    """Windowed Fourier frames, scaled so that a sine's peak is its amplitude."""

    window: Tensor

    def __init__(self) -> None:
        super().__init__()
        # Shifted by half a sample: nowhere zero, so every sample can be had back.
        window = 0.5 - 0.5 * torch.cos(2 * math.pi * (torch.arange(WINDOW) + 0.5) / WINDOW)
        self.register_buffer("window", window, persistent=False)
        self.scale = 2 / float(window.sum())

    def forward(self, samples: Float[Tensor, "... samples"]) -> Complex[Tensor, "... hops bins"]:
        """Return the spectra of whole hops of samples."""
        beside = (WINDOW - HOP) // 2
        frames = F.pad(samples, (beside, beside)).unfold(-1, WINDOW, HOP)
        spectra: Tensor = torch.fft.rfft(frames * self.window, FFT) * self.scale
        return spectra

    def samples(self, spectra: Complex[Tensor, "b hops bins"]) -> Float[Tensor, "b samples"]:
        """Return the samples whose spectra are nearest to the given ones (least squares)."""
        frames = torch.fft.irfft(spectra / self.scale, FFT)[..., :WINDOW] * self.window
        total = _overlap(frames) / _overlap(self.window.square().expand(1, spectra.shape[1], WINDOW))
        beside = (WINDOW - HOP) // 2
        return total[:, beside : beside + spectra.shape[1] * HOP]

    def energies(self, magnitudes: Float[Tensor, "b hops bins"]) -> Float[Tensor, "b hops"]:
        """Return what the squares of a frame's windowed samples sum to."""
        return magnitudes.square().sum(-1) * (2 / (FFT * self.scale**2))


def _overlap(frames: Float[Tensor, "b hops window"]) -> Float[Tensor, "b samples"]:
    """Add frames where they lie in time."""
    batch, hops, _ = frames.shape
    total = frames.new_zeros(batch, hops + HOPS_PER_WINDOW - 1, HOP)
    for part in range(HOPS_PER_WINDOW):
        total[:, part : part + hops] += frames[..., part * HOP : (part + 1) * HOP]
    return total.flatten(1)


def find_samples(
    short_time: ShortTime, magnitudes: Float[Tensor, "b hops bins"], first: Float[Tensor, "b samples"], iterations: int
) -> Float[Tensor, "b samples"]:
    """Return samples whose spectra have about those magnitudes: fast Griffin-Lim (Perraudin et al., 2013).

    Args:
        first: samples whose phases it starts from; where their energy lies in time is where it stays.
    """
    momentum = 0.99
    known = _with_magnitudes(short_time(first), magnitudes)
    ahead = known
    for _ in range(iterations):
        before, known = known, _with_magnitudes(short_time(short_time.samples(ahead)), magnitudes)
        ahead = known + momentum * (known - before)
    return short_time.samples(known)


def _with_magnitudes(
    spectra: Complex[Tensor, "b hops bins"], magnitudes: Float[Tensor, "b hops bins"]
) -> Complex[Tensor, "b hops bins"]:
    return spectra * (magnitudes / (spectra.abs() + 1e-9))
