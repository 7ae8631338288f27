"""`/workers`: which processes take jobs, and what they are at. For admins."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select

from manazir.server.api.access import Admin
from manazir.server.api.shapes import Told, moment
from manazir.server.jobs.job import State
from manazir.server.service import Service
from manazir.server.store.tables import jobs, workers


class WorkerTold(Told):
    """A process that takes jobs."""

    id: str
    host: str
    process_id: int
    device: str
    job_id: str | None = Field(description="What it is at; null: it waits for work.")
    started_at: datetime
    seen_at: datetime = Field(description="When it last said that it is there.")


class WorkersTold(Told):
    """All that are written down; one that was killed stays until it is replaced."""

    items: list[WorkerTold]


def worker_routes(service: Service) -> APIRouter:
    """One list."""
    routes = APIRouter(tags=["workers"])

    @routes.get("/workers")
    def list_workers(_caller: Admin) -> WorkersTold:
        """Processes that take jobs, the oldest first."""
        with service.database.reading() as connection:
            running = select(jobs.c.worker_id, jobs.c.id).where(jobs.c.state == State.RUNNING)
            at = {row.worker_id: row.id for row in connection.execute(running)}
            rows = connection.execute(select(workers).order_by(workers.c.started_at)).mappings().all()
        return WorkersTold(
            items=[
                WorkerTold(
                    **{name: row[name] for name in ("id", "host", "process_id", "device")},
                    job_id=at.get(row["id"]),
                    started_at=moment(row["started_at"]),
                    seen_at=moment(row["seen_at"]),
                )
                for row in rows
            ]
        )

    return routes
