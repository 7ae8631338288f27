"""Clocks that jump, and clocks of workers that are apart: who lives loses no job, and who is dead keeps none."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from tests.server.jobs.queueing import ENGINES, accept, finish, history, new_tenant, row, take, taken

from manazir.core.canvas import Canvas
from manazir.server.asks import Ask
from manazir.server.janitor import Janitor
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.jobs.lease import DOUBT_SECONDS, LONGEST_LEASE_SECONDS, Beat, Progress, beat, take_back
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.store import database as store
from manazir.server.store.database import Database, now
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import LEASE_SECONDS, Worker

pytestmark = pytest.mark.parametrize("database", ENGINES, indirect=True)
HOUR = 3600.0
both_ways = pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["ahead", "back"])
Jump = Callable[[float], None]
OTHER_CLOCK = """
create schema clock;
create table clock.jumped (seconds double precision);
insert into clock.jumped values (0);
create function clock.clock_timestamp() returns timestamptz language sql as $$
  select pg_catalog.clock_timestamp() + (select seconds from clock.jumped) * interval '1 second'
$$
"""


@pytest.fixture
def jump(database: Database, monkeypatch: pytest.MonkeyPatch) -> Jump:
    """Sets the clock that the store goes by; each time beside what it is by then."""
    if database.is_sqlite:
        jumped = [0.0]
        told = {"time": lambda: time.time() + sum(jumped), "monotonic": time.monotonic, "sleep": time.sleep}
        monkeypatch.setattr(store, "time", SimpleNamespace(**told))
        return jumped.append
    with database.transaction() as connection:
        for statement in OTHER_CLOCK.split(";"):
            connection.execute(text(statement))
        own = f"alter database {database.url.database} set search_path = clock, pg_catalog, public"
        connection.execute(text(own))
    database.engine.dispose()

    def set_clock(seconds: float) -> None:
        with database.transaction() as connection:
            connection.execute(text("update clock.jumped set seconds = seconds + :by"), {"by": seconds})

    return set_clock


def say(database: Database, job: Job) -> Beat:
    with database.transaction() as connection:
        return beat(connection, "worker", job.id, job.attempt, LEASE_SECONDS, Progress("making", 2, 5))


def given_up(database: Database) -> int:
    with database.transaction() as connection:
        return take_back(connection)


def left(database: Database, job: Job) -> float:
    """Of its lease."""
    with database.reading() as connection:
        return float(row(database, job)["lease_until"] - now(connection))


def test_the_tests_clock_is_the_stores(database: Database, jump: Jump) -> None:
    with database.reading() as connection:
        before = now(connection)
    jump(HOUR)
    with database.reading() as connection:
        assert now(connection) >= before + HOUR


@both_ways
def test_a_worker_that_lives_keeps_its_job(database: Database, jump: Jump, seconds: float) -> None:
    accept(database, new_tenant(database))
    job = taken(database, lease_seconds=LEASE_SECONDS)
    jump(seconds)
    assert given_up(database) == 0
    assert take(database) is None
    assert say(database, job) == Beat(is_mine=True)
    assert given_up(database) == 0
    assert DOUBT_SECONDS < left(database, job) <= LEASE_SECONDS
    assert finish(database, job)
    assert history(database, job) == ["queued", "running", "succeeded"]


@both_ways
def test_a_dead_workers_job_does_not_wait_for_the_clock(database: Database, jump: Jump, seconds: float) -> None:
    accept(database, new_tenant(database))
    job = taken(database, lease_seconds=LEASE_SECONDS)
    jump(seconds)
    assert given_up(database) == 0
    assert left(database, job) <= DOUBT_SECONDS
    jump(DOUBT_SECONDS)
    assert given_up(database) == 1
    told = row(database, job)
    assert (told["state"], told["reason_code"]) == (State.QUEUED, Reason.WORKER_LOST)
    again = taken(database, worker_id="another")
    assert not finish(database, job)
    assert finish(database, again)


def test_a_clock_that_is_set_back_by_little_keeps_nobody_waiting_for_long(database: Database, jump: Jump) -> None:
    accept(database, new_tenant(database))
    job = taken(database, lease_seconds=LEASE_SECONDS)
    jump(-30.0)
    assert given_up(database) == 0
    assert left(database, job) <= LONGEST_LEASE_SECONDS
    jump(30.0 + LEASE_SECONDS)
    assert given_up(database) == 0
    jump(DOUBT_SECONDS)
    assert given_up(database) == 1


@both_ways
def test_workers_clocks_may_be_apart(database: Database, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """On Postgres: those who share a file of SQLite share a machine, and its clock."""
    if database.is_sqlite:
        return
    accept(database, new_tenant(database))
    job = taken(database, lease_seconds=LEASE_SECONDS)
    real = time.time
    with monkeypatch.context() as apart:
        apart.setattr(time, "time", lambda: real() + seconds)
        apart.setattr(time, "time_ns", lambda: int((real() + seconds) * 1e9))
        assert given_up(database) == 0
        assert take(database, worker_id="another") is None
        accept(database, new_tenant(database, "two"))
        other = taken(database, worker_id="another", lease_seconds=LEASE_SECONDS)
    assert given_up(database) == 0
    assert DOUBT_SECONDS < left(database, other) <= LEASE_SECONDS
    assert say(database, job) == Beat(is_mine=True)
    assert finish(database, other)
    assert finish(database, job)
    assert row(database, other)["ended_at"] <= row(database, job)["ended_at"]


@both_ways
def test_a_job_is_made_once_though_the_clock_jumps_in_the_middle_of_it(
    service: Service, key: str, engine: EngineProcess, jump: Jump, seconds: float
) -> None:
    caller = service.caller(key, Scope.ADMIN)
    canvas = Canvas(prompt="long", duration_seconds=6.0, seed=1)
    job = service.submit(caller, Ask(dialect="api", model="sora-2", canvas=canvas, settings={"steps": 10}))
    worker = Worker(service, runner=engine)
    worker._register()
    thread = threading.Thread(target=worker.run_one)
    thread.start()
    while not service.job(caller, job.id).steps_done:
        time.sleep(0.01)
    jump(seconds)
    Janitor(service).soon()
    assert take(service.database, worker_id="idle") is None
    thread.join()
    done = service.job(caller, job.id)
    assert (done.state, done.attempt) == (State.SUCCEEDED, 1)
    assert history(service.database, job) == ["queued", "running", "succeeded"]
