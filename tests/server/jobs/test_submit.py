"""A request becomes one job, whatever happens at the same moment; or is refused, and leaves nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from tests.server.jobs.queueing import ENGINES, accept, credits, entries, history, new_tenant, taken

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.job import State
from manazir.server.jobs.steering import put_away
from manazir.server.store.database import Database
from manazir.server.store.tables import events, jobs, ledger

pytestmark = pytest.mark.parametrize("database", ENGINES, indirect=True)


def nothing_more(database: Database, count: int) -> None:
    with database.reading() as connection:
        for table in (jobs, ledger, events):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == count, table.name


def test_a_job_waits_is_charged_and_is_told_of(database: Database):
    tenant = new_tenant(database, credits=10.0)
    job = accept(database, tenant, cost=3.0)
    assert (job.state, job.tries, job.attempt) == (State.QUEUED, 1, 0)
    assert credits(database, tenant) == 7.0
    assert entries(database, job) == [("charge", 1, 3.0)]
    assert history(database, job) == ["queued"]


def test_one_key_is_one_job_for_each_tenant(database: Database):
    one, two = new_tenant(database), new_tenant(database, "two")
    first = accept(database, one, idempotency_key="k", body_hash="a")
    assert accept(database, one, idempotency_key="k", body_hash="a").id == first.id
    assert accept(database, two, idempotency_key="k", body_hash="b").id != first.id
    with pytest.raises(ApiError) as refused:
        accept(database, one, idempotency_key="k", body_hash="b")
    assert refused.value.problem is Problem.KEY_REUSED
    nothing_more(database, 2)


def test_a_key_answers_with_the_job_as_it_is_by_now(database: Database):
    tenant = new_tenant(database, max_queued=1)
    accept(database, tenant, idempotency_key="k", body_hash="a")
    job = taken(database)
    assert accept(database, tenant, idempotency_key="k", body_hash="a") == job


def test_a_key_is_kept_as_long_as_its_job(database: Database):
    tenant = new_tenant(database)
    first = accept(database, tenant, idempotency_key="k", body_hash="a")
    with database.transaction() as connection:
        put_away(connection, tenant, first.id)
    assert accept(database, tenant, idempotency_key="k", body_hash="other").id != first.id


@pytest.mark.parametrize("key", ["", "k" * 256, "a\0b", "a\nb"])
def test_a_key_that_no_store_can_keep_is_refused_alike_by_both(database: Database, key: str):
    tenant = new_tenant(database)
    with pytest.raises(ApiError) as refused:
        accept(database, tenant, idempotency_key=key, body_hash="a")
    assert (refused.value.problem, refused.value.field) == (Problem.INVALID, "Idempotency-Key")


@pytest.mark.parametrize("priority", [1001, -1001, 10**12])
def test_a_priority_beyond_all_measure_is_refused(database: Database, priority: int):
    tenant = new_tenant(database)
    with pytest.raises(ApiError, match="from -1000 to 1000"):
        accept(database, tenant, priority=priority)


def test_a_full_queue_refuses_until_one_is_taken(database: Database):
    tenant = new_tenant(database, max_queued=2)
    for _ in range(2):
        accept(database, tenant)
    with pytest.raises(ApiError) as refused:
        accept(database, tenant)
    assert refused.value.problem is Problem.QUEUE_FULL
    assert refused.value.retry_after_seconds == 10
    nothing_more(database, 2)
    taken(database)
    accept(database, tenant)


def test_what_costs_more_than_is_left_is_refused_whole(database: Database):
    tenant = new_tenant(database, credits=2.5)
    accept(database, tenant, cost=2.0)
    with pytest.raises(ApiError) as refused:
        accept(database, tenant, cost=1.0)
    assert refused.value.problem is Problem.NO_CREDITS
    assert credits(database, tenant) == 0.5
    nothing_more(database, 1)


def test_fifty_at_once_with_one_key_are_one_job(database: Database):
    tenant = new_tenant(database, credits=100.0)
    together = threading.Barrier(50)

    def ask(_: int) -> str:
        together.wait()
        return accept(database, tenant, idempotency_key="k", body_hash="a").id

    with ThreadPoolExecutor(50) as pool:
        answers = set(pool.map(ask, range(50)))
    assert len(answers) == 1
    nothing_more(database, 1)
    assert credits(database, tenant) == 99.0


def test_many_at_once_spend_no_more_than_there_is_and_queue_no_more_than_may(database: Database):
    tenants_ = [new_tenant(database, "credits", credits=7.0), new_tenant(database, "places", max_queued=7)]

    def ask(number: int) -> bool:
        try:
            accept(database, tenants_[number % 2])
        except ApiError as refused:
            if refused.problem not in (Problem.NO_CREDITS, Problem.QUEUE_FULL):
                raise
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(ask, range(40))) == 14
    assert credits(database, tenants_[0]) == 0.0
    nothing_more(database, 14)
