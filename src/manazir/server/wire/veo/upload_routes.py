"""`/upload/{version}/files`: Google's resumable protocol.

Only the first request of an upload has a key; after it the upload's id stands for it.
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from manazir.server.assets.uploads import Upload, Uploads
from manazir.server.errors import ApiError, Problem
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.wire.veo.file_answers import file
from manazir.server.wire.veo.names import refuse_taken
from manazir.server.wire.veo.serving import caller_of, download_address, our_address, pieces, read_body
from manazir.server.wire.veo.shape import Body, Whole, parse

WRITE_BYTES = 1 << 20
GRANULARITY = 1 << 18
NUMBER = re.compile(r"\d{1,15}")


class FileBody(Body):
    """What a client says of a file that it will send."""

    name: str | None = None
    display_name: str | None = None
    mime_type: str | None = None
    size_bytes: Whole | None = None
    uri: str | None = None


class StartBody(Body):
    """The body of `start`."""

    file: FileBody | None = None


def upload_routes(service: Service) -> APIRouter:
    """Paths without `/upload` and the version in front."""
    routes = APIRouter()
    uploads = Uploads(service)

    @routes.post("/files")
    async def send(request: Request) -> Any:
        commands = _commands(request)
        upload_id = request.query_params.get("upload_id")
        if upload_id is None:
            _refuse_other_protocols(request, commands)
            return await run_in_threadpool(_begin, uploads, request, (await read_body(request)).take())
        upload = await run_in_threadpool(uploads.find, upload_id)
        return await _go_on(uploads, request, upload, commands)

    return routes


def _commands(request: Request) -> set[str]:
    text = request.headers.get("x-goog-upload-command", "")
    commands = {part.strip().lower() for part in text.split(",") if part.strip()}
    if unknown := commands - {"start", "upload", "finalize", "query", "cancel"}:
        name = "X-Goog-Upload-Command"
        told = f"{name} has {sorted(unknown)[0]!r}; give start, upload, finalize, query or cancel"
        raise ApiError(Problem.INVALID, told, field=name)
    return commands


def _refuse_other_protocols(request: Request, commands: set[str]) -> None:
    protocol = request.headers.get("x-goog-upload-protocol", "")
    if protocol.lower() != "resumable" or commands != {"start"}:
        name = "X-Goog-Upload-Protocol"
        told = f"{name} is {protocol!r}; uploads begin with resumable, and X-Goog-Upload-Command: start"
        raise ApiError(Problem.UNSUPPORTED, told, field=name)


def _begin(uploads: Uploads, request: Request, body: bytes) -> JSONResponse:
    caller = caller_of(uploads.service, request, Scope.GENERATE)
    told = parse(StartBody, body).file or FileBody()
    name = None if told.name is None else told.name.removeprefix("files/")
    if name is not None:
        refuse_taken(uploads.service, caller, name)
    size = request.headers.get("x-goog-upload-header-content-length")
    upload = uploads.begin(
        caller,
        size_bytes=told.size_bytes if size is None else _number(size, "X-Goog-Upload-Header-Content-Length"),
        mime_type=told.mime_type or request.headers.get("x-goog-upload-header-content-type") or "video/mp4",
        filename=told.display_name or request.headers.get("x-goog-upload-file-name"),
        wire={} if name is None else {"name": name},
    )
    path = request.url.path.removeprefix(str(request.scope.get("root_path", "")))
    address = f"{our_address(request)}{path}?upload_id={upload.id}&upload_protocol=resumable"
    return _answer("active", {}, {"X-Goog-Upload-URL": address})


async def _go_on(uploads: Uploads, request: Request, upload: Upload, commands: set[str]) -> JSONResponse:
    if "cancel" in commands:
        await run_in_threadpool(uploads.cancel, upload)
        return _answer("cancelled", {})
    if "upload" in commands and upload.asset.state != "ready":
        await _receive(uploads, request, upload)
    if "finalize" in commands:
        asset = await run_in_threadpool(uploads.finish, upload)
        return _answer("final", {"file": file(asset, download_address(request, asset))})
    if upload.asset.state == "ready":
        return _answer("final", {"file": file(upload.asset, download_address(request, upload.asset))})
    return _answer("active", {}, {"X-Goog-Upload-Size-Received": str(upload.received_bytes)})


async def _receive(uploads: Uploads, request: Request, upload: Upload) -> None:
    """Write what comes as it comes; of a connection that breaks, what had come stays."""
    offset = _number(request.headers.get("x-goog-upload-offset", ""), "X-Goog-Upload-Offset")
    writing = uploads.writing(upload, offset)
    arrival = await run_in_threadpool(writing.__enter__)
    try:
        async for piece in _larger(pieces(request)):
            await run_in_threadpool(arrival.write, piece)
    finally:
        await run_in_threadpool(writing.__exit__, None, None, None)


async def _larger(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A body in larger pieces than the network's; the last one comes before any error does."""
    held = bytearray()
    try:
        async for piece in body:
            held += piece
            if len(held) >= WRITE_BYTES:
                yield bytes(held)
                held.clear()
    except ApiError:
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)


def _number(text: str, name: str) -> int:
    if not NUMBER.fullmatch(text):
        raise ApiError(Problem.INVALID, f"{name} is {text[:20]!r}; give a number of bytes", field=name)
    return int(text)


def _answer(status: str, body: Mapping[str, Any], headers: Mapping[str, str] = {}) -> JSONResponse:
    told = {"X-Goog-Upload-Status": status, "X-Goog-Upload-Chunk-Granularity": str(GRANULARITY)}
    return JSONResponse(dict(body), headers=told | dict(headers))
