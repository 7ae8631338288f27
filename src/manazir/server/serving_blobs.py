"""A kept file as an answer: whole, or the part that a Range header asks for, read from wherever the storage has it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from manazir.server.assets.blobs import Blob
from manazir.server.assets.storage import Storage

ONE_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})-([0-9]{0,18})\s*", re.IGNORECASE)


class BlobResponse(Response):
    """Streams a blob. Several ranges at once, which no player asks for, are answered with the whole, as HTTP allows."""

    def __init__(
        self,
        storage: Storage,
        blob: Blob,
        *,
        media_type: str,
        filename: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say what is to be sent; it is opened when the answer begins.

        Args:
            filename: what a browser that saves it calls it.
        """
        super().__init__(media_type=media_type, headers=headers)
        del self.headers["content-length"]  # of an answer without a body
        self.storage, self.blob = storage, blob
        self.headers["accept-ranges"] = "bytes"
        self.headers["etag"] = f'"{blob.sha256}"'
        if filename is not None:
            plain = quote(filename) == filename
            name = f'filename="{filename}"' if plain else f"filename*=utf-8''{quote(filename)}"
            self.headers["content-disposition"] = f"inline; {name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; what the storage raises passes through before anything is sent."""
        size, asked = self.blob.size_bytes, Headers(scope=scope)
        span = None
        if asked.get("if-range", self.headers["etag"]) == self.headers["etag"]:
            span = asked_range(asked.get("range", ""), size)
        if span is None:
            span, headers = Span(0, size), {}
        elif span.start < span.end:
            self.status_code, headers = 206, {"content-range": f"bytes {span.start}-{span.end - 1}/{size}"}
        else:
            await PlainTextResponse(status_code=416, headers={"content-range": f"bytes */{size}"})(scope, receive, send)
            return
        self.headers.update(headers | {"content-length": str(span.end - span.start)})
        if scope["method"] == "HEAD":
            await super().__call__(scope, receive, send)
            return
        part = await run_in_threadpool(self.storage.open, self.blob.sha256, span.start, span.end)
        try:
            await StreamingResponse(part, self.status_code, self.headers)(scope, receive, send)
        finally:
            part.close()


@dataclass(frozen=True, slots=True)
class Span:
    """From a byte up to another, which is no more of it."""

    start: int
    end: int


def asked_range(told: str, size_bytes: int) -> Span | None:
    """What a Range header asks for; None: the whole. A span without bytes: what the file does not have.

    >>> asked_range("bytes=4-7", 100), asked_range("bytes=-10", 100), asked_range("bytes=90-200", 100)
    (Span(start=4, end=8), Span(start=90, end=100), Span(start=90, end=100))
    >>> asked_range("bytes=7-4", 100), asked_range("lines=1-2", 100)
    (None, None)
    >>> asked_range("bytes=100-", 100)
    Span(start=100, end=100)
    """
    found = ONE_RANGE.fullmatch(told)
    if found is None or found.group(1, 2) == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return Span(max(0, size_bytes - int(last)), size_bytes)
    if last and int(last) < int(first):
        return None
    start = min(int(first), size_bytes)
    return Span(start, min(int(last) + 1, size_bytes) if last else size_bytes)
