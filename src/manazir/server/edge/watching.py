"""Every request is timed and counted, by the route that answered it."""

import time
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from manazir.server.metrics import Metrics

NO_ROUTE = "none"


@dataclass(frozen=True, slots=True)
class Watching:
    """ASGI middleware: times what is inside."""

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.monotonic()
        status = 500

        async def watching(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watching)
        finally:
            seconds = time.monotonic() - began
            self.metrics.answered(dialect_of(scope), scope["method"], route_of(scope), status, seconds)


def route_of(scope: Scope) -> str:
    """The route that answered, as the code has it; what nobody answers to has none."""
    route = getattr(scope.get("route"), "path", None)
    return scope.get("root_path", "") + route if isinstance(route, str) and "endpoint" in scope else NO_ROUTE


def dialect_of(scope: Scope) -> str:
    """The first part of the path that a dialect stands under."""
    return scope.get("root_path", "").strip("/").partition("/")[0] or NO_ROUTE
