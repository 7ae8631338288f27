"""What a job costs is corrected once its files are known: by who has the newest attempt, and within what is left."""

import pytest
from tests.server.jobs.queueing import ENGINES, accept, credits, entries, fail, new_tenant, row, taken

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.job import Job
from manazir.server.jobs.ledger import correct
from manazir.server.jobs.steering import retry
from manazir.server.store.database import Database

pytestmark = pytest.mark.parametrize("database", ENGINES, indirect=True)


def corrected(database: Database, job: Job, cost: float) -> bool:
    with database.transaction() as connection:
        return correct(connection, job, cost)


def test_more_is_taken_and_less_comes_back_however_often_it_is_asked(database: Database):
    tenant = new_tenant(database, credits=10.0)
    accept(database, tenant, cost=3.0)
    job = taken(database)
    for cost, left in ((8.0, 2.0), (8.0, 2.0), (10.0, 0.0), (1.5, 8.5)):
        assert corrected(database, job, cost)
        assert (credits(database, tenant), entries(database, job)) == (left, [("charge", 1, cost)])
    assert fail(database, job)
    assert (credits(database, tenant), entries(database, job)[1:]) == (10.0, [("refund", 1, 1.5)])


def test_what_is_not_left_is_refused_and_nothing_changes(database: Database):
    tenant = new_tenant(database, credits=10.0)
    accept(database, tenant, cost=3.0)
    job = taken(database)
    with pytest.raises(ApiError, match="this costs 11 credits, 8 more than were taken") as refused:
        corrected(database, job, 11.0)
    assert refused.value.problem is Problem.NO_CREDITS
    assert (credits(database, tenant), entries(database, job)) == (7.0, [("charge", 1, 3.0)])


def test_only_the_newest_attempt_corrects(database: Database):
    tenant = new_tenant(database, credits=10.0)
    accept(database, tenant, cost=3.0)
    job = taken(database)
    assert fail(database, job)
    assert not corrected(database, job, 4.0)
    with database.transaction() as connection:
        retry(connection, tenant, job.id)
    again = taken(database)
    assert not corrected(database, job, 4.0)
    assert corrected(database, again, 4.0)
    assert entries(database, job) == [("charge", 1, 3.0), ("refund", 1, 3.0), ("charge", 2, 4.0)]
    assert (row(database, job)["cost"], credits(database, tenant)) == (4.0, 6.0)


def test_who_is_not_counted_is_not_refused(database: Database):
    tenant = new_tenant(database)
    accept(database, tenant, cost=3.0)
    assert corrected(database, taken(database), 1e6)
    assert credits(database, tenant) is None
