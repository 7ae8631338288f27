"""A worker whose store goes away in the middle of a job: it goes on, keeps what it made, and commits it later."""

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.server.postgres import Postgres, temporary_folder

from manazir.core.canvas import Canvas
from manazir.core.errors import StoreError
from manazir.server.asks import Ask
from manazir.server.assets.storage import FolderStorage
from manazir.server.janitor import Janitor
from manazir.server.jobs.events import events_after
from manazir.server.jobs.job import State
from manazir.server.keys import Scope, make_key
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.migrate import upgrade
from manazir.server.tenants import first_tenant
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker


@pytest.fixture(scope="module")
def prepared() -> Iterator[Postgres]:
    made = Postgres(temporary_folder(), is_durable=True)
    made.prepare()
    yield made
    shutil.rmtree(made.folder)


@pytest.fixture
def cluster(prepared: Postgres) -> Iterator[Postgres]:
    """One that may be stopped."""
    prepared.start()
    yield prepared
    prepared.stop(at_once=True)


@pytest.mark.parametrize("steps", [10, 40])
def test_what_was_made_is_kept_and_committed_by_the_same_attempt(
    cluster: Postgres, home: Path, tmp_path: Path, engine: EngineProcess, steps: int
):
    service = Service(
        Database(cluster.new_database()), Operator(), FolderStorage(folder=tmp_path / "storage", floor_bytes=0)
    )
    upgrade(service.database)
    with service.database.transaction() as connection:
        key = make_key(connection, first_tenant(connection).id, "tests", [Scope.ADMIN])[1]
    caller = service.caller(key, Scope.ADMIN)
    canvas = Canvas(prompt="x", duration_seconds=6.0, seed=1)
    job = service.submit(caller, Ask(dialect="api", model="sora-2", canvas=canvas, settings={"steps": steps}))

    def away() -> None:
        while not service.job(caller, job.id).steps_done:
            time.sleep(0.01)
        cluster.stop(at_once=True)
        with pytest.raises(StoreError):
            service.job(caller, job.id)
        time.sleep(2.0)  # longer than the lease
        cluster.start()
        Janitor(service).soon()

    worker = Worker(service, runner=engine, lease_seconds=1.0)
    with ThreadPoolExecutor(1) as pool:
        gone = pool.submit(away)
        assert worker.run_one()
        gone.result()
        done = service.job(caller, job.id)  # within: the kernel ends a server with the thread that started it
        with service.database.reading() as connection:
            told = [event.type for event in events_after(connection, caller.tenant_id, 0)]
        service.database.close()
    assert (done.state, done.attempt) == (State.SUCCEEDED, 1)
    assert told == ["job.queued", "job.running", "job.succeeded"]
