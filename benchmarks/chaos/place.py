"""A server of its own in a folder of its own: started, killed, started again."""

import json
import os
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


@dataclass
class Place:
    """A home, a store, a port; and a server that is started again whenever it is gone."""

    folder: Path
    database_url: str
    workers: int
    up_seconds: list[float] = field(default_factory=list)
    """From each start until it was ready."""
    port: int = 0
    _process: "subprocess.Popen[str] | None" = None
    _closing: threading.Event = field(default_factory=threading.Event)
    _keeper: threading.Thread | None = None

    def start(self) -> None:
        """Start it, and keep it running; returns once it is ready."""
        (self.folder / "tmp").mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._keeper = threading.Thread(target=self._keep, name="keeper")
        self._keeper.start()
        while not self.is_ready():
            if self._closing.wait(0.1):
                raise RuntimeError((self.folder / "log").read_text()[-3000:])

    def stop(self) -> None:
        """End it in good order."""
        self._closing.set()
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        if self._keeper is not None:
            self._keeper.join()

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
            return httpx.get(f"{self.address}/readyz", timeout=30).status_code == 200
        except httpx.TransportError:
            return False

    def processes(self, kind: str) -> Sequence[psutil.Process]:
        """What runs: `server`, `worker` or `engine`; workers and engines of a server that is gone as well."""
        mine = [one for one in psutil.process_iter() if self._is_mine(one)]
        words = {"server": str(SERVER), "worker": "--supervised", "engine": "engine_child"}
        return [one for one in mine if any(words[kind] in word for word in _command(one))]

    def _is_mine(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("MANAZIR_HOME") == str(self.folder)
        except psutil.Error:
            return False

    def _keep(self) -> None:
        """Whoever runs it in earnest has systemd or a container do this."""
        environment = os.environ | {
            "MANAZIR_HOME": str(self.folder),
            "MANAZIR_DATABASE_URL": self.database_url,
            "MANAZIR_DEVICE": "cpu",
            "TMPDIR": str(self.folder / "tmp"),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(SOURCES),
        }
        run = [sys.executable, str(SERVER), "serve", "--port", str(self.port), "--workers", str(self.workers), "--json"]
        while not self._closing.is_set():
            began = time.monotonic()
            with (self.folder / "log").open("a") as log:
                self._process = subprocess.Popen(run, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
            assert self._process.stdout is not None
            with self._process.stdout as told:
                if line := told.readline():
                    json.loads(line)
                    self.up_seconds.append(time.monotonic() - began)
            self._process.wait()
            self._closing.wait(0.2)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
