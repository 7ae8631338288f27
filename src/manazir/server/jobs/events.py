"""What happened to jobs and projects, in order: written with what happened, read by streams and webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, insert, select

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.job import State
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import deliveries, endpoints, events, jobs, tenants

TOLD = frozenset({State.RUNNING, State.SUCCEEDED, State.FAILED, State.CANCELLED})
"""Changes that callbacks and webhooks hear of."""
PROJECT_CHANGED = "project.changed"
What = Literal["project", "shots", "takes", "board"]
"""Which part of a project: itself, its shots, their takes, its board."""


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a job, or of a project."""

    sequence: int
    job_id: str | None
    type: str
    """`job.` and the state it came to; or `project.changed`."""
    data: dict[str, Any]
    created_at: float
    project_id: str | None = None


def tell(connection: Connection, tenant_id: str, job_id: str, state: State, time: float, **data: Any) -> None:
    """Write down that a job came to a state, and what has to be delivered because of it.

    A tenant's events become visible in the order of their numbers: whoever has read one has not missed an earlier one.
    """
    sequence = _write(connection, tenant_id, time, job_id=job_id, type=f"job.{state}", data=data)
    if state in TOLD:
        _deliver(connection, tenant_id, job_id, f"job.{state}", sequence, time)


def tell_change(connection: Connection, tenant_id: str, project_id: str, what: What, row_id: str, time: float) -> None:
    """Write down that something of a project was changed; streams hear of it, webhooks do not.

    Args:
        row_id: of what was changed: the project, a shot, a take, an item of the board.
    """
    told = {"what": what, "id": row_id}
    _write(connection, tenant_id, time, project_id=project_id, type=PROJECT_CHANGED, data=told)


def _write(connection: Connection, tenant_id: str, time: float, **values: Any) -> int:
    if connection.dialect.name != "sqlite":  # numbers are drawn before transactions end; so one after the other draws
        connection.execute(select(tenants.c.id).where(tenants.c.id == tenant_id).with_for_update(key_share=True))
    made = connection.execute(insert(events).values(tenant_id=tenant_id, created_at=time, **values))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def _deliver(connection: Connection, tenant_id: str, job_id: str, type_: str, sequence: int, time: float) -> None:
    job = connection.execute(select(jobs.c.callback_url, jobs.c.dialect).where(jobs.c.id == job_id)).one()
    targets: list[tuple[str | None, str, str]] = [(None, job.callback_url, job.dialect)] if job.callback_url else []
    mine = (endpoints.c.tenant_id == tenant_id) & endpoints.c.disabled_at.is_(None)
    for row in connection.execute(select(endpoints).where(mine)).mappings():
        if row["dialect"] in (job.dialect, "api") and ("*" in row["types"] or type_ in row["types"]):
            targets.append((row["id"], row["url"], row["dialect"]))
    common: dict[str, Any] = {"tenant_id": tenant_id, "job_id": job_id, "event_sequence": sequence, "state": "waiting"}
    common |= {"next_at": time, "created_at": time}
    rows = [
        common | {"id": new_id(), "endpoint_id": endpoint, "url": url, "dialect": dialect}
        for endpoint, url, dialect in targets
    ]
    if rows:
        connection.execute(insert(deliveries), rows)


def tell_again(connection: Connection, tenant_id: str, endpoint_id: str, url: str, dialect: str) -> str:
    """Have an endpoint told of the newest change of a tenant's jobs once more. Returns the delivery's id.

    Raises:
        ApiError: nothing has happened yet.
    """
    told = (events.c.tenant_id == tenant_id) & events.c.type.in_([f"job.{state}" for state in TOLD])
    newest = select(events.c.sequence, events.c.job_id).where(told).order_by(events.c.sequence.desc()).limit(1)
    event = connection.execute(newest).one_or_none()
    if event is None:
        raise ApiError(Problem.CONFLICT, "nothing has happened to your jobs yet; make one, and test with what is told")
    time = now(connection)
    row: dict[str, Any] = {"id": new_id(), "tenant_id": tenant_id, "job_id": event.job_id, "endpoint_id": endpoint_id}
    row |= {"event_sequence": event.sequence, "url": url, "dialect": dialect, "state": "waiting"}
    connection.execute(insert(deliveries).values(row | {"next_at": time, "created_at": time}))
    return str(row["id"])


def events_after(
    connection: Connection, tenant_id: str, sequence: int, *, job_id: str | None = None, limit: int = 100
) -> Sequence[Event]:
    """A tenant's events after one, oldest first; with a job's id, only that one's."""
    mine = (events.c.tenant_id == tenant_id) & (events.c.sequence > sequence)
    if job_id is not None:
        mine &= events.c.job_id == job_id
    rows = connection.execute(select(events).where(mine).order_by(events.c.sequence).limit(limit)).mappings()
    return [event_from_row(row) for row in rows]


def find_event(connection: Connection, sequence: int) -> Event | None:
    """An event by its number."""
    row = connection.execute(select(events).where(events.c.sequence == sequence)).mappings().one_or_none()
    return None if row is None else event_from_row(row)


def event_from_row(row: RowMapping) -> Event:
    """Read a row."""
    return Event(**{name: row[name] for name in Event.__slots__})
