"""What is told in JSON goes compressed to whoever takes that: a full board is half a megabyte, a tenth of it packed."""

import asyncio
import gzip
import re
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST_BYTES = 2048
"""Below, it is not worth the work."""
AT_ONCE_BYTES = 65_536
"""Above, a thread compresses it: other requests are not kept waiting."""
LEVEL = 4
"""Half the time of zlib's usual level, for a twentieth more bytes."""


@dataclass(frozen=True, slots=True)
class Packed:
    """ASGI middleware: whole answers in JSON are compressed, all others go as they are.

    Files are compressed already, and streams have to come piece by piece. Secrets beside what a stranger wrote could be
    guessed by their length (BREACH), where strangers can have answers made: no other site's requests carry a session.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http" or not takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            await self.app(scope, receive, send)
            return
        begun: Message | None = None

        async def packed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_data(message):
                begun = message
                return
            if begun is not None:
                begin, begun = begun, None
                if len(message.get("body", b"")) >= LEAST_BYTES and not message.get("more_body", False):
                    message = await _packed(begin, message)
                await send(begin)
            await send(message)

        await self.app(scope, receive, packed)


def takes_gzip(accepted: str) -> bool:
    """Whether a client says so (RFC 9110, 12.5.3).

    >>> takes_gzip("br, gzip;q=0.8"), takes_gzip("gzip;q=0"), takes_gzip("")
    (True, False, False)
    """
    for one in accepted.lower().split(","):
        name, _, quality = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality)
    return False


def _is_data(start: Message) -> bool:
    headers = Headers(scope=start)
    kind = headers.get("content-type", "").partition(";")[0]
    return kind == "application/json" and "content-encoding" not in headers and start["status"] != 206


async def _packed(begin: Message, message: Message) -> Message:
    """The same body, compressed, once what goes before it says so."""
    body = message["body"]
    if len(body) > AT_ONCE_BYTES:
        body = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
    else:
        body = gzip.compress(body, LEVEL, mtime=0)
    headers = MutableHeaders(scope=begin)
    headers["Content-Encoding"], headers["Content-Length"] = "gzip", str(len(body))
    headers.add_vary_header("Accept-Encoding")
    return {**message, "body": body}
