"""Cancelling at any point: while it waits, while the engine starts, between steps, while its files are kept."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.server.jobs.queueing import ENGINES

from manazir.core.canvas import Canvas
from manazir.server.asks import Ask
from manazir.server.assets.blobs import Blob
from manazir.server.assets.storage import FolderStorage
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

pytestmark = pytest.mark.parametrize("database", ENGINES, indirect=True)
LONG = Ask(
    dialect="api", model="sora-2", canvas=Canvas(prompt="long", duration_seconds=6.0, seed=1), settings={"steps": 200}
)
SHORT = replace(LONG, canvas=Canvas(prompt="short", seed=1), settings={"steps": 1})


@dataclass(frozen=True, kw_only=True)
class SlowStorage(FolderStorage):
    """A disk that takes its time for each file."""

    seconds: float = 1.0

    def put_stream(self, chunks: Iterable[bytes], limit_bytes: int) -> Blob:
        time.sleep(self.seconds)
        return FolderStorage.put_stream(self, chunks, limit_bytes)


@pytest.fixture
def caller(service: Service, key: str) -> Caller:
    return service.caller(key, Scope.ADMIN)


def until(service: Service, caller: Caller, job: Job, is_so: Callable[[Job], bool]) -> Job:
    for _ in range(6000):
        job = service.job(caller, job.id)
        if is_so(job):
            return job
        time.sleep(0.01)
    raise AssertionError(f"the job stayed {job.state} ({job.stage}, {job.reason})")


def cancelled(service: Service, caller: Caller, worker: Worker, ask: Ask, when: Callable[[Job], bool]) -> Job:
    """A job that is cancelled at some point; its worker takes another afterwards, as if nothing had been."""
    job = service.submit(caller, ask)

    def cancel() -> None:
        until(service, caller, job, when)
        service.cancel(caller, job.id)

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(cancel)
        assert worker.run_one()  # not in a thread: the kernel ends an engine with the thread that started it
        asked.result()
    ended = service.job(caller, job.id)
    assert service.outputs(ended) == {}
    following = service.submit(caller, SHORT)
    assert worker.run_one()
    assert service.job(caller, following.id).state is State.SUCCEEDED
    return ended


def test_one_that_waits_is_never_begun(service: Service, caller: Caller, engine: EngineProcess, database: Database):
    job = service.submit(caller, LONG)
    assert service.cancel(caller, job.id).state is State.CANCELLED
    assert not Worker(service, runner=engine).run_one()


def test_while_the_engine_is_being_started(service: Service, caller: Caller, database: Database):
    fresh = EngineProcess()
    ended = cancelled(service, caller, Worker(service, runner=fresh), LONG, lambda one: one.stage == "making")
    fresh.close(at_once=True)
    assert (ended.state, ended.reason_code) == (State.CANCELLED, Reason.CANCELLED)


def test_in_the_middle_of_steps(service: Service, caller: Caller, engine: EngineProcess, database: Database):
    ended = cancelled(service, caller, Worker(service, runner=engine), LONG, lambda one: bool(one.steps_done))
    assert (ended.state, ended.reason_code) == (State.CANCELLED, Reason.CANCELLED)


def test_while_its_files_are_kept(
    service: Service, caller: Caller, engine: EngineProcess, database: Database, tmp_path: Path
):
    """The engine is at nothing then, and stays: the next job need not wait for another."""
    slow = replace(service, storage=SlowStorage(folder=tmp_path / "slow", floor_bytes=0))
    worker = Worker(slow, runner=engine)
    before = engine._process
    ended = cancelled(slow, caller, worker, SHORT, lambda one: one.stage == "keeping")
    assert (ended.state, ended.reason_code) == (State.CANCELLED, Reason.CANCELLED)
    assert before is None or engine._process is before


def test_one_that_is_done_stays_done(service: Service, caller: Caller, engine: EngineProcess, database: Database):
    job = service.submit(caller, SHORT)
    assert Worker(service, runner=engine).run_one()
    assert service.cancel(caller, job.id).state is State.SUCCEEDED
    assert set(service.outputs(job)) == {"video", "thumbnail", "spritesheet"}
