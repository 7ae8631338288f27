"""Events: each change once, in the order in which they become visible."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.server.jobs.queueing import ENGINES, accept, finish, new_tenant, take, taken

from manazir.server.jobs.events import events_after
from manazir.server.store.database import Database

pytestmark = pytest.mark.parametrize("database", ENGINES, indirect=True)


def test_a_tenant_reads_its_own_from_where_it_was(database: Database):
    mine, other = new_tenant(database), new_tenant(database, "other")
    job = accept(database, mine)
    accept(database, other)
    with database.reading() as connection:
        (first,) = events_after(connection, mine, 0)
    assert (first.type, first.job_id) == ("job.queued", job.id)
    while taken(database).tenant_id != mine:
        pass
    second = accept(database, mine)
    with database.reading() as connection:
        told = events_after(connection, mine, first.sequence)
        assert [(event.type, event.job_id) for event in told] == [("job.running", job.id), ("job.queued", second.id)]
        assert [event.type for event in events_after(connection, mine, 0, job_id=job.id)] == [
            "job.queued",
            "job.running",
        ]
        assert len(events_after(connection, mine, 0, limit=1)) == 1


def test_whoever_reads_on_from_the_last_misses_none(database: Database):
    """Numbers are drawn before transactions end: without care a later one shows first, and the reader passes by."""
    tenant = new_tenant(database)
    done, seen = threading.Event(), []

    def act(number: int) -> None:
        for _ in range(12):
            accept(database, tenant)
            if (job := take(database, worker_id=str(number))) is not None:
                finish(database, job)

    def read() -> None:
        last, is_over = 0, False
        while not is_over:
            is_over = done.is_set()
            with database.reading() as connection:
                while told := events_after(connection, tenant, last):
                    seen.extend(event.sequence for event in told)
                    last = told[-1].sequence

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    done.set()
    reader.join()
    with database.reading() as connection:
        everything = [event.sequence for event in events_after(connection, tenant, 0, limit=10_000)]
    assert len(everything) == 8 * 12 * 3
    assert seen == everything
