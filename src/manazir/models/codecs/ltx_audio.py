"""LTX-2's audio codec: log-mel spectra of a stereo sound ↔ latents a quarter as many in time and in pitch.

Nothing is seen before it sounds: the first mel frame has a latent frame of its own, every later one holds four. At
100 mel frames a second that is 25 latents a second.

Equal to `AutoencoderKLLTX2Audio` of diffusers 0.42.1 as released with LTX-2, LTX-2.3 and LTX-2.5 (no attention, pixel
norm, causal in time). Spectra come from `ltx_mel.py` and become sound in `ltx_vocoder.py` or `ltx_wide_vocoder.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.codecs.pixel_norm import pixel_norm

EPS = 1e-6
COMPRESSION = 4
"""Mel frames, and mel bands, in a latent cell."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxAudioShape:
    """Sizes of an audio codec; as it stands, LTX-2's."""

    channels: int = 2
    bands: int = 64
    """Mel bands of each channel."""
    latent_channels: int = 8
    widths: tuple[int, int, int] = (128, 256, 512)
    """From the finest size to the coarsest."""
    blocks: int = 2
    """Residual blocks at each size of the encoder; the decoder has one more."""

    def __post_init__(self) -> None:
        """Refuse bands that do not fill whole latents."""
        if self.bands % COMPRESSION:
            raise ShapeError(f"{self.bands} mel bands do not fill whole latents; take a multiple of {COMPRESSION}")


class _Convolution(nn.Conv2d):
    """A 3x3 convolution that sees nothing later than what it speaks of."""

    def __init__(self, inward: int, outward: int) -> None:
        super().__init__(inward, outward, 3, padding=(0, 1))

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(F.pad(input, (0, 0, 2, 0)))


class _Block(nn.Module):
    """Two normalised convolutions beside the identity, or beside a 1x1 convolution where the width changes."""

    def __init__(self, inward: int, outward: int) -> None:
        super().__init__()
        self.first = _Convolution(inward, outward)
        self.second = _Convolution(outward, outward)
        self.shortcut = nn.Identity() if inward == outward else nn.Conv2d(inward, outward, 1)

    def forward(self, x: Tensor) -> Tensor:
        added = self.second(F.silu(pixel_norm(self.first(F.silu(pixel_norm(x, EPS))), EPS)))
        result: Tensor = self.shortcut(x) + added
        return result


class _Shrink(nn.Conv2d):
    """Half the frames, the first alone, and half the bands."""

    def __init__(self, width: int) -> None:
        super().__init__(width, width, 3, stride=2)

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(F.pad(input, (0, 1, 2, 0)))


class _Grow(_Convolution):
    """Twice the frames, but for the first, and twice the bands."""

    def __init__(self, width: int) -> None:
        super().__init__(width, width)

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(F.interpolate(input, scale_factor=2.0, mode="nearest"))[:, :, 1:]


class _Stage(nn.Module):
    """Blocks at one size, then the change to the next."""

    def __init__(self, inward: int, outward: int, blocks: int, resize: nn.Module) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(_Block(outward if index else inward, outward) for index in range(blocks)))
        self.resize = resize

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.resize(self.blocks(x))
        return result


class _Encoder(nn.Module):
    def __init__(self, shape: LtxAudioShape) -> None:
        super().__init__()
        fine, middle, coarse = shape.widths
        self.enter = _Convolution(shape.channels, fine)
        self.stages = nn.Sequential(
            _Stage(fine, fine, shape.blocks, _Shrink(fine)),
            _Stage(fine, middle, shape.blocks, _Shrink(middle)),
            _Stage(middle, coarse, shape.blocks, nn.Identity()),
        )
        self.middle = nn.Sequential(_Block(coarse, coarse), _Block(coarse, coarse))
        self.leave = _Convolution(coarse, 2 * shape.latent_channels)

    def forward(self, mel: Tensor) -> Tensor:
        x = self.middle(self.stages(self.enter(mel)))
        mean, _log_variance = self.leave(F.silu(pixel_norm(x, EPS))).chunk(2, dim=1)
        result: Tensor = mean
        return result


class _Decoder(nn.Module):
    def __init__(self, shape: LtxAudioShape) -> None:
        super().__init__()
        fine, middle, coarse = shape.widths
        self.enter = _Convolution(shape.latent_channels, coarse)
        self.middle = nn.Sequential(_Block(coarse, coarse), _Block(coarse, coarse))
        self.stages = nn.Sequential(
            _Stage(coarse, coarse, shape.blocks + 1, _Grow(coarse)),
            _Stage(coarse, middle, shape.blocks + 1, _Grow(middle)),
            _Stage(middle, fine, shape.blocks + 1, nn.Identity()),
        )
        self.leave = _Convolution(fine, shape.channels)

    def forward(self, latents: Tensor) -> Tensor:
        x = self.stages(self.middle(self.enter(latents)))
        mel: Tensor = self.leave(F.silu(pixel_norm(x, EPS)))
        return mel


class LtxAudioCodec(nn.Module):
    """Log-mel spectra ↔ latents whose numbers have a mean of about zero and a variance of about one.

    `latent_mean` and `latent_std` have a number for each channel and band of the latents, bands fastest: what the
    transformer has as the channels of an audio token.
    """

    latent_mean: Tensor
    latent_std: Tensor

    def __init__(self, shape: LtxAudioShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = _Encoder(shape)
        self.decoder = _Decoder(shape)
        numbers = shape.latent_channels * shape.bands // COMPRESSION
        self.register_buffer("latent_mean", torch.zeros(numbers))
        self.register_buffer("latent_std", torch.ones(numbers))

    def encode(self, mel: Float[Tensor, "b channels t bands"]) -> Float[Tensor, "b c t4 bands4"]:
        """Latents of log-mel spectra; the last of them may hold fewer than four frames.

        Raises:
            ShapeError: another number of bands or channels.
        """
        if mel.shape[1] != self.shape.channels or mel.shape[3] != self.shape.bands:
            raise ShapeError(
                f"{mel.shape[1]} channels of {mel.shape[3]} mel bands; this codec takes {self.shape.channels} channels "
                f"of {self.shape.bands}"
            )
        return self.normalise(self.encoder(mel))

    def decode(self, latents: Float[Tensor, "b c t4 bands4"]) -> Float[Tensor, "b channels t bands"]:
        """Log-mel spectra of latents: one frame of the first, four of every other."""
        mel: Tensor = self.decoder(self.restore(latents))
        return mel

    def normalise(self, raw: Float[Tensor, "b c t4 bands4"]) -> Float[Tensor, "b c t4 bands4"]:
        """What the encoder says → latents."""
        mean, std = self._statistics(raw.dtype)
        return (raw - mean) / std

    def restore(self, latents: Float[Tensor, "b c t4 bands4"]) -> Float[Tensor, "b c t4 bands4"]:
        """Undo `normalise`."""
        mean, std = self._statistics(latents.dtype)
        return latents * std + mean

    def _statistics(self, dtype: torch.dtype) -> Iterable[Tensor]:
        """What latents are shifted by and scaled with, `[c, 1, bands4]`."""
        size = (self.shape.latent_channels, 1, self.shape.bands // COMPRESSION)
        return (numbers.to(dtype).view(size) for numbers in (self.latent_mean, self.latent_std))
