"""A worker: takes a job, has it made, keeps what was made, commits it; and says all the while that it is alive."""

import logging
import os
import socket
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from manazir.core.errors import ManazirError, StorageError, StoreError, UnsupportedError
from manazir.core.home import device_name
from manazir.server.asks import cost
from manazir.server.extent import Extent
from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import Output, end, requeue, succeed
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.jobs.lease import Progress, seen, take_back
from manazir.server.jobs.ledger import correct
from manazir.server.jobs.why import Named, named
from manazir.server.notes import Notes, noting
from manazir.server.service import Service
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import jobs, workers
from manazir.server.workers.alive import BEAT_SECONDS, Alive, CancelAskedError, LostLeaseError, ShutDownError
from manazir.server.workers.dead import release_dead
from manazir.server.workers.engine_process import EngineProcess, Failed, Finished, Lost, Runner, Stepped
from manazir.server.workers.failing import reason_of, told_of, unforeseen
from manazir.server.workers.inputs import Bringing
from manazir.server.workers.patience import until_kept
from manazir.server.workers.processes import this_process
from manazir.server.workers.scratch import Scratch

LOG = logging.getLogger(__name__)
LEASE_SECONDS = 15.0
IDLE_SECONDS = 0.2
IDLE_BEAT_SECONDS = 5.0
"""How often a worker that has nothing to do says that it is there."""
KEEP_AGAIN_SECONDS = 900.0
"""Bytes that no row names are swept after an hour (`janitor`): what could not be committed is kept anew before that."""
STOP_SECONDS = 1.0
"""What an engine has to stop by itself; then it is killed."""
MOST_CRASHES = 2
"""Engines that may die over one job."""
SWEEP_SECONDS = 600.0
"""Between two looks at what was left behind on this machine; the server's janitor looks at its own."""
NO_PREVIEW_SECONDS = 60.0
"""After one that could not be kept: a storage that is away is not asked for each of them."""
LONGEST_SILENCE_SECONDS = 3600.0
"""Between two words of an engine; one that is silent for longer is taken for stuck. Loading a large model is silent."""


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
    _previews_from: float = 0.0

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
            self._bring_to_end(job)
            LOG.info("job %s took %.1f s", job.id, time.monotonic() - began)

    def _bring_to_end(self, job: Job) -> None:
        database, lease = self.service.database, self.lease_seconds
        alive = Alive(database, self.id, job, lease, self.stopping, self._pool)
        try:
            with self._scratch.folder() as folder:
                self._make(job, alive, folder)
        except LostLeaseError:
            LOG.warning("job %s is no longer ours; what was made of it is thrown away", job.id)
            self._stop_engine()
        except CancelAskedError:
            self._stop_engine()
            self._end(job, State.CANCELLED, Reason.CANCELLED, "cancelled")
        except ShutDownError:
            self.runner.close(at_once=True)
            self._requeue(job, Reason.WORKER_LOST, "its worker was shut down; it waits for another")
        except ManazirError as error:
            self._stop_engine()
            self._end(job, State.FAILED, reason_of(error), told_of(error), named(error))
        except Exception as error:  # the boundary of a job: the next one is not to suffer from this one
            self.runner.close(at_once=True)
            self._end(job, State.FAILED, *unforeseen(error, job))

    def _make(self, job: Job, alive: Alive, folder: Path) -> None:
        bringing = Bringing(self.service, job)
        try:
            self._make_from(bringing, job, alive, folder)
        finally:
            bringing.let_go()

    def _make_from(self, bringing: Bringing, job: Job, alive: Alive, folder: Path) -> None:
        alive.progress = Progress("fetching", 0, 0)
        try:
            paths = alive.while_doing(lambda: until_kept(bringing.paths, bringing.stopping))
        finally:
            bringing.stopping.set()
        if bringing.extent is not None:
            self._settle(job, bringing.extent)
        alive.progress = Progress("making", 0, 0)
        self.runner.start(job.request, paths, folder)
        made = self._made(job, alive)
        if made is None:
            return
        alive.progress = Progress("keeping", 1, 1)
        given_up = threading.Event()
        try:
            outputs = alive.while_doing(lambda: until_kept(lambda: list(map(self._kept, made.files)), given_up))
        finally:
            given_up.set()
        self._commit(job, made, outputs)

    def _settle(self, job: Job, extent: Extent) -> None:
        """What a file elsewhere makes a job cost is known now: it is taken before any work is done."""
        true_cost = cost(extent, self.service.operator)

        def settle() -> None:
            with self.service.database.transaction() as connection:
                if not correct(connection, job, true_cost):
                    raise LostLeaseError

        until_kept(settle)

    def _made(self, job: Job, alive: Alive) -> Finished | None:
        """Listen to the engine until it has made the job; None: it could not, and the job was dealt with."""
        heard_at = time.monotonic()
        while True:
            told = self.runner.hear(BEAT_SECONDS / 2)
            if isinstance(told, Finished):
                return told
            if isinstance(told, Failed):
                self._end(job, State.FAILED, told.code, told.why, told.name)
                return None
            if told is None and time.monotonic() - heard_at > self.longest_silence_seconds:
                self.runner.close(at_once=True)
                told = Lost(f"the engine said nothing for {self.longest_silence_seconds / 60:.0f} minutes")
            if isinstance(told, Lost):
                self._lost_engine(job, told)
                return None
            if isinstance(told, Stepped):
                heard_at = time.monotonic()
                alive.progress = Progress("making", told.done, told.total, self._preview(told, alive))
            alive.check()

    def _preview(self, told: Stepped, alive: Alive) -> str | None:
        """Keep a picture of what there is so far; None: there is no newer one, or it cannot be kept."""
        if told.preview is None or time.monotonic() < self._previews_from:
            return None
        path = Path(told.preview)
        try:
            return alive.while_doing(lambda: self.service.storage.put_file(path)).sha256
        except StorageError as error:
            LOG.warning("a preview was not kept: %s", error)
            self._previews_from = time.monotonic() + NO_PREVIEW_SECONDS
            return None

    def _kept(self, file: Mapping[str, object]) -> Output:
        blob = self.service.storage.put_file(Path(str(file["path"])))
        facts = file["facts"]
        assert isinstance(facts, dict)
        return Output(
            role=str(file["role"]),
            sha256=blob.sha256,
            size_bytes=blob.size_bytes,
            mime_type=str(file["mime_type"]),
            facts=facts,
        )

    def _commit(self, job: Job, made: Finished, outputs: list[Output]) -> None:
        days = self.service.operator.output_days
        kept_seconds = None if days is None else days * 86_400.0
        kept_at = time.monotonic()

        def commit() -> None:
            nonlocal outputs, kept_at
            if time.monotonic() - kept_at > KEEP_AGAIN_SECONDS:  # the store was away, and nobody's bytes are swept
                outputs, kept_at = [self._kept(file) for file in made.files], time.monotonic()
            with self.service.database.transaction() as connection:
                if not succeed(connection, job.id, job.attempt, made.take, outputs, kept_seconds):
                    raise LostLeaseError

        until_kept(commit)
        LOG.info("job %s succeeded", job.id)

    def _lost_engine(self, job: Job, lost: Lost) -> None:
        LOG.error("job %s: %s", job.id, lost.told)
        crashes = until_kept(lambda: self._crashes(job))
        if crashes + 1 >= MOST_CRASHES:
            told = f"{lost.told}, {MOST_CRASHES} times over this job; ask for a smaller or shorter one"
            name = Named("engine_died", {"times": MOST_CRASHES})
            self._end(job, State.FAILED, Reason.ENGINE_LOST, told, name)
        else:
            self._requeue(job, Reason.ENGINE_LOST, f"{lost.told}; it is tried once more", crashes=1)

    def _crashes(self, job: Job) -> int:
        with self.service.database.reading() as connection:
            return int(connection.execute(jobs.select().where(jobs.c.id == job.id)).mappings().one()["crashes"])

    def _stop_engine(self) -> None:
        """Let the engine stop between two steps, if it does so soon; one that is at nothing stays."""
        if not self.runner.is_busy:
            return
        self.runner.stop()
        until = time.monotonic() + STOP_SECONDS
        while (left := until - time.monotonic()) > 0:
            told = self.runner.hear(left)
            if isinstance(told, Failed | Finished | Lost):
                return
        self.runner.close(at_once=True)

    def _end(self, job: Job, state: State, code: str, why: str, name: Named | None = None) -> None:
        LOG.info("job %s: %s (%s)", job.id, state, code)

        def ended() -> None:
            with self.service.database.transaction() as connection:
                end(connection, job.id, job.attempt, state, code, why, name)

        until_kept(ended)

    def _requeue(self, job: Job, code: str, why: str, crashes: int = 0) -> None:
        def back() -> None:
            with self.service.database.transaction() as connection:
                requeue(connection, job.id, job.attempt, code, why, crashes=crashes)

        until_kept(back)
