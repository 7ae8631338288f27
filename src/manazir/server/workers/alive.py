"""Says that a worker is alive while it works on a job, and hears whether it should go on."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from manazir.core.errors import StoreError
from manazir.server.jobs.job import Job
from manazir.server.jobs.lease import Beat, Progress, beat
from manazir.server.store.database import Database

LOG = logging.getLogger(__name__)
BEAT_SECONDS = 0.5
Result = TypeVar("Result")


class LostLeaseError(Exception):
    """Somebody else has the job by now, or it was ended."""


class CancelAskedError(Exception):
    """Somebody wants the job to end."""


class ShutDownError(Exception):
    """This worker is to end."""


@dataclass
class Alive:
    """A worker's word, given often enough."""

    database: Database
    worker_id: str
    job: Job
    lease_seconds: float
    stopping: threading.Event
    files: ThreadPoolExecutor
    """Does what blocks."""
    progress: Progress = field(default_factory=lambda: Progress("starting", 0, 0))
    _told_at: float = 0.0

    def check(self) -> None:
        """Renew the lease if it is time.

        Raises:
            LostLeaseError, CancelAskedError, ShutDownError: not to go on.
        """
        if self.stopping.is_set():
            raise ShutDownError
        if time.monotonic() - self._told_at < BEAT_SECONDS:
            return
        self._told_at = time.monotonic()
        try:
            heard = self._beat()
        except StoreError as error:
            LOG.warning("cannot renew the lease of job %s: %s", self.job.id, error)
            return  # the work goes on: whether it still counts, committing finds out
        if not heard.is_mine:
            raise LostLeaseError
        if heard.is_cancel_asked:
            raise CancelAskedError

    def while_doing(self, work: Callable[[], Result]) -> Result:
        """Do something that blocks, in a thread, and stay alive meanwhile.

        Raises:
            LostLeaseError, CancelAskedError, ShutDownError: see `check`; the thread ends by itself.
        """
        done: Future[Result] = self.files.submit(work)
        while True:
            try:
                return done.result(timeout=BEAT_SECONDS / 2)
            except TimeoutError:
                if done.done():
                    raise
                self.check()

    def _beat(self) -> Beat:
        job, lease = self.job, self.lease_seconds
        with self.database.transaction() as connection:
            return beat(connection, self.worker_id, job.id, job.attempt, lease, self.progress)
