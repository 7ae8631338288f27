"""What an uploaded or fetched file is, found by a confined process that has nothing to lose.

Blocks for as long as that process runs: in an event loop, call it from a thread.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from manazir.core.errors import MediaError
from manazir.media.limits import MIB, Limits
from manazir.media.probe import Probe, probe
from manazir.media.sniff import CLIP_KINDS, PICTURE_KINDS, SOUND_KINDS, Kind, open_regular

UPLOAD_LIMITS = Limits(max_file_bytes=2048 * MIB, memory_bytes=1024 * MIB, cpu_seconds=30, wall_seconds=60.0)
"""Less than for one's own files: anybody with a key may send these, and many at a time."""

MIME_TYPES = {
    Kind.GIF: "image/gif",
    Kind.WAV: "audio/wav",
    Kind.MP3: "audio/mpeg",
    Kind.FLAC: "audio/flac",
    Kind.OGG: "audio/ogg",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.WEBP: "image/webp",
}
HEAD_BYTES = 64


class MediaKind(StrEnum):
    """What a file can be used as."""

    VIDEO = "video"
    """Frames, with sound or without; a GIF too."""
    IMAGE = "image"
    AUDIO = "audio"


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaFacts:
    """What a file is; the lengths are counted, not taken from its header."""

    kind: MediaKind
    mime_type: str
    size_bytes: int
    width: int | None = None
    """Of frames or a picture, upright; None for sound alone."""
    height: int | None = None
    duration_seconds: float | None = None
    """None for a picture."""
    frames: int | None = None
    frame_rate: float | None = None
    """Of a video; the average if it varies."""
    has_sound: bool = False


def check_media(
    path: Path, called: str, wanted: Collection[MediaKind] = tuple(MediaKind), limits: Limits = UPLOAD_LIMITS
) -> MediaFacts:
    """Say what a file is.

    Args:
        called: what whoever sent it knows it by (`keyframes.frame0.url`); errors name it so, and never `path`.

    Raises:
        MediaError: it is no media file, damaged, over a limit, or not of a wanted kind.
    """
    with _renamed(path, called):
        head = _head(path, containers_of(wanted), limits)
        found = probe(path, limits)
    facts = _facts(head, found)
    if facts.kind not in wanted:
        raise MediaError(f"{called} is {facts.kind} ({facts.mime_type}); give {' or '.join(wanted)}")
    return facts


def containers_of(wanted: Collection[MediaKind]) -> tuple[Kind, ...]:
    """In which files there may be what is wanted.

    >>> containers_of([MediaKind.IMAGE])
    (<Kind.PNG: 'png'>, <Kind.JPEG: 'jpeg'>, <Kind.WEBP: 'webp'>)
    """
    kinds = {MediaKind.VIDEO: CLIP_KINDS, MediaKind.IMAGE: PICTURE_KINDS, MediaKind.AUDIO: SOUND_KINDS}
    found = {one for kind in wanted for one in kinds[kind]}
    return tuple(kind for kind in Kind if kind in found)


def _facts(head: bytes, found: Probe) -> MediaFacts:
    kind = _kind(found)
    return MediaFacts(
        kind=kind,
        mime_type=_mime_type(head, Kind(found.container), kind),
        size_bytes=found.size_bytes,
        width=found.width,
        height=found.height,
        duration_seconds=None if kind is MediaKind.IMAGE else found.duration_seconds,
        frames=found.video.frames if found.video else None,
        frame_rate=found.video.frame_rate if found.video else None,
        has_sound=found.sound is not None,
    )


def _kind(found: Probe) -> MediaKind:
    if found.container in PICTURE_KINDS:
        return MediaKind.IMAGE
    return MediaKind.VIDEO if found.video else MediaKind.AUDIO


def _head(path: Path, containers: Collection[Kind], limits: Limits) -> bytes:
    descriptor, _ = open_regular(path, containers, limits)
    try:
        return os.pread(descriptor, HEAD_BYTES, 0)
    finally:
        os.close(descriptor)


def _mime_type(head: bytes, container: Kind, kind: MediaKind) -> str:
    """Containers with several names are told apart by what their first bytes say."""
    if container in MIME_TYPES:
        return MIME_TYPES[container]
    if container is Kind.MATROSKA:
        return f"{kind}/webm" if b"\x42\x82\x84webm" in head else f"{kind}/x-matroska"  # the element DocType
    if kind is MediaKind.VIDEO and (head[4:8] != b"ftyp" or head[8:12] == b"qt  "):
        return "video/quicktime"
    return f"{kind}/mp4"


@contextmanager
def _renamed(path: Path, called: str) -> Iterator[None]:
    """Errors name a file as whoever sent it does: where it lies here is nobody's business."""
    try:
        yield
    except MediaError as error:
        raise MediaError(str(error).replace(str(path), called)) from error
