"""multipart/form-data as it comes: fields to memory, within limits; files to whoever keeps them, piece by piece.

Nothing is believed: not the number of parts, not their lengths, not their names. While bytes are awaited no thread is
kept.
"""

from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from manazir.server.brackets import nest
from manazir.server.errors import ApiError, Problem

Keep = Callable[[str, str, AsyncIterator[bytes]], Awaitable[Any]]
"""Takes a file: its field's name, its own, and its bytes. What it returns stands for the file."""

LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class FormLimits:
    """What a form may have."""

    parts: int = 64
    files: int = 8
    text_bytes: int = 32 << 20
    """Of all fields together; a picture as a data: URL is among them."""
    other_bytes: int = 1 << 20
    """Beside the fields' and files' own: boundaries, headers, and whatever stands before the form or after its end."""


DEFAULT = FormLimits()


async def read_form(
    chunks: AsyncIterable[bytes],
    content_type: str,
    keep: Keep,
    limits: FormLimits = DEFAULT,
    count: Callable[[int], None] = lambda _: None,
) -> dict[str, Any]:
    """A form's fields by name, nested as brackets say; those that are files, as what `keep` made of them.

    Args:
        count: told of bytes before they are taken into memory; may refuse them.

    Raises:
        ApiError: it is malformed, cut off, or has more than a form may have. What `keep` raises passes through.
    """
    events = _Events(chunks, _boundary(content_type), limits.other_bytes)
    pairs: list[tuple[str, Any]] = []
    budget, files = limits.text_bytes, 0
    while (part := await _next_part(events)) is not None:
        if len(pairs) >= limits.parts:
            raise _bad(f"the form has more than {limits.parts} fields")
        if part.filename is None:
            text = await _text(part, budget, count)
            budget -= len(text)
            pairs.append((part.name, _decoded(part.name, text)))
            continue
        files += 1
        if files > limits.files:
            raise _bad(f"the form has more than {limits.files} files")
        pairs.append((part.name, await keep(part.name, part.filename, part.pieces)))
        async for _ in part.pieces:  # what the keeper left
            pass
    return nest(pairs)


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    filename: str | None
    """None: a field."""
    pieces: AsyncIterator[bytes]


@dataclass
class _Events:
    """What the parser says, as one is ready for it: it reads on only then."""

    chunks: AsyncIterable[bytes]
    boundary: bytes
    other_bytes: int
    """That may still come and be part of nothing."""
    _said: deque[tuple[str, bytes]] = field(default_factory=deque)
    _is_whole: bool = False

    def __post_init__(self) -> None:
        self._source = aiter(self.chunks)
        names = ("part_begin", "header_begin", "headers_finished", "part_end", "end")
        data = ("header_field", "header_value", "part_data")
        hear: dict[str, Any] = {f"on_{name}": self._hears(name) for name in names}
        hear |= {f"on_{name}": self._hears_data(name) for name in data}
        try:
            self._parser = MultipartParser(self.boundary, hear)  # type: ignore[arg-type]
        except FormParserError as error:
            raise _bad("the boundary of this form is none") from error

    async def next(self) -> tuple[str, bytes] | None:
        """What comes next; None: the form is over.

        Raises:
            ApiError: it is malformed, ends too early, or has too much beside its parts.
        """
        while not self._said:
            if self.other_bytes < 0:
                raise _bad("the form has too much beside its fields and files; end it after its last boundary")
            if (chunk := await anext(self._source, None)) is None:
                if not self._is_whole:
                    raise _bad("the form is cut off; send it whole, with its last boundary")
                return None
            self.other_bytes -= len(chunk)
            try:
                self._parser.write(chunk)
            except FormParserError as error:
                raise _bad(f"the form is malformed: {error}") from error
        return self._said.popleft()

    def _hears(self, name: str) -> Callable[[], None]:
        def heard() -> None:
            self._is_whole |= name == "end"
            self._said.append((name, b""))

        return heard

    def _hears_data(self, name: str) -> Callable[[bytes, int, int], None]:
        def heard(data: bytes, start: int, end: int) -> None:
            if name == "part_data":
                self.other_bytes += end - start
            self._said.append((name, bytes(data[start:end])))

        return heard


async def _next_part(events: _Events) -> _Part | None:
    while (event := await events.next()) is not None and event[0] != "part_begin":
        pass
    return None if event is None else _part(await _headers(events), events)


async def _headers(events: _Events) -> dict[str, bytes]:
    """A part's headers; how many and how long they may be, the parser limits."""
    told: list[list[bytes]] = []
    while (event := await events.next()) is not None and event[0] != "headers_finished":
        kind, data = event
        if kind == "header_begin":
            told.append([b"", b""])
        elif kind in ("header_field", "header_value"):
            told[-1][kind == "header_value"] += data
    return {name.decode("latin-1").lower(): value for name, value in told}


def _part(headers: dict[str, bytes], events: _Events) -> _Part:
    kind, options = parse_options_header(headers.get("content-disposition", b""))
    name = options.get(b"name", b"").decode("utf-8", "replace")
    if kind != b"form-data" or not name or len(name) > LONGEST_NAME:
        raise _bad("a part of the form has no name that a field could have")
    filename = options.get(b"filename")
    return _Part(name, None if filename is None else plain_name(filename.decode("utf-8", "replace")), _pieces(events))


def plain_name(name: str) -> str:
    r"""A file's name without folders and without what does not print; at most 255 characters.

    >>> plain_name("../../a\x00 ball.png")
    'a ball.png'
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:255]


async def _pieces(events: _Events) -> AsyncIterator[bytes]:
    while (event := await events.next()) is not None and event[0] != "part_end":
        yield event[1]


async def _text(part: _Part, budget: int, count: Callable[[int], None]) -> bytes:
    text = bytearray()
    async for piece in part.pieces:
        count(len(piece))
        text += piece
        if len(text) > budget:
            raise ApiError(Problem.TOO_LARGE, "the form's fields are too long; send files as files", field=part.name)
    return bytes(text)


def _decoded(name: str, text: bytes) -> str:
    if b"\0" in text:
        raise ApiError(Problem.BAD_REQUEST, f"{name} has a zero byte, which no text has", field=name)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise ApiError(Problem.BAD_REQUEST, f"{name} is not written in UTF-8", field=name) from error


def _boundary(content_type: str) -> bytes:
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise _bad("the Content-Type of this form has no boundary")
    return boundary


def _bad(why: str) -> ApiError:
    return ApiError(Problem.BAD_REQUEST, why)
