"""What people do with their jobs: cancel, hold, release, move, try again, put away."""

from sqlalchemy import Connection, RowMapping, func, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.ending import end
from manazir.server.jobs.events import tell
from manazir.server.jobs.job import NEXT, Job, Reason, State, job_from_row
from manazir.server.jobs.ledger import charge
from manazir.server.store.database import now
from manazir.server.store.tables import assets, jobs


def find(connection: Connection, tenant_id: str, job_id: str, *, is_for_change: bool = False) -> Job:
    """A tenant's job.

    Raises:
        ApiError: it is not there, or somebody else's: nobody can tell which.
    """
    return job_from_row(_row(connection, tenant_id, job_id, is_for_change=is_for_change))


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
        ApiError: it does not wait.
    """
    _waiting(connection, tenant_id, job_id, "prioritise")
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(priority=priority))
    return find(connection, tenant_id, job_id)


def move(connection: Connection, tenant_id: str, job_id: str, before_id: str | None) -> Job:
    """Put a waiting job before another of its tenant, with that one's priority; None: at the end.

    Raises:
        ApiError: one of them does not wait.
    """
    _waiting(connection, tenant_id, job_id, "move")
    mine = (jobs.c.tenant_id == tenant_id) & (jobs.c.state == State.QUEUED) & (jobs.c.id != job_id)
    if before_id is None:
        low, last = connection.execute(select(func.min(jobs.c.priority), func.max(jobs.c.position)).where(mine)).one()
        place = {"priority": low or 0, "position": (last or 0.0) + 1.0}
    else:
        other = _waiting(connection, tenant_id, before_id, "move before")
        ahead = mine & (jobs.c.priority == other.priority) & (jobs.c.position < other.position)
        previous = connection.execute(select(func.max(jobs.c.position)).where(ahead)).scalar()
        position = other.position - 1.0 if previous is None else (previous + other.position) / 2
        place = {"priority": other.priority, "position": position}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(place))
    return find(connection, tenant_id, job_id)


def retry(connection: Connection, tenant_id: str, job_id: str) -> Job:
    """Let a job that failed or was cancelled wait again, at the end of the queue; it costs what it cost.

    Raises:
        ApiError: it is not over, or it succeeded; or credits are out.
    """
    job = find(connection, tenant_id, job_id, is_for_change=True)
    if not job.has_ended or State.QUEUED not in NEXT[job.state]:
        told = f"this job is {job.state}; only one that failed or was cancelled is tried again"
        raise ApiError(Problem.CONFLICT, told)
    time = now(connection)
    values = {"state": State.QUEUED, "ended_at": None, "is_cancel_asked": False, "position": time, "crashes": 0}
    values |= {"reason_code": None, "reason": None, "expires_at": None, "tries": job.tries + 1}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(values))
    again = find(connection, tenant_id, job_id)
    charge(connection, again, time)
    tell(connection, tenant_id, job_id, State.QUEUED, time)
    return again


def put_away(connection: Connection, tenant_id: str, job_id: str) -> Job:
    """Delete a job, which is cancelled if it has not ended; its files go with it."""
    job = cancel(connection, tenant_id, job_id)
    time = now(connection)
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(deleted_at=time))
    connection.execute(update(assets).where(assets.c.job_id == job_id).values(deleted_at=time))
    return job


def _row(connection: Connection, tenant_id: str, job_id: str, *, is_for_change: bool) -> RowMapping:
    mine = (jobs.c.id == job_id) & (jobs.c.tenant_id == tenant_id) & jobs.c.deleted_at.is_(None)
    asked = select(jobs).where(mine)
    row = connection.execute(asked.with_for_update() if is_for_change else asked).mappings().one_or_none()
    if row is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no job {job_id}")
    return row


def _waiting(connection: Connection, tenant_id: str, job_id: str, what: str) -> Job:
    job = find(connection, tenant_id, job_id, is_for_change=True)
    if job.state is not State.QUEUED:
        raise ApiError(Problem.CONFLICT, f"cannot {what} a job that is {job.state}; only those that wait")
    return job
