"""Connections of the web server: how many there may be, and how long one may take to say what it wants."""

import asyncio
import resource
import socket

import h11
import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from manazir.server.edge.crowd import OVER, network_of

HEADER_SECONDS = 15.0
"""From a connection's, or a further request's, first byte to the end of its headers; uvicorn itself waits for ever."""
MOST = 2000
FILES_EACH = 2
"""Open files that a connection needs: itself, and what is sent or kept."""


PER_ADDRESS = 500
PATIENCE = 2
"""How many times as many connections as an address may have are told so; those beyond are ended without a word."""


def impatient(most_per_address: int) -> type["Impatient"]:
    """The protocol of a server whose operator lets an address have so many connections."""
    return type("Impatient", (Impatient,), {"most_per_address": most_per_address})


def _is_believed(host: str, config: uvicorn.Config) -> bool:
    """Whether a proxy is believed when it says for whom it asks, as uvicorn itself reads it."""
    return host in ProxyHeadersMiddleware(config.loaded_app, config.forwarded_allow_ips).trusted_hosts


class Impatient(H11Protocol):
    """uvicorn's own, which ends connections that never get to say what they want (slow loris)."""

    header_seconds = HEADER_SECONDS
    most_per_address = PER_ADDRESS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base has it
        """Begin. What is answered is sent at once.

        Headers and body are two small messages, and the second would wait until the first is acknowledged, 40 ms;
        asyncio sees to that only for sockets that were made with the protocol's number, as few are.
        """
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)
        if (count := self._of_this_address()) > self.most_per_address:
            self.app_state = self.app_state | {OVER: True}
            if count > self.most_per_address * PATIENCE:
                transport.abort()
        self._watch()

    def _of_this_address(self) -> int:
        """How many connections it has, this one among them; a proxy that is believed has as many as it likes."""
        address = network_of(self.client)
        if self.client is None or address is None or _is_believed(self.client[0], self.config):
            return 0
        return sum(network_of(getattr(one, "client", None)) == address for one in self.connections)

    def data_received(self, data: bytes) -> None:
        """Go on."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._forget()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.header_seconds, self.timeout_keep_alive_handler)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def most_connections() -> int:
    """How many connections this process serves at once, once it may open as many files as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST * FILES_EACH * 2
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST if soft == resource.RLIM_INFINITY else min(MOST, soft // (FILES_EACH * 2))
