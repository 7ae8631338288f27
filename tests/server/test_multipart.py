"""Forms that come from outside: what is read of good ones, and what becomes of hostile ones."""

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from manazir.server.errors import ApiError, Problem
from manazir.server.multipart import DEFAULT, FormLimits, plain_name, read_form

TYPE = "multipart/form-data; boundary=x"


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    more = "" if filename is None else f'; filename="{filename}"\r\nContent-Type: image/png'
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


async def whole(_: str, filename: str, pieces: AsyncIterator[bytes]) -> object:
    return filename, b"".join([piece async for piece in pieces])


async def none(_: str, __: str, ___: AsyncIterator[bytes]) -> object:
    return "kept"


async def cut(body: bytes, step: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), step):
        yield body[start : start + step]


def read(
    body: bytes, limits: FormLimits = DEFAULT, step: int = 1 << 16, keep: Any = whole, kind: str = TYPE
) -> dict[str, object]:
    return anyio.run(read_form, cut(body, step), kind, keep, limits)


@pytest.mark.parametrize("step", [1, 7, 1 << 16])
def test_fields_and_files_are_read_however_they_are_cut(step: int) -> None:
    body = (
        part("prompt", "كرة\r\n-x".encode())
        + part("video[id]", b"v")
        + part("file", b"\r\n--y\0", "a.png")
        + b"--x--\r\n"
    )
    told = read(body, step=step)
    assert told == {"prompt": "كرة\r\n-x", "video": {"id": "v"}, "file": ("a.png", b"\r\n--y\0")}


def test_a_file_reaches_its_keeper_before_it_has_come_whole() -> None:
    sent: list[int] = []

    async def chunks() -> AsyncIterator[bytes]:
        yield part("file", b"", "a.png")[:-2]
        for number in range(10):
            sent.append(number)
            yield b"z" * 1000
        yield b"\r\n--x--\r\n"

    async def keep(name: str, filename: str, pieces: AsyncIterator[bytes]) -> int:
        await anext(pieces)
        assert len(sent) < 3
        return 1000 + sum([len(piece) async for piece in pieces])

    assert anyio.run(read_form, chunks(), TYPE, keep) == {"file": 10_000}


def test_what_a_keeper_leaves_is_passed_over() -> None:
    body = part("file", b"abc", "a.png") + part("prompt", b"p") + b"--x--\r\n"
    assert read(body, keep=none) == {"file": "kept", "prompt": "p"}


@pytest.mark.parametrize("step", [100, 1 << 16])
def test_what_is_beside_the_parts_of_a_form_is_limited(step: int) -> None:
    form, much = part("file", b"z" * 3_000_000, "a.png") + part("a", b"1") + b"--x--\r\n", b"\n" * 1_100_000
    few = b"\r\n" * 1000
    told = read(few + form + few, step=step)
    assert (told["a"], len(told["file"][1])) == ("1", 3_000_000)  # type: ignore[index]
    for body in (form + much, much + form):
        with pytest.raises(ApiError, match="too much beside its fields") as refused:
            read(body, step=step)
        assert refused.value.problem is Problem.BAD_REQUEST


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (part("a", b"1") + b"--x", "cut off"),
        (part("a", b"1")[:30], "cut off"),
        (b"", "cut off"),
        (b"no form at all", "malformed"),
        (b"--x\r\nContent-Type: text/plain\r\n\r\nv\r\n--x--\r\n", "no name"),
        (part("a", b"\xff\xfe") + b"--x--\r\n", "UTF-8"),
        (part("a", b"1") + part("a", b"2") + b"--x--\r\n", "given twice"),
        (part("a[b]", b"1") + part("a", b"2") + b"--x--\r\n", "twice"),
        (part("a", b"1") + part("a[b]", b"2") + b"--x--\r\n", "one way"),
        (part("a[]", b"1") + part("a[b]", b"2") + b"--x--\r\n", "one way"),
        (part("a[][]", b"1") + b"--x--\r\n", "list in a list"),
        (part("a" + "[b]" * 5, b"1") + b"--x--\r\n", "brackets"),
        (part("a[b", b"1") + b"--x--\r\n", "no name"),
        (part("[b]", b"1") + b"--x--\r\n", "no name"),
        (part("a" * 300, b"1") + b"--x--\r\n", "no name"),
        (part("a[]", b"1") * 65 + b"--x--\r\n", "more than 64 fields"),
        (part("a[]", b"1", "f") * 9 + b"--x--\r\n", "more than 8 files"),
        (b"--x\r\n" + b"X: y\r\n" * 1000 + b"\r\nv\r\n--x--\r\n", "malformed"),
        (b"--x\r\nX: " + b"y" * 100_000 + b"\r\n\r\nv\r\n--x--\r\n", "malformed"),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(ApiError, match=told) as refused:
        read(body)
    assert refused.value.problem is Problem.BAD_REQUEST


def test_fields_share_a_limit() -> None:
    body = part("a", b"1" * 60) + part("b", b"1" * 60) + b"--x--\r\n"
    with pytest.raises(ApiError, match="too long") as refused:
        read(body, FormLimits(text_bytes=100))
    assert (refused.value.problem, refused.value.field) == (Problem.TOO_LARGE, "b")


def test_a_form_without_a_boundary_is_none() -> None:
    with pytest.raises(ApiError, match="no boundary"):
        read(b"", kind="multipart/form-data")


def test_lists_of_things_begin_anew_with_a_field_that_was_there() -> None:
    names = ["c[][id]", "c[][name]", "c[][id]", "d[]", "d[]"]
    body = b"".join(part(name, str(number).encode()) for number, name in enumerate(names)) + b"--x--\r\n"
    assert read(body) == {"c": [{"id": "0", "name": "1"}, {"id": "2"}], "d": ["3", "4"]}


def test_names_of_files_are_only_names() -> None:
    assert plain_name("C:\\films\\ball.mp4") == "ball.mp4"
    assert plain_name("/etc/passwd") == "passwd"
    assert len(plain_name("a" * 1000)) == 255
