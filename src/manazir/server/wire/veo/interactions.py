"""`interactions`: create (waiting, in the background, or streamed), get, cancel, delete."""

import asyncio
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from manazir.core.errors import ManazirError
from manazir.server.errors import ApiError, Problem
from manazir.server.http import as_api_error, base_url
from manazir.server.jobs.job import Job
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.waiting import Listened, Place
from manazir.server.wire.veo.interaction_answers import (
    END,
    STILL_HERE,
    broken,
    ending,
    interaction,
    lines,
    numbered,
    opening,
    with_input,
)
from manazir.server.wire.veo.interaction_reading import Creation, read_creation
from manazir.server.wire.veo.interaction_requests import Create
from manazir.server.wire.veo.media import Placed, placed, placing
from manazir.server.wire.veo.names import job_of
from manazir.server.wire.veo.reading import DIALECT
from manazir.server.wire.veo.serving import InlineBudget, ReadBody, Sent, caller_of, download_address
from manazir.server.wire.veo.shape import parse

LOOK_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 600.0
"""Of a create that is not in the background; then it is answered as it is, and goes on."""
CANCEL_SECONDS = 5.0
"""Until a worker has heard that its job is to end."""
LONGEST_STREAM_SECONDS = 3600.0
QUIET_SECONDS = 15.0
HAVE_OPENED = 2
"""Events that a stream begins with; those after it are numbered from there."""


@dataclass(frozen=True, slots=True)
class Held:
    """An interaction, and who asks for it."""

    caller: Caller
    job: Job


@dataclass(frozen=True, slots=True)
class Interactions:
    """What the routes do. The methods block; the routes that wait call them from threads."""

    service: Service

    def create(self, request: Request, sent: Sent) -> tuple[Create, Held, Place | None]:
        """Accept an interaction; unless it is in the background, with a place to wait for it."""
        caller = caller_of(self.service, request, Scope.GENERATE)
        key = request.headers.get("idempotency-key")
        asked = Creation(body=parse(Create, sent.take()), body_hash=sent.sha256, idempotency_key=key)

        def previous(interaction_id: str) -> Placed:
            before = self._held(caller, interaction_id).job
            return placed(self.service.output_of(caller, before.id, name="previous_interaction_id"))

        ask = read_creation(asked, placing(self.service, caller), previous)
        if asked.body.previous_interaction_id is not None:
            ask = replace(ask, parent_id=job_of(asked.body.previous_interaction_id, "interaction"))
        place = None if asked.body.background else self.service.waiting.enter(caller)  # refused before it is made
        return asked.body, Held(caller, self.service.submit(caller, ask)), place

    def find(self, request: Request, interaction_id: str) -> Held:
        """An interaction of the caller's."""
        return self._held(caller_of(self.service, request, Scope.READ), interaction_id)

    def again(self, held: Held) -> Held:
        """The same as it is now."""
        return replace(held, job=self.service.job(held.caller, held.job.id))

    def tell(self, request: Request, job: Job) -> Response:
        """An interaction as an answer."""
        told = interaction(job, self.video(request, job))
        wants_input = request.query_params.get("include_input", "false").lower() == "true"
        return JSONResponse(with_input(told, job) if wants_input else told)

    def video(self, request: Request, job: Job) -> dict[str, str] | None:
        """What it made: the bytes unless an address was asked for, or they are too many."""
        made = self.service.outputs(job).get("video")
        if made is None:
            return None
        content = {"type": "video", "mime_type": made.mime_type}
        if job.wire.get("gcs_uri"):
            return content | {"uri": self.service.link(made, base_url(request))}
        data = None if job.wire.get("delivery") == "uri" else InlineBudget().read(self.service, made)
        if data is None:
            return content | {"uri": download_address(request, made)}
        return content | {"data": b64encode(data).decode("ascii")}

    def cancel(self, request: Request, interaction_id: str) -> Held:
        """End one that has not ended."""
        caller = caller_of(self.service, request, Scope.GENERATE)
        held = self._held(caller, interaction_id)
        return replace(held, job=self.service.cancel(caller, held.job.id))

    def delete(self, request: Request, interaction_id: str) -> None:
        """Put one away, with what it made."""
        caller = caller_of(self.service, request, Scope.GENERATE)
        self.service.delete(caller, self._held(caller, interaction_id).job.id)

    def _held(self, caller: Caller, interaction_id: str) -> Held:
        job = self.service.job(caller, job_of(interaction_id, "interaction"), dialect=DIALECT)
        if job.wire.get("as") != "interaction":
            raise ApiError(Problem.NOT_FOUND, f"there is no interaction {interaction_id}; this is an operation")
        return Held(caller, job)


async def ended(interactions: Interactions, request: Request, held: Held, longest_seconds: float) -> Held:
    """Wait until a job has ended, its client has gone, or as long as may be waited."""
    until = time.monotonic() + longest_seconds
    while not held.job.has_ended and time.monotonic() < until and not await request.is_disconnected():
        await asyncio.sleep(LOOK_SECONDS)
        held = await run_in_threadpool(interactions.again, held)
    return held


async def stream(interactions: Interactions, request: Request, held: Held, after: str | None) -> AsyncIterator[str]:
    """The events of an interaction, from its beginning or from after one that was seen."""
    for line in lines(numbered(opening(held.job), 1), after):
        yield line
    until, quiet_since = time.monotonic() + LONGEST_STREAM_SECONDS, time.monotonic()
    try:
        while not held.job.has_ended and time.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)
            held = await run_in_threadpool(interactions.again, held)
            if time.monotonic() - quiet_since > QUIET_SECONDS:
                quiet_since = time.monotonic()
                yield STILL_HERE
        if held.job.has_ended:
            video = await run_in_threadpool(interactions.video, request, held.job)
            for line in lines(numbered(ending(held.job, video), 1 + HAVE_OPENED), after):
                yield line
    except ManazirError as error:  # the answer has begun: its status says that all is well
        for line in lines(numbered(broken(as_api_error(error).message), 1 + HAVE_OPENED), None):
            yield line
    yield END


def interaction_routes(service: Service) -> APIRouter:
    """The developer API's paths and Vertex's, without the version in front."""
    routes = APIRouter()
    interactions = Interactions(service)
    for where in ("", "/projects/{project}/locations/{location}"):
        _add(routes, interactions, f"{where}/interactions")
    return routes


def _add(routes: APIRouter, interactions: Interactions, path: str) -> None:
    @routes.post(path)
    async def create(request: Request, body: ReadBody) -> Any:
        asked, held, place = await run_in_threadpool(interactions.create, request, body)
        if place is None:
            return await run_in_threadpool(interactions.tell, request, held.job)
        if asked.stream:
            return _streamed(interactions, request, held, None, place)
        with place:
            held = await ended(interactions, request, held, _longest_wait(request))
        return await run_in_threadpool(interactions.tell, request, held.job)

    @routes.get(path + "/{interaction_id}")
    async def get(request: Request, interaction_id: str) -> Any:
        held = await run_in_threadpool(interactions.find, request, interaction_id)
        if request.query_params.get("stream", "false").lower() == "true":
            place = interactions.service.waiting.enter(held.caller)
            return _streamed(interactions, request, held, request.query_params.get("last_event_id"), place)
        return await run_in_threadpool(interactions.tell, request, held.job)

    @routes.post(path + "/{interaction_id}/cancel")
    async def cancel(request: Request, interaction_id: str) -> Any:
        held = await run_in_threadpool(interactions.cancel, request, interaction_id)
        held = await ended(interactions, request, held, CANCEL_SECONDS)
        return await run_in_threadpool(interactions.tell, request, held.job)

    @routes.delete(path + "/{interaction_id}")
    def delete(request: Request, interaction_id: str) -> Any:
        interactions.delete(request, interaction_id)
        return JSONResponse({})


def _streamed(interactions: Interactions, request: Request, held: Held, after: str | None, place: Place) -> Response:
    events = stream(interactions, request, held, after)
    return Listened(place, events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


def _longest_wait(request: Request) -> float:
    """A client that says how long it waits is answered before it goes."""
    told = request.headers.get("x-server-timeout", "")
    try:
        return min(LONGEST_WAIT_SECONDS, max(0.0, float(told) - 1.0))
    except ValueError:
        return LONGEST_WAIT_SECONDS
