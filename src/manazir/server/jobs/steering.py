"""What people do with their jobs: cancel, hold, release, move, try again, put away."""

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.ending import end
from manazir.server.jobs.events import tell
from manazir.server.jobs.job import NEXT, Job, Reason, State, check_priority, is_in, job_from_row
from manazir.server.jobs.ledger import charge
from manazir.server.jobs.submit import check_room
from manazir.server.store.database import now, one_at_a_time
from manazir.server.store.tables import assets, jobs

SPACE = 1e-5
"""Between places in the queue, which are seconds since 1970; as numbers they differ by no less than 2.4e-7."""


def find(connection: Connection, tenant_id: str, job_id: str, *, is_for_change: bool = False) -> Job:
    """A tenant's job.

    Raises:
        ApiError: it is not there, or somebody else's: nobody can tell which.
    """
    return job_from_row(_row(connection, tenant_id, job_id, is_for_change=is_for_change))


def tenant_of(connection: Connection, job_id: str) -> str:
    """Whose a job is, for whoever may steer everybody's.

    Raises:
        ApiError: it is not there.
    """
    there = (jobs.c.id == job_id) & jobs.c.deleted_at.is_(None)
    tenant_id: str | None = connection.execute(select(jobs.c.tenant_id).where(there)).scalar()
    if tenant_id is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no job {job_id}", reason="no_such_job")
    return tenant_id


def cancel(connection: Connection, tenant_id: str, job_id: str) -> Job:
    """End a job: at once if it waits, else as soon as its worker hears of it. One that has ended stays as it is."""
    job = find(connection, tenant_id, job_id, is_for_change=True)
    if job.state is State.QUEUED:
        end(connection, job_id, job.attempt, State.CANCELLED, Reason.CANCELLED, "cancelled while it waited")
    elif job.state is State.RUNNING:
        connection.execute(update(jobs).where(jobs.c.id == job_id).values(is_cancel_asked=True))
    return find(connection, tenant_id, job_id)


def hold(connection: Connection, tenant_id: str, job_id: str, *, is_held: bool) -> Job:
    """Keep a waiting job from being taken, or let it go again.

    Raises:
        ApiError: it does not wait.
    """
    _waiting(connection, tenant_id, job_id, "hold" if is_held else "release")
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(is_held=is_held))
    return find(connection, tenant_id, job_id)


def prioritise(connection: Connection, tenant_id: str, job_id: str, priority: int) -> Job:
    """Give a waiting job another priority among its tenant's: higher goes first.

    Raises:
        ApiError: it does not wait, or no job may have that priority.
    """
    check_priority(priority)
    _waiting(connection, tenant_id, job_id, "prioritise")
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(priority=priority))
    return find(connection, tenant_id, job_id)


def move(connection: Connection, tenant_id: str, job_id: str, before_id: str | None) -> Job:
    """Put a waiting job before another of its tenant, with that one's priority; None: at the end.

    Raises:
        ApiError: one of them does not wait.
    """
    one_at_a_time(connection, f"move {tenant_id}")
    job = _waiting(connection, tenant_id, job_id, "move")
    if before_id == job_id:
        return job
    others = (jobs.c.tenant_id == tenant_id) & (is_in(State.QUEUED) | is_in(State.RUNNING)) & (jobs.c.id != job_id)
    if before_id is None:
        place = _last_place(connection, others)
    else:
        place = _place_before(connection, others, _waiting(connection, tenant_id, before_id, "move before"))
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(place))
    return find(connection, tenant_id, job_id)


def _last_place(connection: Connection, others: ColumnElement[bool]) -> dict[str, float]:
    low = connection.execute(select(func.min(jobs.c.priority)).where(others & is_in(State.QUEUED))).scalar() or 0
    last = connection.execute(select(func.max(jobs.c.position)).where(others)).scalar()
    return {"priority": low, "position": max(now(connection), 0.0 if last is None else last + SPACE)}


def _place_before(connection: Connection, others: ColumnElement[bool], other: Job) -> dict[str, float]:
    ahead = others & (jobs.c.position < other.position)  # of whatever priority: it may become another
    previous = connection.execute(select(func.max(jobs.c.position)).where(ahead)).scalar()
    if previous is None:
        return {"priority": other.priority, "position": other.position - 1.0}
    if other.position - previous < 2 * SPACE:  # halved too often: soon there would be no number between them
        connection.execute(update(jobs).where(ahead).values(position=jobs.c.position - 1.0))
        previous -= 1.0
    return {"priority": other.priority, "position": (previous + other.position) / 2}


def retry(connection: Connection, tenant_id: str, job_id: str) -> Job:
    """Let a job that failed or was cancelled wait again, at the end of the queue; it costs what it cost.

    It counts as a new attempt, so that workers that were lost in the last try cannot end it.

    Raises:
        ApiError: it is not over, or it succeeded; or the queue is full, or credits are out.
    """
    job = find(connection, tenant_id, job_id, is_for_change=True)
    if not job.has_ended or State.QUEUED not in NEXT[job.state]:
        told = f"this job is {job.state}; only one that failed or was cancelled is tried again"
        raise ApiError(Problem.CONFLICT, told, reason="not_to_retry", values={"state": job.state.value})
    check_room(connection, tenant_id)
    time = now(connection)
    values = {"state": State.QUEUED, "ended_at": None, "is_cancel_asked": False, "position": time}
    values |= {"reason_code": None, "reason": None, "expires_at": None, "worker_id": None, "steps_done": None}
    values |= {"tries": job.tries + 1, "attempt": job.attempt + 1, "crashes": 0, "losses": 0}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(values))
    again = find(connection, tenant_id, job_id)
    charge(connection, again, time)
    tell(connection, tenant_id, job_id, State.QUEUED, time)
    return again


def put_away(connection: Connection, tenant_id: str, job_id: str) -> Job:
    """Delete a job, which is cancelled if it has not ended; its files go with it, and its Idempotency-Key is free."""
    job = cancel(connection, tenant_id, job_id)
    time = now(connection)
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(deleted_at=time, idempotency_key=None))
    connection.execute(update(assets).where(assets.c.job_id == job_id).values(deleted_at=time))
    return job


def _row(connection: Connection, tenant_id: str, job_id: str, *, is_for_change: bool) -> RowMapping:
    mine = (jobs.c.id == job_id) & (jobs.c.tenant_id == tenant_id) & jobs.c.deleted_at.is_(None)
    asked = select(jobs).where(mine)
    row = connection.execute(asked.with_for_update() if is_for_change else asked).mappings().one_or_none()
    if row is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no job {job_id}", reason="no_such_job")
    return row


def _waiting(connection: Connection, tenant_id: str, job_id: str, what: str) -> Job:
    job = find(connection, tenant_id, job_id, is_for_change=True)
    if job.state is not State.QUEUED:
        raise ApiError(
            Problem.CONFLICT,
            f"cannot {what} a job that is {job.state}; only those that wait",
            reason="does_not_wait",
            values={"state": job.state.value},
        )
    return job
