"""`/assets`: files that are brought, and files that jobs made."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import Given, Page, Paged, Told, moment, moment_or_none
from manazir.server.arriving import Arriving, arriving
from manazir.server.assets.checking import MediaKind
from manazir.server.bodies import Bodies
from manazir.server.cutting import cut_frame_at
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset, delete_asset, list_assets
from manazir.server.http import base_url
from manazir.server.keys import Caller
from manazir.server.media import blob_response
from manazir.server.service import Brought, Service
from manazir.server.serving_blobs import BlobResponse

AssetState = Literal["pending", "ready", "failed"]
ROLES = ("input", "character", "video", "image", "thumbnail", "spritesheet")
AssetRole = Literal["input", "character", "video", "image", "thumbnail", "spritesheet"]
FILE_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}},
    "required": ["file"],
    "additionalProperties": False,
}

CONTENT = refusals(Problem.NOT_FOUND, Problem.CONFLICT) | {
    200: {"content": {"*/*": {}}, "description": "The file."},
    206: {"content": {"*/*": {}}, "description": "The part that a Range header asks for."},
    416: {"content": {"text/plain": {}}, "description": "The file has no such part."},
}


class AssetTold(Told):
    """A file."""

    id: str = Field(description="`asset:ID` uses it in a canvas.")
    state: AssetState = Field(description="`pending` until all its bytes are there.")
    reason: str | None = Field(description="Why it failed.")
    role: str = Field(description="`input`: somebody brought it; else what a job made it as.")
    job_id: str | None = Field(description="The job that made it.")
    filename: str | None
    mime_type: str
    size_bytes: int
    sha256: str | None
    width: int | None
    height: int | None
    duration_seconds: float | None
    frames: int | None
    frame_rate: float | None
    has_sound: bool | None
    url: str | None = Field(description="Good for a while, for whoever has it.")
    created_at: datetime
    expires_at: datetime | None


class AssetsAsked(Paged):
    """Which files."""

    role: list[AssetRole] = Field(default_factory=list, description="Only those with one of these roles.")
    state: list[AssetState] = Field(default_factory=list)


class FrameGiven(Given):
    """Which frame of a clip."""

    at_seconds: float = Field(ge=0, le=1e6, description="What is on the screen then; at the very end, the last one.")


def asset_routes(service: Service) -> APIRouter:
    """Bringing, listing, reading and deleting."""
    routes = APIRouter(prefix="/assets", tags=["assets"])
    for add in (_add_bringing, _add_looking, _add_content, _add_changing):
        add(routes, service)
    return routes


def _add_bringing(routes: APIRouter, service: Service) -> None:
    bodies = Bodies()

    @routes.post(
        "",
        status_code=201,
        responses=refusals(Problem.TOO_LARGE),
        openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FILE_FORM}}}},
    )
    async def create_asset(caller: Maker, request: Request) -> AssetTold:
        """Bring a video, a picture or a sound at once. For what takes long there are resumable uploads."""

        def keep(name: str, filename: str) -> Arriving:
            if name != "file":
                told = f"{name[:80]!r} is sent as a file; only file may be"
                raise ApiError(Problem.INVALID, told, field=name[:80], reason="no_file_sent")
            return arriving(service, caller, "file", tuple(MediaKind), lambda brought: (brought, filename))

        match await bodies.read(request, keep):
            case {"file": (Brought() as brought, str() as filename), **others} if not others:
                return await run_in_threadpool(_owned, service, caller, brought, filename, request)
        told = "send one field, file, as a file with a name"
        raise ApiError(Problem.INVALID, told, field="file", reason="no_file_sent")


def _add_looking(routes: APIRouter, service: Service) -> None:
    @routes.get("")
    def list_all(caller: Reader, request: Request, asked: Annotated[AssetsAsked, Query()]) -> Page[AssetTold]:
        """Files, newest first."""
        with service.database.reading() as connection:
            found, has_more = list_assets(
                connection,
                caller.tenant_id,
                roles=asked.role or ROLES,
                states=asked.state,
                after_id=asked.after_id,
                limit=asked.limit,
            )
        items = [told_asset(service, asset, request) for asset in found]
        return Page(items=items, next=items[-1].id if has_more else None)

    @routes.get("/{id}", responses=refusals(Problem.NOT_FOUND))
    def get_asset(id: Id, caller: Reader, request: Request) -> AssetTold:
        """What a file is."""
        return told_asset(service, service.asset(caller, known_id(id, "file")), request)


def _add_content(routes: APIRouter, service: Service) -> None:
    def content(id: Id, caller: Reader) -> BlobResponse:
        asset = service.asset(caller, known_id(id, "file"))
        return blob_response(service, asset, asset.filename)

    @routes.get("/{id}/content", response_class=Response, responses=CONTENT)
    def get_content(id: Id, caller: Reader) -> BlobResponse:
        """The bytes of a file; `Range` asks for a part."""
        return content(id, caller)

    @routes.head("/{id}/content", response_class=Response, responses=CONTENT)
    def head_content(id: Id, caller: Reader) -> BlobResponse:
        """What a GET would answer, without the bytes: how many they are, of which type, and their hash."""
        return content(id, caller)


def _add_changing(routes: APIRouter, service: Service) -> None:
    @routes.post("/{id}/frame", status_code=201, responses=refusals(Problem.NOT_FOUND, Problem.CONFLICT))
    def create_frame(id: Id, given: FrameGiven, caller: Maker, request: Request) -> AssetTold:
        """Cut one frame out of a clip: a picture of your own, to be pinned in a canvas."""
        clip = service.asset(caller, known_id(id, "file"))
        if clip.state != "ready":
            raise ApiError(Problem.CONFLICT, "this file was not uploaded whole", reason="file_not_whole")
        return told_asset(service, cut_frame_at(service, caller, clip, given.at_seconds), request)

    @routes.delete("/{id}", status_code=204, responses=refusals(Problem.NOT_FOUND))
    def delete(id: Id, caller: Maker) -> None:
        """Put a file away. Jobs that wait and want it fail."""
        with service.database.transaction() as connection:
            delete_asset(connection, caller.tenant_id, known_id(id, "file"))


def _owned(service: Service, caller: Caller, brought: Brought, filename: str, request: Request) -> AssetTold:
    return told_asset(service, service.own(caller, brought, filename=bare_name(filename)), request)


def told_asset(service: Service, asset: Asset, request: Request) -> AssetTold:
    """A file as it is told."""
    numbers = ("width", "height", "duration_seconds", "frames", "frame_rate", "has_sound")
    return AssetTold(
        id=asset.id,
        state=asset.state,  # type: ignore[arg-type]
        reason=asset.reason,
        role=asset.role,
        job_id=asset.job_id,
        filename=asset.filename,
        mime_type=asset.mime_type,
        size_bytes=asset.size_bytes,
        sha256=asset.sha256,
        **{name: asset.facts.get(name) for name in numbers},
        url=service.link(asset, base_url(request)) if asset.state == "ready" else None,
        created_at=moment(asset.created_at),
        expires_at=moment_or_none(asset.expires_at),
    )


def bare_name(filename: str | None) -> str | None:
    """A name without folders and what no name has; nothing is ever stored under it."""
    if not filename:
        return None
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[:255] or None
