"""Kills at random: the seed says whom and after how many jobs; when exactly, the machine."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil
from sqlalchemy import func, select

from chaos.place import Place
from manazir.core.errors import StoreError
from manazir.server.jobs.job import ENDED, State
from manazir.server.store.database import Database, now
from manazir.server.store.tables import jobs, workers

BOTH = "server with all workers"
FROZEN = "stopped worker"
KINDS = {"worker": 9, "engine": 5, "server": 2, BOTH: 2, FROZEN: 1}
"""How often each; a stopped worker is frozen for longer than its lease, and then goes on as if nothing had been."""
FROZEN_SECONDS = 20.0
LONGEST_PAUSE_SECONDS = 30.0
"""If no job ends for as long, somebody is killed all the same; after each such kill, twice as long is waited, until a
job ends: else, on a machine where a worker takes as long to begin, nobody ever gets to the end of a job."""
MOST_PATIENCE_SECONDS = 240.0


@dataclass(frozen=True, slots=True)
class Struck:
    """A worker that was killed, and what it was at."""

    kind: str
    at: float
    job_id: str | None


@dataclass
class Killer:
    """A thread that kills until it is told to stop."""

    place: Place
    database: Database
    chance: random.Random
    jobs_between: float
    """Jobs that end between two kills, on average."""
    counts: Counter[str] = field(default_factory=Counter)
    struck: list[Struck] = field(default_factory=list)
    spares_server: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)
    patience_seconds: float = LONGEST_PAUSE_SECONDS

    def run(self) -> None:
        """Until `stopping` is set."""
        while not self.stopping.is_set():
            kind = self.chance.choices(list(KINDS), list(KINDS.values()))[0]
            self._wait(self.chance.uniform(0.5, 1.5) * self.jobs_between)
            if self.stopping.wait(self.chance.uniform(0.0, 1.0)):
                return
            if not (kind in ("server", BOTH) and self.spares_server.is_set()):
                self._strike(kind)

    def _wait(self, count: float) -> None:
        ended, began = self._ended(), time.monotonic()
        while (now_ended := self._ended()) < ended + count and time.monotonic() - began < self.patience_seconds:
            if self.stopping.wait(0.1):
                return
        is_stuck = now_ended <= ended
        self.patience_seconds = (
            min(MOST_PATIENCE_SECONDS, 2 * self.patience_seconds) if is_stuck else LONGEST_PAUSE_SECONDS
        )

    def _strike(self, kind: str) -> None:
        found = self._found(kind)
        try:
            if kind in ("worker", BOTH, FROZEN):
                for one in found:
                    self._note(kind, one)
            for one in found:
                if kind == FROZEN:
                    one.suspend()
                    threading.Timer(FROZEN_SECONDS, _go_on, [one]).start()
                else:
                    one.kill()
                self.counts[kind] += 1
        except psutil.Error:  # it was just ending by itself
            return

    def _found(self, kind: str) -> list[psutil.Process]:
        if kind == BOTH:  # the server may be first, or last
            both = [*self.place.processes("server"), *self.place.processes("worker")]
            return self.chance.sample(both, len(both))
        found = self.place.processes(kind.removeprefix("stopped "))
        return [self.chance.choice(found)] if found else []

    def _note(self, kind: str, victim: psutil.Process) -> None:
        of_it = workers.c.process_id == victim.pid
        newest = select(workers.c.id).where(of_it).order_by(workers.c.started_at.desc()).limit(1).scalar_subquery()
        its = (jobs.c.worker_id == newest) & (jobs.c.state == State.RUNNING)
        try:
            with self.database.reading() as connection:
                at = now(connection)
                self.struck.append(Struck(kind, at, connection.execute(select(jobs.c.id).where(its)).scalar()))
        except StoreError:  # it is away: that is part of it
            return

    def _ended(self) -> int:
        try:
            with self.database.reading() as connection:
                return int(connection.execute(select(func.count()).where(jobs.c.state.in_(ENDED))).scalar_one())
        except StoreError:
            return -1


def _go_on(process: psutil.Process) -> None:
    try:
        process.resume()
    except psutil.Error:
        return
