"""`/jobs/{id}/…`: cancel, hold, release, move, change the priority, try again, put away."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from sqlalchemy import Connection
from starlette.requests import Request

from manazir.server.api.access import Id, Maker, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.looking import Teller
from manazir.server.api.shapes import Given
from manazir.server.api.telling import JobTold
from manazir.server.errors import Problem
from manazir.server.jobs import steering
from manazir.server.jobs.job import Job
from manazir.server.keys import Caller
from manazir.server.service import Service

STEERED = refusals(Problem.NOT_FOUND, Problem.CONFLICT)


class Place(Given):
    """Where in the queue."""

    before: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        description="The waiting job that it is put before, whose priority it takes; null: the end of the queue."
    )


class Change(Given):
    """What of a waiting job may be changed."""

    priority: int = Field(ge=-100, le=100)


def steering_routes(service: Service) -> APIRouter:
    """What people do with their jobs."""
    routes = APIRouter(prefix="/jobs/{id}", tags=["jobs"])

    def steer(caller: Caller, request: Request, change: Callable[[Connection], Job]) -> JobTold:
        with service.database.transaction() as connection:
            job = change(connection)
        return Teller(service, caller, request).one(job)

    @routes.post("/cancel", responses=refusals(Problem.NOT_FOUND))
    def cancel_job(id: Id, caller: Maker, request: Request) -> JobTold:
        """End a job: at once if it waits, in a moment if it runs. One that has ended stays as it is."""
        job_id = known_id(id, "job")
        return steer(caller, request, lambda one: steering.cancel(one, caller.tenant_id, job_id))

    @routes.post("/hold", responses=STEERED)
    def hold_job(id: Id, caller: Maker, request: Request) -> JobTold:
        """Keep a waiting job from being taken."""
        job_id = known_id(id, "job")
        return steer(caller, request, lambda one: steering.hold(one, caller.tenant_id, job_id, is_held=True))

    @routes.post("/release", responses=STEERED)
    def release_job(id: Id, caller: Maker, request: Request) -> JobTold:
        """Let a job go that was held."""
        job_id = known_id(id, "job")
        return steer(caller, request, lambda one: steering.hold(one, caller.tenant_id, job_id, is_held=False))

    @routes.post("/move", responses=STEERED)
    def move_job(id: Id, place: Place, caller: Maker, request: Request) -> JobTold:
        """Put a waiting job before another of yours."""
        job_id = known_id(id, "job")
        before = None if place.before is None else known_id(place.before, "job")
        return steer(caller, request, lambda one: steering.move(one, caller.tenant_id, job_id, before))

    @routes.post("/retry", responses=STEERED | refusals(Problem.NO_CREDITS))
    def retry_job(id: Id, caller: Maker, request: Request) -> JobTold:
        """Let a job that failed or was cancelled wait again; it costs what it cost."""
        job_id = known_id(id, "job")
        return steer(caller, request, lambda one: steering.retry(one, caller.tenant_id, job_id))

    @routes.patch("", responses=STEERED)
    def change_job(id: Id, change: Change, caller: Maker, request: Request) -> JobTold:
        """Change a waiting job's priority."""
        job_id = known_id(id, "job")
        return steer(caller, request, lambda one: steering.prioritise(one, caller.tenant_id, job_id, change.priority))

    @routes.delete("", status_code=204, responses=refusals(Problem.NOT_FOUND))
    def delete_job(id: Id, caller: Maker) -> None:
        """Put a job and its files away; it is cancelled if it has not ended."""
        service.delete(caller, known_id(id, "job"))

    return routes
