"""Interactions as JSON, and as the events of a stream."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from manazir.server.jobs.job import Job, State
from manazir.server.store.ids import short_id
from manazir.server.wire.veo.answers import about, moment, updated_at
from manazir.server.wire.veo.errors import failure

STATUSES: Mapping[State, str] = {
    State.QUEUED: "in_progress",  # clients wait while it says this, and take anything else for an end
    State.RUNNING: "in_progress",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
}
ECHOED = ("previous_interaction_id", "response_format", "labels", "service_tier")
END = "data: [DONE]\n\n"
STILL_HERE = ": still at it\n\n"
"""A comment, so that nothing between server and client takes a quiet stream for a dead one."""


def interaction(job: Job, video: Mapping[str, str] | None) -> dict[str, Any]:
    """An interaction.

    Args:
        video: the content that it made; None: not made, or not there any more.
    """
    told = _lifecycle(job) | {"steps": [] if video is None else [{"type": "model_output", "content": [video]}]}
    told |= {name: job.wire[name] for name in ECHOED if name in job.wire}
    if job.state is State.FAILED:
        error = failure(job)
        told["errors"] = [{"code": error["status"], "message": error["message"]}]
    return told


def with_input(told: dict[str, Any], job: Job) -> dict[str, Any]:
    """An interaction with what it was asked, as far as it is words."""
    step = {"type": "user_input", "content": [{"type": "text", "text": job.request.canvas.prompt}]}
    return told | {"steps": [step, *told["steps"]]}


def opening(job: Job) -> list[dict[str, Any]]:
    """What a stream begins with."""
    created = {"event_type": "interaction.created", "interaction": _lifecycle(job) | {"status": "in_progress"}}
    return [created, _status(job, "in_progress")]


def ending(job: Job, video: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """What a stream ends with, once a job has."""
    events: list[dict[str, Any]] = []
    if video is not None:
        events += [
            {"event_type": "step.start", "index": 0, "step": {"type": "model_output"}},
            {"event_type": "step.delta", "index": 0, "delta": dict(video)},
            {"event_type": "step.stop", "index": 0},
        ]
    if job.state is State.FAILED:
        error = failure(job)
        events.append({"event_type": "error", "error": {"code": error["status"], "message": error["message"]}})
    events.append(_status(job, STATUSES[job.state]))
    return [*events, {"event_type": "interaction.completed", "interaction": _lifecycle(job)}]


def broken(message: str) -> list[dict[str, Any]]:
    """What a stream ends with that cannot go on."""
    return [{"event_type": "error", "error": {"code": "UNAVAILABLE", "message": message}}]


def numbered(events: list[dict[str, Any]], first: int) -> list[dict[str, Any]]:
    """Events with ids, from which a stream that broke can go on."""
    return [event | {"event_id": str(number)} for number, event in enumerate(events, first)]


def lines(events: list[dict[str, Any]], after: str | None) -> Iterator[str]:
    """Events as a stream carries them, without those that were seen.

    Args:
        after: the id of the last one seen.
    """
    seen = int(after) if after is not None and after.isascii() and after.isdigit() else 0
    for event in events:
        if int(event["event_id"]) > seen:
            yield f"event: {event['event_type']}\ndata: {json.dumps(event)}\n\n"


def _lifecycle(job: Job) -> dict[str, Any]:
    return {
        "id": short_id(job.id),
        "object": "interaction",
        "status": STATUSES[job.state],
        "model": job.alias,
        "created": moment(job.created_at),
        "updated": moment(updated_at(job)),
        "metadata": about(job),
    }


def _status(job: Job, status: str) -> dict[str, Any]:
    return {"event_type": "interaction.status_update", "interaction_id": short_id(job.id), "status": status}
