"""The whole service as one ASGI application: each dialect under its own path, with its own shape of errors."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

from fastapi import FastAPI
from starlette.routing import Route

from manazir.server.api import app as api
from manazir.server.api.errors import render
from manazir.server.api.page import page_routes
from manazir.server.edge.headers import Guarded
from manazir.server.edge.limits import Limits
from manazir.server.edge.watching import Watching
from manazir.server.front import front_routes
from manazir.server.health import health_routes
from manazir.server.http import answer_errors
from manazir.server.mcp.app import Assistants
from manazir.server.media import media_routes
from manazir.server.metrics import Metrics, metrics_routes
from manazir.server.service import Service
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
    app.include_router(front_routes())
    app.include_router(health_routes(service))
    app.include_router(media_routes(service))
    app.include_router(metrics_routes(service, metrics))
    app.router.routes.append(Route("/mcp", assistants))
    for path, make in DIALECTS.items():
        app.mount(path, mounted := make(service))
        if path == OWN:
            app.include_router(page_routes(mounted, path))
    word = service.operator
    app.add_middleware(Limits, largest_bytes=word.largest_body_bytes, memory_bytes=word.bodies_in_memory_bytes)
    app.add_middleware(Guarded)
    app.add_middleware(Watching, metrics=metrics)
    return app
