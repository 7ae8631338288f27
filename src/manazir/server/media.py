"""`/media/…`: files by signed addresses, in parts where a player asks for parts (Range)."""

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from manazir.server.assets.blobs import Blob
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset
from manazir.server.service import Service
from manazir.server.serving_blobs import BlobResponse
from manazir.server.store.ids import plain_id
from manazir.server.store.tables import assets


def media_routes(service: Service) -> APIRouter:
    """What vendors' clients fetch without a key."""
    routes = APIRouter()

    @routes.api_route("/media/{asset_id}/{name}", methods=["GET", "HEAD"], response_class=Response)
    def media(asset_id: str, name: str, until: str = "", signature: str = "") -> BlobResponse:
        service.signer.check(f"/media/{asset_id}/{name}", until, signature)
        with service.database.reading() as connection:
            there = (assets.c.id == plain_id(asset_id)) & assets.c.deleted_at.is_(None) & (assets.c.state == "ready")
            row = connection.execute(select(assets).where(there)).mappings().one_or_none()
        if row is None:
            raise ApiError(Problem.NOT_FOUND, "this file was deleted, or its time is over", reason="no_such_file")
        return blob_response(service, Asset(**{one: row[one] for one in Asset.__slots__}), name)

    return routes


def blob_response(service: Service, asset: Asset, name: str | None = None) -> BlobResponse:
    """A file as an answer: whole, or the part that a Range header asks for; it may be kept by whoever fetched it.

    Raises:
        ApiError: its bytes are not there yet.
    """
    if asset.sha256 is None or asset.state != "ready":  # before it was looked at, its type is its sender's word
        raise ApiError(Problem.CONFLICT, "this file was not uploaded whole", reason="file_not_whole")
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    blob = Blob(asset.sha256, asset.size_bytes)
    return BlobResponse(service.storage, blob, media_type=asset.mime_type, filename=name, headers=headers)
