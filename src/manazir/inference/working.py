"""What a stage of making a film works with beside weights: counted before one is read.

The numbers are those of the networks as they compute here, measured on small ones, where they hold for every size
(`benchmarks/working_memory.py` holds them against peaks).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from manazir.models.codecs.wan_vae_shape import WanVaeShape

DENOISING, LOW_NOISE, ENLARGING, DECODING = "denoising", "denoising at low noise", "enlarging", "decoding"
"""As `checkpoints.memory.STAGES` calls them."""
NARROW_TOKEN = 34.0
"""Bytes for each number of a token in a block of Wan, in bfloat16: attention, and what is summed in float32."""
WIDE_TOKEN, WIDE_HIDDEN = 43.0, 4.2
"""The same in float32, and for each number of a token's hidden layer."""
LTX_TOKEN = 42.0
"""As NARROW_TOKEN, of LTX-2, sound included; float32 takes twice as much at most."""
DECODED, ENCODED = 21.0, 15.0
"""Tensors as large as a latent frame's pictures in the first stage's width, in float32, while Wan's VAE codes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Film:
    """The size of what is made at once, in latents, and how it is guided."""

    frames: int
    height: int
    width: int
    documents: int
    """Predictions of a step."""
    frames_per_latent: int
    frame_rate: float

    @property
    def seconds(self) -> float:
        """How long it is shown."""
        return (1 + (self.frames - 1) * self.frames_per_latent) / self.frame_rate


Working = Callable[[Film], Mapping[str, int]]
"""Bytes by stages' names."""


def wan_block_bytes(tokens: int, width: int, hidden: int, number_bytes: int) -> int:
    """Beside the weights, while a block of Wan computes."""
    if number_bytes <= 2:
        return math.ceil(tokens * width * NARROW_TOKEN)
    return math.ceil(tokens * (width * WIDE_TOKEN + hidden * WIDE_HIDDEN))


def ltx_block_bytes(tokens: int, width: int, number_bytes: int) -> int:
    """The same of LTX-2, for tokens of video."""
    return math.ceil(tokens * width * LTX_TOKEN * max(1, number_bytes // 2))


def words_bytes(words: int, width: int, layers: int, documents: int, number_bytes: int) -> int:
    """Keys and values of words, which are kept for every layer."""
    return 2 * words * width * layers * documents * number_bytes


def wan_decoding_bytes(shape: WanVaeShape, height: int, width: int) -> int:
    """While Wan's VAE decodes latents of that size, latent frame after latent frame, and where it encodes."""
    pixels = height * width * (shape.compression // shape.patch) ** 2
    largest = max(DECODED * shape.decoder_width, ENCODED * shape.width)
    return math.ceil(shape.frame_compression * pixels * 4 * largest)


def most_frames(fits: Callable[[int], bool], frames: int) -> int:
    """The largest number of latent frames that fits, by halves; 0: not even one.

    >>> most_frames(lambda count: count <= 7, 21)
    7
    """
    low, high = 0, frames
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
