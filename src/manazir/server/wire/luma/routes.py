"""`/dream-machine/v1`, as an application."""

import asyncio
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, FastAPI, Query, Request, Response

from manazir.server.asks import Ask
from manazir.server.bodies import Bodies
from manazir.server.errors import absent
from manazir.server.http import admit, base_url, bearer
from manazir.server.jobs.job import Job
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.store.ids import plain_id
from manazir.server.tenants import find_tenant
from manazir.server.wire.luma import reading, requests
from manazir.server.wire.luma.answers import generation
from manazir.server.wire.luma.concepts import CONCEPTS
from manazir.server.wire.luma_shared.details import tell_errors
from manazir.server.wire.luma_shared.incoming import Sent, receiving

MOST_A_PAGE = 100
SYNC_SECONDS = 55.0
"""How long a picture is waited for unless the client says; its own patience ends after 60 s."""
LOOK_SECONDS = 0.25
UNCOUNTED_CENTS = 1e9
"""What is told where credits are not counted, so that clients that look at it go on."""


def make_app(service: Service) -> FastAPI:
    """The dialect, for a service."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.redirect_slashes = False
    tell_errors(app)
    bodies = Bodies()
    _add_small(app, service)
    _add_videos(app, service, bodies)
    _add_pictures(app, service, bodies)
    _add_following(app, service, bodies)
    _add_looking(app, service)
    return app


def _add_small(app: FastAPI, service: Service) -> None:
    @app.get("/ping")
    def ping(request: Request) -> dict[str, str]:
        admit(service, request, bearer(request), Scope.READ)
        return {"message": "pong"}

    @app.get("/credits")
    def credits_left(request: Request) -> dict[str, float]:
        caller = admit(service, request, bearer(request), Scope.READ)
        with service.database.reading() as connection:
            left = find_tenant(connection, caller.tenant_name).credits
        return {"credit_balance": UNCOUNTED_CENTS if left is None else left}

    @app.get("/generations/concepts/list")
    def concepts(request: Request) -> list[str]:
        admit(service, request, bearer(request), Scope.READ)
        return list(CONCEPTS)


def _add_videos(app: FastAPI, service: Service, bodies: Bodies) -> None:
    new, modification, reframing = (
        receiving(service, bodies, kind)
        for kind in (requests.VideoRequest, requests.ModifyRequest, requests.ReframeVideoRequest)
    )

    @app.post("/generations", status_code=201)
    @app.post("/generations/video", status_code=201)
    def video(request: Request, sent: Annotated[Sent[requests.VideoRequest], Depends(new)]) -> Any:
        return _submitted(request, sent, reading.read_video(sent.body, sent.finder))

    @app.post("/generations/video/modify", status_code=201)
    def modify(request: Request, sent: Annotated[Sent[requests.ModifyRequest], Depends(modification)]) -> Any:
        return _submitted(request, sent, reading.read_modify(sent.body, sent.finder))

    @app.post("/generations/video/reframe", status_code=201)
    def reframe(request: Request, sent: Annotated[Sent[requests.ReframeVideoRequest], Depends(reframing)]) -> Any:
        return _submitted(request, sent, reading.read_reframe_video(sent.body, sent.finder))


def _add_pictures(app: FastAPI, service: Service, bodies: Bodies) -> None:
    new = receiving(service, bodies, requests.ImageRequest)
    reframing = receiving(service, bodies, requests.ReframeImageRequest)

    @app.post("/generations/image", status_code=201)
    async def image(request: Request, sent: Annotated[Sent[requests.ImageRequest], Depends(new)]) -> Any:
        def submit() -> dict[str, Any]:
            return _submitted(request, sent, reading.read_image(sent.body, sent.finder))

        if not sent.body.sync:
            return await to_thread.run_sync(submit)
        with service.waiting.enter(sent.finder.caller):  # who may not wait is refused before anything is made
            told = await to_thread.run_sync(submit)
            wait = sent.body.sync_timeout or SYNC_SECONDS
            return await _waited(service, request, sent.finder.caller, told["id"], wait)

    @app.post("/generations/image/reframe", status_code=201)
    def reframe(request: Request, sent: Annotated[Sent[requests.ReframeImageRequest], Depends(reframing)]) -> Any:
        return _submitted(request, sent, reading.read_reframe_image(sent.body))


def _add_following(app: FastAPI, service: Service, bodies: Bodies) -> None:
    larger, sounding = (receiving(service, bodies, kind) for kind in (requests.UpscaleRequest, requests.AudioRequest))

    @app.post("/generations/{generation_id}/upscale", status_code=201)
    def upscale(
        request: Request, generation_id: str, sent: Annotated[Sent[requests.UpscaleRequest], Depends(larger)]
    ) -> Any:
        source = _job(service, sent.finder.caller, generation_id)
        return _submitted(request, sent, reading.read_upscale(sent.body, source, sent.finder))

    @app.post("/generations/{generation_id}/audio", status_code=201)
    def audio(
        request: Request, generation_id: str, sent: Annotated[Sent[requests.AudioRequest], Depends(sounding)]
    ) -> Any:
        source = _job(service, sent.finder.caller, generation_id)
        return _submitted(request, sent, reading.read_audio(sent.body, source, sent.finder))


def _add_looking(app: FastAPI, service: Service) -> None:
    @app.get("/generations")
    def listed(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=MOST_A_PAGE)] = MOST_A_PAGE,
        offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    ) -> dict[str, Any]:
        caller = admit(service, request, bearer(request), Scope.READ)
        page = service.jobs(caller, dialect=reading.DIALECT, limit=limit, offset=offset)
        found = [_told(service, request, job) for job in page.jobs]
        about = {"count": len(found), "has_more": page.has_more, "limit": limit, "offset": offset}
        return {"generations": found} | about

    @app.get("/generations/{generation_id}")
    def one(request: Request, generation_id: str) -> dict[str, Any]:
        caller = admit(service, request, bearer(request), Scope.READ)
        return _told(service, request, _job(service, caller, generation_id))

    @app.delete("/generations/{generation_id}", status_code=204)
    def delete(request: Request, generation_id: str) -> Response:
        caller = admit(service, request, bearer(request), Scope.GENERATE)
        with _by_its_name(generation_id):  # somebody else may delete it between the two
            service.delete(caller, _job(service, caller, generation_id).id)
        return Response(status_code=204)


def _submitted(request: Request, sent: Sent[Any], ask: Ask) -> dict[str, Any]:
    service = sent.finder.service
    job = service.submit(sent.finder.caller, replace(ask, idempotency_key=sent.idempotency_key))
    return _told(service, request, job)


def _told(service: Service, request: Request, job: Job) -> dict[str, Any]:
    return generation(job, service.outputs(job), partial(service.link, base_url=base_url(request)))


def _job(service: Service, caller: Caller, generation_id: str) -> Job:
    with _by_its_name(generation_id):
        return service.job(caller, plain_id(generation_id) or "", dialect=reading.DIALECT)


def _by_its_name(generation_id: str) -> AbstractContextManager[None]:
    return absent(f"there is no generation {generation_id[:80]}")


async def _waited(
    service: Service, request: Request, caller: Caller, generation_id: str, seconds: float
) -> dict[str, Any]:
    """A job once it has ended, or as it is when time is up or nobody waits any more."""
    until = time.monotonic() + seconds
    while True:
        job = await to_thread.run_sync(service.job, caller, generation_id)
        if job.has_ended or time.monotonic() >= until or await request.is_disconnected():
            return await to_thread.run_sync(_told, service, request, job)
        await asyncio.sleep(LOOK_SECONDS)
