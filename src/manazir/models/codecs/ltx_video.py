"""LTX-2's video codec: a clip ↔ a grid of latents 32 times coarser in space and 8 times in time.

The first frame has a latent frame of its own, every later latent frame holds eight; so a picture is a clip of one
frame. The encoder sees no frame before it has come; the decoder, as released, looks both ways.

Equal to `AutoencoderKLLTX2Video` of diffusers 0.42.1 as released with LTX-2, LTX-2.3 and LTX-2.5 (no timestep
conditioning, no injected noise, a deterministic latent).
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.codecs.ltx_video_blocks import (
    EPS,
    Convolution,
    Grow,
    ResidualBlock,
    Shrink,
    from_patches,
    to_patches,
)
from manazir.models.codecs.ltx_video_shape import SAME, LtxVideoShape
from manazir.models.codecs.pixel_norm import pixel_norm


class _Stage(nn.Module):
    def __init__(self, resize: nn.Module, blocks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.resize = resize
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.blocks(self.resize(x))
        return result


class _Encoder(nn.Module):
    def __init__(self, shape: LtxVideoShape) -> None:
        super().__init__()
        self.patch = shape.patch
        first, last = shape.encoder[0], shape.encoder[-1]
        self.enter = Convolution(3 * shape.patch**2, first.width, "zeros", is_causal=True)
        self.stages = nn.Sequential()
        before = first.width
        for stage in shape.encoder:
            still = stage.stride == SAME
            resize = nn.Identity() if still else Shrink(before, stage.width, stage.stride, "zeros", is_causal=True)
            blocks = [ResidualBlock(stage.width, "zeros", is_causal=True) for _ in range(stage.blocks)]
            self.stages.append(_Stage(resize, blocks))
            before = stage.width
        # The last channel is the logarithm of a variance that all channels share; what is used is the mean.
        self.leave = Convolution(last.width, shape.latent_channels + 1, "zeros", is_causal=True)

    def forward(self, video: Tensor) -> Tensor:
        x = self.stages(self.enter(to_patches(video, self.patch)))
        mean: Tensor = self.leave(F.silu(pixel_norm(x, EPS)))[:, :-1]
        return mean


class _Decoder(nn.Module):
    def __init__(self, shape: LtxVideoShape) -> None:
        super().__init__()
        self.patch = shape.patch
        first, last = shape.decoder[0], shape.decoder[-1]
        ends = shape.decoder_padding, shape.is_decoder_causal
        self.enter = Convolution(shape.latent_channels, first.width, *ends)
        self.stages = nn.Sequential()
        before = first.width
        for stage in shape.decoder:
            grow = (before, stage.width, stage.stride, *ends, shape.decoder_has_shortcuts)
            resize = nn.Identity() if stage.stride == SAME else Grow(*grow)
            self.stages.append(_Stage(resize, [ResidualBlock(stage.width, *ends) for _ in range(stage.blocks)]))
            before = stage.width
        self.leave = Convolution(last.width, 3 * shape.patch**2, *ends)

    def forward(self, latents: Tensor) -> Tensor:
        x = self.stages(self.enter(latents))
        return from_patches(self.leave(F.silu(pixel_norm(x, EPS))), self.patch)


class LtxVideoCodec(nn.Module):
    """Clips in [-1, 1] ↔ latents whose channels have a mean of about zero and a variance of about one."""

    latent_mean: Tensor
    latent_std: Tensor

    def __init__(self, shape: LtxVideoShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = _Encoder(shape)
        self.decoder = _Decoder(shape)
        self.register_buffer("latent_mean", torch.zeros(shape.latent_channels))
        self.register_buffer("latent_std", torch.ones(shape.latent_channels))

    def encode(self, video: Float[Tensor, "b 3 t h w"]) -> Float[Tensor, "b c t8 h32 w32"]:
        """Latents of clips in [-1, 1], in the weights' precision.

        Raises:
            ShapeError: the clip does not fill whole latent cells.
        """
        self._check(video)
        return self.normalise(self.encoder(video))

    def decode(self, latents: Float[Tensor, "b c t8 h32 w32"]) -> Float[Tensor, "b 3 t h w"]:
        """Clips of latents; may overshoot [-1, 1] a little.

        Raises:
            ShapeError: there are too few cells for the padding, which repeats what is beside the border.
        """
        if self.shape.decoder_padding == "reflect" and min(latents.shape[-2:]) < 2:
            raise ShapeError(
                f"latents of {latents.shape[-2]}x{latents.shape[-1]} cells; this codec decodes from 2x2 cells on"
            )
        video: Tensor = self.decoder(self.restore(latents))
        return video

    def normalise(self, raw: Float[Tensor, "b c t8 h32 w32"]) -> Float[Tensor, "b c t8 h32 w32"]:
        """What the encoder says → latents. The upsampler works on what the encoder says."""
        return (raw - _per_channel(self.latent_mean, raw)) / _per_channel(self.latent_std, raw)

    def restore(self, latents: Float[Tensor, "b c t8 h32 w32"]) -> Float[Tensor, "b c t8 h32 w32"]:
        """Undo `normalise`."""
        return latents * _per_channel(self.latent_std, latents) + _per_channel(self.latent_mean, latents)

    def _check(self, video: Tensor) -> None:
        frames, height, width = video.shape[2:]
        per_frame, per_row, per_column = self.shape.compression
        if (frames - 1) % per_frame:
            whole = (frames - 1) // per_frame * per_frame + 1
            raise ShapeError(f"{frames} frames do not fill whole latents; try {whole} or {whole + per_frame}")
        if height % per_row or width % per_column:
            raise ShapeError(
                f"frames of {width}x{height} pixels do not fill whole latents; "
                f"take multiples of {per_column} and {per_row}"
            )


def _per_channel(values: Tensor, like: Tensor) -> Tensor:
    return values.to(like.dtype)[:, None, None, None]
