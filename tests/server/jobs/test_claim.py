"""Who is served next, and that nobody is served twice."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from tests.server.jobs.queueing import ENGINES, accept, finish, new_tenant, order, row, submission, take, taken

from manazir.server.jobs.job import Job, State
from manazir.server.jobs.steering import hold
from manazir.server.jobs.submit import submit
from manazir.server.store.database import Database
from manazir.server.store.tables import jobs, tenants
from manazir.server.tenants import change_tenant

pytestmark = pytest.mark.parametrize("database", ENGINES, indirect=True)


def accept_many(database: Database, tenant: str, count: int, **how: object) -> list[Job]:
    with database.transaction() as connection:
        return [submit(connection, submission(tenant, **how)) for _ in range(count)]


def whose(found: list[Job], tenant: str) -> list[int]:
    """At which places a tenant was served."""
    return [place for place, job in enumerate(found) if job.tenant_id == tenant]


def serve(database: Database, count: int) -> list[Job]:
    """Some jobs, one after the other, each brought to its end."""
    found = []
    for _ in range(count):
        found.append(taken(database))
        assert finish(database, found[-1])
    return found


def change(database: Database, tenant: str, **values: object) -> None:
    with database.transaction() as connection:
        change_tenant(connection, tenant, **values)


def test_a_job_is_taken_under_a_lease(database: Database):
    tenant = new_tenant(database)
    accept(database, tenant)
    job = taken(database)
    assert (job.state, job.attempt, job.stage) == (State.RUNNING, 1, "starting")
    told = row(database, job)
    assert told["worker_id"] == "worker"
    assert told["lease_until"] - told["started_at"] == pytest.approx(60.0)
    assert take(database) is None


def test_within_a_tenant_by_priority_then_by_place(database: Database):
    tenant = new_tenant(database)
    ids = [accept(database, tenant, priority=priority).id for priority in (0, 5, 0, -1, 5)]
    assert [job.id for job in order(database)] == [ids[1], ids[4], ids[0], ids[2], ids[3]]


def test_hundreds_of_jobs_do_not_keep_one_waiting(database: Database):
    many, one = new_tenant(database, "many"), new_tenant(database, "one")
    accept_many(database, many, 200)
    serve(database, 10)
    accept(database, one)
    assert whose(serve(database, 3), one)[0] <= 1


def test_who_was_served_long_ago_owes_nobody(database: Database):
    """A tenant that had the machine for itself for long does not wait now for another's many."""
    old, new = new_tenant(database, "old"), new_tenant(database, "new")
    accept_many(database, old, 30)
    serve(database, 30)
    accept_many(database, new, 30)
    serve(database, 10)
    accept(database, old)
    assert whose(serve(database, 3), old)[0] <= 1


@pytest.mark.parametrize("how", ["idle", "paused", "held"])
def test_who_was_not_served_has_not_saved_up(database: Database, how: str):
    away, there = new_tenant(database, "away"), new_tenant(database, "there")
    accept_many(database, there, 50)
    waiting = [] if how == "idle" else accept_many(database, away, 20)
    if how == "paused":
        change(database, away, is_paused=True)
    for job in waiting if how == "held" else ():
        with database.transaction() as connection:
            hold(connection, away, job.id, is_held=True)
    assert whose(serve(database, 20), away) == []
    if how == "idle":
        accept_many(database, away, 20)
    change(database, away, is_paused=False)
    for job in waiting if how == "held" else ():
        with database.transaction() as connection:
            hold(connection, away, job.id, is_held=False)
    assert len(whose(serve(database, 20), away)) in (10, 11)


def test_turns_are_by_cost_and_weight(database: Database):
    dear, cheap, heavy = (new_tenant(database, f"t{number}", weight=one) for number, one in enumerate((1, 1, 2)))
    accept_many(database, dear, 10, cost=4.0)
    accept_many(database, cheap, 30, cost=1.0)
    accept_many(database, heavy, 30, cost=1.0)
    found = serve(database, 26)
    assert [len(whose(found, tenant)) for tenant in (dear, cheap, heavy)] == pytest.approx([2, 8, 16], abs=1)


def test_what_costs_nothing_takes_turns_too(database: Database):
    one, two = new_tenant(database), new_tenant(database, "two")
    accept_many(database, one, 10, cost=0.0)
    accept_many(database, two, 10, cost=0.0)
    assert len(whose(serve(database, 10), one)) == 5


def test_a_higher_tenants_jobs_go_first_and_do_not_disturb_others_turns(database: Database):
    low, other, high = new_tenant(database, "low"), new_tenant(database, "other"), new_tenant(database, "high")
    change(database, high, priority=1)
    accept_many(database, high, 10, cost=1000.0)
    accept_many(database, low, 20)
    accept_many(database, other, 20)
    found = serve(database, 30)
    assert whose(found, high) == list(range(10))
    assert len(whose(found, low)) == 10


def test_a_cap_on_running_jobs_leaves_room_for_others(database: Database):
    capped, other = new_tenant(database, "capped", max_running=2), new_tenant(database, "other")
    accept_many(database, capped, 5)
    accept_many(database, other, 2)
    found = order(database)
    assert (len(whose(found, capped)), len(whose(found, other))) == (2, 2)
    assert finish(database, found[whose(found, capped)[0]])
    assert taken(database).tenant_id == capped
    assert take(database) is None


def test_a_worker_takes_what_it_has_models_for_whoever_else_is_first(database: Database):
    """Also when more tenants than are looked at wait for other models."""
    for number in range(20):
        accept(database, new_tenant(database, f"t{number}"), model="wan")
    mine = accept(database, new_tenant(database, "mine"), model="noor-nano")
    accept(database, mine.tenant_id, model="wan", priority=5)
    assert taken(database, models=("noor-nano",)).id == mine.id
    assert take(database, models=("noor-nano",)) is None


def test_workers_at_once_never_take_the_same_and_no_more_than_may_run(database: Database):
    free, capped = new_tenant(database, "free"), new_tenant(database, "capped", max_running=3)
    accept_many(database, free, 40)
    accept_many(database, capped, 40)
    together = threading.Barrier(8)

    def work(number: int) -> list[str]:
        together.wait()
        found, empty = [], 0
        while empty < 3:
            job = take(database, worker_id=f"worker-{number}")
            empty += job is None
            found += [job.id] if job else []
        return found

    with ThreadPoolExecutor(8) as pool:
        found = [job_id for ids in pool.map(work, range(8)) for job_id in ids]
    assert max(Counter(found).values()) == 1
    with database.reading() as connection:
        running = connection.execute(select(jobs.c.tenant_id).where(jobs.c.state == State.RUNNING)).scalars().all()
    assert Counter(running) == {free: 40, capped: 3}


def test_the_clock_of_turns_never_goes_back_when_many_claim_at_once(database: Database):
    ids = [new_tenant(database, f"t{number}") for number in range(4)]
    for tenant in ids:
        accept_many(database, tenant, 15)

    def work(number: int) -> None:
        for _ in range(10):
            if (job := take(database, worker_id=f"worker-{number}")) is not None:
                finish(database, job)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with database.reading() as connection:
        times = connection.execute(select(tenants.c.virtual_start, tenants.c.virtual_time)).all()
    served = 60 - len(order(database))
    assert served == 40
    assert all(end - start == 1.0 for start, end in times)
    assert max(end for _, end in times) - min(end for _, end in times) <= 5.0
