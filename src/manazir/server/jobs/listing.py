"""Reading jobs: one tenant's or everybody's, newest first, page by page."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from manazir.server.jobs.job import Job, State, is_in, job_from_row
from manazir.server.store.tables import jobs, tenants

MOST_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list."""

    jobs: Sequence[Job]
    has_more: bool


def list_jobs(
    connection: Connection,
    tenant_id: str | None,
    *,
    dialect: str | None = None,
    kinds: Sequence[str] = (),
    states: Sequence[State] = (),
    after_id: str | None = None,
    offset: int = 0,
    limit: int = 20,
    is_oldest_first: bool = False,
) -> Page:
    """A tenant's jobs, or everybody's, by when they were accepted.

    Args:
        after_id: the last one of the page before.
        limit: from 1 to MOST_A_PAGE; whoever asks has checked it.
    """
    mine: ColumnElement[bool] = jobs.c.deleted_at.is_(None)
    if tenant_id is not None:
        mine &= jobs.c.tenant_id == tenant_id
    if dialect is not None:
        mine &= jobs.c.dialect == dialect
    if kinds:
        mine &= jobs.c.kind.in_(kinds)
    if states:
        mine &= jobs.c.state.in_(states)
    if after_id is not None:
        mine &= jobs.c.id > after_id if is_oldest_first else jobs.c.id < after_id
    order = jobs.c.id.asc() if is_oldest_first else jobs.c.id.desc()
    rows = connection.execute(select(jobs).where(mine).order_by(order).offset(offset).limit(limit + 1)).mappings()
    found = [job_from_row(row) for row in rows]
    return Page(found[:limit], len(found) > limit)


def count_jobs(connection: Connection, tenant_id: str, *, dialect: str | None = None) -> int:
    """How many jobs a tenant has that were not deleted."""
    mine = (jobs.c.tenant_id == tenant_id) & jobs.c.deleted_at.is_(None)
    if dialect is not None:
        mine &= jobs.c.dialect == dialect
    return int(connection.execute(select(func.count()).where(mine)).scalar_one())


def count_by_state(connection: Connection, tenant_id: str) -> dict[State, int]:
    """How many of a tenant's jobs are in which state."""
    mine = (jobs.c.tenant_id == tenant_id) & jobs.c.deleted_at.is_(None)
    rows = connection.execute(select(jobs.c.state, func.count()).where(mine).group_by(jobs.c.state)).all()
    return dict.fromkeys(State, 0) | {State(state): int(count) for state, count in rows}


@dataclass(frozen=True, slots=True)
class Line:
    """What runs, then what waits; and how many of each there are."""

    jobs: Sequence[Job]
    running: int
    waiting: int


def line_of(connection: Connection, tenant_id: str | None, limit: int) -> Line:
    """What runs and waits: one tenant's, or everybody's by tenants' priority; in a tenant as it is taken."""
    is_there = jobs.c.deleted_at.is_(None)
    whose = is_there if tenant_id is None else is_there & (jobs.c.tenant_id == tenant_id)
    by_tenant = (tenants.c.priority.desc(), tenants.c.id)
    orders = {
        State.RUNNING: (jobs.c.started_at, jobs.c.id),
        State.QUEUED: (*by_tenant, jobs.c.priority.desc(), jobs.c.position),
    }
    found: list[Job] = []
    counts = {}
    for state, order in orders.items():
        there = whose & is_in(state)
        counts[state] = int(connection.execute(select(func.count()).select_from(jobs).where(there)).scalar_one())
        asked = select(jobs).join(tenants).where(there).order_by(*order).limit(limit - len(found))
        found += [job_from_row(row) for row in connection.execute(asked).mappings()]
    return Line(found, counts[State.RUNNING], counts[State.QUEUED])


def places(connection: Connection, tenant_id: str, waiting: Sequence[Job]) -> dict[str, int]:
    """How many of a tenant's jobs are taken before each of some that wait: the line is read once, from its index."""
    mine = (jobs.c.tenant_id == tenant_id) & is_in(State.QUEUED) & ~jobs.c.is_held
    line = connection.execute(select(jobs.c.priority, jobs.c.position).where(mine))
    order = sorted((-priority, position) for priority, position in line)
    return {job.id: bisect_left(order, (-job.priority, job.position)) for job in waiting}


def ahead_of(connection: Connection, job: Job) -> int:
    """How many of its tenant's jobs are taken before a waiting one."""
    waiting = (jobs.c.tenant_id == job.tenant_id) & is_in(State.QUEUED) & ~jobs.c.is_held
    sooner = (jobs.c.priority > job.priority) | ((jobs.c.priority == job.priority) & (jobs.c.position < job.position))
    return int(connection.execute(select(func.count()).where(waiting & sooner)).scalar_one())
