import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from manazir.core.errors import MediaError
from manazir.media.limits import Limits
from manazir.server.assets.checking import MediaFacts, MediaKind, check_media


def write_film(path: Path, codec: str = "libx264", sound: str | None = None, frames: int = 10) -> Path:
    """Grey frames of 48x32 at 10 a second, with silence."""
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=10)
        video.width, video.height, video.pix_fmt = 48, 32, "rgb8" if codec == "gif" else "yuv420p"
        audio = container.add_stream(sound, rate=48_000, layout="mono") if sound else None
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((32, 48, 3), 20 * index, np.uint8), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 10)
            container.mux(video.encode(frame))
        if audio:
            container.mux(audio.encode(silence()))
            container.mux(audio.encode(None))
        container.mux(video.encode(None))
    return path


def write_sound(path: Path, codec: str, rate: int = 48_000) -> Path:
    with av.open(str(path), "w") as container:
        audio = container.add_stream(codec, rate=rate, layout="mono")
        container.mux(audio.encode(silence()))
        container.mux(audio.encode(None))
    return path


def silence() -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
    return frame


@pytest.mark.parametrize(
    ("name", "codec", "sound", "mime_type"),
    [
        ("a.mp4", "libx264", "aac", "video/mp4"),
        ("a.mp4", "libx264", None, "video/mp4"),
        ("a.mov", "libx264", None, "video/quicktime"),
        ("a.webm", "libvpx-vp9", "libopus", "video/webm"),
        ("a.mkv", "libx264", "aac", "video/x-matroska"),
        ("a.gif", "gif", None, "image/gif"),
    ],
)
def test_a_film(tmp_path: Path, name: str, codec: str, sound: str | None, mime_type: str):
    path = write_film(tmp_path / name, codec, sound)
    path = path.rename(tmp_path / ("0" * 64))  # what it is called says nothing
    assert check_media(path, "media.url") == MediaFacts(
        kind=MediaKind.VIDEO,
        mime_type=mime_type,
        size_bytes=path.stat().st_size,
        width=48,
        height=32,
        duration_seconds=pytest.approx(1.0, abs=0.02),
        frames=10,
        frame_rate=pytest.approx(10, abs=0.2),
        has_sound=sound is not None,
    )


@pytest.mark.parametrize("name", ["png", "jpeg", "webp"])
def test_a_picture(tmp_path: Path, name: str):
    path = tmp_path / "a.mp4"
    Image.new("RGB", (30, 20)).save(path, name)
    assert check_media(path, "image") == MediaFacts(
        kind=MediaKind.IMAGE, mime_type=f"image/{name}", size_bytes=path.stat().st_size, width=30, height=20
    )


@pytest.mark.parametrize(
    ("name", "codec", "mime_type"),
    [
        ("a.wav", "pcm_s16le", "audio/wav"),
        ("a.mp3", "libmp3lame", "audio/mpeg"),
        ("a.flac", "flac", "audio/flac"),
        ("a.ogg", "libopus", "audio/ogg"),
        ("a.m4a", "aac", "audio/mp4"),
        ("a.webm", "libopus", "audio/webm"),
    ],
)
def test_a_sound(tmp_path: Path, name: str, codec: str, mime_type: str):
    facts = check_media(write_sound(tmp_path / name, codec), "audio")
    assert (facts.kind, facts.mime_type, facts.width, facts.frame_rate) == (MediaKind.AUDIO, mime_type, None, None)
    assert facts.has_sound
    assert facts.duration_seconds == pytest.approx(1.0, abs=0.1)


def test_for_another_kind_than_was_wanted_what_would_do_is_named(tmp_path: Path):
    film = write_film(tmp_path / "a.mp4")
    with pytest.raises(MediaError, match=r"^image is MP4 or MOV; give a file that is PNG, JPEG or WebP$"):
        check_media(film, "image", [MediaKind.IMAGE])
    with pytest.raises(MediaError, match=r"^sound is video \(video/mp4\); give image or audio$"):
        check_media(film, "sound", [MediaKind.IMAGE, MediaKind.AUDIO])  # what is in an MP4 is seen only inside


@pytest.mark.parametrize(
    ("wanted", "would_do"),
    [(MediaKind.IMAGE, "PNG, JPEG or WebP"), (MediaKind.VIDEO, "MP4 or MOV, WebM or MKV or GIF")],
)
def test_what_is_no_media_file_is_told_what_would_do_in_its_place(tmp_path: Path, wanted: MediaKind, would_do: str):
    (tmp_path / "a").write_bytes(b"hello, this is text")
    with pytest.raises(MediaError, match=rf"is not a media file that is read here; give one that is {would_do}$"):
        check_media(tmp_path / "a", "input_reference", [wanted])


def cut_off(path: Path) -> None:
    path.write_bytes(write_film(path.with_suffix(".mp4")).read_bytes()[:-200])


def photograph(path: Path) -> None:
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99)


def bomb(path: Path) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "cannot open image: No such file"),
        (lambda path: path.write_bytes(b""), "image is empty"),
        (lambda path: path.mkdir(), "image is a folder"),
        (lambda path: path.write_bytes(b"<svg xmlns='x'/>"), "image is not a media file that is read here"),
        (lambda path: path.write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 99), "image: it is damaged"),
        (cut_off, "image: it was cut off"),
        (photograph, "image is HEIC, which is not read here; give a file that is PNG, JPEG or WebP"),
        (bomb, "image: it is 50000x50000"),
    ],
)
def test_what_is_wrong_is_said_without_where_the_file_lies(tmp_path: Path, make: Callable[[Path], None], message: str):
    path = tmp_path / ("0" * 64)
    make(path)
    with pytest.raises(MediaError, match=message) as error:
        check_media(path, "image")
    assert str(tmp_path) not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_over_a_limit(tmp_path: Path):
    path = write_film(tmp_path / "a.mp4")
    with pytest.raises(MediaError, match=r"media has .* bytes and the limit is 100"):
        check_media(path, "media", limits=Limits(max_file_bytes=100))
    with pytest.raises(MediaError, match=r"media: decoding took more than 0.01 s"):
        check_media(path, "media", limits=Limits(wall_seconds=0.01))


def test_nothing_here_waits_for_torch():
    script = (
        "import sys; from manazir.server.assets import checking, fetching, storage\n"
        "print(sorted({'torch', 'fastapi', 'sqlalchemy', 'av'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
