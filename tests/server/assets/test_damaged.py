"""Uploads that are damaged in every way: the confined child may die over them, whoever asked it never does."""

import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from PIL import Image
from starlette.testclient import TestClient

from manazir.core.errors import MediaError
from manazir.server.app import make_app
from manazir.server.assets.checking import MediaFacts, check_media
from manazir.server.service import Service

SEED = 15
FEW, APART = 18, 5
"""Cases by default, so far from each other that all kinds of files and of damages are among them."""
MANY = 10_000
AT_ONCE = 2


def film(name: str) -> bytes:
    """A few moving frames with a tone."""
    made, time = io.BytesIO(), np.arange(48_000 // 4) / 48_000
    with av.open(made, "w", format=name) as container:
        video, audio = container.add_stream("libx264", rate=12), container.add_stream("aac", rate=48_000, layout="mono")
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for index in range(6):
            pixels = np.roll(np.tile(np.arange(64, dtype=np.uint8)[None, :, None] * 4, (48, 1, 3)), index * 5, axis=1)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 12)
            container.mux(video.encode(frame))
        tone = av.AudioFrame.from_ndarray(np.sin(2700 * time)[None].astype(np.float32), format="fltp", layout="mono")
        tone.sample_rate, tone.pts, tone.time_base = 48_000, 0, Fraction(1, 48_000)
        container.mux(audio.encode(tone))
        container.mux(audio.encode(None))
        container.mux(video.encode(None))
    return made.getvalue()


def picture(name: str) -> bytes:
    made = io.BytesIO()
    rows, columns = np.mgrid[:40, :56]
    pixels = np.stack([rows * 6, columns * 4, rows * columns % 256], axis=-1).astype(np.uint8)
    Image.fromarray(pixels).save(made, name)
    return made.getvalue()


def sound() -> bytes:
    made = io.BytesIO()
    with av.open(made, "w", format="wav") as container:
        audio = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        block = av.AudioFrame.from_ndarray(np.zeros((1, 2000), np.int16), format="s16", layout="mono")
        block.sample_rate, block.pts, block.time_base = 8000, 0, Fraction(1, 8000)
        container.mux(audio.encode(block))
        container.mux(audio.encode(None))
    return made.getvalue()


@pytest.fixture(scope="module")
def wholes() -> dict[str, bytes]:
    made = {"mp4": film("mp4"), "mov": film("mov"), "wav": sound()}
    return made | {name: picture(name) for name in ("png", "webp", "jpeg")}


def cut_off(data: bytearray, draw: np.random.Generator) -> None:
    del data[int(draw.integers(1, len(data))) :]


def flip_bits(data: bytearray, draw: np.random.Generator) -> None:
    for place in draw.integers(0, len(data), int(draw.integers(1, 64))):
        data[place] ^= 1 << int(draw.integers(8))


def flip_head(data: bytearray, draw: np.random.Generator) -> None:
    """Where containers say what they are, and how large."""
    for place in draw.integers(0, min(len(data), 200), int(draw.integers(1, 6))):
        data[place] ^= 1 << int(draw.integers(8))


def say_wrong_length(data: bytearray, draw: np.random.Generator) -> None:
    place = int(draw.integers(0, max(1, len(data) - 4)))
    said = int(draw.choice([0, 1, 7, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, len(data) - 1, len(data) + 1]))
    data[place : place + 4] = said.to_bytes(4, "big" if draw.integers(2) else "little")


def move(data: bytearray, draw: np.random.Generator) -> None:
    """A part once more, somewhere else."""
    begin = int(draw.integers(0, len(data)))
    part = data[begin : begin + int(draw.integers(1, 2000))]
    place = int(draw.integers(0, len(data)))
    data[place:place] = part


def blank(data: bytearray, draw: np.random.Generator) -> None:
    begin = int(draw.integers(0, len(data)))
    end = min(len(data), begin + int(draw.integers(1, 2000)))
    data[begin:end] = bytes(end - begin)


DAMAGES: tuple[Callable[[bytearray, np.random.Generator], None], ...] = (
    cut_off,
    flip_bits,
    flip_head,
    say_wrong_length,
    move,
    blank,
)


def damaged(wholes: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Files without end, each with its name; always the same ones."""
    draw = np.random.default_rng(SEED)
    while True:
        for name, whole in wholes.items():
            for damage in DAMAGES:
                data = bytearray(whole)
                damage(data, draw)
                yield f"{damage.__name__} {name}", bytes(data)


def looked_at(folder: Path, number: int, name: str, data: bytes) -> str:
    """What became of it; anything but facts or a refusal in one line fails."""
    path = folder / str(number)
    path.write_bytes(data)
    try:
        found = check_media(path, "the file")
    except MediaError as error:
        told = str(error)
        assert "\n" not in told, name
        assert str(folder) not in told, name
        assert len(told) < 1000, name
        return "refused"
    finally:
        path.unlink()
    assert isinstance(found, MediaFacts), name
    return "taken"


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if any("decode_child" in word for word in one.cmdline())]


def test_damaged_uploads_are_taken_or_refused_and_the_server_goes_on(
    service: Service, key: str, wholes: dict[str, bytes]
) -> None:
    with TestClient(make_app(service), headers={"Authorization": f"Bearer {key}"}) as client:
        statuses = Counter[int]()
        for name, data in islice(damaged(wholes), 0, FEW * APART, APART):
            answer = client.post("/api/v1/assets", files={"file": ("film.mp4", data)})
            assert answer.status_code in (201, 422), (name, answer.text)
            statuses[answer.status_code] += 1
        assert set(statuses) == {201, 422}
        assert client.get("/livez").status_code == 200
        assert client.post("/api/v1/assets", files={"file": ("film.mp4", wholes["mp4"])}).status_code == 201
    assert children() == []


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
def test_ten_thousand_damaged_files_are_taken_or_refused(tmp_path: Path, wholes: dict[str, bytes]) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with ThreadPoolExecutor(AT_ONCE) as pool:
        cases = islice(enumerate(damaged(wholes)), MANY)
        ends = Counter(pool.map(lambda case: looked_at(tmp_path, case[0], *case[1]), cases))
    assert ends.total() == MANY
    assert set(ends) == {"taken", "refused"}
    assert children() == []
    assert list(tmp_path.iterdir()) == []
    assert len(os.listdir("/proc/self/fd")) <= before + 2  # noqa: PTH208
