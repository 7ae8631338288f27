"""One attempt at a job: what it starts from is brought, it is made, kept and committed, or its end says why not."""

import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

from manazir.core.errors import ManazirError
from manazir.server.asks import cost
from manazir.server.extent import Extent
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.jobs.lease import Progress
from manazir.server.jobs.ledger import correct
from manazir.server.jobs.why import named
from manazir.server.service import Service
from manazir.server.workers.alive import Alive, CancelAskedError, LostLeaseError, ShutDownError
from manazir.server.workers.endings import Endings
from manazir.server.workers.engine_process import Failed, Finished, Lost
from manazir.server.workers.failing import reason_of, told_of, unforeseen
from manazir.server.workers.hearing import Hearing
from manazir.server.workers.inputs import Bringing
from manazir.server.workers.keeping import Keeping
from manazir.server.workers.patience import until_kept
from manazir.server.workers.scratch import Scratch

LOG = logging.getLogger(__name__)


@dataclass
class Attempt:
    """An attempt, from when its job was claimed."""

    service: Service
    job: Job
    alive: Alive
    hearing: Hearing
    scratch: Scratch
    endings: Endings = field(init=False)

    def __post_init__(self) -> None:
        """Its endings are those of its job."""
        self.endings = Endings(self.service.database, self.job)

    def bring_to_end(self) -> None:
        """Make the job, or say why it was not made; whatever happens, the next job does not suffer from it."""
        try:
            with self.scratch.folder() as folder:
                self._make(folder)
        except LostLeaseError:
            LOG.warning("job %s is no longer ours; what was made of it is thrown away", self.job.id)
            self.hearing.stop()
        except CancelAskedError:
            self.hearing.stop()
            self.endings.end(State.CANCELLED, Reason.CANCELLED, "cancelled")
        except ShutDownError:
            self.hearing.runner.close(at_once=True)
            self.endings.requeue(Reason.WORKER_LOST, "its worker was shut down; it waits for another")
        except ManazirError as error:
            self.hearing.stop()
            self.endings.end(State.FAILED, reason_of(error), told_of(error), named(error))
        except Exception as error:  # the boundary of a job: the next one is not to suffer from this one
            self.hearing.runner.close(at_once=True)
            self.endings.end(State.FAILED, *unforeseen(error, self.job))

    def _make(self, folder: Path) -> None:
        bringing = Bringing(self.service, self.job)
        try:
            paths = self._paths(bringing)
            if bringing.extent is not None:
                self._settle(bringing.extent)
            self.alive.progress = Progress("making", 0, 0)
            self.hearing.runner.start(self.job.request, paths, folder)
            self._take_up(self.hearing.until_over(self.alive))
        finally:
            bringing.let_go()

    def _paths(self, bringing: Bringing) -> dict[str, str]:
        self.alive.progress = Progress("fetching", 0, 0)
        try:
            return self.alive.while_doing(lambda: until_kept(bringing.paths, bringing.stopping))
        finally:
            bringing.stopping.set()

    def _settle(self, extent: Extent) -> None:
        """What a file elsewhere makes a job cost is known now: it is taken before any work is done."""
        true_cost = cost(extent, self.service.operator)

        def settle() -> None:
            with self.service.database.transaction() as connection:
                if not correct(connection, self.job, true_cost):
                    raise LostLeaseError

        until_kept(settle)

    def _take_up(self, told: Finished | Failed | Lost) -> None:
        if isinstance(told, Failed):
            self.endings.end(State.FAILED, told.code, told.why, told.name)
        elif isinstance(told, Lost):
            self.endings.lose_engine(told)
        else:
            self._keep(Keeping(self.service, self.job, told))

    def _keep(self, keeping: Keeping) -> None:
        self.alive.progress = Progress("keeping", 1, 1)
        given_up = threading.Event()
        try:
            outputs = self.alive.while_doing(lambda: until_kept(keeping.outputs, given_up))
        finally:
            given_up.set()
        keeping.commit(outputs)
