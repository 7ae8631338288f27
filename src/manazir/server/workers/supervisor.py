"""Keeps worker processes running beside the server: one that dies is replaced, and its job goes to another at once."""

import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from manazir.core.errors import StoreError
from manazir.core.home import device_name
from manazir.server.service import Service
from manazir.server.store.ids import new_id
from manazir.server.store.tables import workers
from manazir.server.workers.dead import release, release_dead

LOG = logging.getLogger(__name__)
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 30.0
LOOK_SECONDS = 0.1
GPUS = Path("/proc/driver/nvidia/gpus")
NO_DEVICE = 78
"""How a worker ends that cannot have its device (EX_CONFIG of sysexits.h): another in its place could not either."""
COMMAND = (sys.executable, "-m", "manazir.cli", "worker")


@dataclass
class _Slot:
    """One worker, and how it fared."""

    device: str | None = None
    """The only one that its worker uses; None: as the operator said."""
    process: "subprocess.Popen[bytes] | None" = None
    worker_id: str = ""
    wait_seconds: float = FIRST_WAIT_SECONDS
    starts_at: float = 0.0
    is_given_up: bool = False


@dataclass
class Supervisor:
    """Starts workers and replaces those that die, with longer and longer waits if they do not even begin to work."""

    service: Service
    count: int = 1
    stopping: threading.Event = field(default_factory=threading.Event)
    is_helpless: threading.Event = field(default_factory=threading.Event)
    """Set when there is no worker left that could have its device."""

    def run(self) -> None:
        """Until `stopping` is set; then its workers are ended."""
        slots = [_Slot(device) for device in devices_for(self.count)]
        self._release_earlier()
        try:
            while not self.stopping.wait(LOOK_SECONDS):
                for slot in slots:
                    if slot.is_given_up:
                        continue
                    try:
                        self._look(slot)
                    except OSError as error:  # no process, no memory, no open file to be had now
                        LOG.error("cannot start a worker: %s", error)
                        self._wait_longer(slot)
                if slots and all(slot.is_given_up for slot in slots):
                    self.is_helpless.set()
        finally:
            _end([slot.process for slot in slots if slot.process is not None])

    def _release_earlier(self) -> None:
        """A server that was killed here left its workers' leases behind."""
        try:
            release_dead(self.service.database)
        except StoreError as error:
            LOG.warning("what workers of an earlier server had comes back later: %s", error)

    def _look(self, slot: _Slot) -> None:
        now = time.monotonic()
        if slot.process is None:
            if now >= slot.starts_at:
                slot.worker_id = new_id()
                own = {} if slot.device is None else {"MANAZIR_DEVICE": slot.device}
                told = f"{slot.worker_id}@{os.getpid()}"
                slot.process = subprocess.Popen([*COMMAND, "--supervised", told], env=os.environ | own)
        elif (status := slot.process.poll()) is not None:
            slot.process = None
            if status == NO_DEVICE:
                slot.is_given_up = True
                return
            LOG.warning("worker %s ended with %d; another takes its place", slot.worker_id, status)
            if self._release(slot.worker_id):
                slot.wait_seconds, slot.starts_at = FIRST_WAIT_SECONDS, now + FIRST_WAIT_SECONDS
            else:
                self._wait_longer(slot)

    def _wait_longer(self, slot: _Slot) -> None:
        slot.wait_seconds = min(LONGEST_WAIT_SECONDS, slot.wait_seconds * 2)
        slot.starts_at = time.monotonic() + slot.wait_seconds

    def _release(self, worker_id: str) -> bool:
        """It is known to be dead: its lease need not run out. Returns whether it had come as far as working."""
        try:
            release(self.service.database, worker_id)
            with self.service.database.transaction() as connection:
                return connection.execute(workers.delete().where(workers.c.id == worker_id)).rowcount == 1
        except StoreError as error:
            LOG.warning("the jobs of worker %s come back when its lease runs out: %s", worker_id, error)
            return True


def gpu_count() -> int:
    """How many NVIDIA GPUs the driver knows; torch, which would know of others too, is not imported here."""
    return len(list(GPUS.glob("*")))


def devices_for(count: int) -> list[str | None]:
    """Which device each of so many workers uses: GPUs in turn where there are several, unless the operator chose."""
    gpus = gpu_count()
    if device_name() is not None or gpus < 2:
        return [None] * count
    return [f"cuda:{index % gpus}" for index in range(count)]


def _end(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
