"""Leases run out, attempts are fenced off from each other, and late work still counts where nobody else has begun."""

from dataclasses import replace

import pytest
from sqlalchemy import event
from tests.server.jobs.queueing import (
    ENGINES,
    accept,
    credits,
    entries,
    fail,
    files_of,
    finish,
    history,
    lapse,
    new_tenant,
    order,
    row,
    taken,
)

from manazir.server.jobs.ending import requeue
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.jobs.lease import MOST_LOSSES, Beat, Progress, beat, expire_waiting, take_back
from manazir.server.jobs.steering import cancel, hold, retry
from manazir.server.store.database import Database

pytestmark = pytest.mark.parametrize("database", ENGINES, indirect=True)


def say(database: Database, job: Job, worker_id: str = "worker") -> Beat:
    with database.transaction() as connection:
        return beat(connection, worker_id, job.id, job.attempt, 60.0, Progress("making", 2, 5))


def lose(database: Database, job: Job) -> int:
    lapse(database, job)
    with database.transaction() as connection:
        return take_back(connection)


def test_a_beat_renews_the_lease_and_tells_progress(database: Database):
    accept(database, new_tenant(database))
    job = taken(database, lease_seconds=5.0)
    before = row(database, job)["lease_until"]
    assert say(database, job) == Beat(is_mine=True)
    told = row(database, job)
    assert told["lease_until"] > before + 50
    assert (told["stage"], told["steps_done"], told["steps_total"]) == ("making", 2, 5)


def test_a_lost_workers_job_waits_at_its_old_place(database: Database):
    tenant = new_tenant(database)
    first, second = accept(database, tenant), accept(database, tenant)
    job = taken(database)
    assert lose(database, job) == 1
    assert history(database, job) == ["queued", "running", "queued"]
    assert [one.id for one in order(database)] == [first.id, second.id]
    assert row(database, first)["attempt"] == 2


def test_a_live_workers_job_is_left_to_it(database: Database):
    accept(database, new_tenant(database))
    taken(database)
    with database.transaction() as connection:
        assert take_back(connection) == 0


def test_only_the_newest_attempt_wins(database: Database):
    tenant = new_tenant(database, credits=5.0)
    accept(database, tenant, cost=2.0)
    old = taken(database, worker_id="first")
    lose(database, old)
    new = taken(database, worker_id="second")
    assert say(database, old, "first") == Beat(is_mine=False)
    assert not finish(database, old)
    assert not fail(database, old)
    with database.transaction() as connection:
        assert not requeue(connection, old.id, old.attempt, Reason.ENGINE_LOST, "lost")
    assert finish(database, new)
    assert not finish(database, new)
    assert (files_of(database, new), credits(database, tenant)) == (1, 3.0)
    assert history(database, new) == ["queued", "running", "queued", "running", "succeeded"]


def test_late_work_counts_while_nobody_has_begun_again(database: Database):
    accept(database, new_tenant(database))
    job = taken(database)
    lose(database, job)
    assert finish(database, job)
    assert row(database, job)["state"] == State.SUCCEEDED
    assert order(database) == []


def test_a_late_worker_goes_on_while_nobody_has_begun_again(database: Database):
    accept(database, new_tenant(database))
    job = taken(database)
    lose(database, job)
    assert say(database, job) == Beat(is_mine=True)
    told = row(database, job)
    assert (told["state"], told["worker_id"], told["reason"]) == (State.RUNNING, "worker", None)
    assert history(database, job) == ["queued", "running", "queued", "running"]
    assert order(database) == []


def test_a_late_worker_does_not_go_on_with_what_is_held_or_cancelled(database: Database):
    tenant = new_tenant(database)
    for is_held in (True, False):
        accept(database, tenant)
        job = taken(database)
        lose(database, job)
        with database.transaction() as connection:
            _ = hold(connection, tenant, job.id, is_held=True) if is_held else cancel(connection, tenant, job.id)
        assert say(database, job) == Beat(is_mine=False)


def test_workers_of_an_earlier_try_cannot_end_the_next(database: Database):
    """Cancelled, tried again, and only then the first try's worker says that it was cancelled, or done."""
    tenant = new_tenant(database)
    accept(database, tenant)
    old = taken(database)
    with database.transaction() as connection:
        cancel(connection, tenant, old.id)
    lose(database, old)
    assert row(database, old)["state"] == State.CANCELLED
    with database.transaction() as connection:
        retry(connection, tenant, old.id)
    assert not fail(database, old)
    assert not finish(database, old)
    assert say(database, old) == Beat(is_mine=False)
    assert taken(database).attempt == old.attempt + 2


def test_too_many_lost_workers_end_a_job_and_another_try_has_as_many_again(database: Database):
    tenant = new_tenant(database, credits=5.0)
    accept(database, tenant)
    for tries in (1, 2):
        for _ in range(MOST_LOSSES):
            job = taken(database)
            lose(database, job)
        told = row(database, job)
        assert (told["state"], told["reason_code"]) == (State.FAILED, Reason.WORKER_LOST)
        assert entries(database, job)[-1] == ("refund", tries, 1.0)
        with database.transaction() as connection:
            retry(connection, tenant, job.id)
    assert credits(database, tenant) == 4.0


def test_a_job_that_is_to_be_cancelled_does_not_wait_again(database: Database):
    tenant = new_tenant(database)
    for how in ("worker", "engine"):
        accept(database, tenant)
        job = taken(database)
        with database.transaction() as connection:
            assert cancel(connection, tenant, job.id).state is State.RUNNING
        assert say(database, job) == Beat(is_mine=True, is_cancel_asked=True)
        if how == "worker":
            lose(database, job)
        else:
            with database.transaction() as connection:
                assert requeue(connection, job.id, job.attempt, Reason.ENGINE_LOST, "lost", crashes=1)
        assert row(database, job)["state"] == State.CANCELLED


def test_who_waits_longer_than_jobs_may_is_told_and_gets_the_credits_back(database: Database):
    tenant = new_tenant(database, credits=5.0)
    late = accept(database, tenant, longest_wait_seconds=-1.0)
    accept(database, tenant, longest_wait_seconds=1000.0)
    with database.transaction() as connection:
        assert expire_waiting(connection) == 1
        assert expire_waiting(connection) == 0
    told = row(database, late)
    assert (told["state"], told["reason_code"]) == (State.FAILED, Reason.EXPIRED)
    assert credits(database, tenant) == 4.0


def test_looking_for_what_is_late_does_not_read_all_there_ever_was(database: Database):
    if not database.is_sqlite:
        return  # Postgres decides by what is in the tables
    late = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _k, told, given, *_: late.append((told, given)))
    with database.transaction() as connection:
        take_back(connection)
        expire_waiting(connection)
    asked = [(told, given) for told, given in late if told.lstrip().startswith("SELECT")]
    with database.reading() as connection:
        for told, given in asked:
            plan = [row[-1] for row in connection.exec_driver_sql(f"explain query plan {told}", given)]
            assert any("ix_jobs_running" in step or "ix_jobs_expires_at" in step for step in plan), plan
    assert len(asked) == 2


def test_a_stranger_cannot_beat(database: Database):
    accept(database, new_tenant(database))
    job = taken(database)
    assert say(database, replace(job, attempt=7)) == Beat(is_mine=False)
