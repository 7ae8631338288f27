"""The vocoder of LTX-2.3 and LTX-2.5: sound at 16 kHz from a first vocoder, and what lies above 8 kHz from a second.

The second reads a spectrum of what the first made and says what is missing from it at 48 kHz.

Equal to `LTX2VocoderWithBWE` of diffusers 0.42.1 (BWE: bandwidth extension).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.codecs.ltx_mel import QUIETEST
from manazir.models.codecs.ltx_snake import upsample
from manazir.models.codecs.ltx_vocoder import LTX_2_3_VOCODER, LtxVocoder, LtxVocoderShape

LTX_2_3_EXTENSION = LtxVocoderShape(
    width=512,
    factors=(6, 5, 2, 2, 2),
    kernels=(12, 11, 4, 4, 4),
    bend="snake",
    limit="none",
    has_last_bias=False,
    sample_rate=48000,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxWideVocoderShape:
    """Sizes of a vocoder in two steps; as it stands, LTX-2.3's."""

    first: LtxVocoderShape = LTX_2_3_VOCODER
    second: LtxVocoderShape = LTX_2_3_EXTENSION
    window: int = 512
    """Samples in a frame of the spectrum between them."""
    hop: int = 80
    bands: int = 64

    def __post_init__(self) -> None:
        """Refuse steps that do not meet sample for sample."""
        if self.first.samples_per_frame % self.hop:
            raise ShapeError(
                f"{self.first.samples_per_frame} samples of a frame do not fill whole hops of {self.hop}; "
                "choose a hop that divides them"
            )
        if self.second.samples_per_frame != self.hop * self.ratio or self.second.sample_rate % self.first.sample_rate:
            raise ShapeError(
                f"a hop of {self.hop} samples at {self.first.sample_rate} Hz is not the second vocoder's "
                f"{self.second.samples_per_frame} samples at {self.second.sample_rate} Hz; choose factors that agree"
            )

    @property
    def ratio(self) -> int:
        """Samples that come out for each of the first vocoder's."""
        return self.second.sample_rate // self.first.sample_rate


class _Spectrum(nn.Module):
    """Log-mel spectra that see nothing later than what they speak of; their numbers are stored with the weights."""

    waves: Tensor
    bands: Tensor

    def __init__(self, shape: LtxWideVocoderShape) -> None:
        super().__init__()
        self.hop = shape.hop
        bins = shape.window // 2 + 1
        self.register_buffer("waves", torch.zeros(2 * bins, 1, shape.window))
        self.register_buffer("bands", torch.zeros(shape.bands, bins))

    def forward(self, samples: Float[Tensor, "b channels samples"]) -> Float[Tensor, "b channels t bands"]:
        alone = samples.flatten(0, 1)[:, None]
        before = max(0, self.waves.shape[-1] - self.hop)
        real, imaginary = F.conv1d(F.pad(alone, (before, 0)), self.waves, stride=self.hop).chunk(2, dim=1)
        magnitudes = (real.square() + imaginary.square()).sqrt()
        mel = (self.bands @ magnitudes).clamp(min=QUIETEST).log()
        return mel.mT.reshape(*samples.shape[:2], -1, len(self.bands))


class LtxWideVocoder(nn.Module):
    """Log-mel spectra → sound in [-1, 1] at 48 kHz.

    Best kept in float32: rounding in bfloat16 piles up over a hundred convolutions in a row, and is heard.
    """

    def __init__(self, shape: LtxWideVocoderShape) -> None:
        super().__init__()
        self.shape = shape
        self.first = LtxVocoder(shape.first)
        self.spectrum = _Spectrum(shape)
        self.second = LtxVocoder(shape.second)

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self.second.sample_rate

    def forward(self, mel: Float[Tensor, "b channels t bands"]) -> Float[Tensor, "b channels samples"]:
        """Return the samples of each frame, three for each of the first vocoder's as released."""
        narrow = self.first(mel)
        missing: Tensor = self.second(self.spectrum(narrow))
        return (missing + upsample(narrow, self.shape.ratio)).clamp(-1, 1)
