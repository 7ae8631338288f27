"""The video autoencoders of Wan 2.1 and Wan 2.2: video ↔ latents, a stretch at a time.

Source: arXiv:2503.20314; the arithmetic is that of diffusers' `AutoencoderKLWan`, to rounding (tests/parity). A latent
frame stands for several frames, but the first one for a single frame, and each depends on what came before it alone:
decoding can begin before the last latents are there, and frames can be shown while the rest is made.
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.codecs.causal_conv import Past
from manazir.models.codecs.wan_vae_shape import WanVaeShape
from manazir.models.codecs.wan_vae_stages import Decoder, Encoder

AT_ONCE = 1
"""Latent frames that are coded at once, unless told otherwise: more need more memory, let the first frames wait, and
are no faster on a CPU (benchmarks/wan_vae.py)."""


class WanVae(nn.Module):
    """Video in [-1, 1] ↔ latents, each channel of a mean of zero and a deviation of one over Wan's own data."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, shape: WanVaeShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.to_moments = nn.Linear(2 * shape.latent_channels, 2 * shape.latent_channels)
        self.from_latents = nn.Linear(shape.latent_channels, shape.latent_channels)
        self.decoder = Decoder(shape)
        self.register_buffer("mean", torch.tensor(shape.latents_mean), persistent=False)
        self.register_buffer("deviation", torch.tensor(shape.latents_std), persistent=False)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def encode(self, video: Float[Tensor, "b 3 t h w"], at_once: int = AT_ONCE) -> Float[Tensor, "b c u i j"]:
        """The likeliest latents of a video; `at_once` latent frames are made at once.

        Raises:
            ShapeError: the length or the size does not fill whole latent cells.
        """
        self._check(video)
        patches = _patches(video, self.shape.patch)
        step = at_once * self.shape.frame_compression
        first = step - self.shape.frame_compression + 1
        made: list[Tensor] = []
        past: Past = None
        for stretch in _stretches(patches, first, step):
            moments, past = self.encoder(stretch, past)
            mean = self.to_moments(moments).chunk(2, dim=-1)[0]
            made.append((mean - self.mean) / self.deviation)
        return torch.cat(made, dim=1).movedim(-1, 1)

    def decode(self, latents: Float[Tensor, "b c u i j"], at_once: int = AT_ONCE) -> Float[Tensor, "b 3 t h w"]:
        """The video of latents, as `decode_chunks` yields it."""
        return torch.cat(list(self.decode_chunks(latents, at_once)), dim=2)

    def decode_chunks(
        self, latents: Float[Tensor, "b c u i j"], at_once: int = AT_ONCE
    ) -> Iterator[Float[Tensor, "b 3 t h w"]]:
        """Yield the video from its first frame on, `at_once` latent frames at a time.

        Raises:
            ShapeError: these are not latents of this autoencoder.
        """
        if latents.ndim != 5 or latents.shape[1] != self.shape.latent_channels:
            raise ShapeError(
                f"latents of shape {tuple(latents.shape)} are not this autoencoder's: they are batch, "
                f"{self.shape.latent_channels} channels, frames, height, width"
            )
        cells = self.from_latents(latents.movedim(1, -1) * self.deviation + self.mean)
        past: Past = None
        for stretch in _stretches(cells, at_once, at_once):
            made, past = self.decoder(stretch, past)
            yield _unpatched(made, self.shape.patch).clamp(-1.0, 1.0)

    def _check(self, video: Tensor) -> None:
        """Refuse what does not fill whole latent cells, naming what would."""
        colours = self.shape.channels_in // self.shape.patch**2
        if video.ndim != 5 or video.shape[1] != colours:
            raise ShapeError(
                f"a video of shape {tuple(video.shape)} cannot be encoded: it is batch, {colours} colours, frames, "
                "height, width"
            )
        frames, height, width = video.shape[2:]
        step, side = self.shape.frame_compression, self.shape.compression
        if not frames or (frames - 1) % step:
            below = max(1, frames - (frames - 1) % step)
            raise ShapeError(f"{frames} frames do not fill whole latent frames; try {below} or {below + step}")
        fit = [max(1, round(pixels / side)) * side for pixels in (width, height)]
        if [width, height] != fit:
            raise ShapeError(
                f"{width}x{height} pixels do not fill whole latent cells of {side}x{side}; try {fit[0]}x{fit[1]}"
            )


def _stretches(frames: Float[Tensor, "b t h w c"], first: int, step: int) -> Iterator[Float[Tensor, "b n h w c"]]:
    """The first frames, then so many at a time."""
    if first < 1:
        raise ShapeError("at least one latent frame is coded at once")
    yield frames[:, :first]
    for begin in range(first, frames.shape[1], step):
        yield frames[:, begin : begin + step]


def _patches(video: Float[Tensor, "b 3 t h w"], side: int) -> Float[Tensor, "b t i j c"]:
    """Squares of pixels as channels, in the order colour, column, row."""
    batch, colours, frames, height, width = video.shape
    squares = video.reshape(batch, colours, frames, height // side, side, width // side, side)
    return squares.permute(0, 2, 3, 5, 1, 6, 4).flatten(4)


def _unpatched(patches: Float[Tensor, "b t i j c"], side: int) -> Float[Tensor, "b 3 t h w"]:
    """The inverse of `_patches`."""
    squares = torch.unflatten(patches, 4, (-1, side, side))  # b t h w, then colour, right, down
    return squares.permute(0, 4, 1, 2, 6, 3, 5).flatten(5).flatten(3, 4)
