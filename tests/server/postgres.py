"""A Postgres of the tests' own: installed if it is absent, on loopback, in a temporary folder, gone at the end.

A server refuses to run as root; then it runs as `postgres`, or as `nobody`.
"""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

HOST = "127.0.0.1"
PORTS = range(20_000, 32_000)
"""Below those that the kernel lends to whoever connects: one of those may be taken while a cluster is stopped."""
QUIET_SECONDS = 60.0
"""How long a start may take; after an immediate stop the log is replayed."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`; the package is installed if there is none."""
    if (found := _installed()) is not None:
        return found
    install = "apt-get -qq update && apt-get -qq install -y --no-install-recommends postgresql >/dev/null"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["sh", "-c", install], check=True, env=environment)
    found = _installed()
    assert found is not None, "the package postgresql brought no initdb"
    return found


def _installed() -> Path | None:
    if (there := shutil.which("initdb")) is not None:
        return Path(there).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


@dataclass
class Postgres:
    """A cluster; `start` it, `stop` it, at once if asked, and start it again."""

    folder: Path
    is_durable: bool = False
    """Whether it waits for the disk as a real one does; tests of a second do without."""
    port: int = 0
    _programs: Path = field(default_factory=programs)
    _process: "subprocess.Popen[bytes] | None" = None
    _made: int = 0

    def prepare(self) -> None:
        """Make an empty one."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, self._user)
        make = [self._programs / "initdb", "-D", self._data, "-U", "manazir", "--auth=trust", "--encoding=UTF8"]
        make += ["--locale=C", "--no-sync"]
        made = subprocess.run([*self._as_user(), *make], capture_output=True, text=True, cwd=self.folder)
        assert made.returncode == 0, f"initdb ended with {made.returncode}: {made.stdout[-2000:]}{made.stderr[-2000:]}"
        self.port = _free_port()

    def start(self) -> None:
        """Run it until it answers: it, and not another that took its port."""
        settings = {"listen_addresses": HOST, "port": self.port, "unix_socket_directories": "", "max_connections": 200}
        settings |= {"fsync": "on" if self.is_durable else "off", "log_min_messages": "fatal"}
        told = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            run = [*self._as_user(), self._programs / "postgres", "-D", self._data, *told]
            self._process = subprocess.Popen(run, cwd=self.folder, stdout=log, stderr=log)
        until = time.monotonic() + QUIET_SECONDS
        while True:
            try:
                with psycopg.connect(self._url("postgres"), connect_timeout=5) as connection:
                    answering = connection.execute("show data_directory").fetchone()
                assert answering == (str(self._data),), f"another server has port {self.port}: {answering}"
                return
            except psycopg.OperationalError:
                told_last = (self.folder / "log").read_text()[-2000:]
                assert self._process.poll() is None, told_last
                assert time.monotonic() < until, told_last
                time.sleep(0.05)

    def stop(self, *, at_once: bool = False) -> None:
        """End it: at once is what `pg_ctl stop -m immediate` does, after which it recovers from its log."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        self._process.wait()
        self._process = None

    def new_database(self, template: str | None = None) -> str:
        """The address of a new database, empty or like another."""
        self._made += 1
        name = f"tests_{self._made}"
        made = sql.SQL("create database {} template {}")
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(template or "template1")))
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://manazir@{HOST}:{self.port}/{name}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _user(self) -> str:
        return "postgres" if "postgres" in {user.pw_name for user in pwd.getpwall()} else "nobody"

    def _as_user(self) -> list[str]:
        """Before a command; the kernel ends it with us, so that killed tests leave no server behind."""
        if os.geteuid() != 0:
            return []
        user = pwd.getpwnam(self._user)
        who = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        return ["setpriv", *who, "--pdeathsig=QUIT"]


def _free_port() -> int:
    """One that nobody listens at; others that look for one at the same time hardly find the same."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port


def temporary_folder() -> Path:
    """Where the server's own user can go, which pytest's folders are not."""
    return Path(tempfile.mkdtemp(prefix="manazir-postgres-"))
