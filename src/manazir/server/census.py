"""What the record says of the whole service, counted when somebody asks: queues, ends of jobs, workers, messages.

Every server of a store counts the same: for these numbers take one server's, not their sum. No tenant is named; the
queue is told by the priority of tenants, which is what decides who goes first.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select, text

from manazir.core.errors import StorageError, StoreError
from manazir.server.jobs.job import ENDED
from manazir.server.service import Service
from manazir.server.store.database import now
from manazir.server.store.tables import deliveries, events, jobs, tenants, workers

ALIVE_SECONDS = 30.0
"""A worker that was not seen for longer is not counted."""
SETTLED_SECONDS = 30.0
"""Events are numbered before they are committed: of the newest ones some may still come in between."""
AT_ONCE = 5000
WAITING, RUNNING = text("state = 'queued' and not is_held"), text("state = 'running'")
"""As the partial indexes have it: in other words, or with parameters, SQLite would not use them."""
UNTOLD = text("state = 'waiting'")
SECONDS = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0)


@dataclass(eq=False)
class Census(Collector):
    """Reads the record for each look. Of jobs that ended it reads only what is new since the last look."""

    service: Service
    _registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _after: int = 0
    _seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Count from now on."""
        kinds = ["kind", "model", "outcome"]
        told = "Jobs that ended since this server started, by why if they did not succeed."
        self._ended = Counter("manazir_jobs_ended", told, [*kinds, "reason"], registry=self._registry)
        told = "From when a job was first taken by a worker until it ended."
        self._took = Histogram("manazir_job_seconds", told, kinds, buckets=SECONDS, registry=self._registry)
        told = "From when a job was accepted until it was first taken."
        self._waited = Histogram("manazir_job_wait_seconds", told, ["kind"], buckets=SECONDS, registry=self._registry)
        with self.service.database.reading() as connection:
            self._after = connection.execute(select(func.coalesce(func.max(events.c.sequence), 0))).scalar_one()

    def collect(self) -> Iterator[Metric]:
        """Count; while the store is away, only that it is."""
        try:
            with self._lock, self.service.database.reading() as connection:
                found = [*_queue(connection), *_messages(connection), *_workers(connection)]
                self._read_ends(connection)
        except StoreError:
            found = []
            yield _gauge("manazir_store_up", "Whether the record of jobs can be read.", 0.0)
        else:
            yield _gauge("manazir_store_up", "Whether the record of jobs can be read.", 1.0)
            yield from self._registry.collect()
        yield from found
        yield from _disk(self.service)

    def describe(self) -> list[Metric]:
        """Return nothing: what there is follows from the record."""
        return []

    def _read_ends(self, connection: Connection) -> None:
        """Take the ends of jobs that were not counted yet."""
        settled = events.c.created_at < now(connection) - SETTLED_SECONDS
        read_to: int | None = self._after
        while read_to is not None:
            rows = _ends(connection, read_to)
            for row in rows:
                if row.sequence not in self._seen:
                    self._count(row)
                    self._seen.add(row.sequence)
            read_to = rows[-1].sequence if len(rows) == AT_ONCE else None
        asked = select(func.max(events.c.sequence)).where((events.c.sequence > self._after) & settled)
        self._after = connection.execute(asked).scalar_one() or self._after
        self._seen = {sequence for sequence in self._seen if sequence > self._after}

    def _count(self, row: Any) -> None:
        labels = (row.kind, row.model, row.type.removeprefix("job."))
        self._ended.labels(*labels, row.data.get("reason_code") or "").inc()
        if row.started_at is not None:
            self._took.labels(*labels).observe(max(0.0, row.ended_at - row.started_at))
            self._waited.labels(row.kind).observe(max(0.0, row.started_at - row.accepted_at))


def _ends(connection: Connection, after: int) -> Sequence[Any]:
    told = select(
        events.c.sequence,
        events.c.type,
        events.c.data,
        events.c.created_at.label("ended_at"),
        jobs.c.kind,
        jobs.c.model,
        jobs.c.started_at,
        jobs.c.created_at.label("accepted_at"),
    ).join(jobs, jobs.c.id == events.c.job_id)
    new = (events.c.sequence > after) & events.c.type.in_([f"job.{state}" for state in ENDED])
    return connection.execute(told.where(new).order_by(events.c.sequence).limit(AT_ONCE)).all()


def _queue(connection: Connection) -> Iterator[Metric]:
    """From indexes of what waits and what runs alone: how many jobs have ended makes no difference."""
    rows = connection.execute(select(jobs.c.tenant_id, func.count()).where(WAITING).group_by(jobs.c.tenant_id)).all()
    waiting = {row[0]: int(row[1]) for row in rows}
    depth = GaugeMetricFamily("manazir_queue_depth", "Jobs that wait, by their tenants' priority.", labels=["priority"])
    asked = select(tenants.c.id, tenants.c.priority)
    by_priority: dict[int, int] = {}
    for tenant_id, priority in connection.execute(asked):
        by_priority[priority] = by_priority.get(priority, 0) + waiting.get(tenant_id, 0)
    for priority, count in by_priority.items():
        depth.add_metric([str(priority)], count)
    yield depth
    yield _gauge("manazir_queue_tenants", "Tenants of which something waits.", len(waiting))
    yield _gauge(
        "manazir_queue_longest", "Jobs that wait of the tenant of which most do.", max(waiting.values(), default=0)
    )
    running = connection.execute(select(func.count()).select_from(jobs).where(RUNNING)).scalar_one()
    states = GaugeMetricFamily("manazir_jobs", "Jobs that have not ended.", labels=["state"])
    states.add_metric(["queued"], sum(waiting.values()))
    states.add_metric(["running"], running)
    yield states


def _messages(connection: Connection) -> Iterator[Metric]:
    asked = select(func.count(), func.min(deliveries.c.next_at)).where(UNTOLD)
    count, oldest = connection.execute(asked).one()
    yield _gauge("manazir_deliveries_waiting", "Messages about jobs that were not taken yet.", count)
    late = 0.0 if oldest is None else max(0.0, now(connection) - oldest)
    yield _gauge("manazir_deliveries_late_seconds", "How long the next of them has been due.", late)


def _workers(connection: Connection) -> Iterator[Metric]:
    alive = workers.c.seen_at > now(connection) - ALIVE_SECONDS
    count = connection.execute(select(func.count()).where(alive)).scalar_one()
    yield _gauge("manazir_workers", "Workers that were seen in the last half minute, on all machines.", count)


def _disk(service: Service) -> Iterator[Metric]:
    try:
        free = service.storage.free_bytes()
    except StorageError:
        return
    yield _gauge("manazir_storage_free_bytes", "What the disk of the storage has left.", free)


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, value=value)
