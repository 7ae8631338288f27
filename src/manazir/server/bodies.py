"""What a request brings, as JSON or as a form: the same to whoever reads it. Slow senders hold nobody else up."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import anyio
from anyio import CapacityLimiter, from_thread, to_thread
from fastapi import Request
from starlette.requests import ClientDisconnect

from manazir.server.edge.limits import stream_of
from manazir.server.errors import ApiError, Problem
from manazir.server.multipart import DEFAULT, FormLimits, Keep, read_form

STALL_SECONDS = 60.0
"""Between two pieces of a body; who sends nothing for longer is gone."""
UPLOADS_AT_ONCE = 32
MOST_PARTS = 100_000
"""Values of a body, all together: whatever is many bytes here is one long text."""
ESCAPED_NUL = b"u0000"
"""What there is in JSON that has a NUL; a NUL that is not escaped is no JSON."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Bodies:
    """Reads bodies: text to memory, files to who keeps them; forms in threads of their own."""

    limits: FormLimits = DEFAULT
    threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(UPLOADS_AT_ONCE))

    async def read(self, request: Request, keep: Keep) -> dict[str, Any]:
        """The fields of a body by name; files as what `keep`, in a thread, made of them.

        Raises:
            ApiError: it is neither JSON nor a form, malformed, too large, or stopped coming.
        """
        content_type = request.headers.get("content-type", "")
        kind = content_type.partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            reading = partial(read_form, _from_thread(request), content_type, keep, self.limits)
            return await to_thread.run_sync(reading, limiter=self.threads)
        if kind in ("application/json", ""):
            return _parsed(await self._text(request))
        told = f"the body is {kind[:80]!r}; send application/json or multipart/form-data"
        raise ApiError(Problem.BAD_REQUEST, told)

    async def stream(self, request: Request, keep: Callable[[Iterator[bytes]], Result]) -> Result:
        """What `keep`, in a thread, makes of a body that is a file.

        Raises:
            ApiError: the body stopped coming. What `keep` raises passes through.
        """
        return await to_thread.run_sync(keep, _from_thread(request), limiter=self.threads)

    async def _text(self, request: Request) -> bytes:
        text = bytearray()
        stream = _Stream(request.stream())
        while piece := await stream.next():
            text += piece
            if len(text) > self.limits.text_bytes:
                told = f"the body has more than {self.limits.text_bytes} bytes; send files as files"
                raise ApiError(Problem.TOO_LARGE, told)
        return bytes(text)


class _Stream:
    """A request's body, piece by piece."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    async def next(self) -> bytes:
        """What comes next; empty: it is over."""
        try:
            with anyio.fail_after(STALL_SECONDS):
                return await anext(self._pieces, b"")
        except TimeoutError as error:
            raise ApiError(Problem.BAD_REQUEST, f"nothing of the body came for {STALL_SECONDS:g} s") from error
        except ClientDisconnect as error:
            raise ApiError(Problem.BAD_REQUEST, "the connection ended before the body did") from error


def _from_thread(request: Request) -> Iterator[bytes]:
    stream = _Stream(stream_of(request))
    while piece := from_thread.run(stream.next):
        yield piece


def _parsed(text: bytes) -> dict[str, Any]:
    check_size(text)
    try:
        told = json.loads(text.decode("utf-8-sig") or "{}")  # of bytes it would take other encodings too
    except (ValueError, RecursionError) as error:
        raise ApiError(Problem.BAD_REQUEST, f"the body is no JSON ({type(error).__name__})") from error
    if not isinstance(told, dict):
        raise ApiError(Problem.BAD_REQUEST, "the body is JSON, and no object; send the fields by name")
    refuse_nul(text, told)
    return told


def check_size(text: bytes) -> None:
    """Refuse JSON that would cost much to read, before any of it is read.

    Raises:
        ApiError: it has more parts than any request here needs.
    """
    if any(text.count(sign) > MOST_PARTS for sign in (b",", b"[", b"{")):
        raise ApiError(Problem.TOO_LARGE, f"the body has more than {MOST_PARTS} parts; send fewer")


def refuse_nul(text: bytes, told: Any) -> None:
    """Refuse the character NUL in what a text of JSON says: no store keeps it.

    Raises:
        ApiError: names the field that has it.
    """
    if ESCAPED_NUL not in text:
        return
    left: list[tuple[str, Any]] = [("", told)]
    while left:
        where, value = left.pop()
        if isinstance(value, str) and "\0" in value:
            why = f"{where or 'the body'}: it has the character NUL, which no text has"
            raise ApiError(Problem.INVALID, why, field=where or None)
        if isinstance(value, dict):
            left += [(where, name) for name in value]
            left += [(f"{where}.{name}".lstrip("."), one) for name, one in value.items()]
        elif isinstance(value, list):
            left += [(f"{where}.{index}".lstrip("."), one) for index, one in enumerate(value)]
