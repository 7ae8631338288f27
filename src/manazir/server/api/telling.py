"""A job as our own API tells it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from manazir.core.canvas_json import canvas_to_json
from manazir.server.api.shapes import Told, moment, moment_or_none
from manazir.server.files import Asset
from manazir.server.jobs.job import Job, State

StateName = Literal["queued", "running", "succeeded", "failed", "cancelled"]
KindName = Literal["video", "image", "upscale"]
Role = Literal["video", "image", "thumbnail", "spritesheet"]


class ProgressTold(Told):
    """How far a job is."""

    fraction: float = Field(ge=0, le=1, description="1 only when it succeeded.")
    stage: str | None = Field(
        description="What its worker is at: `fetching`, `making`, `keeping` …", examples=["making"]
    )
    steps_done: int | None
    steps_total: int | None
    preview_url: str | None = Field(description="A look at what is being made; asks for the key as all else here.")


class ReasonTold(Told):
    """Why a job ended as it did, or waits again."""

    code: str = Field(examples=["out_of_memory"])
    message: str
    name: str | None = Field(
        description="The message as a name that stays, for who tells it in another language; null: it has none.",
        examples=["file_lost"],
    )
    values: dict[str, str | int | float] = Field(description="What the name is told with.")


class OutputTold(Told):
    """A file that a job made."""

    id: str = Field(description="Of the asset: `asset:ID` uses it in another canvas.")
    url: str = Field(description="Good for a while, for whoever has it; ask again for a new one.")
    mime_type: str
    size_bytes: int
    sha256: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    frame_rate: float | None = None
    has_sound: bool | None = None


class JobTold(Told):
    """An accepted request, until its take is ready and after."""

    id: str
    state: StateName
    kind: KindName
    dialect: str = Field(description="Which API it came by.", examples=["api"])
    model: str = Field(description="The installed model that makes it.")
    alias: str = Field(description="The name that was sent.")
    canvas: dict[str, Any] = Field(description="What of it differs from an empty one.")
    settings: dict[str, Any]
    allows_resampling: bool
    has_sound: bool
    metadata: dict[str, str]
    progress: ProgressTold
    reason: ReasonTold | None
    ahead: int | None = Field(description="How many of your jobs are taken before it; null: it does not wait.")
    priority: int
    is_held: bool
    is_cancel_asked: bool
    cost: float = Field(description="In credits; comes back unless it succeeds.")
    tries: int = Field(description="How often somebody asked for it.")
    attempt: int = Field(description="How often a worker took it.")
    parent_id: str | None = Field(description="The job that made what this one starts from.")
    take: dict[str, Any] | None = Field(description="What was made, by what, from what: enough to make it again.")
    outputs: dict[Role, OutputTold]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None = Field(description="When it ends unless a worker took it.")


Link = Callable[[Asset], str]


def told_job(job: Job, outputs: Mapping[str, Asset], ahead: int | None, link: Link) -> JobTold:
    """A job with what it made."""
    return JobTold(
        id=job.id,
        state=job.state.value,
        kind=job.request.kind.value,
        dialect=job.dialect,
        model=job.model,
        alias=job.alias,
        canvas=canvas_to_json(job.request.canvas),
        settings=dict(job.request.settings),
        allows_resampling=job.request.delivery.allows_resampling,
        has_sound=job.request.delivery.has_sound,
        metadata=job.wire.get("metadata", {}) if job.dialect == "api" else {},
        progress=_progress(job),
        reason=_reason(job),
        ahead=ahead,
        priority=job.priority,
        is_held=job.is_held,
        is_cancel_asked=job.is_cancel_asked,
        cost=job.cost,
        tries=job.tries,
        attempt=job.attempt,
        parent_id=job.parent_id,
        take=None if job.take is None else _without_paths(job.take),
        outputs={role: _output(asset, link) for role, asset in outputs.items()},  # type: ignore[misc]
        created_at=moment(job.created_at),
        started_at=moment_or_none(job.started_at),
        ended_at=moment_or_none(job.ended_at),
        expires_at=moment_or_none(job.expires_at),
    )


def _reason(job: Job) -> ReasonTold | None:
    if job.reason_code is None:
        return None
    name, values = (None, {}) if job.reason_name is None else (job.reason_name.name, dict(job.reason_name.values))
    return ReasonTold(code=job.reason_code, message=job.reason or "", name=name, values=values)


def _progress(job: Job) -> ProgressTold:
    is_running = job.state is State.RUNNING
    return ProgressTold(
        fraction=job.progress,
        stage=job.stage if is_running else None,
        steps_done=job.steps_done if is_running else None,
        steps_total=job.steps_total if is_running else None,
        preview_url=f"/api/v1/jobs/{job.id}/preview" if is_running and job.preview_hash else None,
    )


def _output(asset: Asset, link: Link) -> OutputTold:
    assert asset.sha256 is not None  # outputs are written with their bytes
    shown = {name: value for name, value in asset.facts.items() if name in OutputTold.model_fields}
    return OutputTold(
        id=asset.id,
        url=link(asset),
        mime_type=asset.mime_type,
        size_bytes=asset.size_bytes,
        sha256=asset.sha256,
        **shown,
    )


def _without_paths(told: Any) -> Any:
    """A take without the names that files had on the worker's machine: their hashes say which they were."""
    if isinstance(told, Mapping):
        kept = {name: _without_paths(value) for name, value in told.items()}
        if kept.keys() == {"path", "sha256"}:
            del kept["path"]
        return {name: value for name, value in kept.items() if name not in ("output", "output_hash")}
    if isinstance(told, Sequence) and not isinstance(told, str):
        return [_without_paths(one) for one in told]
    return told
