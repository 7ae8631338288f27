"""A real proxy before a real store, which does to chosen requests what networks and stores do to them."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Passing:
    """A request on its way, and its answer once there is one."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    status: int = 0
    answer_headers: list[tuple[str, str]] = field(default_factory=list)
    answer: bytes = b""


class CutError(Exception):
    """The connection ends here."""


@dataclass
class Fault:
    """Happens to the first so many requests that are of its kind."""

    is_hit: Callable[[Passing], bool]
    before: Callable[[Passing], None] = lambda _: None
    """May change what is sent, wait, fill the answer in (then nobody is asked), or cut."""
    after: Callable[[Passing], None] = lambda _: None
    """May change what is answered, or cut."""
    times: int = 1
    hits: int = 0


@dataclass
class Proxy:
    """Passes everything on, but for its faults; remembers what was asked."""

    endpoint: str
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hit(self, passing: Passing) -> Fault:
        """The fault that this request meets."""
        with self._lock:
            self.asked.append((passing.method, passing.path))
            for fault in self.faults:
                if fault.hits < fault.times and fault.is_hit(passing):
                    fault.hits += 1
                    return fault
        return Fault(lambda _: False)

    def add(self, is_hit: Callable[[Passing], bool], **what: Any) -> Fault:
        """From now on."""
        self.faults.append(Fault(is_hit, **what))
        return self.faults[-1]

    def pass_on(self, passing: Passing) -> None:
        """Ask the store."""
        upstream = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=60)
        try:
            upstream.putrequest(passing.method, passing.path, skip_host=True, skip_accept_encoding=True)
            for name, value in passing.headers:
                if name.lower() not in ("expect", "connection"):
                    upstream.putheader(name, value)
            upstream.endheaders(passing.body)
            answer = upstream.getresponse()
            passing.status, passing.answer_headers, passing.answer = answer.status, answer.getheaders(), answer.read()
        finally:
            upstream.close()


@contextmanager
def proxy_to(endpoint: str) -> Iterator[Proxy]:
    """A proxy on loopback."""
    proxy = Proxy(endpoint)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            passing = Passing(self.command, self.path, list(self.headers.items()), body)
            fault = proxy.hit(passing)
            try:
                fault.before(passing)
                if not passing.status:
                    proxy.pass_on(passing)
                fault.after(passing)
                self._answer(passing)
            except (CutError, ConnectionError):
                self.close_connection = True
                self.connection.close()

        def _answer(self, passing: Passing) -> None:
            self.send_response_only(passing.status)
            left_out = ("transfer-encoding", "connection")
            for name, value in passing.answer_headers:
                if name.lower() not in left_out:
                    self.send_header(name, value)
            names = {name.lower() for name, _ in passing.answer_headers}
            if "content-length" not in names:
                self.send_header("Content-Length", str(len(passing.answer)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(passing.answer)
                self.wfile.flush()
                told = {name.lower(): value for name, value in passing.answer_headers}
                if int(told.get("content-length", len(passing.answer))) != len(passing.answer):
                    raise CutError

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answers(status: int, code: str) -> Callable[[Passing], None]:
    """The store refuses, in its own words."""

    def before(passing: Passing) -> None:
        passing.status = status
        passing.answer = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        passing.answer_headers = [("Content-Type", "application/xml")]
        if passing.method == "HEAD":
            passing.answer = b""

    return before


def cuts(passing: Passing) -> None:
    """The connection breaks."""
    raise CutError


def waits(seconds: float) -> Callable[[Passing], None]:
    """Nothing comes for so long."""
    return lambda _: time.sleep(seconds)


def halves(passing: Passing) -> None:
    """The answer breaks off in its middle."""
    passing.answer = passing.answer[: len(passing.answer) // 2]


def spoils_what_is_sent(passing: Passing) -> None:
    """A byte is another one when it arrives."""
    passing.body = _spoilt(passing.body)


def spoils_what_is_answered(passing: Passing) -> None:
    """A byte is another one when it comes back."""
    passing.answer = _spoilt(passing.answer)


def _spoilt(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
