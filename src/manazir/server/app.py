"""The whole service as one ASGI application: each dialect under its own path, with its own shape of errors."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

from manazir.server.api import app as api
from manazir.server.edge.watching import Watching
from manazir.server.errors import ApiError
from manazir.server.health import health_routes
from manazir.server.http import answer_errors
from manazir.server.media import media_routes
from manazir.server.metrics import Metrics, metrics_routes
from manazir.server.service import Service
from manazir.server.wire.luma import routes as luma
from manazir.server.wire.luma_agents import routes as luma_agents
from manazir.server.wire.sora import routes as sora
from manazir.server.wire.veo import routes as veo

DIALECTS: Mapping[str, Callable[[Service], FastAPI]] = MappingProxyType(
    {
        "/api/v1": api.make_app,
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
    app = FastAPI(title="Manazir", openapi_url=None, docs_url=None, redoc_url=None)
    answer_errors(app, _told)
    app.include_router(health_routes(service))
    app.include_router(media_routes(service))
    app.include_router(metrics_routes(service, metrics))
    for path, make in DIALECTS.items():
        app.mount(path, make(service))
    app.add_middleware(Watching, metrics=metrics)
    return app


def _told(_request: Request, error: ApiError) -> JSONResponse:
    """What is outside of the dialects."""
    wait = error.retry_after_seconds
    headers = {} if wait is None else {"Retry-After": str(wait)}
    told = {"code": error.problem.name.lower(), "message": error.message, "field": error.field}
    return JSONResponse({"error": told}, error.problem.status, headers=headers)
