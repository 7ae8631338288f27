"""`manazir serve`, put together: the record brought up to date, the first key, workers, and the web server."""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from manazir.core.errors import UnsupportedError
from manazir.core.home import device_name, home, public_url
from manazir.media.atomic import write_bytes
from manazir.server.app import make_app
from manazir.server.edge.connections import PER_ADDRESS, impatient, most_connections
from manazir.server.errors import ApiError
from manazir.server.janitor import Janitor
from manazir.server.keys import Scope, list_keys, make_key
from manazir.server.logs import set_up_logs
from manazir.server.metrics import Metrics
from manazir.server.opening import ADDRESS_FILE, LOOPBACK, open_service, studio_address
from manazir.server.service import Service
from manazir.server.store.database import one_at_a_time
from manazir.server.tenants import first_tenant
from manazir.server.webhooks.deliverer import Deliverer
from manazir.server.workers.supervisor import Supervisor

LOG = logging.getLogger(__name__)
KEY_FILE = "admin.key"
SHUTDOWN_SECONDS = 5
LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a server is found, and how to come in."""

    address: str
    key_file: Path | None
    """Where the admin's key lies; None: the keys that there are were made otherwise, and shown then."""
    studio: str | None
    """Where the studio opens, once; None: no admin has a key."""


def serve(place: Place, worker_count: int, tell: Callable[[Serving], None]) -> None:
    """Serve until interrupted.

    Args:
        tell: is called once requests are answered.

    Raises:
        UnsupportedError: the address cannot be had, or is public and there is no key; or the environment names a
            device, a public address or a place for files that cannot be used. That no worker has its device is
            known some seconds later than the rest, once an engine has been asked.
    """
    set_up_logs()
    device_name(), public_url()  # better told now than by each job, and by each link
    service = open_service()
    service.storage.check_writable()
    key_file = first_key(service, place)
    listening = _listen(place)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn sends it on after its own end: workers end too
    host = f"[{place.host}]" if ":" in place.host else place.host
    address = f"http://{host}:{listening.getsockname()[1]}"
    reached = public_url() or _reached(address)
    metrics = Metrics(service)
    deliverer = Deliverer(service, reached, count=metrics.delivered)
    supervisor = Supervisor(service, worker_count)
    helpers = (Janitor(service), deliverer, supervisor)
    threads = [threading.Thread(target=one.run, name=type(one).__name__) for one in helpers]
    for thread in threads:
        thread.start()
    try:
        tell(Serving(address, key_file, _studio(service, reached)))
        config = web_config(make_app(service, metrics), service.operator.connections_per_address)
        _Server(config, service.ending, supervisor.is_helpless).run(sockets=[listening])
        if supervisor.is_helpless.is_set():
            raise UnsupportedError(
                "no worker can have its device, as was said above; set MANAZIR_DEVICE to one that is there, or to none"
            )
    finally:
        for one in helpers:
            one.stopping.set()
        for thread in threads:
            thread.join()
        service.database.close()


def _studio(service: Service, address: str) -> str | None:
    """Where the studio opens; `manazir studio` finds the same address again."""
    home().mkdir(parents=True, exist_ok=True, mode=0o700)
    write_bytes(home() / ADDRESS_FILE, f"{address}\n".encode())
    try:
        return studio_address(service, address)
    except UnsupportedError:
        return None


def _reached(address: str) -> str:
    """Where to go for what listens at all addresses, which is none to go to."""
    for anywhere, here in (("//0.0.0.0:", "//127.0.0.1:"), ("//[::]:", "//[::1]:")):
        if anywhere in address:
            LOG.warning("links in messages lead to this machine alone; set MANAZIR_PUBLIC_URL to how others reach it")
            return address.replace(anywhere, here)
    return address


def web_config(app: ASGIApp, connections_per_address: int = PER_ADDRESS) -> uvicorn.Config:
    """How the web server runs: what is under way when it is told to end has some seconds to be answered."""
    return uvicorn.Config(
        app,
        http=impatient(connections_per_address),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=most_connections(),
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def first_key(service: Service, place: Place) -> Path | None:
    """Make the admin's key when there is none yet, in a file that only its owner reads.

    Returns:
        The file, also of a key that was made so before; None: it is not there, or its key is good no more.

    Raises:
        UnsupportedError: the address is public, and nobody has a key.
    """
    path = home() / KEY_FILE
    with service.database.transaction() as connection:
        one_at_a_time(connection, "first key")
        has_any = any(key.revoked_at is None for key in list_keys(connection))
        if not has_any and place.host not in LOOPBACK:
            raise UnsupportedError(
                f"{place.host} is reachable from other machines, and nobody has a key yet; make one first: "
                "`manazir keys create NAME --scope admin`"
            )
        if not has_any:
            _, whole = make_key(connection, first_tenant(connection).id, "admin", [Scope.ADMIN])
            _write_secret(path, whole)
    return path if _is_good(service, path) else None


def _is_good(service: Service, path: Path) -> bool:
    """Whether an admin's key lies there: it may be of another record, or revoked, or never have been written."""
    try:
        service.caller(path.read_text().strip(), Scope.ADMIN)
    except (OSError, UnicodeDecodeError, ApiError):
        return False
    return True


class _Server(uvicorn.Server):
    """One that lets streams end by themselves before it waits for them, and ends when its workers are of no use."""

    def __init__(self, config: uvicorn.Config, ending: threading.Event, is_helpless: threading.Event) -> None:
        super().__init__(config)
        self._ending = ending
        self._is_helpless = is_helpless

    async def on_tick(self, counter: int) -> bool:
        """Whether it is to end; asked ten times a second."""
        return self._is_helpless.is_set() or await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so first."""
        self._ending.set()
        await super().shutdown(sockets)


def _write_secret(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)  # of a store that is gone
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")


def _listen(place: Place) -> socket.socket:
    if not 0 <= place.port <= LAST_PORT:
        raise UnsupportedError(f"there is no port {place.port}; choose one up to {LAST_PORT}, or 0 for any")
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((place.host, place.port))
    except OSError as error:
        listening.close()
        raise UnsupportedError(
            f"cannot listen at {place.host}:{place.port}: {error.strerror}; choose another with --host and --port"
        ) from error
    listening.listen(128)
    return listening
