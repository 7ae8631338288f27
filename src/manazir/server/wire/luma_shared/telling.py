"""What both APIs tell of a job beside their own words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from manazir.server.jobs.job import Job, State
from manazir.server.jobs.request import Kind

LONGEST_ECHO = 200
"""Characters of a file in base64 that are said again."""


def moment(seconds: float) -> str:
    """A time in ISO 8601.

    >>> moment(0.0)
    '1970-01-01T00:00:00.000000Z'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def failure_reason(job: Job) -> str | None:
    """Why a job ended without a result; None: it did not."""
    if job.state is State.CANCELLED:
        return job.reason or "cancelled"
    return (job.reason or "failed") if job.state is State.FAILED else None


def metadata(job: Job) -> dict[str, Any]:
    """What ran, beside what was asked for: clients that do not know it leave it alone."""
    take = job.take or {}
    model = take.get("model", job.model)  # none, where a clip was only made larger
    told: dict[str, Any] = {"model": model, "progress": round(job.progress, 3), "credits": job.cost}
    told |= {name: take[name] for name in ("width", "height", "native_width", "native_height") if name in take}
    of_clips = () if job.request.kind is Kind.IMAGE else ("frame_rate", "frames", "has_sound")
    told |= {name: take[name] for name in ("seed", *of_clips) if name in take}
    return told | ({"notes": list(take["notes"])} if take.get("notes") else {})


def echo(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A request to say again, without the files in it."""
    return {name: _short(value, is_file=name == "data") for name, value in sent.items()}


def _short(value: Any, *, is_file: bool = False) -> Any:
    if isinstance(value, Mapping):
        return echo(value)
    if isinstance(value, list):
        return [_short(one) for one in value]
    if isinstance(value, str) and len(value) > LONGEST_ECHO and (is_file or value[:5].lower() == "data:"):
        return f"{value[:60]}…"
    return value
