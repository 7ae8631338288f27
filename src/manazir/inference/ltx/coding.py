"""What LTX-2's codecs work with beside weights, counted before one is read.

The numbers were measured as those of `inference.working` were, and `benchmarks/working_memory.py` holds them too.
"""

import math

from manazir.models.codecs.ltx_audio import LtxAudioShape
from manazir.models.codecs.ltx_upsampler import LtxUpsamplerShape
from manazir.models.codecs.ltx_video_shape import LtxVideoShape
from manazir.models.codecs.ltx_vocoder import LtxVocoderShape
from manazir.models.codecs.ltx_wide_vocoder import LtxWideVocoderShape

CODED = 7.7
"""Tensors as large as the codec's largest stage, with a frame more at each end, while video is decoded or encoded."""
PIXEL = 48
"""Bytes for each decoded pixel while its levels are found."""
KEPT_PIXEL = 12
"""Bytes for each while sound is decoded."""
SPECTRUM = 5.5
"""Tensors as large as spectra in the audio codec's middle width, in float32, while it decodes."""
BENT = {"leaky": 9.4, "snake": 14.4}
"""Tensors as large as a vocoder's largest stage, in float32, while it makes sound."""
BESIDE_KERNEL = 2.0
"""The same beside the second copy of the largest kernel: what short sounds take."""
ENLARGED = 8.7
"""Tensors as large as what is enlarged, in the upsampler's width, while it is."""

Vocoder = LtxVocoderShape | LtxWideVocoderShape


def video_coding_bytes(shape: LtxVideoShape, frames: int, height: int, width: int, number_bytes: int) -> int:
    """While the video of a whole film, of that size in latents, is decoded or encoded."""
    per_frame, side, _ = shape.compression
    shown = 1 + (frames - 1) * per_frame
    largest = max(_decoder_numbers(shape, frames), shape.encoder[0].width * (shown + 2) * (side // shape.patch) ** 2)
    coded = CODED * largest * height * width * number_bytes
    return max(math.ceil(coded), PIXEL * shown * height * width * side**2)


def sound_coding_bytes(audio: LtxAudioShape, vocoder: Vocoder, mel_frames: int) -> int:
    """While the sound of a film is decoded."""
    spectra = SPECTRUM * mel_frames * audio.bands * audio.widths[1] * 4
    steps = [vocoder] if isinstance(vocoder, LtxVocoderShape) else [vocoder.first, vocoder.second]
    seconds = mel_frames / steps[0].sample_rate * steps[0].samples_per_frame
    return math.ceil(max(spectra, *(_vocoder_bytes(step, seconds) for step in steps)))


def enlarging_bytes(shape: LtxUpsamplerShape, frames: int, height: int, width: int, number_bytes: int) -> int:
    """While a draft's latents become latents of that size."""
    return math.ceil(ENLARGED * frames * height * width * shape.width * number_bytes)


def _decoder_numbers(shape: LtxVideoShape, frames: int) -> int:
    """Of its largest stage, for each place of a latent frame."""
    count, cells, numbers = frames, 1, 0
    for stage in shape.decoder:
        time, high, wide = stage.stride
        count, cells = time * (count - 1) + 1, cells * high * wide
        numbers = max(numbers, stage.width * (count + 2) * cells)
    return numbers


def _vocoder_bytes(shape: LtxVocoderShape, seconds: float) -> float:
    width, length = shape.width, seconds * shape.sample_rate / shape.samples_per_frame
    kernel = numbers = 0.0
    for factor, taps in zip(shape.factors, shape.kernels, strict=True):
        kernel = max(kernel, width * width // 2 * taps, (width // 2) ** 2 * max(shape.block_kernels))
        width, length = width // 2, length * factor
        numbers = max(numbers, width * length)
    return 4 * max(BENT[shape.bend] * numbers, kernel + BESIDE_KERNEL * numbers)
