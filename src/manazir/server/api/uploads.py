"""`/uploads`: files that come in parts and go on after a break, as the tus protocol 1.0 has it (https://tus.io).

Any tus client can send to it. When the last byte has come the file is looked at; then it is an asset like any other.
"""

import base64
import binascii
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Header, Path
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from manazir.core.errors import MediaError
from manazir.server.api.access import Maker
from manazir.server.api.assets import bare_name
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import Told
from manazir.server.assets.blobs import CHUNK_BYTES
from manazir.server.assets.uploads import Arrival, Upload
from manazir.server.edge.limits import stream_of
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset
from manazir.server.keys import Caller
from manazir.server.service import Service

VERSION = "1.0.0"
PROTOCOL = {"Tus-Resumable": VERSION}
PART_TYPE = "application/offset+octet-stream"
PART: Mapping[str, Any] = {
    "required": True,
    "content": {PART_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}
LONGEST_METADATA = 4096
UNKNOWN = "there is no such upload, or its time is over; begin a new one"


class Resumable(Protocol):
    """What these routes ask of whoever keeps uploads (`assets.uploads.Uploads`)."""

    def begin(self, caller: Caller, *, size_bytes: int | None, filename: str | None = None) -> Upload:
        """Make room for a file that will come."""

    def find(self, upload_id: str) -> Upload:
        """An upload by its id."""

    def writing(self, upload: Upload, offset: int) -> AbstractContextManager[Arrival]:
        """Lend an upload for writing."""

    def finish(self, upload: Upload) -> Asset:
        """All has come: check what it is, and keep it."""

    def cancel(self, upload: Upload) -> None:
        """Give an upload up."""


class UploadTold(Told):
    """An upload that was begun."""

    id: str = Field(description="Who has it and the key can send.")
    asset_id: str = Field(description="Of the file that it becomes: `GET /assets/{id}` says when it is `ready`.")
    url: str = Field(description="Where to send the parts.")
    size_bytes: int


Version = Annotated[str | None, Header(alias="Tus-Resumable", pattern=r"^1\.0\.0$", description="`1.0.0`.")]
Length = Annotated[int, Header(alias="Upload-Length", ge=1, le=2**53, description="Bytes of the whole file.")]
Offset = Annotated[int, Header(alias="Upload-Offset", ge=0, le=2**53, description="Where this part begins.")]
Metadata = Annotated[
    str | None,
    Header(
        alias="Upload-Metadata",
        max_length=LONGEST_METADATA,
        description="`filename` and its value in base64; what else there is, is not read.",
        examples=["filename YmFsbC5tcDQ="],
    ),
]
UploadId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
TOLD_HEADERS: Mapping[str, Any] = {
    "Tus-Resumable": {"schema": {"type": "string"}, "description": "The version of the protocol."},
    "Upload-Offset": {"schema": {"type": "integer"}, "description": "How much has come."},
}


def upload_routes(service: Service, uploads: Resumable) -> APIRouter:
    """Begin, send, look, give up."""
    routes = APIRouter(prefix="/uploads", tags=["assets"])
    _add_protocol(routes, service)
    _add_beginning(routes, uploads)
    _add_looking(routes, uploads)
    _add_sending(routes, service, uploads)
    _add_giving_up(routes, uploads)
    return routes


def _add_protocol(routes: APIRouter, service: Service) -> None:
    most = service.operator.largest_upload_bytes

    @routes.options("", status_code=204)
    def upload_protocol() -> Response:
        """Which protocol this is, and how large a file may be. Needs no key."""
        told = {"Tus-Version": VERSION, "Tus-Extension": "creation,termination", "Tus-Max-Size": str(most)}
        return Response(status_code=204, headers=PROTOCOL | told)


def _add_beginning(routes: APIRouter, uploads: Resumable) -> None:
    @routes.post("", status_code=201, responses=refusals(Problem.TOO_LARGE))
    def create_upload(
        caller: Maker,
        request: Request,
        response: Response,
        length: Length,
        metadata: Metadata = None,
        _version: Version = None,
    ) -> UploadTold:
        """Begin an upload. Its parts go to `Location`, by PATCH, one after the other."""
        upload = uploads.begin(caller, size_bytes=length, filename=_filename(metadata))
        url = f"{request.scope.get('root_path', '')}/uploads/{upload.id}"
        response.headers.update(PROTOCOL | {"Location": url})
        return UploadTold(id=upload.id, asset_id=upload.asset.id, url=url, size_bytes=length)


def _add_looking(routes: APIRouter, uploads: Resumable) -> None:
    @routes.head(
        "/{id}",
        status_code=200,
        response_class=Response,
        responses=refusals(Problem.NOT_FOUND) | {200: {"headers": dict(TOLD_HEADERS)}},
    )
    def get_offset(id: UploadId, caller: Maker, _version: Version = None) -> Response:
        """Ask how much has come."""
        upload = _finished_if_whole(uploads, _mine(uploads, caller, id))
        return Response(status_code=200, headers=_state(upload) | {"Cache-Control": "no-store"})


def _add_sending(routes: APIRouter, service: Service, uploads: Resumable) -> None:
    @routes.patch(
        "/{id}",
        status_code=204,
        response_class=Response,
        max_body_size=service.operator.largest_upload_bytes,
        responses=refusals(Problem.NOT_FOUND, Problem.CONFLICT, Problem.TOO_LARGE)
        | {204: {"headers": dict(TOLD_HEADERS), "description": "It has come."}},
        openapi_extra={"requestBody": PART},
    )
    async def send_part(
        id: UploadId, caller: Maker, request: Request, offset: Offset, _version: Version = None
    ) -> Response:
        """Send the next part. What came is kept, also of a part that broke off."""
        _check_type(request)
        upload = await run_in_threadpool(_mine, uploads, caller, id)
        _check_offset(upload, offset)
        if upload.asset.state == "pending":
            await _receive(request, uploads.writing(upload, offset))
            upload = await run_in_threadpool(_finished_if_whole, uploads, upload)
        return Response(status_code=204, headers=_state(upload))


def _add_giving_up(routes: APIRouter, uploads: Resumable) -> None:
    @routes.delete("/{id}", status_code=204, responses=refusals(Problem.NOT_FOUND, Problem.CONFLICT))
    def cancel_upload(id: UploadId, caller: Maker, response: Response, _version: Version = None) -> None:
        """Give an upload up that is not whole."""
        uploads.cancel(_mine(uploads, caller, id))
        response.headers.update(PROTOCOL)


def _check_type(request: Request) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PART_TYPE:
        raise ApiError(Problem.INVALID, f"a part is sent as {PART_TYPE}", field="Content-Type", reason="bad_part")


def _check_offset(upload: Upload, offset: int) -> None:
    if offset != _offset(upload):
        told = f"the upload has {_offset(upload)} bytes, not {offset}; go on from there"
        raise ApiError(Problem.CONFLICT, told, field="Upload-Offset", reason="bad_part")


def _mine(uploads: Resumable, caller: Caller, upload_id: str) -> Upload:
    upload = uploads.find(upload_id)
    if upload.asset.tenant_id != caller.tenant_id:
        raise ApiError(Problem.NOT_FOUND, UNKNOWN, reason="no_such_upload")
    if upload.asset.state == "failed":
        told = f"this upload is over ({upload.asset.reason}); begin a new one"
        raise ApiError(Problem.NOT_FOUND, told, reason="no_such_upload")
    return upload


async def _receive(request: Request, lent: AbstractContextManager[Arrival]) -> None:
    """Write what comes, in threads: the disk must not keep the event loop waiting."""
    arrival = await run_in_threadpool(lent.__enter__)
    waiting = bytearray()
    try:
        async for chunk in stream_of(request):
            waiting += chunk
            if len(waiting) >= CHUNK_BYTES:
                await run_in_threadpool(arrival.write, bytes(waiting))
                waiting.clear()
    finally:  # also of a part that broke off: the sender asks how much came, and goes on from there
        try:
            await run_in_threadpool(arrival.write, bytes(waiting))
        finally:
            await run_in_threadpool(lent.__exit__, None, None, None)


def _finished_if_whole(uploads: Resumable, upload: Upload) -> Upload:
    """Also when somebody only asks how much came: the server may have ended between the last byte and this."""
    if upload.asset.state != "pending" or upload.received_bytes != upload.size_bytes:
        return upload
    try:
        return replace(upload, asset=uploads.finish(upload))
    except MediaError as error:
        raise ApiError(Problem.INVALID, str(error), reason="bad_file") from error


def _offset(upload: Upload) -> int:
    return (upload.size_bytes or 0) if upload.asset.state == "ready" else upload.received_bytes


def _state(upload: Upload) -> dict[str, str]:
    return PROTOCOL | {"Upload-Offset": str(_offset(upload)), "Upload-Length": str(upload.size_bytes)}


def _filename(metadata: str | None) -> str | None:
    for pair in (metadata or "").split(","):
        name, _, value = pair.strip().partition(" ")
        if name == "filename":
            try:
                return bare_name(base64.b64decode(value, validate=True).decode())
            except (binascii.Error, ValueError) as error:
                told = "Upload-Metadata has a filename that is not UTF-8 in base64"
                raise ApiError(Problem.INVALID, told, field="Upload-Metadata", reason="bad_part") from error
    return None
