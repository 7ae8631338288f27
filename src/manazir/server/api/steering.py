"""`/jobs/{id}/…`: cancel, hold, release, move, change the priority, try again, put away."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints
from sqlalchemy import Connection
from starlette.requests import Request

from manazir.server.api.access import Id, Maker, check_admin, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.looking import Teller
from manazir.server.api.shapes import Asked, Given
from manazir.server.api.telling import JobTold
from manazir.server.errors import Problem
from manazir.server.jobs import steering
from manazir.server.jobs.job import Job
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.studio.takes import retry_job as retry_take

STEERED = refusals(Problem.NOT_FOUND, Problem.CONFLICT)


class Whose(Asked):
    """Whose jobs are meant."""

    all: bool = Field(False, description="Also other tenants'; for admins.")


Others = Annotated[Whose, Query()]


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

    def steer(
        caller: Caller, request: Request, id: str, asked: Whose, change: Callable[[Connection, str, str], Job]
    ) -> JobTold:
        """Change a job of the caller's tenant or, for an admin who says so, of whichever has it."""
        job_id = known_id(id, "job")
        if asked.all:
            check_admin(caller)
        with service.database.transaction() as connection:
            whose = steering.tenant_of(connection, job_id) if asked.all else caller.tenant_id
            job = change(connection, whose, job_id)
        return Teller(service, replace(caller, tenant_id=whose), request).one(job)

    @routes.post("/cancel", responses=refusals(Problem.NOT_FOUND))
    def cancel_job(id: Id, caller: Maker, request: Request, asked: Others) -> JobTold:
        """End a job: at once if it waits, in a moment if it runs. One that has ended stays as it is."""
        return steer(caller, request, id, asked, steering.cancel)

    @routes.post("/hold", responses=STEERED)
    def hold_job(id: Id, caller: Maker, request: Request, asked: Others) -> JobTold:
        """Keep a waiting job from being taken."""
        return steer(caller, request, id, asked, partial(steering.hold, is_held=True))

    @routes.post("/release", responses=STEERED)
    def release_job(id: Id, caller: Maker, request: Request, asked: Others) -> JobTold:
        """Let a job go that was held."""
        return steer(caller, request, id, asked, partial(steering.hold, is_held=False))

    @routes.post("/move", responses=STEERED)
    def move_job(id: Id, place: Place, caller: Maker, request: Request, asked: Others) -> JobTold:
        """Put a waiting job before another one of the same tenant."""
        before = None if place.before is None else known_id(place.before, "job")
        return steer(caller, request, id, asked, partial(steering.move, before_id=before))

    @routes.post("/retry", responses=STEERED | refusals(Problem.NO_CREDITS))
    def retry_job(id: Id, caller: Maker, request: Request, asked: Others) -> JobTold:
        """Let a job that failed or was cancelled wait again; it costs what it cost. Not in an archived project."""
        return steer(caller, request, id, asked, retry_take)

    @routes.patch("", responses=STEERED)
    def change_job(id: Id, change: Change, caller: Maker, request: Request, asked: Others) -> JobTold:
        """Change a waiting job's priority."""
        return steer(caller, request, id, asked, partial(steering.prioritise, priority=change.priority))

    @routes.delete("", status_code=204, responses=refusals(Problem.NOT_FOUND))
    def delete_job(id: Id, caller: Maker) -> None:
        """Put a job and its files away; it is cancelled if it has not ended."""
        service.delete(caller, known_id(id, "job"))

    return routes
