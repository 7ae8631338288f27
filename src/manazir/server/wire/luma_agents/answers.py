"""From jobs and files to this API's Generation and File."""

from collections.abc import Callable, Mapping
from typing import Any

from manazir.server.files import Asset
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.wire.luma_shared.telling import failure_reason, metadata, moment

Link = Callable[[Asset], str]
STATES: Mapping[State, str] = {
    State.QUEUED: "queued",
    State.RUNNING: "processing",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}
CODES: Mapping[str, str] = {Reason.BAD_INPUT: "corrupt_input", Reason.UNSUPPORTED: "invalid_request"}


def generation(job: Job, outputs: Mapping[str, Asset], link: Link) -> dict[str, Any]:
    """A job as clients see it; `metadata` is ours."""
    made = [{"type": role, "url": link(outputs[role])} for role in ("video", "image") if role in outputs]
    return {
        "id": job.id,
        "type": job.wire["type"],
        "state": STATES[job.state],
        "model": job.alias,
        "created_at": moment(job.created_at),
        "output": made if job.state is State.SUCCEEDED else None,
        "failure_reason": failure_reason(job),
        "failure_code": _failure_code(job),
        "metadata": metadata(job),
    }


def file(asset: Asset) -> dict[str, Any]:
    """An upload; one that came by another API is an input."""
    purpose = asset.wire.get("purpose")
    return {
        "id": asset.id,
        "created_at": moment(asset.created_at),
        "mime_type": asset.mime_type,
        "purpose": purpose if purpose in ("input", "reference") else "input",
        "size_bytes": asset.size_bytes,
        "state": asset.state,
        "filename": asset.filename,
        "expires_at": None if asset.expires_at is None else moment(asset.expires_at),
        "deleted_at": None,
        "failure_reason": asset.reason,
        "user_id": asset.wire.get("user_id"),
    }


def _failure_code(job: Job) -> str | None:
    if job.state is State.FAILED:
        return CODES.get(job.reason_code or "", "generation_failed")
    return "generation_failed" if job.state is State.CANCELLED else None
