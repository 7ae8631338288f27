"""From a job to Luma's Generation."""

from collections.abc import Callable, Mapping
from typing import Any

from manazir.server.files import Asset
from manazir.server.jobs.events import Event
from manazir.server.jobs.job import Job, State
from manazir.server.jobs.request import Kind
from manazir.server.wire.luma_shared.telling import failure_reason, metadata, moment

Link = Callable[[Asset], str]
"""The address of a file, that needs no key."""

STATES: Mapping[State, str] = {
    State.QUEUED: "queued",
    State.RUNNING: "dreaming",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}


def generation(job: Job, outputs: Mapping[str, Asset], link: Link) -> dict[str, Any]:
    """A job as clients see it; `metadata` is ours."""
    return {
        "id": job.id,
        "generation_type": "image" if job.kind == Kind.IMAGE else "video",
        "state": STATES[job.state],
        "failure_reason": failure_reason(job),
        "created_at": moment(job.created_at),
        "assets": _assets(outputs, link),
        "model": job.alias,
        "request": dict(job.wire["request"]),
        "metadata": metadata(job),
    }


def callback(
    job: Job, outputs: Mapping[str, Asset], _event: Event, link: Link
) -> tuple[dict[str, Any], dict[str, str]]:
    """What is posted to a job's `callback_url` when it begins to dream, is completed, or has failed: all of it.

    No headers beside those of the signature, which Luma's own callbacks do not have.
    """
    return generation(job, outputs, link), {}


def _assets(outputs: Mapping[str, Asset], link: Link) -> dict[str, str | None] | None:
    made = {role: link(outputs[role]) for role in ("video", "image") if role in outputs}
    if not made:
        return None
    return {"video": made.get("video"), "image": made.get("image"), "progress_video": None}
