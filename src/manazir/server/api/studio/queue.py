"""`/queue`: all that runs or waits, in order, and what has ended; and of which shots it is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from manazir.server.api.access import Reader, check_admin
from manazir.server.api.looking import Teller
from manazir.server.api.shapes import Asked, Page, Paged, Told
from manazir.server.api.studio.shapes.common import TakeKind
from manazir.server.api.telling import JobTold
from manazir.server.jobs.job import ENDED, Job, State
from manazir.server.jobs.listing import line_of, list_jobs
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.studio.takes import places_of
from manazir.server.tenants import list_tenants

LONGEST = 200


class QueueAsked(Asked):
    """Which part of the queue."""

    all: bool = Field(False, description="Of all tenants; for admins.")
    limit: int = Field(LONGEST, ge=1, le=LONGEST, description="How many at most.")


class EndedAsked(Paged):
    """Which of those that have ended."""

    all: bool = Field(False, description="Of all tenants; for admins.")
    state: list[Literal["succeeded", "failed", "cancelled"]] = Field(
        default_factory=list, description="Only those that ended so."
    )


class QueuedTake(Told):
    """The take that a job is."""

    project_id: str
    project_name: str
    shot_id: str
    shot_number: int
    number: int
    kind: TakeKind


class Queued(Told):
    """A job with the place that it has in a project."""

    job: JobTold
    take: QueuedTake | None = Field(description="null: it was not asked for in a project.")
    tenant_name: str | None = Field(description="With `all`.")


class QueueTold(Told):
    """What runs, then what waits: by tenants' priority, then as each tenant's jobs are taken."""

    items: list[Queued]
    running: int = Field(description="How many there are, also beyond `limit`.")
    waiting: int


def queue_routes(service: Service) -> APIRouter:
    """Two lists."""
    routes = APIRouter(tags=["queue"])

    @routes.get("/queue")
    def get_queue(caller: Reader, request: Request, asked: Annotated[QueueAsked, Query()]) -> QueueTold:
        """All that runs or waits: yours, or everybody's. It is steered by `/jobs/{id}/…`."""
        if asked.all:
            check_admin(caller)
        with service.database.reading() as connection:
            line = line_of(connection, None if asked.all else caller.tenant_id, asked.limit)
        items = _placed(service, caller, request, line.jobs, all_of_them=asked.all)
        return QueueTold(items=items, running=line.running, waiting=line.waiting)

    @routes.get("/queue/ended")
    def get_ended(caller: Reader, request: Request, asked: Annotated[EndedAsked, Query()]) -> Page[Queued]:
        """What has ended, yours or everybody's, by whichever API it came: what was accepted last comes first."""
        if asked.all:
            check_admin(caller)
        states = [State(name) for name in asked.state] or sorted(ENDED)
        whose = None if asked.all else caller.tenant_id
        with service.database.reading() as connection:
            page = list_jobs(connection, whose, states=states, after_id=asked.after_id, limit=asked.limit)
        items = _placed(service, caller, request, page.jobs, all_of_them=asked.all)
        return Page(items=items, next=page.jobs[-1].id if page.has_more else None)

    return routes


def _placed(
    service: Service, caller: Caller, request: Request, jobs: Sequence[Job], *, all_of_them: bool
) -> list[Queued]:
    names: dict[str, str] = {}
    with service.database.reading() as connection:
        places = places_of(connection, [job.id for job in jobs])
        if all_of_them:
            names = {tenant.id: tenant.name for tenant in list_tenants(connection)}
    told = _told(service, caller, request, jobs)
    return [
        Queued(
            job=told[job.id],
            take=QueuedTake.model_validate(places[job.id]) if job.id in places else None,
            tenant_name=names.get(job.tenant_id),
        )
        for job in jobs
    ]


def _told(service: Service, caller: Caller, request: Request, jobs: Sequence[Job]) -> dict[str, JobTold]:
    """Jobs as their own tenants are told them, by id: `ahead` counts a tenant's own."""
    found: dict[str, JobTold] = {}
    for tenant_id in {job.tenant_id for job in jobs}:
        teller = Teller(service, replace(caller, tenant_id=tenant_id), request)
        found |= {told.id: told for told in teller.all([job for job in jobs if job.tenant_id == tenant_id])}
    return found
