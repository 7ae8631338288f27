"""What is sent to a request's `webhookConfig`: the envelope and the events of Gemini's webhooks, and nothing large.

Google's catalogue has no event for a video operation that failed; here it is `video.failed`, shaped like
`interaction.failed`.
"""

from collections.abc import Sequence
from typing import Any

from manazir.server.files import Asset
from manazir.server.jobs.job import Job, State
from manazir.server.store.ids import short_id
from manazir.server.wire.veo.answers import moment, updated_at
from manazir.server.wire.veo.errors import failure
from manazir.server.wire.veo.names import OperationName, file_name


def callback_body(job: Job, others: Sequence[Job], video: Asset | None, our_address: str) -> dict[str, Any] | None:
    """The body of the event that a job, or its whole operation, has ended.

    Args:
        others: the other jobs of its operation (`wire["others"]`).
        video: what it made.
        our_address: where clients reach this dialect, with `/google` and without a slash at its end.

    Returns:
        None: there is nothing to tell yet, because it, or another sample of the operation, has not ended.
    """
    if not all(one.has_ended for one in (job, *others)):
        return None
    type_, data = _interaction(job) if job.wire.get("as") == "interaction" else _operation(job, others)
    if job.state is State.SUCCEEDED and video is not None and type_ == "video.generated":
        data["file_name"] = file_name(video)
        data["output_file_uri"] = f"{our_address}/v1beta/files/{short_id(video.id)}:download?alt=media"
    if "user_metadata" in job.wire:
        data["user_metadata"] = job.wire["user_metadata"]
    return {"type": type_, "version": "v1", "timestamp": moment(max(map(updated_at, (job, *others)))), "data": data}


def _interaction(job: Job) -> tuple[str, dict[str, Any]]:
    data: dict[str, Any] = {"id": short_id(job.id)}
    if job.state is State.FAILED:
        return "interaction.failed", data | _error(job)
    return f"interaction.{'completed' if job.state is State.SUCCEEDED else 'cancelled'}", data


def _operation(job: Job, others: Sequence[Job]) -> tuple[str, dict[str, Any]]:
    data: dict[str, Any] = {"id": str(OperationName(job.wire["resource"], job.id))}
    if any(one.state is State.SUCCEEDED for one in (job, *others)):
        return "video.generated", data
    return "video.failed", data | _error(job)


def _error(job: Job) -> dict[str, Any]:
    error = failure(job)
    return {"error_code": error["status"], "error_message": error["message"]}
