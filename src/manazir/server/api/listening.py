"""One look at the table of events for all who listen: no thread and no connection waits for a listener that is idle.

Events are handed on in the order of their numbers, and only once nothing can come before them any more: on Postgres a
number is drawn before its transaction ends, so a later one may be seen first. A listener that comes back with the last
number that it had misses nothing.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from manazir.core.errors import StoreError
from manazir.server.jobs.events import Event, event_from_row, events_after
from manazir.server.jobs.job import State
from manazir.server.service import Service
from manazir.server.store.tables import events, jobs

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 0.2
AWAY_SECONDS = 2.0
"""Between two looks at a store that is away."""
GAP_SECONDS = 5.0
"""How long a number that is missing is waited for; then its transaction was undone."""
LOOKED_BACK = 1000
"""Numbers before the newest that may still be on their way when listening begins."""
KEPT = 2000
"""Events in memory, for listeners that are not far behind."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class TenantEvent:
    """An event, and whose it is."""

    tenant_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class Step:
    """How far a running job is; not kept, so it has no number."""

    job_id: str
    stage: str | None
    done: int
    total: int
    has_preview: bool


Heard = Event | Step


@dataclass(frozen=True, slots=True)
class Found:
    """What one look found."""

    events: Sequence[TenantEvent]
    steps: Mapping[str, tuple[str, Step]]
    """Of running jobs: whose, and how far."""


@dataclass
class Listening:
    """Looks while anybody listens."""

    service: Service
    settled: int = 0
    """The last number that nothing can come before any more."""
    _listeners: int = 0
    _recent: deque[TenantEvent] = field(default_factory=lambda: deque(maxlen=KEPT))
    _begins_after: int = 0
    """What is in `_recent` comes after this number, without holes."""
    _steps: Mapping[str, tuple[str, Step]] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _looking: asyncio.Task[None] | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _gap_since: float | None = None

    async def listen(
        self, tenant_id: str, after: int | None, job_id: str | None, quiet_seconds: float
    ) -> AsyncGenerator[Sequence[Heard]]:
        """Yield what happens to a tenant's jobs and projects, as it happens; an empty part after so long a quiet.

        Ends when the service does.

        Args:
            after: the last number that the listener had; None: it wants what comes from now on.
            job_id: only this job's.
        """
        await self._begin()
        try:
            last = self.settled if after is None else after
            told: dict[str, Step] = {}
            while not self.service.ending.is_set():
                changed, until = self._changed, self.settled
                found, last = await self._after(tenant_id, last, until, job_id)
                steps = [] if last < until else self._new_steps(tenant_id, job_id, told)
                if found or steps:
                    yield [*found, *steps]
                if last >= until and not await _within(changed, quiet_seconds):
                    yield []
        finally:
            self._end()

    async def _after(self, tenant_id: str, last: int, until: int, job_id: str | None) -> tuple[Sequence[Event], int]:
        """Events after one, and the number up to which they are all."""
        if last >= until:
            return [], last
        if last >= self._begins_after:
            found = []
            for one in reversed(self._recent):
                if one.event.sequence <= last:
                    break
                if one.tenant_id == tenant_id and job_id in (None, one.event.job_id) and one.event.sequence <= until:
                    found.append(one.event)
            return found[::-1], until
        read = await run_in_threadpool(self._read, tenant_id, last, job_id)
        found = [event for event in read if event.sequence <= until]
        is_all = len(found) < len(read) or len(read) < AT_ONCE
        return found, until if is_all else found[-1].sequence

    def _read(self, tenant_id: str, last: int, job_id: str | None) -> Sequence[Event]:
        with self.service.database.reading() as connection:
            return events_after(connection, tenant_id, last, job_id=job_id, limit=AT_ONCE)

    def _new_steps(self, tenant_id: str, job_id: str | None, told: dict[str, Step]) -> list[Step]:
        new = [
            step
            for whose, step in self._steps.values()
            if whose == tenant_id and job_id in (None, step.job_id) and told.get(step.job_id) != step
        ]
        told.update({step.job_id: step for step in new})
        for gone in told.keys() - self._steps.keys():
            del told[gone]
        return new

    async def _begin(self) -> None:
        self._listeners += 1
        try:
            if self._looking is None:
                self._changed, self._ready = asyncio.Event(), asyncio.Event()
                self._looking = asyncio.create_task(self._look_on())
            await self._ready.wait()
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        self._listeners -= 1
        if self._listeners == 0 and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look_on(self) -> None:
        is_new = True
        while not self.service.ending.is_set():
            wait = LOOK_SECONDS
            try:
                if is_new:
                    await self._start()
                    is_new = False
                found = await run_in_threadpool(self._read_new, self.settled)
                if self._take(found):
                    self._changed.set()
                    self._changed = asyncio.Event()
                self._ready.set()
            except StoreError as error:
                LOG.warning("cannot look for events now: %s", error)
                wait = AWAY_SECONDS
            except Exception as error:  # the boundary of the task: listeners wait for the next look
                LOG.error("looking for events failed", exc_info=error)
                wait = AWAY_SECONDS
            await asyncio.sleep(wait)
        self._ready.set()
        self._changed.set()

    async def _start(self) -> None:
        """Begin a little before the newest: what is still on its way is waited for."""
        self._recent.clear()
        self._steps = {}
        self._gap_since = None
        self.settled = self._begins_after = await run_in_threadpool(self._read_beginning)
        while True:
            found = await run_in_threadpool(self._read_new, self.settled)
            before = self.settled
            self._take(found)
            if self.settled == before:
                return

    def _read_beginning(self) -> int:
        with self.service.database.reading() as connection:
            newest = connection.execute(select(func.max(events.c.sequence))).scalar() or 0
            young = select(func.min(events.c.sequence)).where(events.c.sequence > newest - LOOKED_BACK)
            return int(connection.execute(young).scalar() or 1) - 1

    def _read_new(self, after: int) -> Found:
        wanted = (jobs.c.id, jobs.c.tenant_id, jobs.c.stage, jobs.c.steps_done, jobs.c.steps_total, jobs.c.preview_hash)
        with self.service.database.reading() as connection:
            asked = select(events).where(events.c.sequence > after).order_by(events.c.sequence).limit(AT_ONCE)
            rows = connection.execute(asked).mappings().all()
            running = connection.execute(select(*wanted).where(jobs.c.state == State.RUNNING)).all()
        told = [event_from_row(row) for row in rows]
        steps = {
            row.id: (
                row.tenant_id,
                Step(row.id, row.stage, row.steps_done or 0, row.steps_total or 0, row.preview_hash is not None),
            )
            for row in running
        }
        return Found([TenantEvent(row["tenant_id"], one) for row, one in zip(rows, told, strict=True)], steps)

    def _take(self, found: Found) -> bool:
        """Whether there is anything new in it."""
        before_events, before_steps = self.settled, self._steps
        for one in found.events:
            if one.event.sequence != self.settled + 1 and not self._gave_up_gap():
                break
            self._gap_since = None
            if len(self._recent) == KEPT:
                self._begins_after = self._recent[0].event.sequence
            self._recent.append(one)
            self.settled = one.event.sequence
        self._steps = dict(found.steps)
        has_steps = any(before_steps.get(name) != step for name, step in self._steps.items())
        return self.settled != before_events or has_steps

    def _gave_up_gap(self) -> bool:
        now = time.monotonic()
        if self._gap_since is None:
            self._gap_since = now
        return now - self._gap_since >= GAP_SECONDS


async def _within(changed: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(changed.wait(), seconds)
    return changed.is_set()
