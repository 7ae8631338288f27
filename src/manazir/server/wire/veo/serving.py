"""What this dialect's routes have in common: the caller's key, bodies with a limit, and where files are."""

import hashlib
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

import anyio
from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from manazir.server.edge.limits import stream_of
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset
from manazir.server.http import admit, base_url, bearer, rate_of
from manazir.server.jobs.job import Job
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.store.ids import short_id

MOST_INLINE_BYTES = 48_000_000
"""Of videos in one answer, before Base64; larger ones are given as addresses."""
STALL_SECONDS = 60.0
"""Between two pieces of a body; who sends nothing for longer is gone."""
NUMBER = re.compile(r"\d{1,15}")


def key_of(request: Request) -> str | None:
    """The key, in any of the places where Google's clients put it."""
    return request.headers.get("x-goog-api-key") or request.query_params.get("key") or bearer(request)


def caller_of(service: Service, request: Request, scope: Scope) -> Caller:
    """Who asks; the request is counted, once.

    Raises:
        ApiError: nobody whom we know, or who may do this; or too many requests.
    """
    if rate_of(request) is not None:  # whoever read the body has counted it
        return service.caller(key_of(request), scope)
    return admit(service, request, key_of(request), scope)


@dataclass
class Sent:
    """A whole body. It may be large: whoever reads it takes it, and then it lies here no more."""

    _text: io.BytesIO
    sha256: str

    def take(self) -> bytes:
        """Its bytes, once."""
        text, self._text = self._text, io.BytesIO()
        return text.getvalue()


async def read_body(request: Request) -> Sent:
    """A whole body, up to the operator's limit; strangers' are not read.

    Raises:
        ApiError: nobody whom we know sends it, or it stopped coming.
        HTTPException: it is larger, or there is no room for it now.
    """
    service: Service = request.app.state.service
    await run_in_threadpool(caller_of, service, request, Scope.READ)
    text, digest = io.BytesIO(), hashlib.sha256()
    async for piece in _awaited(request.stream()):
        text.write(piece)
        digest.update(piece)
    return Sent(text, digest.hexdigest())


def pieces(request: Request) -> AsyncIterator[bytes]:
    """A body as it comes, for who keeps nothing of it in memory.

    Raises:
        ApiError: the connection broke, or nothing came for too long.
    """
    return _awaited(stream_of(request))


async def _awaited(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while True:
            with anyio.fail_after(STALL_SECONDS):
                piece = await anext(stream, b"")
            if not piece:
                return
            yield piece
    except TimeoutError as error:
        raise ApiError(Problem.BAD_REQUEST, f"nothing of the body came for {STALL_SECONDS:g} s") from error
    except ClientDisconnect as error:
        raise ApiError(Problem.BAD_REQUEST, "the connection ended before the body did") from error


ReadBody = Annotated[Sent, Depends(read_body)]


def our_address(request: Request) -> str:
    """Where the caller reaches this dialect."""
    return base_url(request) + str(request.scope.get("root_path", ""))


def download_address(request: Request, asset: Asset) -> str:
    """Where a file's bytes are, for whoever has a key.

    `files/` stands in it once, and its id is letters and digits alone: clients cut the id out of it.
    """
    return f"{our_address(request)}/v1beta/files/{short_id(asset.id)}:download?alt=media"


@dataclass
class InlineBudget:
    """How much of an answer may still be videos' bytes."""

    left_bytes: int = MOST_INLINE_BYTES

    def read(self, service: Service, asset: Asset) -> bytes | None:
        """A file's bytes; None: they are too many."""
        if asset.sha256 is None or asset.size_bytes > self.left_bytes:
            return None
        self.left_bytes -= asset.size_bytes
        with service.storage.open(asset.sha256) as part:
            return b"".join(part)


def job_and_others(service: Service, caller: Caller, job: Job) -> list[Job]:
    """The jobs of an operation, the first sample's first; those that were deleted are left out."""
    found = [job]
    for other in reversed(job.wire.get("others", [])):
        try:
            found.append(service.job(caller, other))
        except ApiError as error:
            if error.problem is not Problem.NOT_FOUND:
                raise
    return found


def page_size(text: str | None, default: int, most: int) -> int:
    """`pageSize` of a list.

    Raises:
        ApiError: it is no number.
    """
    if text is None:
        return default
    if not NUMBER.fullmatch(text):
        raise ApiError(Problem.INVALID, f"pageSize is {text[:20]!r}; give a number", field="pageSize")
    return min(max(int(text), 1), most)


def bad_token() -> ApiError:
    """The refusal of a `pageToken` that leads nowhere."""
    return ApiError(Problem.INVALID, "pageToken is none of ours; leave it out for the first page", field="pageToken")
