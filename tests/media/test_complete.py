import os
import struct

import pytest

from manazir.core.errors import MediaError
from manazir.media.complete import refuse_cut_off
from manazir.media.sniff import Kind


def check(tmp_path, kind, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        refuse_cut_off(descriptor, kind)
    finally:
        os.close(descriptor)


def atom(name, size, content=b""):
    return struct.pack(">I", size) + name + content


FTYP = atom(b"ftyp", 16, b"isom\0\0\0\0")
EBML = b"\x1aE\xdf\xa3\x84abcd"
WHOLE = [
    (Kind.MP4, FTYP + atom(b"mdat", 12, b"1234")),
    (Kind.MP4, FTYP + atom(b"mdat", 1, struct.pack(">Q", 20) + b"1234")),
    (Kind.MP4, FTYP + atom(b"mdat", 0, b"to the end")),
    (Kind.MP4, FTYP + b"\xffrubbish after the last atom"),
    (Kind.WAV, b"RIFF\x08\0\0\0WAVE1234"),
    (Kind.WAV, b"RIFF\xff\xff\xff\xffWAVE from a pipe"),
    (Kind.GIF, b"GIF89a...;"),
    (Kind.GIF, b"GIF89a...;\0\0\0"),
    (Kind.MATROSKA, EBML + b"\x18S\x80\x67\x84abcd"),
    (Kind.MATROSKA, EBML + b"\x18S\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff live"),
    (Kind.PNG, b"Pillow looks after pictures"),
]
CUT = [
    (Kind.MP4, FTYP[:12]),
    (Kind.MP4, FTYP + atom(b"mdat", 1000, b"1234")),
    (Kind.MP4, FTYP + atom(b"mdat", 1, struct.pack(">Q", 1 << 40) + b"1234")),
    (Kind.MP4, FTYP + atom(b"mdat", 4, b"1234")),
    (Kind.WAV, b"RIFF\x80\0\0\0WAVE1234"),
    (Kind.GIF, b"GIF89a..."),
    (Kind.MATROSKA, EBML + b"\x18S\x80\x67\x86abcd"),
    (Kind.MATROSKA, b"\x1aE\xdf\xa3"),
]


@pytest.mark.parametrize(("kind", "content"), WHOLE)
def test_whole_files_pass(tmp_path, kind, content):
    check(tmp_path, kind, content)


@pytest.mark.parametrize(("kind", "content"), CUT)
def test_cut_off_files_are_told(tmp_path, kind, content):
    with pytest.raises(MediaError, match=r"cut off|damaged"):
        check(tmp_path, kind, content)
