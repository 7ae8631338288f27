"""What tests of the queue share: small requests, and looking at what is written down."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, update

from manazir.core.canvas import Canvas
from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import Output, end, succeed
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.jobs.request import JobRequest
from manazir.server.jobs.submit import Submission, submit
from manazir.server.store.database import Database
from manazir.server.store.tables import assets, events, jobs, ledger, tenants
from manazir.server.tenants import Limits, make_tenant

REQUEST = JobRequest(canvas=Canvas(prompt="a red ball"), model="noor-nano")
LEASE_SECONDS = 60.0
ENGINES = ("sqlite", "postgres")


def new_tenant(database: Database, name: str = "one", **limits: Any) -> str:
    with database.transaction() as connection:
        return make_tenant(connection, name, Limits(**limits)).id


def submission(tenant_id: str, *, model: str = "noor-nano", cost: float = 1.0, **how: Any) -> Submission:
    request = replace(REQUEST, model=model)
    return Submission(tenant_id=tenant_id, dialect="api", alias=model, request=request, cost=cost, **how)


def accept(database: Database, tenant_id: str, **how: Any) -> Job:
    with database.transaction() as connection:
        return submit(connection, submission(tenant_id, **how))


def take(database: Database, worker_id: str = "worker", lease_seconds: float = LEASE_SECONDS, **how: Any) -> Job | None:
    with database.transaction() as connection:
        return claim(connection, worker_id, lease_seconds, **how)


def taken(database: Database, **how: Any) -> Job:
    job = take(database, **how)
    assert job is not None
    return job


def lapse(database: Database, job: Job) -> None:
    """Its worker was not heard of for too long, not even when it was waited for once more."""
    with database.transaction() as connection:
        over = update(jobs).where((jobs.c.id == job.id) & (jobs.c.state == State.RUNNING))
        connection.execute(over.values(lease_until=1.0, is_late=True))


def finish(database: Database, job: Job) -> bool:
    film = Output(role="video", sha256="0" * 64, size_bytes=1, mime_type="video/mp4")
    with database.transaction() as connection:
        return succeed(connection, job.id, job.attempt, {"seed": 1}, [film])


def fail(database: Database, job: Job) -> bool:
    with database.transaction() as connection:
        return end(connection, job.id, job.attempt, State.FAILED, Reason.UNSUPPORTED, "it cannot")


def row(database: Database, job: Job) -> dict[str, Any]:
    with database.reading() as connection:
        return dict(connection.execute(select(jobs).where(jobs.c.id == job.id)).mappings().one())


def credits(database: Database, tenant_id: str) -> float | None:
    with database.reading() as connection:
        return connection.execute(select(tenants.c.credits).where(tenants.c.id == tenant_id)).scalar()


def entries(database: Database, job: Job) -> list[tuple[str, int, float]]:
    with database.reading() as connection:
        told = select(ledger.c.entry, ledger.c.tries, ledger.c.credits).where(ledger.c.job_id == job.id)
        return [tuple(one) for one in connection.execute(told.order_by(ledger.c.id))]


def history(database: Database, job: Job) -> list[str]:
    with database.reading() as connection:
        told = select(events.c.type).where(events.c.job_id == job.id).order_by(events.c.sequence)
        return [one.removeprefix("job.") for one in connection.execute(told).scalars()]


def files_of(database: Database, job: Job) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).where(assets.c.job_id == job.id)).scalar_one()


def order(database: Database) -> list[Job]:
    """All that wait, in the order in which they are taken."""
    found = []
    while (job := take(database)) is not None:
        found.append(job)
    return found
