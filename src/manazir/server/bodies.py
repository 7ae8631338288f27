"""What a request brings, as JSON or as a form: the same to whoever reads it. Slow senders hold nobody else up."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import anyio
from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Request
from starlette.requests import ClientDisconnect

from manazir.server.assets.blobs import CHUNK_BYTES
from manazir.server.edge.limits import keep_in_memory, stream_of
from manazir.server.errors import ApiError, Problem
from manazir.server.multipart import DEFAULT, FormLimits, read_form

STALL_SECONDS = 60.0
"""Between two pieces of a body; who sends nothing for longer is gone."""
WRITERS_AT_ONCE = 32
"""Threads that write files, or look at them; nobody has one while bytes are awaited."""
MOST_PARTS = 100_000
"""Values of a body, all together: whatever is many bytes here is one long text."""
TOO_DEEP = "the body is nested too deep to be read; no request here needs lists in lists in lists"
ESCAPED_NUL = b"u0000"
"""What there is in JSON that has a NUL; a NUL that is not escaped is no JSON."""


class Keeper(Protocol):
    """Takes a file piece by piece. Its methods block, and are called in threads."""

    def write(self, data: bytes) -> None:
        """The next piece."""

    def finish(self) -> Any:
        """It has come whole. What this returns stands for the file."""

    def close(self) -> None:
        """It is over; of what was not finished nothing stays."""


@dataclass(frozen=True)
class Bodies:
    """Reads bodies: text to memory, files to who keeps them."""

    limits: FormLimits = DEFAULT
    threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(WRITERS_AT_ONCE))

    async def read(self, request: Request, keep: Callable[[str, str], Keeper]) -> dict[str, Any]:
        """The fields of a body by name; files as what their keepers made of them.

        Args:
            keep: makes a keeper for a file, by its field's name and its own.

        Raises:
            ApiError: it is neither JSON nor a form, malformed, too large, or stopped coming.
        """
        content_type = request.headers.get("content-type", "")
        kind = content_type.partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            body, kept, count = _pieces(stream_of(request)), partial(self._kept, keep), partial(keep_in_memory, request)
            return await read_form(body, content_type, kept, self.limits, count)
        if kind in ("application/json", ""):
            return _parsed(await self._text(request))
        told = f"the body is {kind[:80]!r}; send application/json or multipart/form-data"
        raise ApiError(Problem.BAD_REQUEST, told)

    async def stream(self, request: Request, keep: Callable[[], Keeper]) -> Any:
        """What a keeper made of a body that is a file.

        Raises:
            ApiError: the body stopped coming. What the keeper raises passes through.
        """
        return await self._filled(keep, _pieces(stream_of(request)))

    async def _kept(
        self, keep: Callable[[str, str], Keeper], name: str, filename: str, pieces: AsyncIterator[bytes]
    ) -> Any:
        return await self._filled(partial(keep, name, filename), pieces)

    async def _filled(self, keep: Callable[[], Keeper], pieces: AsyncIterator[bytes]) -> Any:
        keeper = await to_thread.run_sync(keep, limiter=self.threads)
        try:
            async for piece in _larger(pieces):
                await to_thread.run_sync(keeper.write, piece, limiter=self.threads)
            return await to_thread.run_sync(keeper.finish, limiter=self.threads)
        finally:
            with CancelScope(shield=True):  # whoever is gone leaves no half file
                await to_thread.run_sync(keeper.close, limiter=self.threads)

    async def _text(self, request: Request) -> bytes:
        text = bytearray()
        async for piece in _pieces(request.stream()):
            text += piece
            if len(text) > self.limits.text_bytes:
                told = f"the body has more than {self.limits.text_bytes} bytes; send files as files"
                raise ApiError(Problem.TOO_LARGE, told)
        return bytes(text)


async def _pieces(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while True:
            with anyio.fail_after(STALL_SECONDS):
                piece = await anext(body, b"")
            if not piece:
                return
            yield piece
    except TimeoutError as error:
        raise ApiError(Problem.BAD_REQUEST, f"nothing of the body came for {STALL_SECONDS:g} s") from error
    except ClientDisconnect as error:
        raise ApiError(Problem.BAD_REQUEST, "the connection ended before the body did") from error


async def _larger(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """In larger pieces than the network's: each costs a change of threads."""
    held = bytearray()
    async for piece in pieces:
        held += piece
        if len(held) >= CHUNK_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _parsed(text: bytes) -> dict[str, Any]:
    check_size(text)
    try:
        told = json.loads(text.decode("utf-8-sig") or "{}")  # of bytes it would take other encodings too
    except (ValueError, RecursionError) as error:
        raise no_json(error) from error
    if not isinstance(told, dict):
        raise ApiError(Problem.BAD_REQUEST, "the body is JSON, and no object; send the fields by name")
    refuse_nul(text, told)
    return told


def no_json(error: BaseException | None) -> ApiError:
    """The refusal of a body that a reader of JSON broke over; it says nothing of what was sent."""
    if isinstance(error, RecursionError):
        return ApiError(Problem.BAD_REQUEST, TOO_DEEP)
    where = ""
    if isinstance(error, json.JSONDecodeError):
        where = f" (from line {error.lineno}, column {error.colno})"
    elif isinstance(error, UnicodeDecodeError):
        where = " (it is not UTF-8)"
    elif isinstance(error, ValueError):
        where = " (a number of it has too many digits)"
    return ApiError(Problem.BAD_REQUEST, f"the body is no JSON{where}")


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
            raise ApiError(Problem.INVALID, why, field=where or None, reason="bad_text")
        if isinstance(value, dict):
            left += [(where, name) for name in value]
            left += [(f"{where}.{name}".lstrip("."), one) for name, one in value.items()]
        elif isinstance(value, list):
            left += [(f"{where}.{index}".lstrip("."), one) for index, one in enumerate(value)]
