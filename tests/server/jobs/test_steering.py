"""What people do with their jobs, in every state; and that nobody waits in a circle for another."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from tests.server.jobs.queueing import (
    ENGINES,
    accept,
    credits,
    entries,
    fail,
    finish,
    history,
    lapse,
    new_tenant,
    order,
    row,
    take,
    taken,
)

from manazir.server.errors import ApiError, Problem
from manazir.server.files import outputs_of
from manazir.server.jobs.job import Job, State
from manazir.server.jobs.lease import take_back
from manazir.server.jobs.ledger import spent
from manazir.server.jobs.listing import ahead_of, list_jobs
from manazir.server.jobs.steering import cancel, find, hold, move, prioritise, put_away, retry
from manazir.server.store.database import Database
from manazir.server.store.tables import jobs

pytestmark = pytest.mark.parametrize("database", ENGINES, indirect=True)


def steer(database: Database, what: object, *arguments: object, **how: object) -> Job:
    with database.transaction() as connection:
        return what(connection, *arguments, **how)  # type: ignore[operator]


def four(database: Database) -> tuple[str, list[str]]:
    tenant = new_tenant(database)
    return tenant, [accept(database, tenant).id for _ in range(4)]


def test_one_that_waits_is_cancelled_at_once_and_costs_nothing(database: Database):
    tenant = new_tenant(database, credits=5.0)
    job = accept(database, tenant, cost=2.0)
    assert steer(database, cancel, tenant, job.id).state is State.CANCELLED
    assert steer(database, cancel, tenant, job.id).state is State.CANCELLED
    assert entries(database, job) == [("charge", 1, 2.0), ("refund", 1, 2.0)]
    assert credits(database, tenant) == 5.0
    assert history(database, job) == ["queued", "cancelled"]
    assert take(database) is None


def test_one_that_runs_is_asked_to_end_and_one_that_is_done_stays_done(database: Database):
    tenant = new_tenant(database, credits=5.0)
    accept(database, tenant, cost=2.0)
    job = taken(database)
    assert steer(database, cancel, tenant, job.id).is_cancel_asked
    assert finish(database, job)
    assert steer(database, cancel, tenant, job.id).state is State.SUCCEEDED
    assert entries(database, job) == [("charge", 1, 2.0)]
    with database.reading() as connection:
        assert spent(connection, tenant, 0.0) == 2.0


def test_what_is_held_is_not_taken_until_it_is_released(database: Database):
    tenant, ids = four(database)
    steer(database, hold, tenant, ids[0], is_held=True)
    assert taken(database).id == ids[1]
    steer(database, hold, tenant, ids[0], is_held=False)
    assert taken(database).id == ids[0]
    with pytest.raises(ApiError, match="cannot hold a job that is running"):
        steer(database, hold, tenant, ids[0], is_held=True)


def test_one_that_is_held_is_cancelled_and_waits_freely_when_tried_again(database: Database):
    tenant = new_tenant(database)
    job = accept(database, tenant)
    steer(database, hold, tenant, job.id, is_held=True)
    steer(database, cancel, tenant, job.id)
    assert not steer(database, retry, tenant, job.id).is_held
    assert taken(database).id == job.id


def test_moved_before_another_and_to_the_end(database: Database):
    tenant, (a, b, c, d) = four(database)
    steer(database, move, tenant, d, a)
    steer(database, move, tenant, b, None)
    steer(database, move, tenant, c, a)
    steer(database, move, tenant, c, c)
    e = accept(database, tenant).id
    assert [job.id for job in order(database)] == [d, c, a, b, e]


def test_moving_takes_the_others_priority(database: Database):
    tenant = new_tenant(database)
    low = accept(database, tenant, priority=-3).id
    high = accept(database, tenant, priority=3).id
    moved = accept(database, tenant).id
    assert steer(database, move, tenant, moved, high).priority == 3
    assert steer(database, move, tenant, high, None).priority == -3
    assert [job.id for job in order(database)] == [moved, low, high]


def test_there_is_always_room_between_two(database: Database):
    """Places are numbers, and halving them does not go on for ever."""
    tenant, (a, b, *rest) = four(database)
    for number in range(200):
        steer(database, move, tenant, rest[number % 2], b)
    more = [accept(database, tenant).id for _ in range(30)]
    for moved in more:
        steer(database, move, tenant, moved, b)
    with database.reading() as connection:
        places = connection.execute(select(jobs.c.position)).scalars().all()
    assert len(set(places)) == len(places)
    assert [job.id for job in order(database)] == [a, *rest, *more, b]


def test_another_priority(database: Database):
    tenant, (a, b, c, d) = four(database)
    steer(database, prioritise, tenant, c, 1)
    steer(database, prioritise, tenant, a, -1)
    with database.reading() as connection:
        assert [ahead_of(connection, find(connection, tenant, one)) for one in (c, b, d, a)] == [0, 1, 2, 3]
    assert [job.id for job in order(database)] == [c, b, d, a]
    with pytest.raises(ApiError, match="from -1000 to 1000"):
        steer(database, prioritise, tenant, b, 1 << 40)


def test_what_failed_is_tried_again_at_the_end_and_paid_again(database: Database):
    tenant = new_tenant(database, credits=5.0)
    accept(database, tenant, cost=2.0)
    job = taken(database)
    other = accept(database, tenant, cost=1.0)
    assert fail(database, job)
    again = steer(database, retry, tenant, job.id)
    assert (again.state, again.tries, again.reason_code) == (State.QUEUED, 2, None)
    assert [one.id for one in order(database)] == [other.id, job.id]
    assert entries(database, job) == [("charge", 1, 2.0), ("refund", 1, 2.0), ("charge", 2, 2.0)]
    assert credits(database, tenant) == 2.0
    assert history(database, job) == ["queued", "running", "failed", "queued", "running"]


def test_what_waits_runs_or_succeeded_is_not_tried_again(database: Database):
    tenant = new_tenant(database)
    job = accept(database, tenant)
    for step in (None, taken, lambda on: finish(on, find_row(on, tenant, job))):
        if step is not None:
            step(database)
        with pytest.raises(ApiError, match="only one that failed or was cancelled") as refused:
            steer(database, retry, tenant, job.id)
        assert refused.value.problem is Problem.CONFLICT


def find_row(database: Database, tenant: str, job: Job) -> Job:
    with database.reading() as connection:
        return find(connection, tenant, job.id)


def test_another_try_needs_credits_and_a_place(database: Database):
    tenant = new_tenant(database, credits=1.0, max_queued=1)
    job = accept(database, tenant)
    steer(database, cancel, tenant, job.id)
    accept(database, tenant)
    with pytest.raises(ApiError) as full:
        steer(database, retry, tenant, job.id)
    assert full.value.problem is Problem.QUEUE_FULL
    taken(database)
    with pytest.raises(ApiError) as poor:
        steer(database, retry, tenant, job.id)
    assert poor.value.problem is Problem.NO_CREDITS
    assert row(database, job)["state"] == State.CANCELLED


@pytest.mark.parametrize("when", ["waiting", "running", "done"])
def test_what_is_deleted_is_gone_with_its_files_and_ends_all_the_same(database: Database, when: str):
    tenant = new_tenant(database, credits=5.0)
    job = accept(database, tenant)
    if when != "waiting":
        job = taken(database)
    if when == "done":
        finish(database, job)
    steer(database, put_away, tenant, job.id)
    with pytest.raises(ApiError) as gone:
        find_row(database, tenant, job)
    assert gone.value.problem is Problem.NOT_FOUND
    if when == "running":
        finish(database, job)
    with database.reading() as connection:
        assert outputs_of(connection, tenant, job.id) == {}
        assert list_jobs(connection, tenant).jobs == []
    assert row(database, job)["state"] == (State.CANCELLED if when == "waiting" else State.SUCCEEDED)
    assert credits(database, tenant) == (5.0 if when == "waiting" else 4.0)


def test_another_tenants_job_is_not_there_for_anything(database: Database):
    mine, other = new_tenant(database, "mine"), new_tenant(database, "other")
    job, own = accept(database, other), accept(database, mine)
    attempts = [
        (cancel, (), {}),
        (hold, (), {"is_held": True}),
        (prioritise, (5,), {}),
        (move, (None,), {}),
        (retry, (), {}),
        (put_away, (), {}),
        (find, (), {}),
    ]
    for what, more, how in attempts:
        with pytest.raises(ApiError) as refused:
            steer(database, what, mine, job.id, *more, **how)
        assert refused.value.problem is Problem.NOT_FOUND
    with pytest.raises(ApiError, match="there is no job"):
        steer(database, move, mine, own.id, job.id)
    assert history(database, job) == ["queued"]


def test_nobody_waits_in_a_circle(database: Database):
    """Everything at once: none of it is refused for anything but the state of a job."""
    tenants = [new_tenant(database, f"t{number}", credits=1000.0) for number in range(3)]
    ids = {tenant: [accept(database, tenant).id for _ in range(12)] for tenant in tenants}

    def act(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(25):
            tenant = chance.choice(tenants)
            one, other = chance.sample(ids[tenant], 2)
            with_database = [
                lambda t=tenant: accept(database, t),
                lambda: work(chance),
                lambda t=tenant, a=one, b=other: steer(database, move, t, a, b),
                lambda t=tenant, a=one, b=other: steer(database, move, t, b, a),
                lambda t=tenant, a=one: steer(database, cancel, t, a),
                lambda t=tenant, a=one: steer(database, retry, t, a),
                lambda t=tenant, a=one: steer(database, prioritise, t, a, chance.randint(-2, 2)),
                give_up,
            ]
            try:
                chance.choice(with_database)()
            except ApiError as refused:
                if refused.problem is not Problem.CONFLICT:
                    raise

    def work(chance: random.Random) -> None:
        job = take(database)
        if job is not None and chance.random() < 0.5:
            lapse(database, job)
        if job is not None and chance.random() < 0.5:
            fail(database, job)

    def give_up() -> None:
        with database.transaction() as connection:
            take_back(connection)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    with database.reading() as connection:
        for tenant in tenants:
            states = connection.execute(select(jobs.c.state, jobs.c.cost).where(jobs.c.tenant_id == tenant)).all()
            kept = sum(cost for state, cost in states if state not in (State.FAILED, State.CANCELLED))
            assert credits(database, tenant) == 1000.0 - kept == 1000.0 - spent(connection, tenant, 0.0)
