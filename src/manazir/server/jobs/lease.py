"""Leases: a worker that is alive says so; what a dead one had goes to another.

They go by the clock of the database, which may jump: it is set, or the machine slept. So a lease that is over is
lengthened once, by some beats, and taken back only if nobody says anything then either; and one that would last longer
than any lease does is taken for over.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select, update

from manazir.server.jobs.ending import end, requeue
from manazir.server.jobs.events import tell
from manazir.server.jobs.job import Reason, State, is_in
from manazir.server.jobs.why import Named
from manazir.server.store.database import now
from manazir.server.store.tables import jobs, workers

MOST_LOSSES = 8
"""Workers that may be lost under one job. Whose fault it was is not known then, so there are many."""
LONGEST_LEASE_SECONDS = 60.0
DOUBT_SECONDS = 2.0
"""By how much a lease that is over is lengthened; a worker that lives renews it four times meanwhile."""
AT_ONCE = 200
"""Jobs in one transaction, so that others get their turn."""
MANY_LOST = Named("workers_lost", {"times": MOST_LOSSES})
TOO_LATE = Named("waited_too_long")


@dataclass(frozen=True, slots=True)
class Beat:
    """What a worker learns when it says that it is alive."""

    is_mine: bool
    """False: the lease ran out, or somebody ended the job; whatever is made now is thrown away."""
    is_cancel_asked: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    stage: str
    done: int
    total: int
    preview_hash: str | None = None


def beat(
    connection: Connection, worker_id: str, job_id: str, attempt: int, lease_seconds: float, progress: Progress
) -> Beat:
    """Renew a lease and say how far the job is.

    A lease that ran out is given again if nobody has begun another attempt: a store that was away for longer than a
    lease costs no work.
    """
    _take_again(connection, worker_id, job_id, attempt, lease_seconds)
    time = now(connection)
    lease = {"lease_until": time + lease_seconds, "is_late": False}
    told = {"stage": progress.stage, "steps_done": progress.done, "steps_total": progress.total}
    if progress.preview_hash is not None:
        told["preview_hash"] = progress.preview_hash
    mine = (jobs.c.id == job_id) & (jobs.c.attempt == attempt) & (jobs.c.state == State.RUNNING)
    renewed = connection.execute(
        update(jobs).where(mine).values(lease | told).returning(jobs.c.is_cancel_asked)
    ).one_or_none()
    seen(connection, worker_id, job_id)
    return Beat(is_mine=False) if renewed is None else Beat(is_mine=True, is_cancel_asked=bool(renewed[0]))


def _take_again(connection: Connection, worker_id: str, job_id: str, attempt: int, lease_seconds: float) -> None:
    given_up = is_in(State.QUEUED) & (jobs.c.reason_code == Reason.WORKER_LOST) & ~jobs.c.is_held
    mine = (jobs.c.id == job_id) & (jobs.c.attempt == attempt) & given_up
    time = now(connection)
    values = {"state": State.RUNNING, "worker_id": worker_id, "lease_until": time + lease_seconds, "is_late": False}
    values |= {"reason_code": None, "reason": None}
    back = connection.execute(update(jobs).where(mine).values(values).returning(jobs.c.tenant_id)).scalar_one_or_none()
    if back is not None:
        tell(connection, back, job_id, State.RUNNING, time, attempt=attempt)


def give_back(connection: Connection, worker_id: str) -> None:
    """Let the lease of a worker run out that certainly is dead: `take_back` waits for nothing then."""
    its = (jobs.c.worker_id == worker_id) & is_in(State.RUNNING)
    connection.execute(update(jobs).where(its).values(lease_until=0.0, is_late=True))


def take_back(connection: Connection) -> int:
    """Take back jobs whose leases ran out: they wait again at their old places. Returns how many they were."""
    time = now(connection)
    is_over = (jobs.c.lease_until < time) | (jobs.c.lease_until > time + LONGEST_LEASE_SECONDS)
    rows = connection.execute(_free(select(jobs).where(is_in(State.RUNNING) & is_over))).mappings().all()
    given_up = [row for row in rows if row["is_late"] and row["lease_until"] < time]
    for row in sorted(given_up, key=lambda one: (one["tenant_id"], one["id"])):
        _give_up_attempt(connection, row)
    doubted = {row["id"] for row in rows} - {row["id"] for row in given_up}
    if doubted:
        once_more = {"lease_until": time + DOUBT_SECONDS, "is_late": True}
        connection.execute(update(jobs).where(jobs.c.id.in_(doubted)).values(once_more))
    return len(given_up)


def _give_up_attempt(connection: Connection, row: RowMapping) -> None:
    lost = "the worker that had this job was lost"
    if row["is_cancel_asked"]:
        end(connection, row["id"], row["attempt"], State.CANCELLED, Reason.CANCELLED, "cancelled")
    elif row["losses"] + 1 >= MOST_LOSSES:
        told = f"{MOST_LOSSES} workers were lost while they had this job; look at their logs, then retry it"
        end(connection, row["id"], row["attempt"], State.FAILED, Reason.WORKER_LOST, told, MANY_LOST)
    else:
        requeue(connection, row["id"], row["attempt"], Reason.WORKER_LOST, f"{lost}; it waits for another", losses=1)


def _free(asked: Select[Any]) -> Select[Any]:
    """Lock some that nobody else is at. They are to be gone through tenant by tenant, as by all who lock several."""
    return asked.limit(AT_ONCE).with_for_update(skip_locked=True)


def expire_waiting(connection: Connection) -> int:
    """End jobs that waited longer than they may. Returns how many they were."""
    time = now(connection)
    late = is_in(State.QUEUED) & (jobs.c.expires_at < time)
    rows = connection.execute(_free(select(jobs.c.tenant_id, jobs.c.id, jobs.c.attempt).where(late))).all()
    for _, job_id, attempt in sorted(rows):
        told = "it waited longer than jobs may wait here; send it again when the queue is shorter"
        end(connection, job_id, attempt, State.FAILED, Reason.EXPIRED, told, TOO_LATE)
    return len(rows)


def seen(connection: Connection, worker_id: str, job_id: str | None) -> None:
    """A worker says that it is there, and what it is at."""
    values = {"seen_at": now(connection), "job_id": job_id}
    connection.execute(update(workers).where(workers.c.id == worker_id).values(values))
