"""How much a request may bring, and how slowly: what a reader takes into memory at most, and who is kept waiting."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from manazir.server.edge.memory import Memory, Share

STALL_SECONDS = 60.0
"""Between two pieces of a body."""
LEAST_BYTES_A_SECOND = 1024
"""Over each such time; it runs only while bytes are awaited, so nobody is blamed for what takes long here."""
STREAMS, SHARE = "manazir.streams", "manazir.share"
TENANT = "tenant_id"
"""Of a request's state: whose it is, once that is known."""


def stream_of(request: Request) -> AsyncIterator[bytes]:
    """A body piece by piece, for a reader that has limits of its own and keeps nothing in memory."""
    request.scope.setdefault("state", {})[STREAMS] = True
    return request.stream()


def keep_in_memory(request: Request, size_bytes: int) -> None:
    """Count what a reader of a stream takes into memory all the same.

    Raises:
        HTTPException: there is no room for it now.
    """
    if (share := request.scope.get("state", {}).get(SHARE)) is not None:  # None: a route alone, in a test
        share.take(request.scope["state"].get(TENANT, ""), size_bytes)


@dataclass(frozen=True, slots=True)
class Limits:
    """ASGI middleware: a body that is too large or too slow is refused by whoever reads it, in its dialect's shape.

    A route with a limit of its own says so (`max_body_size`), or reads by `stream_of`.
    """

    app: ASGIApp
    largest_bytes: int
    memory_bytes: int | None = None
    """Of all bodies together, as far as they lie in memory; None: they are not counted."""
    stall_seconds: float = STALL_SECONDS
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        """Begin to count."""
        most = sys.maxsize if self.memory_bytes is None else self.memory_bytes
        object.__setattr__(self, "memory", Memory(most, self.largest_bytes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        share = Share(self.memory)
        scope.setdefault("state", {})[SHARE] = share  # one for all who see the scope, also through copies of it
        try:
            await self.app(scope, _Body(self, scope, receive, share), send)
        finally:
            share.give_back()

    def largest_of(self, scope: Scope) -> int | None:
        """What this request may bring; None: as much as its reader takes."""
        if scope["state"].get(STREAMS):
            return None
        return int(scope.get(MAX_BODY_SIZE_SCOPE_KEY, self.largest_bytes))


@dataclass(slots=True)
class _Body:
    limits: Limits
    scope: Scope
    receive: Receive
    share: Share
    size_bytes: int = 0
    awaited_bytes: int = 0
    """Since its pace was looked at last; and for how long they were awaited."""
    awaited_seconds: float = 0.0
    is_whole: bool = False

    async def __call__(self) -> Message:
        if self.is_whole:  # from now on it is only asked whether the client is still there
            return await self.receive()
        if not self.size_bytes:
            length = Headers(scope=self.scope).get("content-length", "")
            self._check(int(length) if length.isdigit() and len(length) < 20 else 0)
        began = time.monotonic()
        try:
            message = await asyncio.wait_for(self.receive(), self.limits.stall_seconds)
        except TimeoutError as error:
            told = f"nothing of the body came for {self.limits.stall_seconds:g} s"
            raise HTTPException(408, told) from error
        self.awaited_seconds += time.monotonic() - began
        self.is_whole = not message.get("more_body", False)
        self.size_bytes += (came := len(message.get("body", b"")))
        self.awaited_bytes += came
        self._check(self.size_bytes)
        if self.limits.largest_of(self.scope) is not None:
            self.share.take(self.scope["state"].get(TENANT, ""), came)
        if not self.is_whole and self.awaited_seconds > self.limits.stall_seconds:
            self._check_pace()
        return message

    def _check(self, size_bytes: int) -> None:
        most = self.limits.largest_of(self.scope)
        if most is not None and size_bytes > most:
            raise HTTPException(413, f"the body has more than {most} bytes; send less, or upload files by themselves")

    def _check_pace(self) -> None:
        """Who sent much at first wins no time by that."""
        came, seconds = self.awaited_bytes, self.awaited_seconds
        if came < seconds * LEAST_BYTES_A_SECOND:
            raise HTTPException(408, f"{came} bytes of the body came in {seconds:.0f} s; that is too slow")
        self.awaited_bytes, self.awaited_seconds = 0, 0.0
