"""`/videos`: make, look, list, fetch, change, extend, delete; and characters."""

import math
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import JSONResponse

from manazir.server.asks import Ask
from manazir.server.assets.checking import MediaKind
from manazir.server.bodies import Bodies
from manazir.server.errors import ApiError, Problem
from manazir.server.files import ends_of_outputs
from manazir.server.http import admit, bearer
from manazir.server.jobs.job import Job
from manazir.server.jobs.listing import MOST_A_PAGE
from manazir.server.keys import Caller, Scope
from manazir.server.media import blob_response
from manazir.server.service import Service
from manazir.server.serving_blobs import BlobResponse
from manazir.server.wire.sora import answers, sources
from manazir.server.wire.sora.incoming import Incoming, receiving
from manazir.server.wire.sora.names import CHARACTER, DIALECT, VIDEO, named, row_id
from manazir.server.wire.sora.ranges import check_range
from manazir.server.wire.sora.reading import change_ask, create_ask, extend_ask
from manazir.server.wire.sora.requests import Create, CreateCharacter, Edit, Extend, Remix, read

POLL_AFTER_MS = 1000
CHARACTER_ROLE = "character"
CLIP, PICTURE = (MediaKind.VIDEO,), (MediaKind.IMAGE,)
ENDINGS = {"video/mp4": "mp4", "image/webp": "webp", "image/png": "png", "image/jpeg": "jpg"}


def video_routes(service: Service, bodies: Bodies) -> APIRouter:
    """All of it. Fixed names stand before `{video_id}`, which would take them."""
    routes = APIRouter(prefix="/videos")
    _characters(routes, service, bodies)
    _making(routes, service, bodies)
    _looking(routes, service)
    return routes


def _characters(routes: APIRouter, service: Service, bodies: Bodies) -> None:
    @routes.post("/characters")
    def create_character(sent: Annotated[Incoming, Depends(receiving(service, bodies, video=CLIP))]) -> Any:
        body = read(CreateCharacter, sent.told)
        asset = service.own(
            sent.caller,
            body.video.brought,
            filename=body.video.filename,
            role=CHARACTER_ROLE,
            wire={"name": body.name},
            lasts_seconds=math.inf,
        )
        return answers.character(asset)

    @routes.get("/characters/{character_id}")
    def get_character(request: Request, character_id: str) -> Any:
        caller = admit(service, request, bearer(request), Scope.READ)
        with named(CHARACTER, character_id):
            asset = service.asset(caller, row_id(CHARACTER, character_id))
        if asset.role != CHARACTER_ROLE:
            raise ApiError(Problem.NOT_FOUND, f"there is no character {character_id[:80]!r}")
        return answers.character(asset)


def _making(routes: APIRouter, service: Service, bodies: Bodies) -> None:
    def accepted(sent: Incoming, ask: Ask) -> JSONResponse:
        ask = replace(ask, idempotency_key=sent.idempotency_key, body=sent.replay())
        return _told(service, service.submit(sent.caller, ask))

    @routes.post("")
    def create(sent: Annotated[Incoming, Depends(receiving(service, bodies, input_reference=PICTURE))]) -> Response:
        body = read(Create, sent.told)
        picture = sources.picture(service, sent.caller, body.input_reference, "input_reference")
        return accepted(sent, create_ask(body, picture))

    @routes.post("/edits")
    def edit(sent: Annotated[Incoming, Depends(receiving(service, bodies, video=CLIP))]) -> Response:
        body = read(Edit, sent.told)
        return accepted(sent, change_ask(body, sources.source(service, sent.caller, body.video)))

    @routes.post("/extensions")
    def extend(sent: Annotated[Incoming, Depends(receiving(service, bodies, video=CLIP))]) -> Response:
        body = read(Extend, sent.told)
        return accepted(sent, extend_ask(body, sources.source(service, sent.caller, body.video)))

    @routes.post("/{video_id}/remix")
    def remix(video_id: str, sent: Annotated[Incoming, Depends(receiving(service, bodies))]) -> Response:
        body = read(Remix, sent.told)
        return accepted(sent, change_ask(body, sources.of_video(service, sent.caller, video_id, "video_id")))


def _looking(routes: APIRouter, service: Service) -> None:
    @routes.get("")
    def list_(
        request: Request,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_A_PAGE)] = 20,
        order: Literal["asc", "desc"] = "desc",
    ) -> Any:
        caller = admit(service, request, bearer(request), Scope.READ)
        after_id = None if after is None else row_id(VIDEO, after, "after")
        found = service.jobs(caller, dialect=DIALECT, after_id=after_id, limit=limit, is_oldest_first=order == "asc")
        ends = _ends(service, caller, [job.id for job in found.jobs])
        return answers.page([answers.video(job, ends.get(job.id)) for job in found.jobs], found.has_more)

    @routes.get("/{video_id}")
    def retrieve(request: Request, video_id: str) -> Response:
        return _told(service, _job(service, admit(service, request, bearer(request), Scope.READ), video_id))

    @routes.delete("/{video_id}")
    def delete(request: Request, video_id: str) -> Any:
        caller = admit(service, request, bearer(request), Scope.GENERATE)
        with named(VIDEO, video_id):  # somebody else may delete it between the two
            service.delete(caller, _job(service, caller, video_id).id)
        return answers.deleted(video_id, "video.deleted")

    @routes.api_route("/{video_id}/content", methods=["GET", "HEAD"], response_class=Response)
    def content(
        request: Request, video_id: str, variant: Literal["video", "thumbnail", "spritesheet"] = "video"
    ) -> BlobResponse:
        job = _job(service, admit(service, request, bearer(request), Scope.READ), video_id)
        made = service.outputs(job).get(variant)
        if made is None:
            raise _no_content(job, video_id)
        check_range(request, made.size_bytes)
        return blob_response(service, made, f"{video_id}.{ENDINGS.get(made.mime_type, 'bin')}")


def _job(service: Service, caller: Caller, video_id: str) -> Job:
    with named(VIDEO, video_id):
        return service.job(caller, row_id(VIDEO, video_id), dialect=DIALECT)


def _ends(service: Service, caller: Caller, job_ids: list[str]) -> dict[str, float]:
    with service.database.reading() as connection:
        return ends_of_outputs(connection, caller.tenant_id, job_ids)


def _told(service: Service, job: Job) -> JSONResponse:
    """A video; and while it is made, when to ask again."""
    if not job.has_ended:
        return JSONResponse(answers.video(job), headers={"openai-poll-after-ms": str(POLL_AFTER_MS)})
    with service.database.reading() as connection:
        ends = ends_of_outputs(connection, job.tenant_id, [job.id])
    return JSONResponse(answers.video(job, ends.get(job.id)))


def _no_content(job: Job, video_id: str) -> ApiError:
    if not job.has_ended:
        return ApiError(Problem.CONFLICT, f"{video_id} is not made yet; ask for it again until its status is completed")
    if (failure := answers.failure(job)) is not None:
        return ApiError(Problem.NOT_FOUND, f"{video_id} has no content, because it failed: {failure['message']}")
    return ApiError(Problem.NOT_FOUND, f"the content of {video_id} is gone: its time was over, or it was deleted")
