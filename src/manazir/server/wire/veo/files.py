"""`files`: get, list, delete, download; uploads have a module of their own."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from manazir.server.files import delete_asset, list_assets
from manazir.server.keys import Scope
from manazir.server.media import blob_response
from manazir.server.service import Service
from manazir.server.store.ids import plain_id, short_id
from manazir.server.wire.veo.file_answers import file
from manazir.server.wire.veo.names import file_id_of, find_file
from manazir.server.wire.veo.serving import bad_token, caller_of, download_address, page_size

ROLES = ("input", "video", "image")
"""Of files that are listed: uploaded ones, and what jobs made."""
DEFAULT_PAGE, LARGEST_PAGE = 10, 100


def file_routes(service: Service) -> APIRouter:
    """Paths without the version in front."""
    routes = APIRouter()

    @routes.get("/files")
    def list_files(request: Request) -> Any:
        caller = caller_of(service, request, Scope.READ)
        query = request.query_params
        size = page_size(query.get("pageSize"), DEFAULT_PAGE, LARGEST_PAGE)
        token = query.get("pageToken")
        after_id = None if not token else plain_id(token)
        if token and after_id is None:
            raise bad_token()
        with service.database.reading() as connection:
            found, has_more = list_assets(connection, caller.tenant_id, roles=ROLES, after_id=after_id, limit=size)
        told: dict[str, Any] = {"files": [file(asset, download_address(request, asset)) for asset in found]}
        return JSONResponse(told | ({"nextPageToken": short_id(found[-1].id)} if has_more else {}))

    @routes.api_route("/files/{rest:path}", methods=["GET", "HEAD"])
    def get(request: Request, rest: str) -> Response:
        caller = caller_of(service, request, Scope.READ)
        asset = find_file(service, caller, file_id_of(rest))
        if rest.endswith(":download") or request.query_params.get("alt", "").startswith("media"):
            return blob_response(service, asset)
        return JSONResponse(file(asset, download_address(request, asset)))

    @routes.delete("/files/{rest:path}")
    def delete(request: Request, rest: str) -> Any:
        caller = caller_of(service, request, Scope.GENERATE)
        asset = find_file(service, caller, file_id_of(rest))
        with service.database.transaction() as connection:
            delete_asset(connection, caller.tenant_id, asset.id)
        return JSONResponse({})

    return routes
