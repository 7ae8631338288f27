"""What jobs cost: taken when they are accepted, given back unless they succeed; written down both times.

What depends on a file that is fetched is corrected once that is here, before any work is done.
"""

from sqlalchemy import Connection, Integer, RowMapping, case, cast, func, insert, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.job import Job
from manazir.server.store.tables import jobs, ledger, tenants

DAY_SECONDS = 86_400


def charge(connection: Connection, job: Job, time: float) -> None:
    """Take a job's cost from its tenant's credits.

    Raises:
        ApiError: there are not enough.
    """
    enough = (tenants.c.id == job.tenant_id) & (tenants.c.credits.is_(None) | (tenants.c.credits >= job.cost))
    taken = connection.execute(update(tenants).where(enough).values(credits=tenants.c.credits - job.cost))
    if taken.rowcount != 1:
        told = f"this costs {job.cost:g} credits, more than are left; ask the operator for more"
        raise ApiError(Problem.NO_CREDITS, told, reason="credits", values={"cost": job.cost})
    _enter(connection, job.tenant_id, job.id, "charge", job.tries, job.cost, time)


def correct(connection: Connection, job: Job, cost: float) -> bool:
    """Let a job cost what it does, now that its files are known, in the place of what was thought when it was accepted.

    Returns:
        False: it was ended, or another attempt has it by now, and nothing was changed.

    Raises:
        ApiError: that is more than the tenant has left.
    """
    live = (jobs.c.id == job.id) & (jobs.c.attempt == job.attempt) & jobs.c.ended_at.is_(None)
    was = connection.execute(select(jobs.c.cost).where(live).with_for_update()).scalar_one_or_none()
    if was is None or was == cost:
        return was is not None
    enough = (tenants.c.id == job.tenant_id) & (tenants.c.credits.is_(None) | (tenants.c.credits >= cost - was))
    if cost < was:
        enough = tenants.c.id == job.tenant_id
    taken = connection.execute(update(tenants).where(enough).values(credits=tenants.c.credits - (cost - was)))
    if taken.rowcount != 1:
        told = f"its file is longer than was known: this costs {cost:g} credits, {cost - was:g} more than were taken, "
        told += "and those are not left; ask the operator for more"
        values = {"cost": cost, "more": cost - was}
        raise ApiError(Problem.NO_CREDITS, told, reason="more_credits", values=values)
    charged = (ledger.c.job_id == job.id) & (ledger.c.entry == "charge") & (ledger.c.tries == job.tries)
    connection.execute(update(ledger).where(charged).values(credits=cost))
    connection.execute(update(jobs).where(live).values(cost=cost))
    return True


def refund(connection: Connection, job: RowMapping, time: float) -> None:
    """Give back what a job had cost that did not succeed.

    Args:
        job: its row: whatever stands in its request, credits come back.
    """
    mine = tenants.c.id == job["tenant_id"]
    connection.execute(update(tenants).where(mine).values(credits=tenants.c.credits + job["cost"]))
    _enter(connection, job["tenant_id"], job["id"], "refund", job["tries"], job["cost"], time)


def spent(connection: Connection, tenant_id: str, since: float) -> float:
    """Credits that a tenant's jobs cost since a time, without those that came back."""
    mine = (ledger.c.tenant_id == tenant_id) & (ledger.c.created_at >= since)
    rows = connection.execute(select(ledger.c.entry, ledger.c.credits).where(mine)).all()
    return float(sum(credits if entry == "charge" else -credits for entry, credits in rows))


def spent_by_day(connection: Connection, tenant_id: str, since: float, until: float) -> dict[int, tuple[float, int]]:
    """What a tenant's jobs cost each day, and how many were charged, by days since 1970 in UTC; idle days are left out.

    What came back counts for the day on which it did.
    """
    mine = (ledger.c.tenant_id == tenant_id) & (ledger.c.created_at >= since) & (ledger.c.created_at < until)
    days = ledger.c.created_at / DAY_SECONDS
    is_rounding = connection.dialect.name == "postgresql"  # SQLite cuts off, and may lack floor()
    day = func.floor(days) if is_rounding else cast(days, Integer)
    charged = case((ledger.c.entry == "charge", 1), else_=0)
    credits = case((ledger.c.entry == "charge", ledger.c.credits), else_=-ledger.c.credits)
    rows = connection.execute(select(day, func.sum(credits), func.sum(charged)).where(mine).group_by(day)).all()
    return {round(row[0]): (float(row[1]), int(row[2])) for row in rows}


def _enter(
    connection: Connection, tenant_id: str, job_id: str, entry: str, tries: int, cost: float, time: float
) -> None:
    told = {"tenant_id": tenant_id, "job_id": job_id, "entry": entry, "tries": tries}
    connection.execute(insert(ledger).values(told | {"credits": cost, "created_at": time}))
