"""Keeps worker processes running beside the server: one that dies is replaced, and its job goes to another at once."""

import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import update

from manazir.core.errors import StoreError
from manazir.core.home import device_name
from manazir.server.jobs.job import State
from manazir.server.jobs.lease import take_back
from manazir.server.service import Service
from manazir.server.store.ids import new_id
from manazir.server.store.tables import jobs, workers

LOG = logging.getLogger(__name__)
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 30.0
STEADY_SECONDS = 30.0
"""A worker that ran for as long died for another reason than the last one."""
LOOK_SECONDS = 0.1
GPUS = Path("/proc/driver/nvidia/gpus")


@dataclass
class _Slot:
    """One worker, and how it fared."""

    device: str | None = None
    """The only one that its worker uses; None: as the operator said."""
    process: "subprocess.Popen[bytes] | None" = None
    worker_id: str = ""
    began: float = 0.0
    wait_seconds: float = FIRST_WAIT_SECONDS
    starts_at: float = 0.0


@dataclass
class Supervisor:
    """Starts workers and replaces those that die, with longer and longer waits if they die at once."""

    service: Service
    count: int = 1
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until `stopping` is set; then its workers are ended."""
        slots = [_Slot(device) for device in devices_for(self.count)]
        try:
            while not self.stopping.wait(LOOK_SECONDS):
                for slot in slots:
                    self._look(slot)
        finally:
            _end([slot.process for slot in slots if slot.process is not None])

    def _look(self, slot: _Slot) -> None:
        now = time.monotonic()
        if slot.process is None:
            if now >= slot.starts_at:
                slot.worker_id, slot.began = new_id(), now
                command = [
                    sys.executable,
                    "-m",
                    "manazir.cli",
                    "worker",
                    "--supervised",
                    f"{slot.worker_id}@{os.getpid()}",
                ]
                own = {} if slot.device is None else {"MANAZIR_DEVICE": slot.device}
                slot.process = subprocess.Popen(command, env=os.environ | own)
        elif (status := slot.process.poll()) is not None:
            LOG.warning("worker %s ended with %d; another takes its place", slot.worker_id, status)
            slot.process = None
            slot.wait_seconds = (
                FIRST_WAIT_SECONDS
                if now - slot.began > STEADY_SECONDS
                else min(LONGEST_WAIT_SECONDS, slot.wait_seconds * 2)
            )
            slot.starts_at = now + slot.wait_seconds
            self._release(slot.worker_id)

    def _release(self, worker_id: str) -> None:
        """It is known to be dead: its lease need not run out."""
        try:
            with self.service.database.transaction() as connection:
                its = (jobs.c.worker_id == worker_id) & (jobs.c.state == State.RUNNING)
                connection.execute(update(jobs).where(its).values(lease_until=0.0))
                connection.execute(workers.delete().where(workers.c.id == worker_id))
                take_back(connection)
        except StoreError as error:
            LOG.warning("the jobs of worker %s come back when its lease runs out: %s", worker_id, error)


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
