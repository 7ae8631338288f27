"""Operations as the developer API and Vertex tell them."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from manazir.server.jobs.job import Job, State
from manazir.server.wire.veo.errors import failure
from manazir.server.wire.veo.names import OperationName

TYPES = "type.googleapis.com"


class Form(StrEnum):
    """Who asks: the same operation looks otherwise to each."""

    DEVELOPER = "developer"
    VERTEX = "vertex"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One video of an operation."""

    job: Job
    uri: str | None = None
    """Where it is; None: it is not made."""
    data: bytes | None = None
    """Its bytes, where they are given in the answer."""
    mime_type: str = "video/mp4"


def operation(name: OperationName, samples: Sequence[Sample], form: Form) -> dict[str, Any]:
    """An operation: running, failed (all of it), or with the videos that were made."""
    told: dict[str, Any] = {"name": str(name), "metadata": _metadata(samples)}
    if not all(sample.job.has_ended for sample in samples):
        return told | {"done": False}
    made = [sample for sample in samples if sample.job.state is State.SUCCEEDED and sample.uri is not None]
    if not made:
        return told | {"done": True, "error": _why_nothing(samples)}
    return told | {"done": True, "response": _developer(made) if form is Form.DEVELOPER else _vertex(made)}


def about(job: Job) -> dict[str, Any]:
    """What is said of a job beside Google's own fields: where it is, the model that ran, and what it made by itself."""
    take = job.take or {}
    told = {
        "state": job.state.value,
        "progressPercent": round(100 * job.progress),
        "model": job.model,
        "alias": job.alias,
        "seed": take.get("seed"),
        "width": take.get("width"),
        "height": take.get("height"),
        "nativeWidth": take.get("native_width"),
        "nativeHeight": take.get("native_height"),
        "frames": take.get("frames"),
        "frameRate": take.get("frame_rate"),
        "hasSound": take.get("has_sound"),
        "notes": [*job.wire.get("notes", ()), *take.get("notes", ())],
    }
    if job.has_ended and job.state is not State.SUCCEEDED:
        told["error"] = failure(job)
    return {name: value for name, value in told.items() if value is not None}


def moment(seconds: float) -> str:
    """A time as Google writes it.

    >>> moment(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def updated_at(job: Job) -> float:
    """When something happened to a job last, as far as it says."""
    return job.ended_at or job.started_at or job.created_at


def _metadata(samples: Sequence[Sample]) -> dict[str, Any]:
    first = samples[0].job
    times = {"createTime": moment(first.created_at), "updateTime": moment(max(updated_at(one.job) for one in samples))}
    told: dict[str, Any] = times | {"model": first.model, "alias": first.alias}
    if labels := first.wire.get("labels"):
        told["labels"] = labels
    return told | {"samples": [about(sample.job) for sample in samples]}


def _why_nothing(samples: Sequence[Sample]) -> Mapping[str, Any]:
    for sample in samples:
        if sample.job.state is not State.SUCCEEDED:
            return failure(sample.job)
    return {"code": 5, "message": "what it made was deleted", "status": "NOT_FOUND"}


def _developer(made: Sequence[Sample]) -> dict[str, Any]:
    videos = [{"video": {"uri": sample.uri, "encoding": sample.mime_type}} for sample in made]
    name = f"{TYPES}/google.ai.generativelanguage.v1beta.PredictLongRunningResponse"
    return {"@type": name, "generateVideoResponse": {"generatedSamples": videos}}


def _vertex(made: Sequence[Sample]) -> dict[str, Any]:
    name = f"{TYPES}/cloud.ai.large_models.vision.GenerateVideoResponse"
    return {"@type": name, "raiMediaFilteredCount": 0, "videos": [_inline(sample) for sample in made]}


def _inline(sample: Sample) -> dict[str, Any]:
    if sample.data is None:
        return {"gcsUri": sample.uri, "mimeType": sample.mime_type}
    return {"bytesBase64Encoded": b64encode(sample.data).decode("ascii"), "mimeType": sample.mime_type}
