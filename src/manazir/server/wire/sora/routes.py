"""The application that OpenAI's clients take for theirs, by its base URL `/openai/v1`."""

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from manazir.server.bodies import Bodies
from manazir.server.errors import Problem
from manazir.server.http import AlsoSaying, answer_errors, as_api_error, rate_of
from manazir.server.service import Service
from manazir.server.wire.sora.errors import RefusedError, render
from manazir.server.wire.sora.files import file_routes
from manazir.server.wire.sora.images import LONGEST_WAIT_SECONDS, image_routes
from manazir.server.wire.sora.models import model_routes
from manazir.server.wire.sora.videos import video_routes
from manazir.server.wire.sora.webhooks import webhook_routes


def make_app(service: Service, image_wait_seconds: float = LONGEST_WAIT_SECONDS) -> FastAPI:
    """The dialect as an application of its own.

    Args:
        image_wait_seconds: how long a call for pictures waits for them.
    """
    app = FastAPI(title="Manazir, as OpenAI's clients know it", openapi_url=None, docs_url=None, redoc_url=None)
    app.router.redirect_slashes = False
    bodies = Bodies()
    for routes in (
        video_routes(service, bodies),
        file_routes(service, bodies),
        model_routes(service),
        image_routes(service, bodies, image_wait_seconds),
        webhook_routes(service, bodies),
    ):
        app.include_router(routes)
    answer_errors(app, render)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_middleware(AlsoSaying, headers=_headers)
    return app


def _headers(request: Request) -> dict[str, str]:
    """Where a key is in its minute."""
    told = {}
    if (rate := rate_of(request)) is not None:
        told["x-ratelimit-limit-requests"] = str(rate.limit)
        told["x-ratelimit-remaining-requests"] = str(rate.remaining)
        told["x-ratelimit-reset-requests"] = f"{rate.resets_in_seconds}s"
    return told


def _no_route(request: Request, error: Exception) -> Response:
    told = as_api_error(error)
    if told.problem is Problem.NOT_FOUND:
        where = f"{request.method} {request.url.path[:200]}"
        told = RefusedError(
            Problem.NOT_FOUND, f"Invalid URL ({where}); see docs/sora.md for what there is", code="unknown_url"
        )
    return render(request, told)
