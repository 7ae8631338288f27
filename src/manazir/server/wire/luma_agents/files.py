"""`/files`: uploads, inline in a form, or PUT to an address that was asked for and completed after that."""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response

from manazir.core.errors import MediaError
from manazir.server.arriving import Arriving, arriving
from manazir.server.assets.blobs import Blob
from manazir.server.assets.checking import MediaKind
from manazir.server.assets.drafts import Filling
from manazir.server.bodies import Bodies
from manazir.server.errors import ApiError, Problem, absent
from manazir.server.files import (
    Asset,
    complete_asset,
    delete_asset,
    fail_asset,
    find_pending,
    list_assets,
    promise_asset,
    receive_bytes,
)
from manazir.server.http import admit, base_url, bearer
from manazir.server.keys import Caller, Scope
from manazir.server.multipart import plain_name
from manazir.server.service import DAY_SECONDS, Brought, Service
from manazir.server.store.ids import plain_id
from manazir.server.wire.luma_agents import answers
from manazir.server.wire.luma_agents.requests import About, FileRequest
from manazir.server.wire.luma_shared.details import invalid
from manazir.server.wire.luma_shared.incoming import checked

ROLE = "input"
PUT_SECONDS = 3600.0
MOST_A_PAGE = 100
KINDS = (MediaKind.VIDEO, MediaKind.IMAGE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in a form."""

    brought: Brought
    filename: str


def file_routes(service: Service, bodies: Bodies) -> APIRouter:
    """All of it."""
    routes = APIRouter(prefix="/files")
    _add_bringing(routes, service, bodies)
    _add_looking(routes, service)
    return routes


def _add_bringing(routes: APIRouter, service: Service, bodies: Bodies) -> None:
    def keep(caller: Caller, name: str, filename: str) -> Arriving:
        if name != "file":
            raise ApiError(Problem.BAD_REQUEST, f"{name[:80]!r} is sent as a file; only file may be")
        return arriving(service, caller, "file", KINDS, lambda brought: Upload(brought, filename))

    async def receive(request: Request) -> tuple[Caller, dict[str, Any]]:
        caller = await to_thread.run_sync(admit, service, request, bearer(request), Scope.GENERATE)
        return caller, await bodies.read(request, partial(keep, caller))

    @routes.post("", status_code=201)
    def create(request: Request, sent: Annotated[tuple[Caller, dict[str, Any]], Depends(receive)]) -> Any:
        caller, told = sent
        if isinstance(upload := told.pop("file", None), Upload):
            asset = _owned(service, caller, upload, checked(About, told))
            return _created(asset, None)
        asset = _promised(service, caller, checked(FileRequest, told))
        return _created(asset, _envelope(service, request, asset))

    @routes.put("/{file_id}/content")
    async def put(request: Request, file_id: str, until: str = "", signature: str = "") -> Response:
        """No key: the address is signed."""
        service.signer.check(_put_path(request, file_id), until, signature)
        await bodies.stream(request, partial(_receiving, service, file_id))
        return Response(status_code=200)

    @routes.post("/{file_id}/complete")
    def complete(request: Request, file_id: str) -> Any:
        caller = admit(service, request, bearer(request), Scope.GENERATE)
        return answers.file(_completed(service, _file(service, caller, file_id)))


def _add_looking(routes: APIRouter, service: Service) -> None:
    @routes.get("")
    def listed(
        request: Request,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_A_PAGE)] = 25,
        purpose: Literal["input", "reference"] | None = None,
        state: Literal["pending", "ready", "failed", "deleted"] | None = None,
    ) -> dict[str, Any]:
        caller = admit(service, request, bearer(request), Scope.READ)
        after_id = None if cursor is None else plain_id(cursor)
        if cursor is not None and after_id is None:
            raise invalid("cursor", "is none that was given out here")
        how: dict[str, Any] = {"after_id": after_id, "limit": limit, "states": () if state is None else (state,)}
        how |= {} if purpose is None else {"wire": {"purpose": purpose}}
        with service.database.reading() as connection:
            found, has_more = list_assets(connection, caller.tenant_id, roles=(ROLE,), **how)
        data = [answers.file(asset) for asset in found]
        return {"data": data, "has_more": has_more, "next_cursor": found[-1].id if has_more else None}

    @routes.get("/{file_id}")
    def one(request: Request, file_id: str) -> Any:
        return answers.file(_file(service, admit(service, request, bearer(request), Scope.READ), file_id))

    @routes.delete("/{file_id}", status_code=204)
    def delete(request: Request, file_id: str) -> Response:
        caller = admit(service, request, bearer(request), Scope.GENERATE)
        asset = _file(service, caller, file_id)
        with service.database.transaction() as connection:
            delete_asset(connection, caller.tenant_id, asset.id)
        return Response(status_code=204)


def _owned(service: Service, caller: Caller, upload: Upload, about: About) -> Asset:
    """A file that came in a form."""
    filename = plain_name(about.filename or upload.filename) or None
    lasts = _lasts(about, service)
    return service.own(
        caller, upload.brought, filename=filename, role=ROLE, wire=_kept_words(about), lasts_seconds=lasts
    )


def _promised(service: Service, caller: Caller, body: FileRequest) -> Asset:
    """A file that will be PUT."""
    most = service.operator.largest_upload_bytes
    if body.size_bytes > most:
        raise ApiError(Problem.TOO_LARGE, f"size_bytes is {body.size_bytes}; a file has {most} at most")
    service.storage.check_room(body.size_bytes)
    with service.database.transaction() as connection:
        return promise_asset(
            connection,
            caller.tenant_id,
            PUT_SECONDS,
            mime_type=body.mime_type,
            size_bytes=body.size_bytes,
            role=ROLE,
            filename=plain_name(body.filename) or None if body.filename else None,
            wire=_kept_words(body),
            lasts_seconds=_lasts(body, service),
        )


def _receiving(service: Service, file_id: str) -> "_Receiving":
    with service.database.reading() as connection:
        asset = find_pending(connection, plain_id(file_id) or "")
    return _Receiving(service, asset, service.storage.begin(asset.size_bytes))


@dataclass(frozen=True, slots=True)
class _Receiving:
    """Keeps what is PUT, if it is as long as it was said to be."""

    service: Service
    asset: Asset
    filling: Filling

    def write(self, data: bytes) -> None:
        self.filling.write(data)

    def finish(self) -> None:
        blob = self.filling.finish()
        if blob.size_bytes != self.asset.size_bytes:
            told = f"{blob.size_bytes} bytes came, and size_bytes said {self.asset.size_bytes}; PUT the whole file"
            raise ApiError(Problem.BAD_REQUEST, told)
        with self.service.storage.hold(blob.sha256), self.service.database.transaction() as connection:
            receive_bytes(connection, self.asset, blob.sha256)

    def close(self) -> None:
        self.filling.close()


def _completed(service: Service, asset: Asset) -> Asset:
    """Look at what was PUT. A file that was completed before stays as it is."""
    if asset.state != "pending":
        return asset
    if asset.sha256 is None:
        raise ApiError(Problem.BAD_REQUEST, "nothing was PUT to the address of this file yet; do so first")
    kinds = [kind for kind in KINDS if asset.mime_type.startswith(f"{kind}/") or asset.mime_type == "image/gif"]
    blob = Blob(asset.sha256, asset.size_bytes)
    try:
        facts = service.look_at(blob, "the file", kinds).facts
    except MediaError as error:
        with service.database.transaction() as connection:
            return fail_asset(connection, asset, str(error))
    with service.database.transaction() as connection:
        return complete_asset(connection, asset, blob.sha256, blob.size_bytes, facts.mime_type, asdict(facts))


def _created(asset: Asset, upload: dict[str, Any] | None) -> dict[str, Any]:
    return {"id": asset.id, "state": asset.state, "file": answers.file(asset), "upload": upload}


def _envelope(service: Service, request: Request, asset: Asset) -> dict[str, Any]:
    """Where the bytes go."""
    url = base_url(request) + service.signer.sign(_put_path(request, asset.id), PUT_SECONDS)
    ends = datetime.fromtimestamp(time.time() + PUT_SECONDS, UTC).isoformat()
    return {"url": url, "method": "PUT", "headers": {"Content-Type": asset.mime_type}, "expires_at": ends}


def _put_path(request: Request, file_id: str) -> str:
    return f"{request.scope.get('root_path', '')}/files/{file_id}/content"


def _kept_words(about: About) -> dict[str, Any]:
    return {"purpose": about.purpose} | ({} if about.user_id is None else {"user_id": about.user_id})


def _lasts(about: About, service: Service) -> float | None:
    """How long a file is kept: as long as was asked for, and no longer than the operator lets it.

    Raises:
        ApiError: the time is none, or past.
    """
    days = service.operator.input_days
    most = None if days is None else days * DAY_SECONDS
    if about.expires_at is None:
        return most
    try:
        ends = datetime.fromisoformat(about.expires_at)
    except ValueError as error:
        raise invalid("expires_at", "is no time in ISO 8601, such as 2027-01-31T12:00:00Z") from error
    left = (ends if ends.tzinfo else ends.replace(tzinfo=UTC)).timestamp() - time.time()
    if left <= 0:
        raise invalid("expires_at", "is past; give a time to come")
    return left if most is None else min(left, most)


def _file(service: Service, caller: Caller, file_id: str) -> Asset:
    with absent(f"there is no file {file_id[:80]}"):
        asset = service.asset(caller, plain_id(file_id) or "")
        if asset.role != ROLE:
            raise ApiError(Problem.NOT_FOUND, f"it is no upload, but {asset.role}")
    return asset
