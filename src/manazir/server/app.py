"""The whole service as one ASGI application: each dialect under its own path, with its own shape of errors."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fastapi import FastAPI

from manazir.server.health import health_routes
from manazir.server.media import media_routes
from manazir.server.service import Service

DIALECTS: Mapping[str, Callable[[Service], FastAPI]] = MappingProxyType({})
"""By path: an application that speaks a dialect, made for a service."""


def make_app(service: Service) -> FastAPI:
    """The application of a service whose store is up to date."""
    app = FastAPI(title="Manazir", openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(health_routes(service))
    app.include_router(media_routes(service))
    for path, make in DIALECTS.items():
        app.mount(path, make(service))
    return app
