"""How many requests of one caller, and of one address, are under way at the same moment: each keeps a connection.

A request counts from when it is known who sent it until its answer is sent, however slowly either comes. Connections of
an address that never get so far are counted by `connections.py`; those that a proxy passes on, here.
"""

import ipaddress
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from manazir.server.errors import ApiError, Problem
from manazir.server.http import PLACES, Render

OVER = "manazir.over"
"""Of a connection's state: it is one more than its address may have."""
RETRY_SECONDS = 5
HERE = (None, "127.0.0.1", "::/64")
"""This machine's own programs, which their keys' limits hold; others of it who ask are a proxy's, which names them."""
NETWORK_BITS = 64
"""Of an IPv6 address, those that tell one customer from another: each has all addresses that begin so."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """ASGI middleware: a request of an address that has too many is refused; those of callers count here too."""

    app: ASGIApp
    most_per_address: int
    render: Render
    """What a refusal looks like; of which dialect a request is, is not known yet."""
    _count: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        with ExitStack() as places:
            state[PLACES] = places  # who asks enters theirs (`http.take_place`), and leaves with the request
            try:
                places.enter_context(self._place(scope, is_over=state.get(OVER, False)))
            except ApiError as error:
                await self.render(Request(scope), error)(scope, receive, send)
                return
            await self.app(scope, receive, send)

    @contextmanager
    def _place(self, scope: Scope, *, is_over: bool) -> Iterator[None]:
        address = network_of(scope.get("client"))
        if is_over:
            raise crowded(self.most_per_address)
        if address in HERE:
            yield
            return
        with self._lock:
            if self._count[address] >= self.most_per_address:
                raise crowded(self.most_per_address)
            self._count[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._count[address] -= 1
                if not self._count[address]:
                    del self._count[address]


def crowded(most: int) -> ApiError:
    """What is told to an address that has as many connections as may be."""
    told = f"more than {most} connections from this address at once (connections_per_address); close some first"
    return ApiError(
        Problem.RATE_LIMITED, told, retry_after_seconds=RETRY_SECONDS, reason="crowded", values={"most": most}
    )


def network_of(client: Any) -> str | None:
    """By what clients are told apart; None: it has no address.

    >>> network_of(("203.0.113.9", 5)), network_of(("2001:db8:1:2:3::4", 5)), network_of(("::ffff:10.0.0.1", 5))
    ('203.0.113.9', '2001:db8:1:2::/64', '10.0.0.1')
    """
    try:
        address = ipaddress.ip_address(client[0])
    except (ValueError, TypeError, IndexError):
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if (inner := address.ipv4_mapped) is None:
            return str(ipaddress.ip_network((address.packed, NETWORK_BITS), strict=False))
        address = inner
    return str(address)
