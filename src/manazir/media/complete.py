"""Whether all of a file is there: containers say how long they are, and FFmpeg does not mind if they are shorter."""

import os

from manazir.core.errors import MediaError
from manazir.media.sniff import Kind

UNKNOWN_RIFF_BYTES = 0x7FFFF000
"""Programs that write to a pipe put a number above this for a length they do not know yet."""
ATOMS = frozenset(b"ftyp styp moov mdat free skip wide uuid moof mfra sidx ssix meta udta pdin emsg prft".split())
MATROSKA_SEGMENT = 0x18538067


def refuse_cut_off(descriptor: int, kind: Kind) -> None:
    """Raise if the container says that it goes on past the end of the file.

    Raises:
        MediaError: how much of it is there.
    """
    measures = {Kind.MP4: _atoms_end, Kind.MATROSKA: _segment_end, Kind.WAV: _riff_end, Kind.WEBP: _riff_end}
    size_bytes = os.fstat(descriptor).st_size
    stated = measures[kind](descriptor, size_bytes) if kind in measures else 0
    if stated > size_bytes:
        raise MediaError(f"it was cut off: {size_bytes} of {stated} bytes are there; export or download it again")
    if kind is Kind.GIF and not os.pread(descriptor, 64, max(0, size_bytes - 64)).rstrip(b"\0").endswith(b";"):
        raise MediaError("it was cut off: its end mark is missing; export or download it again")


def _atoms_end(descriptor: int, size_bytes: int) -> int:
    """The end of the last atom of an MP4: four bytes of length, four letters, and the length again if it is long."""
    end = 0
    while end + 8 <= size_bytes:
        head = os.pread(descriptor, 16, end)
        length, letters = int.from_bytes(head[:4]), head[4:8]
        if letters not in ATOMS or length == 0:  # the last atom may leave its length open; rubbish may follow it
            return size_bytes
        if length == 1:
            length = int.from_bytes(head[8:])
        if length < 8:
            raise MediaError("it is damaged: an atom is shorter than its own head; export or download it again")
        end += length
    return end


def _riff_end(descriptor: int, size_bytes: int) -> int:
    length = int.from_bytes(os.pread(descriptor, 4, 4), "little")
    return size_bytes if length in (0, 8) or length >= UNKNOWN_RIFF_BYTES else length + 8


def _segment_end(descriptor: int, size_bytes: int) -> int:
    """The end of a Matroska segment; live recordings leave its length open."""
    _, content, length = _element(descriptor, 0)
    if length is None:
        return size_bytes
    name, content, length = _element(descriptor, content + length)
    return size_bytes if name != MATROSKA_SEGMENT or length is None else content + length


def _element(descriptor: int, offset: int) -> tuple[int, int, int | None]:
    """An EBML element's name, where its content starts, and how long that is; the first bits say how long each is."""
    head = os.pread(descriptor, 12, offset).ljust(12, b"\0")
    name_bytes = 9 - head[0].bit_length()
    length_bytes = 9 - head[name_bytes].bit_length() if name_bytes <= 4 else 9
    if length_bytes > 8:
        raise MediaError("it is damaged: an element has no length; export or download it again")
    start = name_bytes + length_bytes
    bits = 7 * length_bytes
    length = int.from_bytes(head[name_bytes:start]) & ((1 << bits) - 1)
    return int.from_bytes(head[:name_bytes]), offset + start, None if length == (1 << bits) - 1 else length
