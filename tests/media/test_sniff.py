import doctest

import pytest

from manazir.media import sniff
from manazir.media.sniff import Kind, kind_of


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x20ftypisom\0\0\2\0", Kind.MP4),
        (b"\0\0\0\x08wide\0\0\0\0mdat", Kind.MP4),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81", Kind.MATROSKA),
        (b"RIFF\x24\0\0\0WAVEfmt ", Kind.WAV),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Kind.WEBP),
        (b"RIFF\x24\0\0\0AVI LIST", None),
        (b"GIF87a\1\0\1\0", Kind.GIF),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind.PNG),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind.JPEG),
        (b"\xff\xfb\x90\x64", Kind.MP3),
        (b"ID3\x04", Kind.MP3),
        (b"\xff\xf1\x50\x80", None),  # bare AAC
        (b"fLaC\0\0\0\x22", Kind.FLAC),
        (b"OggS\0\2", Kind.OGG),
        (b"#EXTM3U\n", None),
        (b"v=0\no=- 0 0 ", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_first_bytes_say_what_a_file_is(head, kind):
    assert kind_of(head) is kind


def test_examples_hold():
    assert doctest.testmod(sniff).failed == 0
