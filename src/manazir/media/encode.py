"""Clips, pictures and sounds become files; the same clip always becomes the same bytes.

Every file is written whole or not at all (`atomic`), and carries neither dates nor names of programs.
"""

import io
import math
import os
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.reformatter import Colorspace, Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

from manazir.core.errors import MediaError
from manazir.media.atomic import replacing, write_bytes
from manazir.media.clip import Clip, Sound
from manazir.media.resample import resample

SOUND_RATE = 48_000
"""Of the AAC in an mp4: the one rate that every player, editor and web site takes."""
SOUND_BITS_A_SECOND = 160_000
H264 = {
    "crf": "14",  # by eye on 128 px clips: no block or ringing is seen when enlarged four times
    "preset": "medium",
    "threads": "1",  # with more, the bytes depend on how many
    "x264-params": "mbtree=0",  # its AVX-512 code reads memory that was never written: other bytes in one run of ten
    "flags": "+bitexact",
    "color_range": "tv",
    "colorspace": "bt709",
    "color_primaries": "bt709",
    "color_trc": "bt709",
}
PICTURE_SETTINGS: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG"},
    ".jpg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".jpeg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".webp": {"format": "WEBP", "quality": 95, "method": 4},
}


def write_clip(clip: Clip, path: str | os.PathLike[str]) -> None:
    """Write an mp4: H.264 that every browser plays, AAC sound exactly as long as the frames, ready to stream.

    Raises:
        MediaError: no frames, an odd size, no `.mp4` in the name, or the disk does not take it.
    """
    target = Path(path)
    _refuse_suffix(target, {".mp4": {}})
    _refuse_unfit(clip)
    rate = Fraction(clip.frame_rate).limit_denominator(1001)
    options = {"movflags": "+faststart", "fflags": "+bitexact", "movie_timescale": str(_movie_ticks(rate))}
    with replacing(target) as draft:
        try:
            with av.open(str(draft), "w", format="mp4", options=options) as container:
                _write_tracks(container, clip, rate)
        except av.FFmpegError as error:
            raise MediaError(f"cannot write {path}: {error.strerror}; make room or choose another place") from error


def _refuse_unfit(clip: Clip) -> None:
    height, width = clip.height, clip.width
    if not len(clip.frames) or not height or not width:
        raise MediaError("the clip has no frames; give it at least one")
    if height % 2 or width % 2:
        up, down = f"{width + width % 2}x{height + height % 2}", f"{width - width % 2}x{height - height % 2}"
        raise MediaError(f"H.264 takes even sizes, and the clip is {width}x{height}; make it {down} or {up}")
    if clip.colour != "rec709":
        raise MediaError(f"the clip's colours are {clip.colour}; an mp4 here is rec709, so tone-map it first")
    if not 0.1 <= clip.frame_rate <= 1000:
        raise MediaError(f"the frame rate is {clip.frame_rate}; it must be between 0.1 and 1000")


def _movie_ticks(rate: Fraction) -> int:
    """Ticks a second in which both the frames' and the sound's length are whole; lengths are cut to these."""
    ticks = math.lcm(SOUND_RATE, rate.numerator)
    return ticks if ticks < 1 << 31 else SOUND_RATE


def _write_tracks(container: OutputContainer, clip: Clip, rate: Fraction) -> None:
    video = container.add_stream("libx264", rate=rate, options=dict(H264))
    video.width, video.height, video.pix_fmt = clip.width, clip.height, "yuv420p"
    video.gop_size = max(1, round(2 * rate))  # players can jump to any two seconds
    sound = None if clip.sound is None else fitted(clip.sound, Fraction(len(clip.frames)) / rate)
    audio = None if sound is None else _add_sound(container, sound.shape[1])
    for index, pixels in enumerate(clip.frames):
        _mux_frame(container, video, pixels, index, rate)
        if audio is not None and sound is not None:
            begin, end = (round(edge * SOUND_RATE / rate) for edge in (index, index + 1))
            _mux_samples(container, audio, sound[begin:end], begin)
    for stream in (video, audio):
        if stream is not None:
            container.mux(stream.encode(None))


def _add_sound(container: OutputContainer, channels: int) -> AudioStream:
    layout = "mono" if channels == 1 else "stereo"
    stream = container.add_stream("aac", rate=SOUND_RATE, layout=layout, options={"flags": "+bitexact"})
    stream.bit_rate = SOUND_BITS_A_SECOND if channels == 2 else SOUND_BITS_A_SECOND * 3 // 5
    return stream


def _mux_frame(
    container: OutputContainer, stream: VideoStream, pixels: NDArray[np.uint8], index: int, rate: Fraction
) -> None:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    frame = frame.reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        interpolation=Interpolation.AREA
        | Interpolation.ACCURATE_RND
        | Interpolation.FULL_CHR_H_INT
        | Interpolation.BITEXACT,
        threads=1,
    )
    frame.pts, frame.time_base = index, 1 / rate
    container.mux(stream.encode(frame))


def _mux_samples(container: OutputContainer, stream: AudioStream, samples: NDArray[np.float32], begin: int) -> None:
    if not len(samples):
        return
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, begin, Fraction(1, SOUND_RATE)
    container.mux(stream.encode(frame))


def fitted(sound: Sound, seconds: Fraction, sample_rate: int = SOUND_RATE) -> NDArray[np.float32]:
    """A sound at `sample_rate`, cut or padded with silence to `seconds`: `[samples, channels]` in [-1, 1]."""
    samples = resample(_finite(sound), sound.sample_rate, sample_rate)
    count = round(seconds * sample_rate)
    padding = np.zeros((max(0, count - len(samples)), samples.shape[1]), dtype=np.float32)
    whole: NDArray[np.float32] = np.concatenate([samples[:count], padding])
    return whole.clip(-1.0, 1.0)


def _finite(sound: Sound) -> NDArray[np.float32]:
    if not np.isfinite(sound.samples).all():
        raise MediaError("the sound has samples that are not numbers (NaN or infinite); give finite ones")
    return sound.samples


def write_picture(picture: NDArray[np.uint8], path: str | os.PathLike[str]) -> None:
    """Write an sRGB picture `[h, w, 3]` as the PNG, JPEG or WebP that the name's ending says.

    Raises:
        MediaError: another ending or layout, or the disk does not take it.
    """
    target = Path(path)
    settings = _refuse_suffix(target, PICTURE_SETTINGS)
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or not picture.size:
        raise MediaError(f"a picture is uint8 [h, w, 3], not {picture.dtype} {picture.shape}")
    encoded = io.BytesIO()  # into a file Pillow's JPEG writer stops without a word when the disk is full
    Image.fromarray(picture).save(encoded, **settings)
    write_bytes(target, encoded.getvalue())


def write_wav(sound: Sound, path: str | os.PathLike[str]) -> None:
    """Write a 16-bit PCM WAV at the sound's own rate.

    Raises:
        MediaError: samples that are not numbers, another ending, or the disk does not take it.
    """
    target = Path(path)
    _refuse_suffix(target, {".wav": {}})
    samples = np.clip(_finite(sound), -1.0, 1.0)
    encoded = io.BytesIO()
    with wave.open(encoded, "wb") as writer:
        writer.setnchannels(samples.shape[1])
        writer.setsampwidth(2)
        writer.setframerate(sound.sample_rate)
        writer.writeframes((samples * 32767.0).round().astype("<i2").tobytes())
    write_bytes(target, encoded.getvalue())


def _refuse_suffix(path: Path, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    settings = known.get(path.suffix.lower())
    if settings is None:
        raise MediaError(f"cannot write {path}: its name must end in {' or '.join(known)}")
    return settings
