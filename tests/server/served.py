"""A `manazir serve` of a test's own, as a process at one address: to be killed, and started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

LONGEST_WAIT_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(is_so: Callable[[], Any]) -> Any:
    """What it says, as soon as that is true."""
    ends = time.monotonic() + LONGEST_WAIT_SECONDS
    while not (told := is_so()):
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.02)
    return told


@dataclass
class Served:
    """Started, killed, and started again with the same store, at the same address."""

    home: Path
    database_url: str
    workers: int = 0
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[str] | None" = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def process_id(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def key(self) -> str:
        """The admin's."""
        return (self.home / "admin.key").read_text().strip()

    def start(self) -> None:
        """Returns once it answers."""
        run = [sys.executable, "-m", "manazir.cli", "serve", "--port", str(self.port), "--workers", str(self.workers)]
        own = {"MANAZIR_HOME": str(self.home), "MANAZIR_DATABASE_URL": self.database_url, "MANAZIR_DEVICE": "cpu"}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([*run, "--json"], env=os.environ | own, stdout=pipe, text=True)
        assert self._process.stdout is not None
        json.loads(self._process.stdout.readline())
        until(lambda: self.get("/readyz").status_code == 200)

    def kill(self) -> None:
        """Without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def kill_with(self, process_id: int) -> None:
        """Together with another process, of whose death it learns nothing."""
        os.kill(self.process_id, signal.SIGSTOP)
        os.kill(process_id, signal.SIGKILL)
        self.kill()

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.ask("GET", path, **how)

    def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"} | how.pop("headers", {})
        # Without `verify`, each request would read all authorities that there are: 30 ms of a core.
        patience = {"timeout": LONGEST_WAIT_SECONDS, "verify": False}
        return httpx.request(method, f"{self.address}{path}", headers=headers, **patience, **how)
