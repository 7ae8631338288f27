"""`/events`: what happens to a tenant's jobs and projects, as server-sent events that go on where they broke off."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from manazir.server.api.access import Reader, by_key_or_session
from manazir.server.api.errors import refusals
from manazir.server.api.listening import Heard, Listening, Step
from manazir.server.api.shapes import Asked, moment
from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.events import Event
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.store.ids import plain_id
from manazir.server.waiting import Listened

QUIET_SECONDS = 15.0
"""After so long without an event a comment is sent, so that nobody on the way takes the connection for dead."""
BACK_AFTER_MILLISECONDS = 1000
LATEST = 2**53


class EventsAsked(Asked):
    """Which events."""

    job: str | None = Field(None, max_length=64, description="Only this job's; nothing of projects then.")
    after: int | None = Field(
        None, ge=0, le=LATEST, description="The number of the last event that you had, as `Last-Event-ID`; 0: all."
    )


LastEventId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,15}$", description="Which browsers send when they come back."),
]
EXAMPLE = 'id: 7\nevent: job.succeeded\ndata: {"sequence":7,"job_id":"0190163d-…","type":"job.succeeded","data":{}}\n\n'


def event_routes(service: Service, listening: Listening) -> APIRouter:
    """One stream."""
    routes = APIRouter(tags=["events"])

    @routes.get(
        "/events",
        response_class=StreamingResponse,
        responses=refusals(Problem.NOT_FOUND)
        | {
            200: {
                "description": "A stream without end: `job.queued`, `job.running`, `job.succeeded`, `job.failed`, "
                "`job.cancelled` and `project.changed` with numbers; `job.progress` of running jobs without, as it is "
                "not kept.",
                "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
            }
        },
    )
    async def listen(
        caller: Reader, request: Request, asked: Annotated[EventsAsked, Query()], last_event_id: LastEventId = None
    ) -> StreamingResponse:
        """Hear what happens to jobs and projects. Who comes back with the last number missed nothing."""
        job_id = None if asked.job is None else await run_in_threadpool(_job_id, service, caller, asked.job)
        after = asked.after if last_event_id is None else int(last_event_id)
        stream = _Stream(service, listening, caller, request)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        lines = stream.lines(after, job_id)
        return Listened(service.waiting.enter(caller), lines, media_type="text/event-stream", headers=headers)

    return routes


@dataclass(frozen=True, slots=True)
class _Stream:
    """One listener's."""

    service: Service
    listening: Listening
    caller: Caller
    request: Request

    async def lines(self, after: int | None, job_id: str | None) -> AsyncIterator[str]:
        """The events as text, until the listener goes, its key is revoked or its session over."""
        yield f"retry: {BACK_AFTER_MILLISECONDS}\n\n"
        asked_at = time.monotonic()
        async with aclosing(self.listening.listen(self.caller.tenant_id, after, job_id, QUIET_SECONDS)) as heard:
            async for some in heard:
                if time.monotonic() - asked_at >= QUIET_SECONDS:  # also of one for whom it is never quiet
                    asked_at = time.monotonic()
                    if not await run_in_threadpool(self._may_listen_on):
                        return
                yield "".join(map(_line, some)) or ": still here\n\n"

    def _may_listen_on(self) -> bool:
        try:
            by_key_or_session(self.service, self.request)
        except ApiError:
            return False
        return True


def _job_id(service: Service, caller: Caller, text: str) -> str:
    found = plain_id(text)
    if found is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no job {text!r}", field="job", reason="no_such_job")
    return service.job(caller, found).id


def _line(heard: Heard) -> str:
    if isinstance(heard, Step):
        return _text("job.progress", _progress(heard))
    return f"id: {heard.sequence}\n" + _text(heard.type, _event(heard))


def _text(name: str, told: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"


def _event(event: Event) -> dict[str, Any]:
    when = moment(event.created_at).isoformat().replace("+00:00", "Z")
    told: dict[str, Any] = {"sequence": event.sequence, "type": event.type}
    if event.project_id is not None:
        return told | {"project_id": event.project_id, **event.data, "created_at": when}
    return told | {"job_id": event.job_id, "created_at": when, "data": dict(event.data)}


def _progress(step: Step) -> dict[str, Any]:
    told = {"type": "job.progress", "job_id": step.job_id, "stage": step.stage}
    fraction = min(0.99, step.done / step.total) if step.total else 0.0
    return told | {
        "fraction": fraction,
        "steps_done": step.done,
        "steps_total": step.total,
        "has_preview": step.has_preview,
    }
