"""Every request has an id, is timed, counted and logged: by the route that answered it, never by what it said."""

import logging
import re
import secrets
import time
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from manazir.server.http import as_api_error
from manazir.server.metrics import Metrics
from manazir.server.notes import Notes, noting

LOG = logging.getLogger(__name__)
NO_ROUTE = "none"
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
PROBES = ("/livez", "/readyz", "/metrics")
"""Asked all the time; logged only when something is wrong."""
LONG_PART = 20
"""Characters: a part of a path that has more is an id or a secret."""


@dataclass(frozen=True, slots=True)
class Watching:
    """ASGI middleware: what is inside is watched, and what it fails at is answered."""

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with noting(Notes(request_id=request_id(scope))) as notes:
            began, answer = time.monotonic(), _Answer(send, str(notes.request_id))
            try:
                await self._serve(scope, receive, answer)
            finally:
                self._tell(scope, answer.status, time.monotonic() - began)

    async def _serve(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self.app(scope, receive, answer)
        except Exception as error:  # the boundary of a request
            told = as_api_error(error)  # which has it logged
            if answer.has_begun and answer.status >= 500:
                return  # a dialect has answered
            if answer.has_begun:
                raise  # it broke off in the middle: so must the connection
            await JSONResponse({"error": {"code": "failed", "message": told.message}}, 500)(scope, receive, answer)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route, method = route_of(scope), scope["method"]
        self.metrics.answered(dialect_of(scope), method, route, status, seconds)
        if route in PROBES and status < 400:
            return
        shown = _shown(scope) if route == NO_ROUTE else route
        facts = {"method": method, "route": shown, "status": status, "seconds": round(seconds, 4)}
        LOG.info("%s %s: %d in %.0f ms", method, shown, status, seconds * 1000, extra={"facts": facts})


class _Answer:
    """Passes an answer on, with the request's id."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id = send, request_id
        self.status, self.has_begun = 500, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.has_begun = message["status"], True
            MutableHeaders(scope=message)["x-request-id"] = self._request_id
        await self._send(message)


def request_id(scope: Scope) -> str:
    """What the client calls its request, if that is a name; else a new one."""
    told = Headers(scope=scope).get("x-request-id", "")
    return told if ID.fullmatch(told) else f"req_{secrets.token_hex(16)}"


def route_of(scope: Scope) -> str:
    """The route that answered, as the code has it; what nobody answers to has none."""
    route = getattr(scope.get("route"), "path", None)
    return scope.get("root_path", "") + route if isinstance(route, str) and "endpoint" in scope else NO_ROUTE


def dialect_of(scope: Scope) -> str:
    """The first part of the path that a dialect stands under."""
    return scope.get("root_path", "").strip("/").partition("/")[0] or NO_ROUTE


def _shown(scope: Scope) -> str:
    """As much of a path that nobody answers to as helps to find a wrong address, and no secret that lies in it."""
    parts = scope["path"].split("/")[:6]
    return quote("/".join("..." if len(part) > LONG_PART else part for part in parts), safe="/:")
