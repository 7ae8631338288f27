"""The whole service as one ASGI application: each dialect under its own path, with its own shape of errors."""

import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from manazir.server.api import app as api
from manazir.server.api.errors import render
from manazir.server.api.page import page_routes
from manazir.server.edge.crowd import Crowd
from manazir.server.edge.headers import Guarded
from manazir.server.edge.limits import Limits
from manazir.server.edge.packing import Packed
from manazir.server.edge.watching import Watching
from manazir.server.front import front_routes
from manazir.server.health import health_routes
from manazir.server.http import answer_errors
from manazir.server.mcp.app import Assistants
from manazir.server.media import media_routes
from manazir.server.metrics import Metrics, metrics_routes
from manazir.server.service import Service
from manazir.server.studio_pages import answer_lost, studio_routes
from manazir.server.wire.luma import routes as luma
from manazir.server.wire.luma_agents import routes as luma_agents
from manazir.server.wire.sora import routes as sora
from manazir.server.wire.veo import routes as veo

OWN = "/api/v1"
DIALECTS: Mapping[str, Callable[[Service], FastAPI]] = MappingProxyType(
    {
        OWN: api.make_app,
        "/dream-machine/v1": luma.make_app,
        "/luma/v1": luma_agents.make_app,
        "/openai/v1": sora.make_app,
        "/google": veo.make_app,
    }
)
"""By path: an application that speaks a dialect, made for a service."""


@dataclass(slots=True)
class Dialect:
    """A dialect's application, made when it is first asked for: making all takes most of the time of a start."""

    make: Callable[[Service], FastAPI]
    service: Service
    _made: FastAPI | None = None
    _making: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> FastAPI:
        """The same one every time."""
        with self._making:
            if self._made is None:
                self._made = self.make(self.service)
            return self._made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        await self.app()(scope, receive, send)


def make_app(service: Service, metrics: Metrics | None = None) -> FastAPI:
    """The application of a service whose store is up to date."""
    metrics = metrics or Metrics(service)
    assistants = Assistants(service)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        async with assistants.running():
            yield

    app = FastAPI(title="Manazir", openapi_url=None, docs_url=None, redoc_url=None, lifespan=running)
    answer_errors(app, render)
    answer_lost(app, render)
    app.include_router(front_routes())
    app.include_router(studio_routes())
    app.include_router(health_routes(service))
    app.include_router(media_routes(service))
    app.include_router(metrics_routes(service, metrics))
    app.router.routes.append(Route("/mcp", assistants))
    for path, make in DIALECTS.items():
        dialect = Dialect(make, service)
        app.mount(path, dialect)
        if path == OWN:
            app.include_router(page_routes(dialect.app, path))
    word = service.operator
    app.add_middleware(Packed)
    app.add_middleware(Limits, largest_bytes=word.largest_body_bytes, memory_bytes=word.bodies_in_memory_bytes)
    app.add_middleware(Crowd, most_per_address=word.connections_per_address, render=render)
    app.add_middleware(Guarded)
    app.add_middleware(Watching, metrics=metrics)
    return app
