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
from manazir.server.store.tables import jobs

KINDS = {"worker": 9, "engine": 5, "server": 3, "stopped worker": 1}
"""How often each; a stopped worker is frozen for longer than its lease, and then goes on as if nothing had been."""
FROZEN_SECONDS = 18.0
LONGEST_PAUSE_SECONDS = 30.0
"""If no job ends for as long, somebody is killed all the same."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A worker that was killed, and what it was at."""

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

    def run(self) -> None:
        """Until `stopping` is set."""
        while not self.stopping.is_set():
            kind = self.chance.choices(list(KINDS), list(KINDS.values()))[0]
            self._wait(self.chance.uniform(0.5, 1.5) * self.jobs_between)
            if self.stopping.wait(self.chance.uniform(0.0, 1.0)):
                return
            if not (kind == "server" and self.spares_server.is_set()):
                self._strike(kind)

    def _wait(self, count: float) -> None:
        until, began = self._ended() + count, time.monotonic()
        while self._ended() < until and time.monotonic() - began < LONGEST_PAUSE_SECONDS:
            if self.stopping.wait(0.1):
                return

    def _strike(self, kind: str) -> None:
        found = self.place.processes(kind.removeprefix("stopped "))
        if not found:
            return
        victim = self.chance.choice(found)
        try:
            if kind in ("worker", "stopped worker"):
                self._note(victim)
            if kind == "stopped worker":
                victim.suspend()
                threading.Timer(FROZEN_SECONDS, _go_on, [victim]).start()
            else:
                victim.kill()
            self.counts[kind] += 1
        except psutil.Error:  # it was just ending by itself
            return

    def _note(self, victim: psutil.Process) -> None:
        words = victim.cmdline()
        worker_id = words[words.index("--supervised") + 1]
        its = (jobs.c.worker_id == worker_id) & (jobs.c.state == State.RUNNING)
        try:
            with self.database.reading() as connection:
                at = now(connection)
                self.struck.append(Struck(at, connection.execute(select(jobs.c.id).where(its)).scalar()))
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
