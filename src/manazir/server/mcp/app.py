"""The application behind `/mcp`: without sessions, so that any server answers any request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from manazir.server.api.access import KeyCheck
from manazir.server.api.errors import render
from manazir.server.errors import ApiError, Problem
from manazir.server.mcp.small import Small
from manazir.server.service import Service


@dataclass
class Assistants:
    """An ASGI application that answers while it is `running`."""

    service: Service
    _answers: ASGIApp | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer until left. The package's own server can be used once, so each time has one."""
        from mcp.server import MCPServer  # a second of imports, which requests of other kinds need not wait for
        from mcp.server.transport_security import TransportSecuritySettings

        from manazir.server.mcp.tools import INSTRUCTIONS, add_tools

        server = MCPServer(
            "manazir", title="Manazir", version=version("manazir"), instructions=INSTRUCTIONS, log_level="WARNING"
        )
        add_tools(server, self.service)
        # Whoever asks needs a key, which no page of a stranger's can have a browser send: names of hosts say nothing.
        anywhere = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server.streamable_http_app(json_response=True, stateless_http=True, transport_security=anywhere)
        async with server.session_manager.run():
            answers = _Counted(Small(server.session_manager.asgi_app), self.service)
            self._answers = KeyCheck(answers, self.service, render)
            try:
                yield
            finally:
                self._answers = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self._answers is None:
            error = ApiError(Problem.UNAVAILABLE, "the server is starting or ending", retry_after_seconds=1)
            await render(Request(scope), error)(scope, receive, send)
        else:
            await self._answers(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Counted:
    """ASGI middleware: who keeps a stream open (GET) has a place as all who listen have."""

    app: ASGIApp
    service: Service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        with self.service.waiting.enter(scope["state"]["caller"]):
            await self.app(scope, receive, send)
