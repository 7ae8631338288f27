"""A server that is killed, at a real socket, and comes up again: nothing that was accepted is lost, and all goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.server.jobs.queueing import ENGINES
from tests.server.served import Served, until

from manazir.server.store.database import Database, now
from manazir.server.store.tables import events, jobs, workers

on_both = pytest.mark.parametrize("empty_url", ENGINES, indirect=True)
LONG = {"canvas": {"prompt": "long", "duration_seconds": 6.0, "seed": 1}, "settings": {"steps": 200}}


@pytest.fixture
def served(home: Path, empty_url: str, tmp_path: Path) -> Iterator[Served]:
    """Not started yet, without workers."""
    own = tmp_path / "home"
    own.mkdir()
    (own / "models").symlink_to(home / "models")
    made = Served(own, empty_url)
    yield made
    made.kill()


def created(served: Served, given: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = served.ask("POST", "/api/v1/jobs", json=given, headers=headers)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def job(served: Served, job_id: str) -> dict[str, Any]:
    told: dict[str, Any] = served.get(f"/api/v1/jobs/{job_id}").json()
    return told


@on_both
def test_what_a_killed_servers_worker_had_is_begun_again_before_its_lease_is_over(served: Served) -> None:
    served.workers = 1
    served.start()
    made = created(served, LONG)
    until(lambda: job(served, made["id"])["progress"]["steps_done"])
    database = Database(served.database_url)
    with database.reading() as connection:
        held = connection.execute(select(jobs).where(jobs.c.id == made["id"])).mappings().one()
        process_id = connection.execute(select(workers.c.process_id)).scalar_one()
    served.kill_with(process_id)
    with database.transaction() as connection:  # far longer than a server needs to come up, also where all is slow
        longer = update(jobs).where(jobs.c.id == made["id"]).values(lease_until=now(connection) + 55.0)
        lease_until = connection.execute(longer.returning(jobs.c.lease_until)).scalar_one()
    served.start()
    until(lambda: job(served, made["id"])["attempt"] == held["attempt"] + 1)
    with database.reading() as connection:
        of_it = select(events.c.type, events.c.data, events.c.created_at).where(events.c.job_id == made["id"])
        told = connection.execute(of_it.order_by(events.c.sequence)).all()
    database.close()
    assert [one.type for one in told] == ["job.queued", "job.running", "job.queued", "job.running"]
    assert told[2].data["reason_code"] == "worker_lost"
    assert told[2].created_at < lease_until
