"""One request to the outside: the name is resolved once, what it led to is checked, and just that is connected to.

To check a name and let somebody else resolve it again is the common mistake: the second answer may be another.
"""

import functools
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import httpcore
import httpx

from manazir.core.errors import FetchError
from manazir.server.assets.addresses import Reach, address_in, authority, is_public, shown

CONNECT_SECONDS = 10.0
"""For one address."""
IDLE_SECONDS = 20.0
"""Without a byte."""
MOST_ADDRESSES = 4
"""That are tried, one after the other."""
WRITE_BYTES = 1 << 14


class Deadline:
    """When all of it must have ended: a peer who sends a byte now and then wins no time."""

    def __init__(self, seconds: float) -> None:
        """Begin now."""
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self, at_most: float) -> float:
        """Seconds that one step may take.

        Raises:
            httpcore.TimeoutException: none are left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException
        return min(left, at_most)


@contextmanager
def asked(
    method: str, url: httpx.URL, reach: Reach, deadline: Deadline, headers: Mapping[str, str], body: bytes | None = None
) -> Iterator[httpcore.Response]:
    """Send a request; lends the response, whose body is read by iterating it.

    Args:
        url: from `check_url`.

    Raises:
        FetchError: `refused`, `unreachable` or `timeout`; also for what goes wrong while the body is read.
    """
    sent = {"Host": authority(url), "User-Agent": f"manazir/{version('manazir')}", "Connection": "close", **headers}
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    context = (reach.ssl_context or _usual_authorities()) if url.scheme == "https" else None
    with (
        _told(url, deadline),
        httpcore.ConnectionPool(ssl_context=context, network_backend=_Pinned(reach, deadline)) as pool,
        pool.stream(method, target, headers=list(sent.items()), content=body) as response,
    ):
        yield response


class _Pinned(httpcore.NetworkBackend):
    """Connects to the address that was checked. The name stays in the request, and in TLS."""

    def __init__(self, reach: Reach, deadline: Deadline) -> None:
        self._reach, self._deadline = reach, deadline

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        for number, address in enumerate(addresses, start=1):
            try:
                return self._connected(address, port)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore.ConnectError("no address")

    def _connected(self, address: str, port: int) -> httpcore.NetworkStream:
        stream = httpcore.SyncBackend().connect_tcp(address, port, self._deadline.left(CONNECT_SECONDS))
        return _Timed(stream, self._deadline)

    def _addresses(self, host: str, port: int) -> list[str]:
        """Where a host is. One bad address spoils all: a name that leads in as well as out is up to something."""
        literal = address_in(host)
        found = [literal] if literal else self._resolved(host, port)
        if not self._reach.allows(literal or host, port):
            for address in found:
                if not is_public(address) and not self._reach.allows(address, port):
                    raise FetchError(f"{host[:100]} is refused: it leads to an address that is not of the Internet")
        return found[:MOST_ADDRESSES]

    def _resolved(self, host: str, port: int) -> list[str]:
        """In a thread: a resolver knows no deadline."""
        answers: list[list[str] | Exception] = []

        def resolve() -> None:
            try:
                answers.append(self._reach.resolve(host, port))
            except (OSError, ValueError) as error:  # ValueError: no name could be so
                answers.append(error)

        thread = threading.Thread(target=resolve, name="resolver", daemon=True)
        thread.start()
        thread.join(self._deadline.left(CONNECT_SECONDS))
        if not answers:
            raise httpcore.ConnectTimeout
        if isinstance(answers[0], Exception):
            raise httpcore.ConnectError from answers[0]
        return answers[0]


class _Timed(httpcore.NetworkStream):
    """A connection on which every step ends before the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout or IDLE_SECONDS))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), WRITE_BYTES):
            self._stream.write(buffer[start : start + WRITE_BYTES], self._deadline.left(timeout or IDLE_SECONDS))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout or CONNECT_SECONDS)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _told(url: httpx.URL, deadline: Deadline) -> Iterator[None]:
    """Say what went wrong, but nothing of what lies behind a name: not its address, not which of its ports are open."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise FetchError(
            f"{shown(url)} took too long (all of it may take {deadline.seconds:g} s)", "timeout"
        ) from error
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        what = "its certificate is not valid" if _is_certificate(error) else "it cannot be reached, or broke off"
        raise FetchError(f"{shown(url)} gave nothing: {what}", "unreachable") from error


def _is_certificate(error: BaseException) -> bool:
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in (error.__cause__, error.__context__))


@functools.cache
def _usual_authorities() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def pieces_of(response: httpcore.Response) -> Iterator[bytes]:
    """The body of a response, as it comes."""
    assert isinstance(response.stream, Iterable)
    yield from response.stream
