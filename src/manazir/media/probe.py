"""What a file is, without reading it whole into memory."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manazir.media.limits import DEFAULT_LIMITS, Limits
from manazir.media.sandbox import decode
from manazir.media.sniff import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoFacts:
    """The moving pictures of a file, as they are meant to be seen."""

    codec: str
    width: int
    """After rotation, with square pixels."""
    height: int
    rotation_degrees: int
    """Clockwise, how the stored frames are turned for showing."""
    frames: int
    frame_rate: float
    """Exact if constant, else the average."""
    is_variable_rate: bool
    duration_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SoundFacts:
    """The sound of a file."""

    codec: str
    sample_rate: int
    channels: int
    duration_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """What a file is."""

    container: str
    size_bytes: int
    width: int | None
    """Of a picture or a frame, upright; None for sound alone."""
    height: int | None
    duration_seconds: float
    """Of the frames if there are any, else of the sound; 0 for a picture."""
    video: VideoFacts | None = None
    sound: SoundFacts | None = None


def probe(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> Probe:
    """Say what a clip, a sound or a picture is; the lengths are counted, not taken from its header.

    Raises:
        MediaError: it is none of these, damaged, or over a limit.
    """
    found = decode("probe", Path(path), tuple(Kind), limits)
    video = VideoFacts(**found.facts["video"]) if "video" in found.facts else None
    sound = SoundFacts(**found.facts["sound"]) if "sound" in found.facts else None
    seen: Any = video or found.facts.get("picture")
    size = (seen.width, seen.height) if video else (seen["width"], seen["height"]) if seen else (None, None)
    longest = video or sound
    return Probe(
        container=found.kind.value,
        size_bytes=Path(path).stat().st_size,
        width=size[0],
        height=size[1],
        duration_seconds=longest.duration_seconds if longest else 0.0,
        video=video,
        sound=sound,
    )
