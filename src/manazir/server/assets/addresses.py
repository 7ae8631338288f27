"""Which URLs may be asked for what they point to: of the public Internet, or of hosts that the operator names.

A stranger's URL that leads into the operator's own network would have the server read, or do, what only insiders
may. So hosts are taken in one spelling only, and addresses by what they are (`is_public`), whatever name led there.
"""

import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

from manazir.core.errors import FetchError, UnsupportedError

Resolver = Callable[[str, int], list[str]]
"""From a name and a port to addresses; raises OSError if there are none."""

NOT_PUBLIC = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT; the metadata of Alibaba
        "127.0.0.0/8",
        "168.63.129.16/32",  # the metadata of Azure
        "169.254.0.0/16",  # link-local; the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocols; the metadata of Oracle
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays to 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
"""The IANA's registry of special-purpose addresses, without those that are global."""
PUBLIC_6 = IPv6Network("2000::/3")
"""The only part of IPv6 that is routed; in it are some that lead elsewhere."""
NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols; Teredo, which holds an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds an IPv4 address
        "3ffe::/16",
        "3fff::/20",
    )
)
NAT64 = IPv6Network("64:ff9b::/96")
"""How networks without IPv4 write an IPv4 address: it is what its last four bytes are."""

INSIDE = ("localhost", "localdomain", "local", "internal", "home.arpa", "onion", "invalid")
"""Ends of names that mean something only on this machine, or in this network."""
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
LONGEST_URL = 8192
ALLOWING = "the operator can allow this host (`allowed_hosts` in server.toml)"


def resolve_by_system(host: str, port: int) -> list[str]:
    """Ask this machine's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How far requests to the outside may go.

    Raises:
        UnsupportedError: an allowed host is not written as one.
    """

    allowed_hosts: frozenset[str] = frozenset()
    """Names and addresses that may be private, each with a port (`nas.lan:8080`, `[fd00::1]:80`) or for all ports.
    A name is allowed wherever it leads; an address, whatever name leads there."""
    is_https_only: bool = False
    """Allowed hosts may be asked over http all the same."""
    resolve: Resolver = resolve_by_system
    ssl_context: ssl.SSLContext | None = None
    """None: the authorities that browsers trust, or those of SSL_CERT_FILE."""

    def __post_init__(self) -> None:
        """Refuse a list that cannot be read."""
        for entry in self.allowed_hosts:
            _entry(entry)

    def allows(self, host: str, port: int) -> bool:
        """Whether the operator has named this host."""
        return any(_entry(entry) in ((host, port), (host, None)) for entry in self.allowed_hosts)


PUBLIC = Reach()


def check_url(url: str, reach: Reach = PUBLIC) -> httpx.URL:
    """Read a URL, and refuse what must not be asked for as far as that can be told without a network.

    Raises:
        FetchError: `refused`, and why. Of the URL it shows scheme, host and port: the rest may be secret.
    """
    if len(url) > LONGEST_URL:
        raise FetchError(f"a URL of {len(url)} characters is refused; {LONGEST_URL} is the limit")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("a URL is refused: it is not written as one; give https://HOST/PATH") from error
    if not parsed.scheme:
        raise FetchError("what is no URL is refused; give https://HOST/PATH, or the file itself as data:TYPE;base64,…")
    why = _why_not(parsed, reach)
    if why:
        raise FetchError(f"{shown(parsed)} is refused: {why}")
    return parsed


def port_of(url: httpx.URL) -> int:
    """The port, also where it is not written."""
    return url.port if url.port is not None else 443 if url.scheme == "https" else 80


def shown(url: httpx.URL) -> str:
    """As much of a URL as may be told."""
    return f"{url.scheme[:20]}://{authority(url)[:100]}"


def authority(url: httpx.URL) -> str:
    """Host and port, as the Host header has them."""
    host = f"[{_host(url)}]" if ":" in _host(url) else _host(url)
    return host if url.port is None else f"{host}:{url.port}"


def is_public(address: str) -> bool:
    """Whether anybody on the Internet could ask this address.

    >>> is_public("8.8.8.8"), is_public("169.254.169.254"), is_public("::ffff:8.8.8.8")
    (True, False, False)
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found in NAT64 and not found.scope_id:
            return is_public(str(IPv4Address(found.packed[-4:])))
        return found in PUBLIC_6 and not found.scope_id and not any(found in network for network in NOT_PUBLIC_6)
    return not any(found in network for network in NOT_PUBLIC)


def address_in(host: str) -> str | None:
    """The address that a host is, in its usual spelling; None if it is a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def _why_not(url: httpx.URL, reach: Reach) -> str | None:
    if url.scheme not in ("http", "https"):
        return "only http:// and https:// are asked"
    if url.userinfo:
        return "a name or password before an @ is not sent; put what authorises you into the query"
    host, port = _host(url), port_of(url)
    if not host:
        return "it names no host"
    if not 0 < port < 65536:
        return "there is no such port"
    if reach.allows(address_in(host) or host, port):
        return None
    if reach.is_https_only and url.scheme != "https":
        return f"only https:// is asked; {ALLOWING}"
    if port < 1024 and port not in (80, 443):
        return f"port {port} is none of the web's; use 80, 443, or one above 1023"
    return _why_not_host(host)


def _why_not_host(host: str) -> str | None:
    address = address_in(host)
    if address:
        return None if is_public(address) else f"it is not an address of the public Internet; {ALLOWING}"
    labels = host.split(".")
    if labels[-1].isdigit() or labels[-1].startswith("0x"):  # what resolvers would take for an address
        return "an address is written as four decimal numbers"
    if len(host) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        return "its host is not written as a name is, without a dot at the end"
    if len(labels) == 1 or any(host.endswith("." + end) for end in INSIDE):
        return f"its name means something only inside a network; {ALLOWING}"
    return None


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


@cache
def _entry(text: str) -> tuple[str, int | None]:
    try:
        url = httpx.URL(f"none://{text.strip()}")  # a scheme without a port of its own
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL("none://")
    host = _host(url)
    if not host or "*" in host or url.userinfo or url.raw_path not in (b"", b"/"):
        raise UnsupportedError(f"{text!r} is no host that could be allowed; write HOST or HOST:PORT")
    return address_in(host) or host, url.port
