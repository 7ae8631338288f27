"""How an attempt that made nothing ends in the record; a store that is away is waited for."""

import logging
from dataclasses import dataclass

from manazir.server.jobs.ending import end, requeue
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.jobs.why import Named
from manazir.server.store.database import Database
from manazir.server.store.tables import jobs
from manazir.server.workers.engine_process import Lost
from manazir.server.workers.patience import until_kept

LOG = logging.getLogger(__name__)
MOST_CRASHES = 2
"""Engines that may die over one job."""


@dataclass(frozen=True)
class Endings:
    """Those of one attempt. Where the job is another's by now, nothing is written."""

    database: Database
    job: Job

    def end(self, state: State, code: str, why: str, name: Named | None = None) -> None:
        """The job is over."""
        LOG.info("job %s: %s (%s)", self.job.id, state, code)

        def ended() -> None:
            with self.database.transaction() as connection:
                end(connection, self.job.id, self.job.attempt, state, code, why, name)

        until_kept(ended)

    def requeue(self, code: str, why: str, crashes: int = 0) -> None:
        """The job waits again."""

        def back() -> None:
            with self.database.transaction() as connection:
                requeue(connection, self.job.id, self.job.attempt, code, why, crashes=crashes)

        until_kept(back)

    def lose_engine(self, lost: Lost) -> None:
        """The engine died over the job: it is tried once more, and then it has failed."""
        LOG.error("job %s: %s", self.job.id, lost.told)
        if until_kept(self._crashes) + 1 < MOST_CRASHES:
            self.requeue(Reason.ENGINE_LOST, f"{lost.told}; it is tried once more", crashes=1)
            return
        told = f"{lost.told}, {MOST_CRASHES} times over this job; ask for a smaller or shorter one"
        self.end(State.FAILED, Reason.ENGINE_LOST, told, Named("engine_died", {"times": MOST_CRASHES}))

    def _crashes(self) -> int:
        with self.database.reading() as connection:
            return int(connection.execute(jobs.select().where(jobs.c.id == self.job.id)).mappings().one()["crashes"])
