"""A request becomes a job: state, idempotency key, place in the queue and cost, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.events import tell
from manazir.server.jobs.job import Job, State, check_priority, is_in, job_from_row
from manazir.server.jobs.ledger import charge
from manazir.server.jobs.request import JobRequest
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import assets, jobs, tenants

LONGEST_KEY = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """What is asked for, by whom, through what."""

    tenant_id: str
    dialect: str
    alias: str
    request: JobRequest
    cost: float
    """In credits."""
    key_id: str | None = None
    wire: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 0
    parent_id: str | None = None
    callback_url: str | None = None
    idempotency_key: str | None = None
    body_hash: str | None = None
    """Of what the key stands for."""
    longest_wait_seconds: float | None = None


def submit(connection: Connection, asked: Submission) -> Job:
    """Accept a request, or find the job that the same key was given for.

    Raises:
        ApiError: the key was used for something else; the queue is full; credits are out; an input is not there.
    """
    _check_key(asked.idempotency_key)
    check_priority(asked.priority)
    if (known := _known(connection, asked)) is not None:
        return known
    locked = select(tenants.c.id).where(tenants.c.id == asked.tenant_id).with_for_update(key_share=True)
    connection.execute(locked).one()
    if (known := _known(connection, asked)) is not None:  # somebody else was between the look and the lock
        return known
    _check_inputs(connection, asked)
    check_room(connection, asked.tenant_id)
    time = now(connection)
    job_id = new_id()
    made = insert(jobs).values(_row(asked, job_id, time)).returning(*jobs.c)
    job = job_from_row(connection.execute(made).mappings().one())
    charge(connection, job, time)
    tell(connection, asked.tenant_id, job_id, State.QUEUED, time)
    return job


def _check_key(key: str | None) -> None:
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
        told = f"an Idempotency-Key has 1 to {LONGEST_KEY} characters that can be printed; send a UUID"
        raise ApiError(Problem.INVALID, told, field="Idempotency-Key", reason="bad_key", values={"most": LONGEST_KEY})


def note(connection: Connection, job: Job, **wire: Any) -> None:
    """Add to what a job's dialect keeps to say again."""
    connection.execute(update(jobs).where(jobs.c.id == job.id).values(wire={**job.wire, **wire}))


def _known(connection: Connection, asked: Submission) -> Job | None:
    return known_job(connection, asked.tenant_id, asked.idempotency_key, asked.body_hash)


def known_job(connection: Connection, tenant_id: str, key: str | None, body_hash: str | None) -> Job | None:
    """The job that a tenant's key was given for; None: there is none.

    Raises:
        ApiError: the key was given with another request.
    """
    if key is None:
        return None
    same = (jobs.c.tenant_id == tenant_id) & (jobs.c.idempotency_key == key)
    row = connection.execute(select(jobs).where(same)).mappings().one_or_none()
    if row is None:
        return None
    if row["body_hash"] != body_hash:
        raise ApiError(
            Problem.KEY_REUSED,
            "this Idempotency-Key was given with another request; use a new key, or send what was sent then",
            field="Idempotency-Key",
            reason="asked_before",
        )
    return job_from_row(row)


def _check_inputs(connection: Connection, asked: Submission) -> None:
    """Inputs that were uploaded belong to the tenant, and their bytes are there."""
    for reference in asked.request.files:
        if not reference.startswith("asset:"):
            continue
        mine = (assets.c.id == reference.removeprefix("asset:")) & (assets.c.tenant_id == asked.tenant_id)
        state = connection.execute(select(assets.c.state).where(mine & assets.c.deleted_at.is_(None))).scalar()
        if state is None:
            raise ApiError(
                Problem.NOT_FOUND,
                f"there is no file {reference.removeprefix('asset:')}; upload it first",
                reason="no_such_file",
            )
        if state != "ready":
            raise ApiError(
                Problem.CONFLICT,
                "a file of this request was not uploaded whole; finish it first",
                reason="file_not_whole",
            )


def check_room(connection: Connection, tenant_id: str) -> None:
    """Raise if as many of a tenant's jobs wait as may.

    Raises:
        ApiError: so it is.
    """
    most = connection.execute(select(tenants.c.max_queued).where(tenants.c.id == tenant_id)).scalar_one()
    waiting = (jobs.c.tenant_id == tenant_id) & is_in(State.QUEUED)
    if connection.execute(select(func.count()).where(waiting)).scalar_one() >= most:
        told = f"{most} jobs wait already, as many as may; send more when some are done"
        raise ApiError(Problem.QUEUE_FULL, told, retry_after_seconds=10, reason="jobs_wait", values={"most": int(most)})


def _row(asked: Submission, job_id: str, time: float) -> dict[str, Any]:
    wait = asked.longest_wait_seconds
    return {
        "id": job_id,
        "tenant_id": asked.tenant_id,
        "key_id": asked.key_id,
        "dialect": asked.dialect,
        "kind": asked.request.kind.value,
        "model": asked.request.model,
        "alias": asked.alias,
        "request": asked.request.to_json(),
        "wire": dict(asked.wire),
        "state": State.QUEUED,
        "priority": asked.priority,
        "position": time,
        "cost": asked.cost,
        "created_at": time,
        "expires_at": None if wait is None else time + wait,
        "parent_id": asked.parent_id,
        "idempotency_key": asked.idempotency_key,
        "body_hash": asked.body_hash,
        "callback_url": asked.callback_url,
    }
