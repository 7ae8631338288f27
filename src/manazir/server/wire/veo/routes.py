"""The application of this dialect: `/google`."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from manazir.server.errors import ApiError, Problem
from manazir.server.http import answer_errors
from manazir.server.service import Service
from manazir.server.wire.veo.errors import render
from manazir.server.wire.veo.files import file_routes
from manazir.server.wire.veo.interactions import interaction_routes
from manazir.server.wire.veo.models import model_routes
from manazir.server.wire.veo.names import VERSIONS
from manazir.server.wire.veo.operations import operation_routes
from manazir.server.wire.veo.upload_routes import upload_routes


def make_app(service: Service) -> FastAPI:
    """An application that speaks as Google's does, for all versions of the path."""
    app = FastAPI(title="Manazir as Veo", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.service = service
    answer_errors(app, _render)
    routers = [make(service) for make in (operation_routes, interaction_routes, file_routes, model_routes)]
    uploads = upload_routes(service)
    for version in VERSIONS:
        for router in routers:
            app.include_router(router, prefix=f"/{version}")
        app.include_router(uploads, prefix=f"/upload/{version}")
    return app


def _render(request: Request, error: ApiError) -> Response:
    if error.problem is Problem.NO_METHOD or (error.problem is Problem.NOT_FOUND and error.message == "Not Found"):
        told = f"{request.method} {request.url.path} is not served here; docs/veo.md says what is"
        error = ApiError(Problem.NOT_FOUND, told)
    return render(request, error)
