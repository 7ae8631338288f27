import io
import os
import socket
import struct
import subprocess
import sys
import threading
import zlib

import av
import numpy as np
import psutil
import pytest
from PIL import Image

from manazir.core.errors import MediaError
from manazir.media.decode import read_clip, read_picture, read_sound
from manazir.media.limits import Limits
from manazir.media.sandbox import decode
from manazir.media.sniff import Kind

SDP = (
    b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
)
READERS = [read_clip, read_picture, read_sound]


def one_line(error: pytest.ExceptionInfo[MediaError]) -> str:
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 700
    return message


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "content", [SDP, b"Dear diary, today I made a film.\n", b"<svg xmlns='x'/>", b"concat:/etc/passwd|", b"\0" * 99]
)
def test_what_is_no_medium_is_refused_whatever_its_name(tmp_path, read, content):
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(MediaError, match="is not a media file that is read here") as error:
        read(path)
    assert str(path) in one_line(error)


def test_a_playlist_reaches_nobody(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n".encode()
        for name, content in (("film.m3u8", playlist), ("film.mp4", b"\0\0\0\x08ftyp" + playlist)):
            (tmp_path / name).write_bytes(content)
            with pytest.raises(MediaError):
                read_clip(tmp_path / name)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_folder_a_pipe_and_an_empty_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(MediaError, match="is a folder"):
        read_clip(tmp_path)
    with pytest.raises(MediaError, match="is no regular file"):
        read_clip(tmp_path / "pipe.mp4")
    with pytest.raises(MediaError, match="is empty"):
        read_picture(tmp_path / "empty.mp4")


def test_another_kind_is_named(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.mp4", "PNG")
    with pytest.raises(MediaError, match="is PNG; give a file that is MP4 or MOV, WebM or MKV or GIF"):
        read_clip(tmp_path / "a.mp4")


def test_a_picture_bomb_is_refused_before_it_is_unpacked(tmp_path):
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(bomb)
    with pytest.raises(MediaError, match="it is 50000x50000, and 36000000 pixels is the limit"):
        read_picture(tmp_path / "a.png")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_film_that_was_cut_off_is_told(make_film, clicks, tmp_path, share):
    whole = make_film(sound=clicks([0.3], 1.0)).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(MediaError, match="cut off") as error:
        read_clip(tmp_path / "cut.mp4")
    assert "cut.mp4" in one_line(error)


def test_damaged_bytes_give_an_error_and_never_a_crash(make_film, tmp_path):
    whole = make_film("film.mkv", count=6).read_bytes()
    generator = np.random.default_rng(5)
    messages = []
    for _ in range(3):
        damaged = np.frombuffer(whole, np.uint8).copy()
        damaged[generator.integers(60, len(damaged), 60)] = generator.integers(0, 256, 60)
        (tmp_path / "damaged.mkv").write_bytes(damaged.tobytes())
        try:
            read_clip(tmp_path / "damaged.mkv", limits=Limits(wall_seconds=20))
        except MediaError as error:
            messages.append(str(error))
    assert messages
    assert all("damaged.mkv" in message and "\n" not in message for message in messages)


def test_other_codecs_are_refused_by_name(tmp_path):
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=5)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
        container.mux(stream.encode(None))
    with pytest.raises(MediaError, match=r"codec is ffv1; convert it to H\.264"):
        read_clip(tmp_path / "a.mkv")


def test_memory_is_capped(tmp_path):
    Image.new("L", (6000, 6000)).save(tmp_path / "a.png", compress_level=1)
    with pytest.raises(MediaError, match=r"a.png: it needs more than 300 MiB to decode"):
        read_picture(tmp_path / "a.png", limits=Limits(memory_bytes=300 << 20))


def test_time_is_capped_and_no_child_stays(make_film):
    path = make_film()
    with pytest.raises(MediaError, match=r"took more than 0.01 s"):
        read_clip(path, limits=Limits(wall_seconds=0.01))
    left = [child for child in psutil.Process().children() if any("decode_child" in word for word in child.cmdline())]
    assert left == []


def test_processor_time_is_capped(make_film):
    with pytest.raises(MediaError, match=r"took more than 0 s of processor time"):
        read_clip(make_film(), limits=Limits(cpu_seconds=0))


def test_written_bytes_are_capped(tmp_path):
    Image.new("RGB", (100, 100)).save(tmp_path / "a.png")
    with pytest.raises(MediaError, match="File too large"):
        read_picture(tmp_path / "a.png", limits=Limits(max_decoded_bytes=10_000))


def test_the_child_does_not_wait_for_torch():
    script = "import sys, manazir.media.decode_child, manazir.media.decode_tasks; print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"


def test_a_confined_process_reaches_no_network():
    script = (
        "import socket, sys; from manazir.media.confine import leave_the_network\n"
        "if not leave_the_network(): print('not allowed'); sys.exit()\n"
        "try: socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2); print('reached')\n"
        "except OSError: print('cut off')"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        said = subprocess.run([sys.executable, "-c", script, port], capture_output=True, text=True, check=True).stdout
    if said.strip() == "not allowed":
        pytest.skip("this kernel gives no network namespaces to this user")
    assert said.strip() == "cut off"


def test_descriptors_and_threads_do_not_pile_up(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    read_picture(tmp_path / "a.png")
    before = len(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208
    for _ in range(2):
        read_picture(tmp_path / "a.png")
        with pytest.raises(MediaError):
            read_clip(tmp_path / "a.png")
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == before  # noqa: PTH208


def test_an_array_outlives_its_child_and_can_be_written_to(tmp_path):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(buffer, "PNG")
    (tmp_path / "a.png").write_bytes(buffer.getvalue())
    found = decode("picture", tmp_path / "a.png", (Kind.PNG,), Limits())
    pixels = found.arrays[0]
    pixels[0, 0] = 9
    assert pixels[0, 0].tolist() == [9, 9, 9]
    assert pixels[7, 7].tolist() == [1, 2, 3]
