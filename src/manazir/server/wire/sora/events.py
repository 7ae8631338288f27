"""What webhooks are told: an envelope as Standard Webhooks has it, with the id of the video."""

from collections.abc import Callable, Mapping
from typing import Any

from manazir.server.files import Asset
from manazir.server.jobs.events import Event
from manazir.server.jobs.job import Job
from manazir.server.store.ids import short_id
from manazir.server.wire.sora.answers import EVENT_OF
from manazir.server.wire.sora.names import VIDEO, spelled


def webhook_event(
    job: Job, _outputs: Mapping[str, Asset], event: Event, _link: Callable[[Asset], str]
) -> tuple[dict[str, Any], dict[str, str]] | None:
    """The body of a message about a job's event, and no headers beside the signature's.

    However often it is told, its id is the same.

    Returns:
        None: this API has no event for it.
    """
    name = EVENT_OF.get(event.type)
    if name is None:
        return None
    event_id = f"evt_{short_id(job.id)}_{event.sequence}"
    return envelope(event_id, name, event.created_at, spelled(VIDEO, job.id)), {}


def envelope(event_id: str, name: str, created_at: float, video_id: str) -> dict[str, Any]:
    """An event with its id, type and time; the video itself is asked for by its id."""
    return {
        "id": event_id,
        "object": "event",
        "type": name,
        "created_at": int(created_at),
        "data": {"id": video_id},
    }
