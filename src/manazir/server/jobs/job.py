"""A job as everyone sees it: a row of the store, read."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, literal

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.request import JobRequest, request_from_json
from manazir.server.jobs.why import Named, read
from manazir.server.store.tables import jobs


class State(StrEnum):
    """Where a job is. Accepted means ended: every one reaches one of the last three."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})

NEXT: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED, State.FAILED, State.SUCCEEDED}),
    State.RUNNING: frozenset({State.QUEUED, State.SUCCEEDED, State.FAILED, State.CANCELLED}),
    State.SUCCEEDED: frozenset(),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELLED: frozenset({State.QUEUED}),
}
"""What may follow. A running job waits again if its worker was lost; an ended one if somebody asks for another try.
One that waits succeeds if its worker was not lost after all and nobody else has begun: its work is not thrown away."""

HIGHEST_PRIORITY = 1000
"""And, below zero, the lowest."""


def is_in(state: State) -> ColumnElement[bool]:
    """Whether a row of `jobs` is in a state: written out, as planners take a partial index only for what they read."""
    return jobs.c.state == literal(state.value, literal_execute=True)


def check_priority(priority: int) -> None:
    """Raise unless a job may have it.

    Raises:
        ApiError: it is beyond what may be.
    """
    if not -HIGHEST_PRIORITY <= priority <= HIGHEST_PRIORITY:
        told = f"a priority is a number from {-HIGHEST_PRIORITY} to {HIGHEST_PRIORITY}, not {priority}"
        raise ApiError(
            Problem.INVALID, told, field="priority", reason="bad_priority", values={"most": HIGHEST_PRIORITY}
        )


class Reason(StrEnum):
    """Why a job ended as it did; `jobs.reason` says it in words."""

    CANCELLED = "cancelled"
    """Somebody asked for it."""
    UNSUPPORTED = "unsupported"
    """The model cannot do it."""
    BAD_INPUT = "bad_input"
    """A file or URL of the request is not what it should be."""
    NO_MODEL = "no_model"
    """Weights are absent or damaged."""
    NO_SPACE = "no_space"
    """The disk is full."""
    NO_CREDITS = "no_credits"
    """A file that was fetched is so long that the job costs more than is left."""
    OUT_OF_MEMORY = "out_of_memory"
    ENGINE_FAILED = "engine_failed"
    """An error of ours; the log has it by the job's id."""
    ENGINE_LOST = "engine_lost"
    """The engine's process died over this job, more than once."""
    WORKER_LOST = "worker_lost"
    """Workers were lost while they had this job, too often."""
    EXPIRED = "expired"
    """It waited longer than the operator lets jobs wait."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A row of `jobs`; times are seconds since 1970."""

    id: str
    tenant_id: str
    key_id: str | None
    dialect: str
    """Which API it came by."""
    kind: str
    model: str
    alias: str
    """The name of a model that the client sent."""
    request: JobRequest
    wire: Mapping[str, Any]
    """What the dialect keeps to say again."""
    state: State
    reason_code: str | None
    reason: str | None
    priority: int
    position: float
    is_held: bool
    cost: float
    """In credits."""
    created_at: float
    started_at: float | None
    ended_at: float | None
    expires_at: float | None
    tries: int
    """How often somebody asked for it."""
    attempt: int
    """Counts each time that a worker takes it, and each new try; only the newest may end it."""
    is_cancel_asked: bool
    stage: str | None
    steps_done: int | None
    steps_total: int | None
    preview_hash: str | None
    take: Mapping[str, Any] | None
    parent_id: str | None
    reason_name: Named | None = None
    """The same as `reason`, by a name that stays; None: only its words say it."""

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in ENDED

    @property
    def progress(self) -> float:
        """From 0 to 1; 1 only when it succeeded."""
        if self.state is State.SUCCEEDED:
            return 1.0
        if self.state is not State.RUNNING or not self.steps_total:
            return 0.0
        return min(0.99, (self.steps_done or 0) / self.steps_total)


NAMES = tuple(one.name for one in fields(Job) if one.name != "reason_name")
"""Of columns."""


def job_from_row(row: RowMapping) -> Job:
    """Read a row."""
    told = {name: row[name] for name in NAMES}
    told["reason"], name = read(row["reason"])
    told |= {"state": State(row["state"]), "request": request_from_json(row["request"]), "reason_name": name}
    return Job(**told)
