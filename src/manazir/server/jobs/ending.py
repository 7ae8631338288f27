"""How jobs end: once, by whoever holds the newest attempt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select, update

from manazir.server.jobs.events import tell
from manazir.server.jobs.job import Reason, State
from manazir.server.jobs.ledger import refund
from manazir.server.jobs.why import Named, written
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import assets, jobs


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """A file that a job made; its bytes are in the storage already."""

    role: str
    """`video`, `image`, `thumbnail` or `spritesheet`."""
    sha256: str
    size_bytes: int
    mime_type: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def succeed(
    connection: Connection,
    job_id: str,
    attempt: int,
    take: Mapping[str, Any],
    outputs: Sequence[Output],
    kept_seconds: float | None = None,
) -> bool:
    """Commit what an attempt made. False: it was ended, or another attempt has it by now, and nothing was changed.

    An attempt that was given up for lost still counts as long as nobody has begun another.

    Args:
        kept_seconds: how long the outputs are kept; None: until somebody deletes them.
    """
    ended = end(connection, job_id, attempt, State.SUCCEEDED, None, None, take=dict(take))
    if not ended:
        return False
    time = now(connection)
    job = connection.execute(select(jobs.c.tenant_id, jobs.c.deleted_at).where(jobs.c.id == job_id)).one()
    common = {"tenant_id": job.tenant_id, "job_id": job_id, "state": "ready", "wire": {}, "created_at": time}
    common |= {"expires_at": None if kept_seconds is None else time + kept_seconds, "deleted_at": job.deleted_at}
    for output in outputs:
        told = {"role": output.role, "sha256": output.sha256, "size_bytes": output.size_bytes}
        told |= {"mime_type": output.mime_type, "facts": dict(output.facts)}
        connection.execute(insert(assets).values(common | told | {"id": new_id()}))
    return True


def end(
    connection: Connection,
    job_id: str,
    attempt: int,
    state: State,
    reason_code: str | None,
    reason: str | None,
    name: Named | None = None,
    **values: Any,
) -> bool:
    """Bring a job to its end, if this attempt is still the newest; what it cost comes back unless it succeeded.

    Args:
        name: the reason's, for who tells it in another language.
    """
    time = now(connection)
    values |= {"state": state, "reason_code": reason_code, "reason": written(reason, name), "ended_at": time}
    values |= {"stage": None, "is_held": False, "lease_until": None}
    live = (jobs.c.id == job_id) & (jobs.c.attempt == attempt) & jobs.c.state.in_([State.QUEUED, State.RUNNING])
    row = connection.execute(update(jobs).where(live).values(values).returning(*jobs.c)).mappings().one_or_none()
    if row is None:
        return False
    if state is not State.SUCCEEDED:
        refund(connection, row, time)
    told = {} if reason_code is None else {"reason_code": str(reason_code), "reason": reason}
    tell(connection, row["tenant_id"], job_id, state, time, **told)
    return True


def requeue(
    connection: Connection,
    job_id: str,
    attempt: int,
    reason_code: str,
    reason: str,
    *,
    crashes: int = 0,
    losses: int = 0,
) -> bool:
    """Let a running job wait again at its old place, if this attempt is still the newest; or end it, if that was asked.

    Args:
        crashes: how many times its engine died over it in this attempt.
        losses: how many times its worker was lost.
    """
    time = now(connection)
    asked = select(jobs.c.is_cancel_asked).where(jobs.c.id == job_id).with_for_update()
    if connection.execute(asked).scalar():
        return end(connection, job_id, attempt, State.CANCELLED, Reason.CANCELLED, "cancelled")
    values: dict[str, Any] = {"state": State.QUEUED, "lease_until": None, "worker_id": None, "stage": None}
    values |= {"reason_code": reason_code, "reason": reason, "crashes": jobs.c.crashes + crashes}
    values["losses"] = jobs.c.losses + losses
    mine = (jobs.c.id == job_id) & (jobs.c.attempt == attempt) & (jobs.c.state == State.RUNNING)
    back = connection.execute(update(jobs).where(mine).values(values).returning(jobs.c.tenant_id)).scalar_one_or_none()
    if back is None:
        return False
    tell(connection, back, job_id, State.QUEUED, time, reason_code=str(reason_code), reason=reason)
    return True
