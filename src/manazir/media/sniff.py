"""What a file is by its first bytes; its name says nothing.

The container that these bytes name is then forced on the decoder, so that FFmpeg never guesses: a guess is how
a "video" becomes a playlist or an SDP that reaches for the network.
"""

import os
import stat
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path

from manazir.core.errors import MediaError
from manazir.media.limits import Limits

HEAD_BYTES = 16


class Kind(StrEnum):
    """A container that is read; nothing else is."""

    MP4 = "mp4"
    MATROSKA = "matroska"
    GIF = "gif"
    WAV = "wav"
    MP3 = "mp3"
    FLAC = "flac"
    OGG = "ogg"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"


CLIP_KINDS = (Kind.MP4, Kind.MATROSKA, Kind.GIF)
SOUND_KINDS = (Kind.WAV, Kind.MP4, Kind.MATROSKA, Kind.MP3, Kind.FLAC, Kind.OGG)
PICTURE_KINDS = (Kind.PNG, Kind.JPEG, Kind.WEBP)

NAMES = {
    Kind.MP4: "MP4 or MOV",
    Kind.MATROSKA: "WebM or MKV",
    Kind.GIF: "GIF",
    Kind.WAV: "WAV",
    Kind.MP3: "MP3",
    Kind.FLAC: "FLAC",
    Kind.OGG: "Ogg",
    Kind.PNG: "PNG",
    Kind.JPEG: "JPEG",
    Kind.WEBP: "WebP",
}

PHOTOGRAPHS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"msf1": "HEIC", b"avif": "AVIF", b"avis": "AVIF"}
"""Pictures in the container of films, which decoders would take for films of one frame."""
QUICKTIME_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


def kind_of(head: bytes) -> Kind | None:
    """The container that a file's first bytes name; None if it is not one that is read.

    >>> kind_of(b"GIF89a..........")
    <Kind.GIF: 'gif'>
    >>> kind_of(b"#EXTM3U.........")
    """
    if head[:4] == b"RIFF":
        return {b"WAVE": Kind.WAV, b"WEBP": Kind.WEBP}.get(head[8:12])
    if head[4:8] in QUICKTIME_ATOMS:
        return Kind.MP4
    if head[:2] == b"\xff\xd8":
        return Kind.JPEG
    if head[:3] == b"ID3" or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):  # MPEG layer III sync
        return Kind.MP3
    starts = {
        b"\x1a\x45\xdf\xa3": Kind.MATROSKA,
        b"GIF87a": Kind.GIF,
        b"GIF89a": Kind.GIF,
        b"fLaC": Kind.FLAC,
        b"OggS": Kind.OGG,
        b"\x89PNG\r\n\x1a\n": Kind.PNG,
    }
    return next((kind for start, kind in starts.items() if head.startswith(start)), None)


def open_regular(path: Path, wanted: Collection[Kind], limits: Limits) -> tuple[int, Kind]:
    """Open a file of one of the wanted kinds for reading; the caller closes the descriptor.

    Raises:
        MediaError: it is absent, unreadable, no regular file, empty, too big, or of another kind.
    """
    try:  # non-blocking, so that a named pipe is refused instead of waited for
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise MediaError(f"cannot open {path}: {error.strerror}") from error
    except ValueError as error:
        raise MediaError(f"cannot open {str(path)!r}: {error}") from error
    try:
        return descriptor, _checked_kind(descriptor, path, wanted, limits)
    except BaseException:
        os.close(descriptor)
        raise


def _checked_kind(descriptor: int, path: Path, wanted: Collection[Kind], limits: Limits) -> Kind:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
        raise MediaError(f"{path} is {what}; give a file that is {_listed(wanted)}")
    if status.st_size == 0:
        raise MediaError(f"{path} is empty; give a file that is {_listed(wanted)}")
    if status.st_size > limits.max_file_bytes:
        limit = limits.max_file_bytes
        raise MediaError(f"{path} has {status.st_size} bytes and the limit is {limit}; cut it shorter or compress it")
    head = os.pread(descriptor, HEAD_BYTES, 0)
    if head[4:8] == b"ftyp" and head[8:12] in PHOTOGRAPHS:
        pictures = [one for one in PICTURE_KINDS if one in wanted]
        is_what = f"{PHOTOGRAPHS[head[8:12]]}, which is not read here"
        raise MediaError(f"{path} is {is_what}; give a file that is {_listed(pictures or wanted)}")
    kind = kind_of(head)
    if kind is None:
        raise MediaError(f"{path} is not a media file that is read here; give one that is {_listed(wanted)}")
    if kind not in wanted:
        raise MediaError(f"{path} is {NAMES[kind]}; give a file that is {_listed(wanted)}")
    return kind


def _listed(kinds: Collection[Kind]) -> str:
    names = [NAMES[kind] for kind in kinds]
    return ", ".join(names[:-1]) + " or " + names[-1] if len(names) > 1 else names[0]
