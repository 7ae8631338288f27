"""Sound of outside files, in the confined process: float32 samples at one rate, in step with the frames."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from manazir.core.errors import MediaError

Samples = NDArray[np.float32]


def channels_of(stream: AudioStream) -> int:
    """One or two: what has more is mixed down."""
    return min(2, stream.codec_context.channels)


def pieces(container: InputContainer, stream: AudioStream, sample_rate: int) -> Iterator[Samples]:
    """The whole sound in pieces `[samples, channels]`, from its first sample."""
    channels = channels_of(stream)
    resampler = AudioResampler(format="flt", layout="mono" if channels == 1 else "stereo", rate=sample_rate)
    for frame in container.decode(stream):
        yield from _resampled(resampler, frame, channels)
    yield from _resampled(resampler, None, channels)


def _resampled(resampler: AudioResampler, frame: AudioFrame | None, channels: int) -> Iterator[Samples]:
    try:
        resampled = resampler.resample(frame)
    except ValueError as error:
        raise MediaError("its sound changes its format midway; convert it to a WAV or an mp4") from error
    for piece in resampled:
        samples = np.nan_to_num(piece.to_ndarray().reshape(-1, channels), nan=0.0, posinf=1.0, neginf=-1.0)
        yield np.clip(samples, -1.0, 1.0)  # lossy decoders overshoot


def in_step(sound: Iterator[Samples], lead: Fraction, count: int, channels: int, sample_rate: int) -> Iterator[Samples]:
    """Exactly `count` samples, the first of them at time 0, from a sound whose first sample is at `lead` seconds.

    What comes too early or too late is cut off; what is missing is silence.
    """
    shift = round(lead * sample_rate)
    silence = np.zeros((min(max(shift, 0), count), channels), dtype=np.float32)
    yield silence
    skip, left = max(-shift, 0), count - len(silence)
    for piece in sound:
        kept = piece[skip : skip + left]
        skip = max(0, skip - len(piece))
        left -= len(kept)
        yield kept
        if left <= 0:
            return
    for start in range(0, left, sample_rate):
        yield np.zeros((min(sample_rate, left - start), channels), dtype=np.float32)
