"""`/luma/v1`, as an application."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, FastAPI, Request

from manazir.server.bodies import Bodies
from manazir.server.errors import absent
from manazir.server.http import AlsoSaying, admit, base_url, bearer, rate_of
from manazir.server.jobs.job import Job
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.store.ids import plain_id
from manazir.server.wire.luma_agents.answers import generation
from manazir.server.wire.luma_agents.files import file_routes
from manazir.server.wire.luma_agents.reading import DIALECT, read
from manazir.server.wire.luma_agents.requests import GenerationRequest
from manazir.server.wire.luma_shared.details import tell_errors
from manazir.server.wire.luma_shared.incoming import Sent, receiving

API_VERSION = "2026-04-01"
LONGEST_REQUEST_ID = 128


def make_app(service: Service) -> FastAPI:
    """The dialect, for a service."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.redirect_slashes = False
    tell_errors(app)
    bodies = Bodies()
    _add_generations(app, service, bodies)
    app.include_router(file_routes(service, bodies))
    app.add_middleware(AlsoSaying, headers=_headers)
    return app


def _add_generations(app: FastAPI, service: Service, bodies: Bodies) -> None:
    new = receiving(service, bodies, GenerationRequest)

    @app.post("/generations", status_code=201)
    def create(request: Request, sent: Annotated[Sent[GenerationRequest], Depends(new)]) -> Any:
        ask = replace(read(sent.body, sent.finder), idempotency_key=sent.idempotency_key)
        return _told(service, request, service.submit(sent.finder.caller, ask))

    @app.get("/generations/{generation_id}")
    def one(request: Request, generation_id: str) -> Any:
        caller = admit(service, request, bearer(request), Scope.READ)
        with absent(f"there is no generation {generation_id[:80]}"):
            job = service.job(caller, plain_id(generation_id) or "", dialect=DIALECT)
        return _told(service, request, job)


def _told(service: Service, request: Request, job: Job) -> dict[str, Any]:
    return generation(job, service.outputs(job), partial(service.link, base_url=base_url(request)))


def _headers(request: Request) -> dict[str, str]:
    """What every answer says: which request it is for, in the caller's words if it has some."""
    asked = request.headers.get("x-request-id", "")
    is_fine = 0 < len(asked) <= LONGEST_REQUEST_ID and asked.isascii() and asked.isprintable()
    told = {"X-Request-Id": asked if is_fine else str(uuid4()), "X-API-Version": API_VERSION}
    rate = rate_of(request)
    return told if rate is None or request.method != "POST" else told | {"X-RateLimit-Limit": str(rate.limit)}
