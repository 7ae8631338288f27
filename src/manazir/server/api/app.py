"""The application behind `/api/v1`, and what it says of itself."""

import re
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from manazir.server.api.access import NEEDS_KEY, KeyCheck, by_key_or_session
from manazir.server.api.assets import asset_routes
from manazir.server.api.deliveries import delivery_routes
from manazir.server.api.errors import EVERYWHERE, OURS, refusals, render
from manazir.server.api.events import event_routes
from manazir.server.api.jobs import estimate_routes, job_routes
from manazir.server.api.keys import key_routes
from manazir.server.api.listening import Listening
from manazir.server.api.models import model_routes
from manazir.server.api.session import session_routes
from manazir.server.api.steering import steering_routes
from manazir.server.api.studio.board import board_routes
from manazir.server.api.studio.projects import project_routes
from manazir.server.api.studio.queue import queue_routes
from manazir.server.api.studio.shots import shot_routes
from manazir.server.api.studio.takes import take_routes
from manazir.server.api.tenants import tenant_routes
from manazir.server.api.uploads import upload_routes
from manazir.server.api.usage import usage_routes
from manazir.server.api.webhooks import webhook_routes
from manazir.server.api.workers import worker_routes
from manazir.server.assets.uploads import Uploads
from manazir.server.bodies import no_json
from manazir.server.errors import ApiError, Problem
from manazir.server.http import answer_errors, as_api_error
from manazir.server.service import Service

LARGEST_BODY_BYTES = 4_000_000
"""Of JSON; files come as files."""
OPEN_ROUTES = frozenset(
    {("GET", "/openapi.json"), ("HEAD", "/openapi.json"), ("GET", "/session"), ("POST", "/session")}
)
ABOUT = """Canvases in, takes out. Every accepted job ends: succeeded, failed or cancelled, with a reason.

Send a key as `Authorization: Bearer …`; `manazir keys create` makes one. Browsers send the cookie of a session instead.
Times are RFC 3339 in UTC, sizes in pixels, lengths in seconds, costs in credits."""


def make_app(service: Service) -> FastAPI:
    """Our own API of a service."""
    app = FastAPI(
        title="Manazir",
        version=version("manazir"),
        description=ABOUT,
        docs_url=None,  # its page loads scripts from elsewhere; ours is `/docs`
        redoc_url=None,
        responses=refusals(*EVERYWHERE, *OURS),
        generate_unique_id_function=_operation_id,
        redirect_slashes=False,
        max_body_size=LARGEST_BODY_BYTES,
    )
    app.include_router(session_routes(service))
    for routes in _routes(service):
        app.include_router(routes, dependencies=[NEEDS_KEY])
    app.add_middleware(KeyCheck, service=service, render=render, who=by_key_or_session, open_routes=OPEN_ROUTES)
    answer_errors(app, render)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    return app


def _routes(service: Service) -> tuple[APIRouter, ...]:
    return (
        job_routes(service),
        steering_routes(service),
        estimate_routes(service),
        project_routes(service),
        shot_routes(service),
        take_routes(service),
        board_routes(service),
        queue_routes(service),
        event_routes(service, Listening(service)),
        model_routes(service),
        asset_routes(service),
        upload_routes(service, Uploads(service)),
        webhook_routes(service),
        delivery_routes(service),
        usage_routes(service),
        key_routes(service),
        tenant_routes(service),
        worker_routes(service),
    )


def _operation_id(route: APIRoute) -> str:
    return route.name


async def _invalid(request: Request, error: Exception) -> Response:
    """Wrong bodies: malformed ones are 400; what a validator of ours says needs no prefix."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return render(request, ApiError(Problem.BAD_REQUEST, "the body is no JSON"))
    refusal = as_api_error(error)
    refusal.message = re.sub(r"(?<=: )Value error, ", "", refusal.message)
    return render(request, refusal)


async def _refused(request: Request, error: Exception) -> Response:
    """What the web framework refuses; of a method that a path does not have, those that it has."""
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and isinstance(error.__cause__, ValueError | RecursionError):  # over a body
        return render(request, no_json(error.__cause__))
    answer = render(request, as_api_error(error))
    if error.status_code == 405:
        answer.headers["Allow"] = ", ".join(_methods(request))
    return answer


def _methods(request: Request) -> list[str]:
    """The framework knows only those of the first route that has the path."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    for template, operations in request.app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path):
            return sorted(name.upper() for name in operations)
    return []
