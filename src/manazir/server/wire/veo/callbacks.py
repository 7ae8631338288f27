"""What is sent to a request's `webhookConfig`: the envelope and the events of Gemini's webhooks, and nothing large.

Each sample of an operation is told of when it ends; all of them name the operation. Google's catalogue has no event for
a video that failed; here it is `video.failed`, shaped like `interaction.failed`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from manazir.server.files import Asset
from manazir.server.jobs.events import Event
from manazir.server.jobs.job import Job, State
from manazir.server.store.ids import short_id
from manazir.server.wire.veo.answers import moment
from manazir.server.wire.veo.errors import failure
from manazir.server.wire.veo.names import OperationName, file_name

TYPES: Mapping[str, Mapping[State, str]] = MappingProxyType(
    {
        "interaction": {
            State.SUCCEEDED: "interaction.completed",
            State.FAILED: "interaction.failed",
            State.CANCELLED: "interaction.cancelled",
        },
        "operation": {
            State.SUCCEEDED: "video.generated",
            State.FAILED: "video.failed",
            State.CANCELLED: "video.failed",
        },
    }
)
"""By what a job is to its client."""


def webhook_event(
    job: Job, outputs: Mapping[str, Asset], event: Event, link: Callable[[Asset], str]
) -> tuple[dict[str, Any], dict[str, str]] | None:
    """The body of a message about a job's event, and no headers beside the signature's.

    Returns:
        None: this API has no event for it.
    """
    type_ = TYPES[job.wire.get("as", "interaction")].get(job.state)
    if type_ is None:
        return None
    data: dict[str, Any] = {"id": _name(job)}
    if type_.endswith(".failed"):
        error = failure(job)
        data |= {"error_code": error["status"], "error_message": error["message"]}
    if type_ == "video.generated" and (video := outputs.get("video")) is not None:
        data |= {"file_name": file_name(video), "output_file_uri": link(video)}
    if "user_metadata" in job.wire:
        data["user_metadata"] = job.wire["user_metadata"]
    return {"type": type_, "version": "v1", "timestamp": moment(event.created_at), "data": data}, {}


def _name(job: Job) -> str:
    """As the client knows it: of a sample beside the first, the operation that both belong to."""
    if job.wire.get("as") != "operation":
        return short_id(job.id)
    return str(OperationName(job.wire["resource"], job.wire.get("first", job.id)))
