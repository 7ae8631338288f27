"""Levels in bands of hearing, and spectra that have given levels."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.models.codecs.short_time import BINS, FFT, WINDOW, ShortTime

BANDS = 64
LOWEST_HZ = 30.0
INVERSION_STEPS = 50
SHARPENING_EVERY = 5
SHARPENING = 0.25
"""How fast lines of a spectrum grow over their neighbours, every few steps of finding it. 0 leaves what rings hoarse,
0.5 makes what hisses whistle; measured on impacts."""

LOBE_BINS = 6
"""Half the width, in bins, within which a pure tone's energy lies."""


class MelBands(nn.Module):
    """Triangular bands, evenly spaced in mel, and their inverse."""

    bands: Tensor
    lobes: Tensor
    seen: Tensor

    def __init__(self, sample_rate: int) -> None:
        super().__init__()
        bands = _triangles(sample_rate)
        lobes = _lobes(ShortTime().window)
        seen = bands @ lobes
        coverage = seen.sum(0)
        self.register_buffer("bands", bands, persistent=False)
        self.register_buffer("lobes", lobes, persistent=False)
        # Lines below the lowest band are seen by its slope alone; left in, they would grow without bound.
        self.register_buffer("seen", seen * (coverage > 0.3 * coverage.median()), persistent=False)

    def levels(self, power: Float[Tensor, "... bins"]) -> Float[Tensor, "... bands"]:
        """Return the root mean square of each band."""
        return (power @ self.bands.mT).clamp_min(0).sqrt()

    def magnitudes(self, levels: Float[Tensor, "b hops bands"]) -> Float[Tensor, "b hops bins"]:
        """Return a spectrum of those levels: as few lines as explain them, each as wide as a tone looks.

        Non-negative matrix factorisation with known bands (Lee and Seung, Kullback-Leibler), sharpened over time.
        """
        power = levels.square()
        lines = power.mean(-1, keepdim=True).expand(*power.shape[:-1], BINS)
        weight = self.seen.sum(0).clamp_min(1e-9)
        for step in range(INVERSION_STEPS):
            lines = lines * ((power / (lines @ self.seen.mT + 1e-12)) @ self.seen / weight)
            if 0 < step < INVERSION_STEPS - SHARPENING_EVERY and step % SHARPENING_EVERY == 0:
                lines = lines * _prominence(lines) ** SHARPENING
        return (lines @ self.lobes.mT).clamp_min(0).sqrt()


def _prominence(lines: Float[Tensor, "b hops bins"]) -> Float[Tensor, "b hops bins"]:
    """How far each line stands out of its neighbours over some hops: tones last, noise does not."""
    lasting = F.avg_pool2d(lines, (5, 1), 1, (2, 0), count_include_pad=False)
    around = F.avg_pool2d(lasting, (1, 9), 1, (0, 4), count_include_pad=False)
    return ((lasting + 1e-14) / (around + 1e-14)).clamp(0.2, 3.0)


def _triangles(sample_rate: int) -> Float[Tensor, "bands bins"]:
    """Bands whose weights sum to 1 and are at least a bin wide to each side."""
    bin_hz = sample_rate / FFT
    hz = torch.arange(BINS) * bin_hz
    lowest, highest = (torch.log10(1 + torch.tensor(f) / 700) for f in (LOWEST_HZ, sample_rate / 2))
    edges = 700 * (10 ** torch.linspace(float(lowest), float(highest), BANDS + 2) - 1)[:, None]
    centre = edges[1:-1]
    rise = (hz - torch.minimum(edges[:-2], centre - bin_hz)) / torch.clamp(centre - edges[:-2], min=bin_hz)
    fall = (torch.maximum(edges[2:], centre + bin_hz) - hz) / torch.clamp(edges[2:] - centre, min=bin_hz)
    weights = torch.minimum(rise, fall).clamp_min(0)
    return weights / weights.sum(1, keepdim=True)


def _lobes(window: Float[Tensor, " window"]) -> Float[Tensor, "bins bins"]:
    """What power a line of power 1 at each bin (columns) leaves in every bin (rows), seen through the window."""
    assert len(window) == WINDOW
    spectrum = torch.fft.fft(window, FFT).abs().square()
    apart = torch.arange(BINS)[:, None] - torch.arange(BINS)
    lobes: Tensor = (spectrum / spectrum.sum())[apart % FFT] * (apart.abs() < LOBE_BINS)
    return lobes
