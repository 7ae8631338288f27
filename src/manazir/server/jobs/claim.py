"""Who is served next: tenants by priority, then by what they were served of late; in a tenant by place in the queue.

Start-time fair queueing (Goyal et al. 1996): a tenant's virtual time grows with the cost it was served over its weight,
and the least is served first. So one tenant's thousand jobs do not keep another's one waiting. Who was idle, paused or
at its cap has not saved up a share: it starts where the one that was served last did.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select, update

from manazir.core.errors import CanvasError
from manazir.server.jobs.ending import end
from manazir.server.jobs.events import tell
from manazir.server.jobs.job import Job, Reason, State, is_in, job_from_row
from manazir.server.jobs.why import Named
from manazir.server.store.database import now
from manazir.server.store.tables import jobs, tenants, workers

MOST_TENANTS = 16
"""That are looked at for one claim: others' workers may be taking the first ones' jobs at the same moment."""
LEAST_COST = 1e-6
"""What a job that costs nothing counts as, so that tenants take turns at those as well."""
OLD = Named("old_request")


def claim(connection: Connection, worker_id: str, lease_seconds: float, models: Sequence[str] = ()) -> Job | None:
    """Take the next job for a worker, under a lease; None: nothing waits that it may take.

    Args:
        models: that the worker has; empty: all.
    """
    waiting = _waiting(models)
    for tenant_id in _tenants_in_turn(connection, waiting):
        wanted = waiting & (jobs.c.tenant_id == tenant_id)
        first = select(jobs.c.id).where(wanted).order_by(jobs.c.priority.desc(), jobs.c.position).limit(1)
        job_id = connection.execute(first.with_for_update(skip_locked=True)).scalar()
        if job_id is not None:
            return _take(connection, job_id, tenant_id, worker_id, lease_seconds)
    return None


def _waiting(models: Sequence[str]) -> ColumnElement[bool]:
    waiting = is_in(State.QUEUED) & ~jobs.c.is_held
    return waiting & jobs.c.model.in_(models) if models else waiting


def _tenants_in_turn(connection: Connection, waiting: ColumnElement[bool]) -> Sequence[str]:
    # one look for each tenant: of an `exists` Postgres makes a join, and reads all that wait
    one = select(jobs.c.id).where(waiting & (jobs.c.tenant_id == tenants.c.id)).limit(1).scalar_subquery()
    running = select(func.count()).where((jobs.c.tenant_id == tenants.c.id) & is_in(State.RUNNING)).scalar_subquery()
    may = select(tenants.c.id).where(one.is_not(None) & ~tenants.c.is_paused & (running < tenants.c.max_running))
    in_turn = may.order_by(tenants.c.priority.desc(), tenants.c.virtual_time, tenants.c.id).limit(MOST_TENANTS)
    return connection.execute(in_turn).scalars().all()


def _take(connection: Connection, job_id: str, tenant_id: str, worker_id: str, lease_seconds: float) -> Job | None:
    """Take a job whose row is locked; None: others took as many of its tenant's, at the same moment, as may run."""
    locked = select(tenants).where(tenants.c.id == tenant_id).with_for_update(key_share=True)
    tenant = connection.execute(locked).mappings().one()
    its_running = (jobs.c.tenant_id == tenant_id) & is_in(State.RUNNING)
    running = connection.execute(select(func.count()).where(its_running)).scalar_one()
    if tenant["is_paused"] or running >= tenant["max_running"]:
        return None
    time = now(connection)
    taken = {
        "state": State.RUNNING,
        "attempt": jobs.c.attempt + 1,
        "worker_id": worker_id,
        "lease_until": time + lease_seconds,
        "is_late": False,
        "started_at": func.coalesce(jobs.c.started_at, time),
        "stage": "starting",
        "steps_done": 0,
        "reason_code": None,
        "reason": None,
    }
    row = connection.execute(update(jobs).where(jobs.c.id == job_id).values(taken).returning(*jobs.c)).mappings().one()
    try:
        job = job_from_row(row)
    except CanvasError as error:  # of another version: nobody's queue stops for it
        end(connection, job_id, row["attempt"], State.FAILED, Reason.UNSUPPORTED, f"{error}; send it again", OLD)
        return None
    _count(connection, tenant, job.cost)
    connection.execute(update(workers).where(workers.c.id == worker_id).values(job_id=job_id, seen_at=time))
    tell(connection, job.tenant_id, job.id, State.RUNNING, time, attempt=job.attempt)
    return job


def _count(connection: Connection, tenant: RowMapping, cost: float) -> None:
    """Move a tenant's virtual time on by what it is served."""
    its_peers = tenants.c.priority == tenant["priority"]
    last = connection.execute(select(func.max(tenants.c.virtual_start)).where(its_peers)).scalar_one()
    start = max(tenant["virtual_time"], last)
    served = {"virtual_start": start, "virtual_time": start + max(cost, LEAST_COST) / tenant["weight"]}
    connection.execute(update(tenants).where(tenants.c.id == tenant["id"]).values(served))
