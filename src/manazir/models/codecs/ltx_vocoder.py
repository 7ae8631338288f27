"""LTX-2's vocoder: log-mel spectra → sound.

A stack of transposed convolutions, each followed by residual blocks of several reaches whose mean goes on: HiFi-GAN
(arXiv:2010.05646) in LTX-2, BigVGAN's (arXiv:2206.04658) in LTX-2.3 and LTX-2.5, where two of them stand in
`ltx_wide_vocoder.py`.

Equal to `LTX2Vocoder` of diffusers 0.42.1.
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.codecs.ltx_snake import Snake

SLOPE = 0.1
LAST_SLOPE = 0.01
"""Of leaky rectifiers; the last one's differs in the released weights."""

LOWEST_RATE, HIGHEST_RATE = 1_000, 384_000
"""Of sound that somebody could hear, or files could hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxVocoderShape:
    """Sizes of a vocoder; as it stands, LTX-2's."""

    channels: int = 2
    mel_channels: int = 128
    """Bands of all channels together."""
    width: int = 1024
    """Halved by each factor."""
    factors: tuple[int, ...] = (6, 5, 2, 2, 2)
    kernels: tuple[int, ...] = (16, 15, 8, 4, 4)
    """Samples that a factor's convolution sees, one for each factor."""
    block_kernels: tuple[int, ...] = (3, 7, 11)
    dilations: tuple[int, ...] = (1, 3, 5)
    bend: Literal["leaky", "snake"] = "leaky"
    limit: Literal["tanh", "clamp", "none"] = "tanh"
    """How samples are kept within [-1, 1]."""
    has_last_bias: bool = True
    sample_rate: int = 24000

    def __post_init__(self) -> None:
        """Refuse factors and kernels that do not fit together, and a rate at which nothing sounds."""
        rate = self.sample_rate
        if isinstance(rate, bool) or not isinstance(rate, int) or not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise ShapeError(f"{rate!r} samples a second; a vocoder makes {LOWEST_RATE} to {HIGHEST_RATE}")
        if len(self.factors) != len(self.kernels):
            raise ShapeError(f"{len(self.factors)} factors and {len(self.kernels)} kernels; give one kernel a factor")
        if any((kernel - factor) % 2 for factor, kernel in zip(self.factors, self.kernels, strict=True)):
            raise ShapeError(f"kernels {self.kernels} for factors {self.factors}; both of a pair must be odd, or even")

    @property
    def samples_per_frame(self) -> int:
        """Samples that a mel frame becomes."""
        return math.prod(self.factors)


LTX_2_3_VOCODER = LtxVocoderShape(
    width=1536,
    factors=(5, 2, 2, 2, 2, 2),
    kernels=(11, 4, 4, 4, 4, 4),
    bend="snake",
    limit="none",
    has_last_bias=False,
    sample_rate=16000,
)
"""The first vocoder of LTX-2.3 and LTX-2.5, as diffusers has it; Lightricks' own code clamps its samples."""


class _Layer(nn.Module):
    """Two bent convolutions beside the identity; the first looks further away."""

    def __init__(self, width: int, kernel: int, dilation: int, shape: LtxVocoderShape) -> None:
        super().__init__()
        reach = kernel // 2
        self.bend_first = _bend(width, shape)
        self.first = nn.Conv1d(width, width, kernel, dilation=dilation, padding=dilation * reach)
        self.bend_second = _bend(width, shape)
        self.second = nn.Conv1d(width, width, kernel, padding=reach)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = x + self.second(self.bend_second(self.first(self.bend_first(x))))
        return result


class _Stage(nn.Module):
    """More samples, then the mean of what blocks of several reaches make of them."""

    def __init__(self, width: int, factor: int, kernel: int, shape: LtxVocoderShape) -> None:
        super().__init__()
        self.rise = nn.ConvTranspose1d(width, width // 2, kernel, stride=factor, padding=(kernel - factor) // 2)
        self.is_leaky = shape.bend == "leaky"
        self.blocks = nn.ModuleList(
            nn.Sequential(*(_Layer(width // 2, reach, dilation, shape) for dilation in shape.dilations))
            for reach in shape.block_kernels
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.rise(F.leaky_relu(x, SLOPE) if self.is_leaky else x)
        return torch.stack([block(x) for block in self.blocks]).mean(0)


class LtxVocoder(nn.Module):
    """Log-mel spectra → sound in [-1, 1] at `shape.sample_rate`.

    Best kept in float32: rounding in bfloat16 piles up over a hundred convolutions in a row, and is heard.
    """

    def __init__(self, shape: LtxVocoderShape) -> None:
        super().__init__()
        self.shape = shape
        self.enter = nn.Conv1d(shape.mel_channels, shape.width, 7, padding=3)
        self.stages = nn.Sequential(
            *(
                _Stage(shape.width >> index, factor, kernel, shape)
                for index, (factor, kernel) in enumerate(zip(shape.factors, shape.kernels, strict=True))
            )
        )
        last = shape.width >> len(shape.factors)
        self.bend = Snake(last) if shape.bend == "snake" else nn.LeakyReLU(LAST_SLOPE)
        self.leave = nn.Conv1d(last, shape.channels, 7, padding=3, bias=shape.has_last_bias)

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self.shape.sample_rate

    def forward(self, mel: Float[Tensor, "b channels t bands"]) -> Float[Tensor, "b channels samples"]:
        """Return `shape.samples_per_frame` samples for each frame."""
        x = self.enter(mel.mT.flatten(1, 2))
        samples: Tensor = self.leave(self.bend(self.stages(x)))
        match self.shape.limit:
            case "tanh":
                return samples.tanh()
            case "clamp":
                return samples.clamp(-1, 1)
            case "none":
                return samples


def _bend(width: int, shape: LtxVocoderShape) -> nn.Module:
    return Snake(width) if shape.bend == "snake" else nn.LeakyReLU(SLOPE)
