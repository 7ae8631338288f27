"""Log-mel spectra as LTX-2's audio codec was taught: Slaney's bands, magnitudes, natural logarithm.

Diffusers has no such function; the numbers are those of `AudioProcessor` in Lightricks' LTX-2
(packages/ltx-core/src/ltx_core/model/audio_vae/ops.py, commit 400fd31).
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import ShapeError

QUIETEST = 1e-5
"""Magnitude below which a band is silent."""

LINEAR_HZ = 1000.0
HZ_PER_MEL = 200 / 3
MELS_PER_E = 27 / math.log(6.4)
"""Slaney's scale: straight up to 1000 Hz, above it 27 steps for each factor of 6.4."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxMelShape:
    """Sizes of a log-mel spectrum; as it stands, LTX-2's."""

    sample_rate: int = 16000
    hop: int = 160
    """Samples from frame to frame."""
    window: int = 1024
    bands: int = 64


def log_mel(samples: Float[Tensor, "b channels samples"], shape: LtxMelShape) -> Float[Tensor, "b channels t bands"]:
    """Return a frame for the first sample and one for each hop after it, in float32.

    Args:
        samples: in [-1, 1], at `shape.sample_rate`.
        shape: that of the codec which is to read it.

    Raises:
        ShapeError: the sound is shorter than half a window.
    """
    if samples.shape[-1] <= shape.window // 2:
        raise ShapeError(f"{samples.shape[-1]} samples; a log-mel spectrum needs more than {shape.window // 2}")
    window = torch.hann_window(shape.window, device=samples.device)
    spectra = torch.stft(
        samples.float().flatten(0, 1), shape.window, shape.hop, window=window, center=True, return_complex=True
    )
    mel = (spectra.abs().mT @ bands(shape).to(samples.device)).clamp_min(QUIETEST).log()
    return mel.view(*samples.shape[:2], -1, shape.bands)


def bands(shape: LtxMelShape) -> Float[Tensor, "bins bands"]:
    """Return triangles over the frequencies up to half the sample rate, each with an area of one."""
    half = shape.sample_rate / 2
    hz = torch.linspace(0, half, shape.window // 2 + 1, dtype=torch.float64)[:, None]
    edges = _to_hz(torch.linspace(0, _to_mel(half), shape.bands + 2, dtype=torch.float64))
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = torch.minimum((hz - low) / (centre - low), (high - hz) / (high - centre)).clamp_min(0)
    return (triangles * 2 / (high - low)).float()


def _to_mel(hz: float) -> float:
    return hz / HZ_PER_MEL if hz < LINEAR_HZ else LINEAR_HZ / HZ_PER_MEL + MELS_PER_E * math.log(hz / LINEAR_HZ)


def _to_hz(mel: Tensor) -> Tensor:
    straight, beyond = mel * HZ_PER_MEL, mel - LINEAR_HZ / HZ_PER_MEL
    return torch.where(beyond < 0, straight, LINEAR_HZ * (beyond / MELS_PER_E).exp())
