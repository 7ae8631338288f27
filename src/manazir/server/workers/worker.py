"""A worker: takes one job after the other, and says that it is there. What becomes of a job is for `attempt.py`."""

import logging
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from manazir.core.errors import StorageError, StoreError, UnsupportedError
from manazir.core.home import device_name
from manazir.server.jobs.claim import claim
from manazir.server.jobs.job import Job
from manazir.server.jobs.lease import seen, take_back
from manazir.server.notes import Notes, noting
from manazir.server.service import Service
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import workers
from manazir.server.workers.alive import BEAT_SECONDS, Alive
from manazir.server.workers.attempt import Attempt
from manazir.server.workers.dead import release_dead
from manazir.server.workers.engine_process import EngineProcess, Failed, Runner
from manazir.server.workers.hearing import LONGEST_SILENCE_SECONDS, Hearing
from manazir.server.workers.patience import until_kept
from manazir.server.workers.processes import this_process
from manazir.server.workers.scratch import Scratch

LOG = logging.getLogger(__name__)
LEASE_SECONDS = 15.0
IDLE_SECONDS = 0.2
IDLE_BEAT_SECONDS = 5.0
"""How often a worker that has nothing to do says that it is there."""
SWEEP_SECONDS = 600.0
"""Between two looks at what was left behind on this machine; the server's janitor looks at its own."""


@dataclass
class Worker:
    """One at a time. It may be killed at any moment: its lease runs out, and another takes the job."""

    service: Service
    runner: Runner = field(default_factory=EngineProcess)
    models: tuple[str, ...] = ()
    """Whose jobs it takes; empty: all."""
    lease_seconds: float = LEASE_SECONDS
    id: str = field(default_factory=new_id)
    stopping: threading.Event = field(default_factory=threading.Event)
    longest_silence_seconds: float = LONGEST_SILENCE_SECONDS
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="files"))
    _scratch: Scratch = field(default_factory=Scratch)
    _seen_at: float = 0.0
    _swept_at: float = field(default_factory=time.monotonic)
    _hearing: Hearing = field(init=False)

    def __post_init__(self) -> None:
        """Its ear is for its own engine."""
        self._hearing = Hearing(self.runner, self.service.storage, self.longest_silence_seconds)

    def check_device(self) -> None:
        """Raise if the device that was chosen for this worker is not there: each of its jobs would fail.

        Only the engine's process knows, once it has imported torch; the CPU is always there, and not waited for.

        Raises:
            UnsupportedError: names the devices that there are.
        """
        if device_name() in (None, "cpu"):
            return
        self.runner.check_device()
        told = None
        while told is None and not self.stopping.is_set():
            told = self.runner.hear(BEAT_SECONDS)
        if isinstance(told, Failed):
            self.runner.close(at_once=True)
            raise UnsupportedError(told.why)

    def run(self) -> None:
        """Work until `stopping` is set; a store that is away is waited for."""
        self.runner.warm()
        until_kept(self._register)
        LOG.info("worker %s takes jobs for %s", self.id, ", ".join(self.models) or "all models")
        until_kept(lambda: release_dead(self.service.database))
        try:
            while not self.stopping.is_set():
                self._sweep()
                if not self.run_one():
                    self._idle()
        finally:
            self.runner.close(at_once=True)
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._scratch.close()

    def run_one(self) -> bool:
        """Take a job and bring it to its end. False: there was none, or the store is away."""
        try:
            with self.service.database.transaction() as connection:
                take_back(connection)
            with self.service.database.transaction() as connection:
                job = claim(connection, self.id, self.lease_seconds, self.models)
        except StoreError as error:
            LOG.warning("cannot take a job: %s", error)
            self.stopping.wait(1.0)
            return False
        if job is None:
            return False
        self._work(job)
        return True

    def _sweep(self) -> None:
        if time.monotonic() - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = time.monotonic()
        try:
            self.service.storage.sweep_drafts()
        except StorageError as error:
            LOG.warning("cannot clean up now: %s", error)

    def _idle(self) -> None:
        self.stopping.wait(IDLE_SECONDS)
        if time.monotonic() - self._seen_at < IDLE_BEAT_SECONDS:
            return
        self._seen_at = time.monotonic()
        try:
            with self.service.database.transaction() as connection:
                seen(connection, self.id, None)
        except StoreError as error:
            LOG.warning("cannot say that this worker is there: %s", error)

    def _register(self) -> None:
        with self.service.database.transaction() as connection:
            time_ = now(connection)
            row: dict[str, Any] = {"id": self.id, "host": socket.gethostname(), "process_id": os.getpid()}
            row |= {"device": device_name() or "the best there is", "started_at": time_, "seen_at": time_}
            if (process := this_process()) is not None:
                row |= {"process_space": process.space, "process_began": process.began}
            connection.execute(workers.delete().where(workers.c.id == self.id))
            connection.execute(insert(workers).values(row))

    def _work(self, job: Job) -> None:
        with noting(Notes(tenant_id=job.tenant_id, job_id=job.id)):
            began = time.monotonic()
            LOG.info("job %s begins, attempt %d", job.id, job.attempt)
            lease = self.lease_seconds
            alive = Alive(self.service.database, self.id, job, lease, self.stopping, self._pool)
            Attempt(self.service, job, alive, self._hearing, self._scratch).bring_to_end()
            LOG.info("job %s took %.1f s", job.id, time.monotonic() - began)
