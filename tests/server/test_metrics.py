"""`/metrics`: who may see it, what it counts, and that counting reads no ended job."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, event, select, update
from starlette.testclient import TestClient

from manazir.core.canvas import Canvas
from manazir.core.errors import StoreError
from manazir.server.app import make_app
from manazir.server.asks import Ask
from manazir.server.edge.watching import Watching
from manazir.server.janitor import Janitor
from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import end, succeed
from manazir.server.jobs.job import State
from manazir.server.keys import Scope, make_key
from manazir.server.metrics import Metrics
from manazir.server.service import Service
from manazir.server.store.database import now
from manazir.server.store.tables import workers
from manazir.server.tenants import change_tenant, find_tenant
from manazir.server.webhooks.outbox import Outcome
from manazir.server.workers.worker import Worker

ASK = Ask(dialect="sora", model="sora-2", canvas=Canvas(prompt="a red ball", width=1280, height=720))


@pytest.fixture
def metrics(service: Service) -> Metrics:
    return Metrics(service)


@pytest.fixture
def look(service: Service, key: str, metrics: Metrics) -> Callable[[], dict[str, float]]:
    """Reads the numbers."""
    client = TestClient(make_app(service, metrics))

    def read() -> dict[str, float]:
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200
        lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}

    return read


def take(service: Service, state: State) -> None:
    with service.database.transaction() as connection:
        job = claim(connection, "worker", 60.0)
        assert job is not None
        if state is State.SUCCEEDED:
            assert succeed(connection, job.id, job.attempt, {}, [])
        elif state is not State.RUNNING:
            assert end(connection, job.id, job.attempt, state, "engine_lost", "it died")


def test_only_a_key_that_may_sees_the_numbers(service: Service, key: str, other_key: str) -> None:
    with service.database.transaction() as connection:
        _, seer = make_key(connection, find_tenant(connection, "other").id, "prometheus", [Scope.METRICS])
    client = TestClient(make_app(service))
    statuses = [
        client.get("/metrics", headers={"Authorization": f"Bearer {one}"}).status_code for one in (other_key, seer, key)
    ]
    assert [client.get("/metrics").status_code, *statuses] == [401, 403, 200, 200]
    assert not service.caller(seer, Scope.METRICS).may(Scope.READ)


def test_jobs_are_counted_by_where_they_are_and_how_they_ended(
    service: Service, key: str, other_key: str, look: Callable[[], dict[str, float]]
) -> None:
    mine, others = service.caller(key, Scope.ADMIN), service.caller(other_key, Scope.GENERATE)
    with service.database.transaction() as connection:
        change_tenant(connection, others.tenant_id, priority=-3)
    for _ in range(5):
        service.submit(mine, ASK)
    service.submit(others, ASK)
    assert look()['manazir_queue_depth{priority="0"}'] == 5
    for state in (State.SUCCEEDED, State.SUCCEEDED, State.FAILED, State.RUNNING):
        take(service, state)
    told = look()
    assert told['manazir_queue_depth{priority="0"}'] == 1
    assert told['manazir_queue_depth{priority="-3"}'] == 1
    assert (told["manazir_queue_tenants"], told["manazir_queue_longest"]) == (2, 1)
    assert (told['manazir_jobs{state="queued"}'], told['manazir_jobs{state="running"}']) == (2, 1)
    made = 'kind="video",model="noor-nano",outcome'
    assert told[f'manazir_jobs_ended_total{{{made}="succeeded",reason=""}}'] == 2
    assert told[f'manazir_jobs_ended_total{{{made}="failed",reason="engine_lost"}}'] == 1
    assert told[f'manazir_job_seconds_count{{{made}="succeeded"}}'] == 2
    assert look()[f'manazir_jobs_ended_total{{{made}="succeeded",reason=""}}'] == 2, "each end is counted once"


def test_nobody_is_named(service: Service, key: str, other_key: str, look: Callable[[], dict[str, float]]) -> None:
    caller = service.caller(other_key, Scope.GENERATE)
    job = service.submit(caller, ASK)
    told = " ".join(look())
    assert "manazir_queue_depth" in told
    for one in (caller.tenant_id, caller.tenant_name + '"', job.id, "a red ball", caller.key_id):
        assert one not in told


def test_what_waits_is_counted_from_indexes(service: Service, key: str, metrics: Metrics) -> None:
    plans: list[str] = []

    def explain(connection: Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "FROM jobs" in statement and not statement.startswith("EXPLAIN"):
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[call-arg]
            plans.extend(row[3] for row in rows.fetchall())  # type: ignore[attr-defined]

    event.listen(service.database.engine, "before_cursor_execute", explain)
    list(metrics.registry.collect())
    used = {plan.partition("INDEX ")[2].partition(" ")[0] for plan in plans if "jobs" in plan}
    assert used == {"ix_jobs_waiting", "ix_jobs_running"}, "no look at jobs that have ended"


def test_a_store_that_is_away_is_told_and_the_rest_still_counted(
    service: Service, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StoreError("away")

    monkeypatch.setattr(service.database, "reading", away)
    told = {metric.name: metric for metric in metrics.registry.collect()}
    assert told["manazir_store_up"].samples[0].value == 0.0
    assert told["manazir_storage_free_bytes"].samples[0].value > 0
    assert "manazir_queue_depth" not in told


def test_requests_are_counted_by_the_route_that_answered(metrics: Metrics) -> None:
    inner, app = FastAPI(), FastAPI()

    @inner.get("/videos/{id}")
    def video(id: str) -> str:
        return 1 / 0 if id == "broken" else id  # type: ignore[return-value]

    app.mount("/openai/v1", inner)
    client = TestClient(Watching(app, metrics), raise_server_exceptions=False)
    for path in ("/openai/v1/videos/1", "/openai/v1/videos/2", "/openai/v1/videos/broken", "/openai/v1/other", "/x"):
        client.get(path)
    client.request("BREW", "/x")

    def count(**labels: str) -> float | None:
        return metrics.registry.get_sample_value("manazir_requests_total", labels)

    route = {"dialect": "openai", "method": "GET", "route": "/openai/v1/videos/{id}"}
    assert (count(**route, status="200"), count(**route, status="500")) == (2, 1)
    assert count(dialect="openai", method="GET", route="none", status="404") == 1
    assert count(dialect="none", method="GET", route="none", status="404") == 1
    assert count(dialect="none", method="other", route="none", status="404") == 1


def test_tries_to_tell_receivers_are_counted(metrics: Metrics) -> None:
    metrics.delivered("luma", Outcome.WAITING)
    labels = {"dialect": "luma", "outcome": "waiting"}
    assert metrics.registry.get_sample_value("manazir_deliveries_total", labels) == 1


def test_workers_that_are_idle_are_seen_and_those_that_are_gone_are_not(
    service: Service, look: Callable[[], dict[str, float]]
) -> None:
    idle, gone = Worker(service), Worker(service)
    for worker in (idle, gone):
        worker._register()
    with service.database.transaction() as connection:
        connection.execute(update(workers).values(seen_at=now(connection) - 90_000.0))
    assert look()["manazir_workers"] == 0
    idle._idle()
    assert look()["manazir_workers"] == 1
    Janitor(service).seldom()
    with service.database.reading() as connection:
        assert connection.execute(select(workers.c.id)).scalars().all() == [idle.id]
