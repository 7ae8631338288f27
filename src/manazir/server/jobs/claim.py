"""Who is served next: tenants by priority, then by what they were served of late; in a tenant by place in the queue.

Start-time fair queueing (Goyal et al. 1996): a tenant's virtual time grows with the cost it was served over its weight,
and the least is served first. So one tenant's thousand jobs do not keep another's one waiting.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, update

from manazir.server.jobs.events import tell
from manazir.server.jobs.job import Job, State, job_from_row
from manazir.server.store.database import now
from manazir.server.store.tables import jobs, tenants, workers

WAITING = (jobs.c.state == State.QUEUED) & ~jobs.c.is_held
MOST_TENANTS = 16
"""That are looked at for one claim: others' workers may be taking the first ones' jobs at the same moment."""


def claim(connection: Connection, worker_id: str, lease_seconds: float, models: Sequence[str] = ()) -> Job | None:
    """Take the next job for a worker, under a lease; None: nothing waits that it may take.

    Args:
        models: that the worker has; empty: all.
    """
    for tenant_id in _tenants_in_turn(connection):
        wanted = WAITING & (jobs.c.tenant_id == tenant_id)
        if models:
            wanted &= jobs.c.model.in_(models)
        first = select(jobs.c.id).where(wanted).order_by(jobs.c.priority.desc(), jobs.c.position).limit(1)
        job_id = connection.execute(first.with_for_update(skip_locked=True)).scalar()
        if job_id is not None:
            return _take(connection, job_id, worker_id, lease_seconds)
    return None


def _tenants_in_turn(connection: Connection) -> Sequence[str]:
    waits = select(jobs.c.id).where(WAITING & (jobs.c.tenant_id == tenants.c.id)).exists()
    running = (
        select(func.count())
        .where((jobs.c.tenant_id == tenants.c.id) & (jobs.c.state == State.RUNNING))
        .scalar_subquery()
    )
    may = select(tenants.c.id).where(waits & ~tenants.c.is_paused & (running < tenants.c.max_running))
    in_turn = may.order_by(tenants.c.priority.desc(), tenants.c.virtual_time, tenants.c.id).limit(MOST_TENANTS)
    return connection.execute(in_turn).scalars().all()


def _take(connection: Connection, job_id: str, worker_id: str, lease_seconds: float) -> Job:
    time = now(connection)
    taken = {
        "state": State.RUNNING,
        "attempt": jobs.c.attempt + 1,
        "worker_id": worker_id,
        "lease_until": time + lease_seconds,
        "started_at": func.coalesce(jobs.c.started_at, time),
        "stage": "starting",
        "steps_done": 0,
        "reason_code": None,
        "reason": None,
    }
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(taken))
    job = job_from_row(connection.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one())
    served = tenants.c.virtual_time + max(job.cost, 1e-6) / tenants.c.weight
    connection.execute(update(tenants).where(tenants.c.id == job.tenant_id).values(virtual_time=served))
    connection.execute(update(workers).where(workers.c.id == worker_id).values(job_id=job_id, seen_at=time))
    tell(connection, job.tenant_id, job.id, State.RUNNING, time, attempt=job.attempt)
    return job
