"""Takes: what was made, or is being made, of a shot. Each is a job; none is ever changed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update

from manazir.server.errors import ApiError, Part, Problem
from manazir.server.jobs.job import Job, job_from_row
from manazir.server.jobs.steering import find, put_away, retry
from manazir.server.jobs.submit import Submission, submit
from manazir.server.store.database import now
from manazir.server.store.tables import jobs, projects, shots, takes
from manazir.server.studio.projects import Project, find_project, note_change
from manazir.server.studio.shots import Shot

MOST = 1000
"""Of one shot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Take:
    """A row of `takes`; its id is its job's."""

    id: str
    tenant_id: str
    project_id: str
    shot_id: str
    number: int
    """In its shot, from 1; never given again."""
    kind: str
    """`still`, `draft` or `master`."""
    parent_take_id: str | None
    """The take that it was made from; it may be gone."""
    batch_id: str
    """The first of those that were asked for together."""
    drawing: Mapping[str, Any] | None
    """What was drawn on a frame of it."""
    created_at: float


@dataclass(frozen=True, slots=True)
class Made:
    """A take with its job."""

    take: Take
    job: Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Takes of one shot that are asked for together, maybe with those of others."""

    kind: str
    submissions: Sequence[Submission]
    """The idempotency key of the first one of the first shot stands for all of them."""
    parent_take_id: str | None = None
    drawing: Mapping[str, Any] | None = None


def add_takes(connection: Connection, project: Project, asked: Sequence[tuple[Shot, Asked]]) -> list[Made]:
    """Accept takes of shots, whose project the caller holds: all of them or, if one is refused, none.

    Raises:
        ApiError: see `submit`; or a shot has too many. Its part is of the shot.
    """
    shot, one = asked[0]
    with _named(shot):
        first = submit(connection, one.submissions[0])
    if (before := batch_of(connection, project.tenant_id, first.id)) is not None:
        return before  # the same was asked for before, under the same key
    found: list[Made] = []
    for shot, one in asked:
        with _named(shot):
            others = one.submissions if found else one.submissions[1:]
            made = [*([] if found else [first]), *(submit(connection, other) for other in others)]
            _check_room(connection, shot, len(made))
            found += _add(connection, project, shot, one, made, first.id)
    return sorted(found, key=lambda made: (made.take.shot_id, made.take.number))


@contextmanager
def _named(shot: Shot) -> Iterator[None]:
    """Within, what is refused is so because of a shot."""
    try:
        yield
    except ApiError as error:
        error.parts = (Part(shot.id, error),)
        raise


def _add(
    connection: Connection, project: Project, shot: Shot, asked: Asked, made: Sequence[Job], batch_id: str
) -> list[Made]:
    """Give jobs their numbers among the takes of a shot."""
    numbers = update(shots).where(shots.c.id == shot.id).values(takes_made=shots.c.takes_made + len(made))
    last: int = connection.execute(numbers.returning(shots.c.takes_made)).scalar_one()
    common: dict[str, Any] = {
        "tenant_id": shot.tenant_id,
        "project_id": project.id,
        "shot_id": shot.id,
        "kind": asked.kind,
    }
    common |= {"parent_take_id": asked.parent_take_id, "batch_id": batch_id, "created_at": now(connection)}
    common |= {"drawing": None if asked.drawing is None else dict(asked.drawing)}
    found = []
    for number, job in enumerate(made, start=last - len(made) + 1):
        row = common | {"id": job.id, "number": number}
        connection.execute(insert(takes).values(row))
        note_change(connection, project, "takes", job.id)
        found.append(Made(Take(**row), job))
    return found


def batch_of(connection: Connection, tenant_id: str, job_id: str) -> list[Made] | None:
    """The takes that were asked for together with the first of them; None: that job is no take."""
    mine = (takes.c.tenant_id == tenant_id) & (takes.c.batch_id == job_id)
    return _read(connection, select(takes).where(mine).order_by(takes.c.shot_id, takes.c.number)) or None


def find_take(connection: Connection, tenant_id: str, take_id: str) -> Made:
    """A tenant's take.

    Raises:
        ApiError: it is not there, or somebody else's.
    """
    mine = (takes.c.id == take_id) & (takes.c.tenant_id == tenant_id)
    found = _read(connection, select(takes).where(mine))
    if not found:
        raise ApiError(Problem.NOT_FOUND, f"there is no take {take_id}", reason="no_such_take")
    return found[0]


def takes_of_shot(connection: Connection, shot: Shot) -> list[Made]:
    """A shot's takes, the first one first."""
    return _read(connection, select(takes).where(takes.c.shot_id == shot.id).order_by(takes.c.number))


def takes_of_project(connection: Connection, project: Project) -> dict[str, list[Made]]:
    """A project's takes by their shots, the first one first."""
    found: dict[str, list[Made]] = {}
    for made in _read(connection, select(takes).where(takes.c.project_id == project.id).order_by(takes.c.number)):
        found.setdefault(made.take.shot_id, []).append(made)
    return found


def places_of(connection: Connection, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of which project and shot those of some jobs are that are takes, by their ids."""
    told = select(
        takes.c.id,
        takes.c.project_id,
        projects.c.name.label("project_name"),
        takes.c.shot_id,
        shots.c.number.label("shot_number"),
        takes.c.number,
        takes.c.kind,
    )
    whose = told.join(shots, shots.c.id == takes.c.shot_id).join(projects, projects.c.id == takes.c.project_id)
    rows = connection.execute(whose.where(takes.c.id.in_(job_ids))).mappings()
    return {row["id"]: {name: value for name, value in row.items() if name != "id"} for row in rows}


def retry_job(connection: Connection, tenant_id: str, job_id: str) -> Job:
    """Let a job that failed or was cancelled wait again; a take only where new ones may be made.

    Raises:
        ApiError: its project is archived; or see `retry`.
    """
    _project_to_change(connection, tenant_id, job_id)
    return retry(connection, tenant_id, job_id)


def put_job_away(connection: Connection, tenant_id: str, job_id: str) -> Job:
    """Delete a job with its files; if it is a take, its shot loses that.

    Raises:
        ApiError: it is the take that its shot has chosen, or its project is archived; or see `put_away`.
    """
    project = _project_to_change(connection, tenant_id, job_id)
    if project is None:
        return put_away(connection, tenant_id, job_id)
    if connection.execute(select(shots.c.id).where(shots.c.chosen_take_id == job_id)).first() is not None:
        find(connection, tenant_id, job_id)
        raise ApiError(
            Problem.CONFLICT,
            "this take is the chosen one of its shot; choose another one first, or none",
            reason="take_is_chosen",
        )
    job = put_away(connection, tenant_id, job_id)
    connection.execute(delete(takes).where(takes.c.id == job_id))
    note_change(connection, project, "takes", job_id)
    return job


def with_key(submissions: Sequence[Submission], key: str | None, body_hash: str) -> list[Submission]:
    """Submissions of which the first carries the client's key, for all of them."""
    first, *others = submissions
    return [replace(first, idempotency_key=key, body_hash=None if key is None else body_hash), *others]


def _project_to_change(connection: Connection, tenant_id: str, job_id: str) -> Project | None:
    """The project in which a job is a take, held; None: it is a take of none."""
    its_project = select(takes.c.project_id).where((takes.c.id == job_id) & (takes.c.tenant_id == tenant_id))
    project_id = connection.execute(its_project).scalar()
    return None if project_id is None else find_project(connection, tenant_id, project_id, is_for_change=True)


def _check_room(connection: Connection, shot: Shot, more: int) -> None:
    there = connection.execute(select(func.count()).where(takes.c.shot_id == shot.id)).scalar_one()
    if there + more > MOST:
        told = f"this shot has {there} takes, and may have {MOST}; delete some that nobody wants"
        raise ApiError(Problem.CONFLICT, told, reason="shot_full", values={"most": MOST})


def _read(connection: Connection, asked: Select[Any]) -> list[Made]:
    """Takes with their jobs: two queries, however many they are."""
    found = [_take(row) for row in connection.execute(asked).mappings()]
    ids = asked.with_only_columns(takes.c.id).order_by(None)
    there = jobs.c.id.in_(ids) & jobs.c.deleted_at.is_(None)
    their = {row["id"]: job_from_row(row) for row in connection.execute(select(jobs).where(there)).mappings()}
    return [Made(take, their[take.id]) for take in found if take.id in their]


def _take(row: RowMapping) -> Take:
    return Take(**{name: row[name] for name in Take.__slots__})
