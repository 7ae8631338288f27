"""Files from outside become clips, pictures and sounds."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import MediaError
from manazir.media.clip import Clip, Sound
from manazir.media.limits import DEFAULT_LIMITS, Limits
from manazir.media.sandbox import decode
from manazir.media.sniff import CLIP_KINDS, PICTURE_KINDS, SOUND_KINDS

MAX_SAMPLE_RATE = 192_000
MAX_SECONDS = 1e6


def read_clip(
    path: str | os.PathLike[str],
    *,
    frame_rate: float | None = None,
    sample_rate: int | None = None,
    short_side: int | None = None,
    start_seconds: float = 0.0,
    seconds: float | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Clip:
    """Read an mp4, mov, webm, mkv or gif: upright, with square pixels, at a constant rate, its length kept.

    Each frame is the one on the screen at its time; the sound is cut or padded with silence to the frames.

    Args:
        frame_rate: frames a second to read at; None keeps the file's own (of a variable rate, the average).
        sample_rate: of the sound; None keeps the file's own.
        short_side: scale down to this many pixels; never up. None keeps the size.
        seconds: how much to read from `start_seconds` on; None reads to the end.

    Raises:
        MediaError: it is absent, broken, HDR, over a limit, or no clip.
    """
    _refuse_unless("frame_rate", frame_rate, 0.1, 1000)
    _refuse_unless("sample_rate", sample_rate, 1000, MAX_SAMPLE_RATE)
    _refuse_unless("short_side", short_side, 1, 1 << 16)
    _refuse_unless("start_seconds", start_seconds, 0, MAX_SECONDS)
    _refuse_unless("seconds", seconds, 0, MAX_SECONDS)
    options = {"frame_rate": frame_rate, "sample_rate": sample_rate, "short_side": short_side}
    part = {"start_seconds": start_seconds, "seconds": seconds}
    found = decode("clip", Path(path), CLIP_KINDS, limits, **options, **part)
    sound = Sound(found.arrays[1], found.facts["sample_rate"]) if len(found.arrays) > 1 else None
    return Clip(found.arrays[0], found.facts["frame_rate"], sound)


def read_picture(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> NDArray[np.uint8]:
    """Read a PNG, JPEG or WebP as sRGB `[h, w, 3]`: upright by its EXIF, what is transparent laid on white.

    Raises:
        MediaError: it is absent, broken, over a limit, or no picture.
    """
    return decode("picture", Path(path), PICTURE_KINDS, limits).arrays[0]


def read_sound(
    path: str | os.PathLike[str], sample_rate: int | None = 16_000, limits: Limits = DEFAULT_LIMITS
) -> Sound:
    """Read a WAV, MP3, FLAC or Ogg, or the sound of an mp4, mov, webm or mkv; more than two channels are mixed down.

    Args:
        sample_rate: to resample to; None keeps the file's own.

    Raises:
        MediaError: it is absent, broken, over a limit, or has no sound.
    """
    _refuse_unless("sample_rate", sample_rate, 1000, MAX_SAMPLE_RATE)
    found = decode("sound", Path(path), SOUND_KINDS, limits, sample_rate=sample_rate)
    return Sound(found.arrays[0], found.facts["sample_rate"])


def _refuse_unless(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise MediaError(f"{name} is {value}; it must be between {low:g} and {high:g}")
