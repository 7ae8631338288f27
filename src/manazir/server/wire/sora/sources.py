"""What a request points to: uploads, files, addresses and videos, looked up for the caller."""

from collections.abc import Mapping
from typing import Any

from manazir.core.errors import FetchError, ManazirError, MediaError
from manazir.media.sniff import PICTURE_KINDS
from manazir.server.assets.checking import MediaKind
from manazir.server.assets.fetching import Terms, check_source, fetch
from manazir.server.errors import Problem
from manazir.server.files import Asset
from manazir.server.keys import Caller
from manazir.server.service import Brought, Service
from manazir.server.wire.sora.errors import RefusedError
from manazir.server.wire.sora.names import FILE, VIDEO, named, row_id
from manazir.server.wire.sora.reading import Picture, Source
from manazir.server.wire.sora.requests import PictureReference, Upload, VideoReference

ATTACHED = "attached"
"""The role of a file that came with one request; it is not among the files that are listed."""
UPLOADED = "input"


def picture(service: Service, caller: Caller, told: Upload | PictureReference | None, field: str) -> Picture | None:
    """The picture that a field brings or points to.

    Raises:
        ApiError: it is not there, no picture, or its URL is refused; names the field.
    """
    if told is None:
        return None
    if isinstance(told, Upload):
        return _attached(service, caller, told.brought, told.filename)
    if told.file_id is not None:
        return _of_asset(_file(service, caller, told.file_id, f"{field}.file_id"), f"{field}.file_id")
    assert told.image_url is not None
    return _at(service, caller, told.image_url, f"{field}.image_url")


def source(service: Service, caller: Caller, told: Upload | VideoReference) -> Source:
    """The clip that `video` brings, or points to.

    Raises:
        ApiError: there is no such video, or it is not completed.
    """
    if isinstance(told, Upload):
        asset = service.own(caller, told.brought, filename=told.filename, role=ATTACHED)
        return _clip(asset, asset.facts)
    return of_video(service, caller, told.id, "video")


def of_video(service: Service, caller: Caller, video_id: str, field: str) -> Source:
    """A completed video as the clip that another is made from.

    Raises:
        ApiError: there is none, or it is not completed.
    """
    with named(VIDEO, video_id, field):
        parent = service.job(caller, row_id(VIDEO, video_id, field))
    made = service.output_of(caller, parent.id, name=field)
    return _clip(made, made.facts, parent=parent)


def _clip(asset: Asset, facts: Mapping[str, Any], **more: Any) -> Source:
    return Source(
        reference=f"asset:{asset.id}",
        width=facts["width"],
        height=facts["height"],
        duration_seconds=facts["duration_seconds"],
        **more,
    )


def _file(service: Service, caller: Caller, file_id: str, field: str) -> Asset:
    with named(FILE, file_id, field):
        asset = service.asset(caller, row_id(FILE, file_id, field))
    if asset.role != UPLOADED:
        raise RefusedError(Problem.NOT_FOUND, f"there is no file {file_id[:80]!r}", field=field)
    return asset


def _of_asset(asset: Asset, field: str) -> Picture:
    if asset.facts.get("kind") != MediaKind.IMAGE:
        raise RefusedError(Problem.INVALID, f"{field} is {asset.mime_type}; give a picture", field=field)
    return Picture(reference=f"asset:{asset.id}", width=asset.facts["width"], height=asset.facts["height"])


def _attached(service: Service, caller: Caller, brought: Brought, filename: str | None) -> Picture:
    asset = service.own(caller, brought, filename=filename, role=ATTACHED)
    return Picture(reference=f"asset:{asset.id}", width=brought.facts.width, height=brought.facts.height)


def _at(service: Service, caller: Caller, url: str, field: str) -> Picture:
    """What an address holds: of a data: URL the bytes are here; another is fetched when the job begins."""
    terms = Terms(reach=service.reach, wanted=PICTURE_KINDS)
    try:
        check_source(url, terms)
        if url[:5].lower() != "data:":
            return Picture(reference=url)
        blob = fetch(url, service.storage, terms).blob
        return _attached(service, caller, service.look_at(blob, field, (MediaKind.IMAGE,)), None)
    except (FetchError, MediaError) as error:
        raise _pointing(error, field) from error


def _pointing(error: ManazirError, field: str) -> RefusedError:
    return RefusedError(Problem.INVALID, f"{field}: {error}", field=field)
