"""The application behind `/mcp`: without sessions, so that any server answers any request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from manazir.server.api.access import KeyCheck
from manazir.server.api.errors import render
from manazir.server.errors import ApiError, Problem
from manazir.server.mcp.small import Small
from manazir.server.service import Service

if TYPE_CHECKING:
    from mcp.server import MCPServer


@dataclass
class Assistants:
    """An ASGI application that answers while it is `running`; the first who asks waits a second more than others.

    That is how long its package takes to import, which no start of a server, and no request of another kind, waits for.
    """

    service: Service
    _asked: asyncio.Event | None = None
    """Set by the first request; None: nobody is answered."""
    _answers: "asyncio.Future[ASGIApp] | None" = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer until left. The package's own server can be used once, so each time has one."""
        self._asked, self._answers = asyncio.Event(), asyncio.get_running_loop().create_future()
        answering = asyncio.create_task(self._answer(self._asked, self._answers))
        try:
            yield
        finally:
            self._asked = None
            answering.cancel()
            self._answers.cancel()
            with suppress(asyncio.CancelledError):
                await answering

    async def _answer(self, asked: asyncio.Event, answers: "asyncio.Future[ASGIApp]") -> None:
        """Once somebody asks, until cancelled."""
        try:
            await asked.wait()
            server = await asyncio.to_thread(_server, self.service)
        except Exception as error:  # each who asks is told, as of any other error of ours
            answers.set_exception(error)
            return
        async with server.session_manager.run():
            answers.set_result(_Counted(Small(server.session_manager.asgi_app), self.service))
            await asyncio.Event().wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await KeyCheck(self._pass_on, self.service, render)(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._asked is None or self._answers is None:
            error = ApiError(Problem.UNAVAILABLE, "the server is starting or ending", retry_after_seconds=1)
            await render(Request(scope), error)(scope, receive, send)
            return
        self._asked.set()
        answers = await asyncio.shield(self._answers)  # who goes away does not take it from the others
        await answers(scope, receive, send)


def _server(service: Service) -> "MCPServer[Any]":
    from mcp.server import MCPServer
    from mcp.server.transport_security import TransportSecuritySettings

    from manazir.server.mcp.tools import INSTRUCTIONS, add_tools

    server = MCPServer(
        "manazir", title="Manazir", version=version("manazir"), instructions=INSTRUCTIONS, log_level="WARNING"
    )
    add_tools(server, service)
    # Whoever asks needs a key, which no page of a stranger's can have a browser send: names of hosts say nothing.
    anywhere = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    server.streamable_http_app(json_response=True, stateless_http=True, transport_security=anywhere)
    return server


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
