"""From jobs and files to what this API answers. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from manazir.core.canvas import Canvas
from manazir.server.endpoints import Endpoint
from manazir.server.files import Asset
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.wire.sora.names import CHARACTER, ENDPOINT, FILE, VIDEO, spelled

STATUS = {
    State.QUEUED: "queued",
    State.RUNNING: "in_progress",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}
"""This API knows no word for what was cancelled; the error's code says it."""
EVENT_OF = {"job.succeeded": "video.completed", "job.failed": "video.failed", "job.cancelled": "video.failed"}


def video(job: Job, expires_at: float | None = None) -> dict[str, Any]:
    """A job as a video."""
    canvas = job.request.canvas
    return {
        "id": spelled(VIDEO, job.id),
        "object": "video",
        "model": job.alias,
        "status": STATUS[job.state],
        "progress": int(job.progress * 100),
        "created_at": int(job.created_at),
        "completed_at": int(job.ended_at) if job.state is State.SUCCEEDED and job.ended_at else None,
        "expires_at": None if expires_at is None else int(expires_at),
        "size": job.wire["size"],
        "seconds": job.wire["seconds"],
        "prompt": canvas.prompt,
        "remixed_from_video_id": _remixed_from(job, canvas),
        "error": failure(job),
        "manazir": metadata(job),
    }


def failure(job: Job) -> dict[str, str] | None:
    """Why there is no result; None: there is one, or may be."""
    if job.state not in (State.FAILED, State.CANCELLED):
        return None
    return {"code": job.reason_code or Reason.ENGINE_FAILED.value, "message": job.reason or "it failed"}


def metadata(job: Job) -> dict[str, Any]:
    """What the vendor's answers have no place for: who made it, at which size, from which seed."""
    take = job.take or {}
    told: dict[str, Any] = {"model": job.model}
    if take:
        told["native_size"] = f"{take.get('native_width')}x{take.get('native_height')}"
        told["seed"] = take.get("seed")
    if job.parent_id is not None:
        told["parent"] = spelled(VIDEO, job.parent_id)
    told["notes"] = [*job.wire.get("notes", ()), *take.get("notes", ())]
    return told


def page(things: Sequence[Mapping[str, Any]], has_more: bool) -> dict[str, Any]:
    """Some of a list."""
    first, last = (things[0]["id"], things[-1]["id"]) if things else (None, None)
    return {"object": "list", "data": list(things), "first_id": first, "last_id": last, "has_more": has_more}


def deleted(thing_id: str, kind: str) -> dict[str, Any]:
    """A thing is gone."""
    return {"id": thing_id, "object": kind, "deleted": True}


def character(asset: Asset) -> dict[str, Any]:
    """A reference clip as a character."""
    return {
        "id": spelled(CHARACTER, asset.id),
        "object": "character",
        "created_at": int(asset.created_at),
        "name": asset.wire.get("name"),
    }


def file(asset: Asset) -> dict[str, Any]:
    """An upload. One that came by another dialect has no purpose; it is the user's."""
    status = {"pending": "uploaded", "ready": "processed", "failed": "error"}
    return {
        "id": spelled(FILE, asset.id),
        "object": "file",
        "bytes": asset.size_bytes,
        "created_at": int(asset.created_at),
        "expires_at": None if asset.expires_at is None else int(asset.expires_at),
        "filename": asset.filename or "upload",
        "purpose": asset.wire.get("purpose", "user_data"),
        "status": status[asset.state],
        "status_details": asset.reason,
    }


def model(name: str, installed: str | None = None) -> dict[str, Any]:
    """A name that is answered to. When a model was made is not known here."""
    told: dict[str, Any] = {"id": name, "object": "model", "created": 0, "owned_by": "manazir"}
    return told if installed is None else told | {"manazir": {"model": installed}}


def endpoint(one: Endpoint, *, shows_secret: bool = False) -> dict[str, Any]:
    """A webhook endpoint; its secret is shown when it is made, and never again."""
    told = {
        "id": spelled(ENDPOINT, one.id),
        "object": "webhook_endpoint",
        "created_at": int(one.created_at),
        "name": one.name,
        "url": one.url,
        "event_types": sorted({EVENT_OF[name] for name in one.types}),
        "signing_secret_hint": f"whsec_…{one.secret[-4:]}",
    }
    return told | ({"signing_secret": one.secret} if shows_secret else {})


def types_of(event_types: Sequence[str]) -> list[str]:
    """Our events that one of this API's names stands for."""
    return [ours for ours, theirs in EVENT_OF.items() if theirs in event_types]


def _remixed_from(job: Job, canvas: Canvas) -> str | None:
    is_changed = canvas.modification is not None and job.parent_id is not None
    return spelled(VIDEO, job.parent_id) if is_changed and job.parent_id else None
