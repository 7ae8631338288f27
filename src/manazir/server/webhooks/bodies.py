"""What receivers are told of an event, in each dialect's words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from manazir.server.files import Asset
from manazir.server.jobs.events import Event
from manazir.server.jobs.job import ENDED, Job, State
from manazir.server.wire.luma.answers import callback
from manazir.server.wire.sora.events import webhook_event
from manazir.server.wire.veo import callbacks as veo

Link = Callable[[Asset], str]
"""An address for a file that whoever has it can use for a while."""
Written = tuple[Mapping[str, Any], Mapping[str, str]]
"""A body, and headers beside those of the signature."""
Writer = Callable[[Job, Mapping[str, Asset], Event, Link], Written | None]
"""Writes a message; None: a dialect says nothing of such an event. The job is as it was then (`as_of`)."""


def as_of(job: Job, event: Event) -> Job:
    """A job as it was when an event happened: messages come late, and it may have gone on since."""
    state = State(event.type.removeprefix("job."))
    has_ended = state in ENDED
    return replace(
        job,
        state=state,
        reason_code=event.data.get("reason_code"),
        reason=event.data.get("reason"),
        started_at=job.started_at,
        ended_at=event.created_at if has_ended else None,
        take=job.take if state is State.SUCCEEDED else None,
        steps_done=job.steps_done if has_ended else 0,
        is_cancel_asked=state is State.CANCELLED,
    )


def write_own(job: Job, outputs: Mapping[str, Asset], event: Event, link: Link) -> Written:
    """Our own: the envelope of Standard Webhooks. The prompt is not in it; who asked for the job can look."""
    data = {
        "id": job.id,
        "state": job.state,
        "kind": job.kind,
        "model": job.model,
        "alias": job.alias,
        "dialect": job.dialect,
        "parent_id": job.parent_id,
        "cost": job.cost,
        "reason_code": job.reason_code,
        "reason": job.reason,
        "created_at": _told(job.created_at),
        "started_at": _told(job.started_at),
        "ended_at": _told(job.ended_at),
        "outputs": [_output(asset, link) for asset in outputs.values()],
    }
    told = {"type": event.type, "timestamp": _told(event.created_at), "sequence": event.sequence, "data": data}
    return told, {}


def _output(asset: Asset, link: Link) -> dict[str, Any]:
    told = {"id": asset.id, "role": asset.role, "url": link(asset), "mime_type": asset.mime_type}
    return told | {"size_bytes": asset.size_bytes, "sha256": asset.sha256, "facts": dict(asset.facts)}


def _told(time: float | None) -> str | None:
    if time is None:
        return None
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        "api": write_own,
        "luma": callback,
        "sora": webhook_event,
        "veo": veo.webhook_event,
    }
)
"""By dialect. A callback of a dialect that has none is given up, and says so."""
