"""`/files`: what is uploaded once and named by its id in requests."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from manazir.server.bodies import Bodies
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset, delete_asset, list_assets
from manazir.server.http import admit, bearer
from manazir.server.keys import Caller, Scope
from manazir.server.media import blob_response
from manazir.server.service import Service
from manazir.server.serving_blobs import BlobResponse
from manazir.server.wire.sora import answers
from manazir.server.wire.sora.incoming import ANY, Incoming, receiving
from manazir.server.wire.sora.names import FILE, named, row_id
from manazir.server.wire.sora.ranges import check_range
from manazir.server.wire.sora.requests import CreateFile, read
from manazir.server.wire.sora.sources import UPLOADED

MOST_FILES_A_PAGE = 10_000
"""As this API has it; also how many come if nobody says."""


def file_routes(service: Service, bodies: Bodies) -> APIRouter:
    """All of it."""
    routes = APIRouter(prefix="/files")

    @routes.post("")
    def create(sent: Annotated[Incoming, Depends(receiving(service, bodies, file=ANY))]) -> Any:
        body = read(CreateFile, sent.told)
        lasts = None if body.expires_after is None else float(body.expires_after.seconds)
        asset = service.own(
            sent.caller,
            body.file.brought,
            filename=body.file.filename,
            role=UPLOADED,
            wire={"purpose": body.purpose},
            lasts_seconds=lasts,
        )
        return answers.file(asset)

    @routes.get("")
    def list_(
        request: Request,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_FILES_A_PAGE)] = MOST_FILES_A_PAGE,
        order: Literal["asc", "desc"] = "desc",
        purpose: Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")] = None,
    ) -> Any:
        caller = admit(service, request, bearer(request), Scope.READ)
        after_id = None if after is None else row_id(FILE, after, "after")
        how: dict[str, Any] = {"after_id": after_id, "limit": limit, "is_oldest_first": order == "asc"}
        how |= {} if purpose is None else {"wire": {"purpose": purpose}}
        with service.database.reading() as connection:
            found, has_more = list_assets(connection, caller.tenant_id, roles=(UPLOADED,), **how)
        return answers.page([answers.file(asset) for asset in found], has_more)

    @routes.get("/{file_id}")
    def retrieve(request: Request, file_id: str) -> Any:
        return answers.file(_file(service, admit(service, request, bearer(request), Scope.READ), file_id))

    @routes.delete("/{file_id}")
    def delete(request: Request, file_id: str) -> Any:
        caller = admit(service, request, bearer(request), Scope.GENERATE)
        asset = _file(service, caller, file_id)
        with service.database.transaction() as connection:
            delete_asset(connection, caller.tenant_id, asset.id)
        return answers.deleted(file_id, "file")

    @routes.api_route("/{file_id}/content", methods=["GET", "HEAD"], response_class=Response)
    def content(request: Request, file_id: str) -> BlobResponse:
        asset = _file(service, admit(service, request, bearer(request), Scope.READ), file_id)
        check_range(request, asset.size_bytes)
        return blob_response(service, asset, asset.filename or None)

    return routes


def _file(service: Service, caller: Caller, file_id: str) -> Asset:
    with named(FILE, file_id):
        asset = service.asset(caller, row_id(FILE, file_id))
    if asset.role != UPLOADED:
        raise ApiError(Problem.NOT_FOUND, f"there is no file {file_id[:80]!r}")
    return asset
