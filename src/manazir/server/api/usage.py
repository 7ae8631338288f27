"""`/usage`: what was spent, what is stored, what waits."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field

from manazir.server.api.access import Reader
from manazir.server.api.shapes import Asked, Told
from manazir.server.api.telling import StateName
from manazir.server.errors import ApiError, Problem
from manazir.server.files import stored_bytes
from manazir.server.jobs.ledger import DAY_SECONDS, spent_by_day
from manazir.server.jobs.listing import count_by_state
from manazir.server.service import Service
from manazir.server.tenants import tenant_by_id

LONGEST_DAYS = 366
USUAL_DAYS = 30
FIRST, LAST = date(1970, 1, 1), date(9998, 12, 31)


def _as_written(text: object) -> object:
    """A day and nothing that could also be read as one: numbers are seconds to some."""
    if isinstance(text, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("write a day as 2026-11-30")
    return text


Day = Annotated[date, BeforeValidator(_as_written), Field(ge=FIRST, le=LAST)]


class UsageAsked(Asked):
    """Which days, in UTC."""

    since: Day | None = Field(None, description="The first; null: 30 days in all.")
    until: Day | None = Field(None, description="The last; null: today.")


class DayTold(Told):
    """What was spent on a day."""

    day: date
    credits: float = Field(description="What jobs cost, without what came back on that day.")
    jobs: int = Field(description="How many were accepted or tried again.")


class UsageTold(Told):
    """Of one tenant."""

    since: date
    until: date
    credits_spent: float
    credits_left: float | None = Field(description="null: they are not counted.")
    days: list[DayTold] = Field(description="Those on which something was spent, the first one first.")
    stored_bytes: int
    max_stored_bytes: int | None
    jobs: dict[StateName, int] = Field(description="How many there are now.")


def usage_routes(service: Service) -> APIRouter:
    """One page."""
    routes = APIRouter(tags=["usage"])

    @routes.get("/usage")
    def get_usage(caller: Reader, asked: Annotated[UsageAsked, Query()]) -> UsageTold:
        """What was spent by day, what is stored, and how many jobs are in which state."""
        since, until = _period(asked)
        begin, end = _begin(since), _begin(until) + DAY_SECONDS
        with service.database.reading() as connection:
            spent = spent_by_day(connection, caller.tenant_id, begin, end)
            tenant = tenant_by_id(connection, caller.tenant_id)
            counts = count_by_state(connection, caller.tenant_id)
            stored = stored_bytes(connection, caller.tenant_id)
        days = [
            DayTold(day=FIRST + timedelta(days=day), credits=credits, jobs=jobs)
            for day, (credits, jobs) in sorted(spent.items())
        ]
        return UsageTold(
            since=since,
            until=until,
            credits_spent=sum(day.credits for day in days),
            credits_left=tenant.credits,
            days=days,
            stored_bytes=stored,
            max_stored_bytes=tenant.max_stored_bytes,
            jobs={state.value: count for state, count in counts.items()},
        )

    return routes


def _period(asked: UsageAsked) -> tuple[date, date]:
    until = asked.until or datetime.fromtimestamp(time.time(), UTC).date()
    since = asked.since or max(FIRST, until - timedelta(days=USUAL_DAYS - 1))
    if since > until:
        raise ApiError(Problem.INVALID, f"since ({since}) is after until ({until})", field="since")
    if (until - since).days >= LONGEST_DAYS:
        raise ApiError(Problem.INVALID, f"at most {LONGEST_DAYS} days are told at once", field="since")
    return since, until


def _begin(day: date) -> float:
    return (day - FIRST).days * float(DAY_SECONDS)
