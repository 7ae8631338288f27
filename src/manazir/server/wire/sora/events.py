"""What webhooks are told: an envelope as Standard Webhooks has it, with the id of the video."""

from typing import Any

from manazir.server.jobs.job import Job
from manazir.server.store.ids import short_id
from manazir.server.wire.sora.answers import EVENT_OF
from manazir.server.wire.sora.names import VIDEO, spelled


def webhook_event(job: Job, sequence: int, type_: str, created_at: float) -> dict[str, Any]:
    """The body of a message about a job's event.

    Args:
        sequence: of the event; the message has the same id however often it is sent.
        type_: ours, such as `job.succeeded`; one that this API has a name for (`EVENT_OF`). The job may have gone on.
        created_at: when it happened, in seconds since 1970.
    """
    return envelope(f"evt_{short_id(job.id)}_{sequence}", EVENT_OF[type_], created_at, spelled(VIDEO, job.id))


def envelope(event_id: str, name: str, created_at: float, video_id: str) -> dict[str, Any]:
    """An event with its id, type and time; the video itself is asked for by its id."""
    return {
        "id": event_id,
        "object": "event",
        "type": name,
        "created_at": int(created_at),
        "data": {"id": video_id},
    }
