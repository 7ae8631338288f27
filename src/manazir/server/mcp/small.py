"""Bodies of assistants' messages, which are words alone: read up to a limit before anybody answers them."""

from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from manazir.server.api.errors import render
from manazir.server.errors import ApiError, Problem

LARGEST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Small:
    """ASGI middleware: refuses bodies that are larger; what is inside would read them to memory, whatever they have."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, body = Request(scope, receive), bytearray()
        try:
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST_BYTES:
                    error = ApiError(Problem.TOO_LARGE, f"the message has more than {LARGEST_BYTES} bytes")
                    await render(request, error)(scope, receive, send)
                    return
        except ClientDisconnect:
            return
        await self.app(scope, _Again(bytes(body), receive), send)


@dataclass(slots=True)
class _Again:
    """What was read, once more; then whatever else comes."""

    body: bytes
    receive: Receive
    _is_told: bool = field(default=False)

    async def __call__(self) -> Message:
        if self._is_told:
            return await self.receive()
        self._is_told = True
        return {"type": "http.request", "body": self.body, "more_body": False}
