"""A server of its own in a folder of its own, and a worker that joins it: started, killed, started again."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

SERVER = Path(__file__).with_name("server.py")
SOURCES = Path(__file__).parents[2] / "src"
LONGEST_GONE_SECONDS = 2.0
"""Until what is gone is started again; so of two that are killed at once either may be the first to be back."""


@dataclass
class Place:
    """A home, a store, a port; a server, and maybe a worker beside it; started again whenever they are gone."""

    folder: Path
    database_url: str
    workers: int
    """That the server starts."""
    has_joined: bool = False
    """Whether one more worker joins by itself."""
    chance: random.Random = field(default_factory=random.Random)
    up_seconds: list[float] = field(default_factory=list)
    """From each start until it was ready."""
    port: int = 0
    _processes: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)
    _closing: threading.Event = field(default_factory=threading.Event)
    _keepers: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Start it, and keep it running; returns once it is ready."""
        (self.folder / "tmp").mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        serve = [str(SERVER), "serve", "--port", str(self.port), "--workers", str(self.workers), "--json"]
        join = ["-m", "manazir.cli", "worker", "--join", "--json"]
        for told in [serve, join] if self.has_joined else [serve]:
            self._keepers.append(threading.Thread(target=self._keep, args=[told], name="keeper"))
            self._keepers[-1].start()
        while not self.is_ready():
            if self._closing.wait(0.1):
                raise RuntimeError((self.folder / "log").read_text()[-3000:])

    def stop(self) -> None:
        """End it in good order."""
        self._closing.set()
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for keeper in self._keepers:
            keeper.join()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        """The admin's."""
        return (self.folder / "admin.key").read_text().strip()

    def is_ready(self) -> bool:
        """Whether it takes requests."""
        try:
            return httpx.get(f"{self.address}/readyz", timeout=30, verify=False).status_code == 200
        except httpx.TransportError:
            return False

    def processes(self, kind: str) -> Sequence[psutil.Process]:
        """What runs: `server`, `worker` or `engine`; workers and engines of a server that is gone as well."""
        mine = [one for one in psutil.process_iter() if self._is_mine(one)]
        words = {"server": (str(SERVER),), "worker": ("--supervised", "--join"), "engine": ("engine_child",)}
        return [one for one in mine if any(told in word for word in _command(one) for told in words[kind])]

    def _is_mine(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("MANAZIR_HOME") == str(self.folder)
        except psutil.Error:
            return False

    def _keep(self, told: Sequence[str]) -> None:
        """Whoever runs it in earnest has systemd or a container do this."""
        environment = os.environ | {
            "MANAZIR_HOME": str(self.folder),
            "MANAZIR_DATABASE_URL": self.database_url,
            "MANAZIR_DEVICE": "cpu",
            "TMPDIR": str(self.folder / "tmp"),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(SOURCES),
        }
        run, pipe = [sys.executable, *told], subprocess.PIPE
        while not self._closing.is_set():
            began = time.monotonic()
            with (self.folder / "log").open("a") as log:
                process = subprocess.Popen(run, env=environment, stdout=pipe, stderr=log, text=True)
            self._processes[told[0]] = process
            assert process.stdout is not None
            with process.stdout as said:
                if (line := said.readline()) and told[0] == str(SERVER):
                    json.loads(line)
                    self.up_seconds.append(time.monotonic() - began)
            process.wait()
            self._closing.wait(self.chance.uniform(0.1, LONGEST_GONE_SECONDS))


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
