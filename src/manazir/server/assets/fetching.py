"""What a URL points to, brought into the storage; and messages to where a request wants to be called back.

Everything here blocks, until its deadline at most: in an event loop, call it from a thread.
"""

import base64
import binascii
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Protocol
from urllib.parse import unquote_to_bytes

import httpcore
import httpx

from manazir.core.errors import FetchError
from manazir.media.sniff import HEAD_BYTES, NAMES, Kind, kind_of
from manazir.server.assets.addresses import PUBLIC, Reach, check_url, shown
from manazir.server.assets.blobs import Blob
from manazir.server.assets.connecting import Deadline, asked, pieces_of

MIB = 1 << 20
REDIRECTS = (301, 302, 303, 307, 308)
UNPACKED_BYTES = 1 << 16
"""At once, of what came compressed."""


class Sink(Protocol):
    """Where the bytes go: a Storage."""

    def put_stream(self, chunks: Iterable[bytes], limit_bytes: int) -> Blob:
        """Keep what comes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What may be fetched, and what that may cost."""

    reach: Reach = PUBLIC
    wanted: tuple[Kind, ...] = tuple(Kind)
    """By their first bytes; what the other side calls it does not count."""
    limit_bytes: int = 512 * MIB
    """Also of what came compressed, unpacked."""
    max_data_bytes: int = 32 * MIB
    """Of a data: URL, which lies in memory with its request."""
    total_seconds: float = 120.0
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a URL pointed to."""

    blob: Blob
    kind: Kind


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a message."""

    status: int
    headers: dict[str, str]
    """Their names in lower case."""
    body: bytes
    """Its beginning."""


def check_source(url: str, terms: Terms) -> None:
    """Refuse early a URL that `fetch` would refuse without asking anybody.

    Raises:
        FetchError: see `check_url`; or it is a data: URL that is too long, or none.
    """
    if _is_data(url):
        _check_data(url, terms)
    else:
        check_url(url, terms.reach)


def fetch(url: str, sink: Sink, terms: Terms) -> Fetched:
    """Bring what an http:, https: or data: URL points to into a sink; on an error, nothing of it stays.

    Raises:
        FetchError: it is refused, out of reach, too slow, too large or of another kind, or was not given.
        StorageError: the sink cannot take it.
    """
    if _is_data(url):
        return _kept(iter([_data_in(url, terms)]), "a data: URL", sink, terms)
    deadline = Deadline(terms.total_seconds)
    for _ in range(terms.max_redirects + 1):
        checked = check_url(url, terms.reach)
        with asked("GET", checked, terms.reach, deadline, {"Accept": "*/*", "Accept-Encoding": "identity"}) as response:
            if response.status not in REDIRECTS:
                return _kept(_body(response, checked, terms), shown(checked), sink, terms)
            url = _next(checked, response)
    raise FetchError(f"{shown(checked)} is refused: it leads on more than {terms.max_redirects} times")


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    reach: Reach = PUBLIC,
    total_seconds: float = 10.0,
    limit_bytes: int = 4096,
) -> Answer:
    """Send a message to a URL that a request named. A redirect is an answer like any other, and not followed.

    Args:
        limit_bytes: how much of the answer's body is read; what is missing of it is no error.

    Raises:
        FetchError: it is refused, out of reach, or gives no status in time.
    """
    checked = check_url(url, reach)
    with asked("POST", checked, reach, Deadline(total_seconds), headers, body) as response:
        found = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, found, _beginning(response, limit_bytes))


def _beginning(response: httpcore.Response, limit_bytes: int) -> bytes:
    found = b""
    try:
        for piece in pieces_of(response):
            found += piece
            if len(found) >= limit_bytes:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.RemoteProtocolError):
        return found[:limit_bytes]  # the message was taken, or not: the status said so
    return found[:limit_bytes]


def _next(url: httpx.URL, response: httpcore.Response) -> str:
    location = _header(response, b"location")
    if not location:
        raise FetchError(
            f"{shown(url)} answered with status {response.status}, and does not say where to go on", "status"
        )
    try:
        return str(url.join(location.decode()))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"{shown(url)} leads on to what is no URL") from error


def _header(response: httpcore.Response, name: bytes) -> bytes:
    return next((value for key, value in response.headers if key.lower() == name), b"")


def _body(response: httpcore.Response, url: httpx.URL, terms: Terms) -> Iterator[bytes]:
    if response.status != 200:
        raise FetchError(f"{shown(url)} answered with status {response.status}", "status")
    length = _header(response, b"content-length")
    if length.isdigit() and int(length) > terms.limit_bytes:
        raise _too_large(shown(url), terms.limit_bytes)
    pieces = _limited(pieces_of(response), shown(url), terms.limit_bytes)
    packing = _header(response, b"content-encoding").decode("latin-1").strip().lower()
    if packing in ("", "identity"):
        return pieces
    if packing in ("gzip", "x-gzip", "deflate"):  # some answer so although nobody asked
        return _limited(_unpacked(pieces, shown(url)), shown(url), terms.limit_bytes)
    raise FetchError(f"{shown(url)} sent it packed ({packing[:20]}); give a URL that sends it as it is", "kind")


def _unpacked(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as its first bytes say
    try:
        for piece in pieces:
            packed = piece
            while packed and not unpacker.eof:
                yield unpacker.decompress(packed, UNPACKED_BYTES)
                packed = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise FetchError(f"{name} sent it packed and damaged", "kind") from error
    if not unpacker.eof:
        raise FetchError(f"{name} broke off", "unreachable")


def _limited(pieces: Iterable[bytes], name: str, limit_bytes: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit_bytes:
            raise _too_large(name, limit_bytes)
        yield piece


def _kept(pieces: Iterator[bytes], name: str, sink: Sink, terms: Terms) -> Fetched:
    """Look at the first bytes, then keep all."""
    head = b""
    while len(head) < HEAD_BYTES and (piece := next(pieces, None)) is not None:
        head += piece
    kind = kind_of(head)
    if kind not in terms.wanted:
        is_what = NAMES[kind] if kind else "no media file that is read here"
        wanted = ", ".join(NAMES[each] for each in terms.wanted)
        raise FetchError(f"{name} gave what is {is_what}; give one of: {wanted}", "kind")
    assert kind is not None
    return Fetched(sink.put_stream(chain([head], pieces), terms.limit_bytes), kind)


def _too_large(name: str, limit_bytes: int) -> FetchError:
    return FetchError(f"{name} gives more than {limit_bytes} bytes; give a smaller file", "too_large")


def _is_data(url: str) -> bool:
    return url[:5].lower() == "data:"


def _check_data(url: str, terms: Terms) -> None:
    limit = min(terms.max_data_bytes, terms.limit_bytes)
    if len(url) > limit * 4 // 3 + 1000:
        raise _too_large("a data: URL", limit)
    if "," not in url[:1000]:
        raise FetchError("a data: URL is refused: it is not written as one; give data:TYPE;base64,DATA")


def _data_in(url: str, terms: Terms) -> bytes:
    _check_data(url, terms)
    about, _, text = url[5:].partition(",")
    data = unquote_to_bytes(text)
    if about.lower().rstrip().endswith(";base64"):
        try:
            data = base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
        except binascii.Error as error:
            raise FetchError("a data: URL is refused: what it holds is not base64") from error
    return data
