"""Projects: a brief, and what is made of it. Whoever changes anything in one holds its row until that is written."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.events import What, tell_change
from manazir.server.jobs.job import State
from manazir.server.jobs.steering import put_away
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import board_items, jobs, projects, shots, takes
from manazir.server.studio.versions import differing


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A row of `projects`; times are seconds since 1970."""

    id: str
    tenant_id: str
    name: str
    brief: str
    language: str
    """Of the brief: `en` or `ar`."""
    width: int | None
    height: int | None
    model: str | None
    """As clients name models."""
    version: int
    created_at: float
    updated_at: float
    """When it, or anything in it, was changed last."""
    archived_at: float | None
    """Since then nothing in it is changed; None: it is not archived."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Glance:
    """What is told of a project without its shots."""

    shot_count: int = 0
    chosen_count: int = 0
    seconds: float = 0.0
    """What its shots are to last; those of which it is not said count nothing."""
    cover_take_id: str | None = None
    """The chosen take of its first shot that has one, else its newest take that succeeded."""


def add_project(connection: Connection, tenant_id: str, name: str, values: Mapping[str, Any]) -> Project:
    """Begin a project.

    Args:
        values: by columns: brief, language, width, height, model.
    """
    time = now(connection)
    row = {**values, "id": new_id(), "tenant_id": tenant_id, "name": name, "created_at": time, "updated_at": time}
    connection.execute(insert(projects).values(row))
    tell_change(connection, tenant_id, row["id"], "project", row["id"], time)
    return find_project(connection, tenant_id, row["id"])


def find_project(connection: Connection, tenant_id: str, project_id: str, *, is_for_change: bool = False) -> Project:
    """A tenant's project.

    Args:
        is_for_change: nobody else changes it, or anything in it, until the transaction ends.

    Raises:
        ApiError: it is not there, or somebody else's; or it is to be changed, and archived.
    """
    project = find_any(connection, tenant_id, project_id, is_for_change=is_for_change)
    if is_for_change and project.archived_at is not None:
        told = "this project is archived; bring it back first, with is_archived: false"
        raise ApiError(Problem.CONFLICT, told, reason="project_is_archived")
    return project


def find_any(connection: Connection, tenant_id: str, project_id: str, *, is_for_change: bool = False) -> Project:
    """The same, for what is done to archived ones too.

    Raises:
        ApiError: it is not there, or somebody else's.
    """
    mine = select(projects).where((projects.c.id == project_id) & (projects.c.tenant_id == tenant_id))
    row = connection.execute(mine.with_for_update() if is_for_change else mine).mappings().one_or_none()
    if row is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no project {project_id}", reason="no_such_project")
    return _project(row)


def list_projects(
    connection: Connection,
    tenant_id: str,
    *,
    named: str = "",
    is_archived: bool = False,
    after_id: str | None = None,
    limit: int = 25,
) -> tuple[list[Project], bool]:
    """A tenant's projects, those first that were changed last; and whether there are more.

    Args:
        named: only those with this in their names, in capitals or not.
        is_archived: those of the archive, and no others; else all others.

    Raises:
        ApiError: the project that the page before ended with is gone.
    """
    mine = projects.c.tenant_id == tenant_id
    if after_id is not None:
        last = select(projects.c.updated_at).where(mine & (projects.c.id == after_id))
        time = connection.execute(last).scalar()
        if time is None:
            raise ApiError(
                Problem.INVALID,
                "after names a project that is not there; begin the list again",
                field="after",
                reason="list_changed",
            )
        mine &= (projects.c.updated_at < time) | ((projects.c.updated_at == time) & (projects.c.id < after_id))
    mine &= projects.c.archived_at.is_not(None) if is_archived else projects.c.archived_at.is_(None)
    if named:
        mine &= func.lower(projects.c.name).contains(named.lower(), autoescape=True)
    order = (projects.c.updated_at.desc(), projects.c.id.desc())
    rows = connection.execute(select(projects).where(mine).order_by(*order).limit(limit + 1)).mappings()
    found = [_project(row) for row in rows]
    return found[:limit], len(found) > limit


def glances(connection: Connection, project_ids: Sequence[str]) -> dict[str, Glance]:
    """What is told of some projects without their shots: three queries, however many they are."""
    counted = select(
        shots.c.project_id,
        func.count().label("shot_count"),
        func.count(shots.c.chosen_take_id).label("chosen_count"),
        func.coalesce(func.sum(shots.c.duration_seconds), 0.0).label("seconds"),
    ).where(shots.c.project_id.in_(project_ids))
    covers = _covers(connection, project_ids)
    return {one: Glance(cover_take_id=covers.get(one)) for one in project_ids} | {
        row["project_id"]: Glance(cover_take_id=covers.get(row["project_id"]), **_numbers(row))
        for row in connection.execute(counted.group_by(shots.c.project_id)).mappings()
    }


def _numbers(row: RowMapping) -> dict[str, Any]:
    return {name: row[name] for name in ("shot_count", "chosen_count", "seconds")}


def _covers(connection: Connection, project_ids: Sequence[str]) -> dict[str, str]:
    done = (jobs.c.state == State.SUCCEEDED) & jobs.c.deleted_at.is_(None) & takes.c.project_id.in_(project_ids)
    newest = select(takes.c.project_id, func.max(takes.c.id)).join(jobs, jobs.c.id == takes.c.id).where(done)
    found: dict[str, str] = dict(map(tuple, connection.execute(newest.group_by(takes.c.project_id))))
    chosen = select(shots.c.project_id, shots.c.chosen_take_id).where(
        shots.c.project_id.in_(project_ids) & shots.c.chosen_take_id.is_not(None)
    )
    for project_id, take_id in connection.execute(chosen.order_by(shots.c.number.desc())):
        found[project_id] = take_id
    return found


def change_project(
    connection: Connection, project: Project, values: Mapping[str, Any], version: int | None = None
) -> Project:
    """Give a project, which the caller holds, other values.

    Raises:
        ApiError: it was changed meanwhile; see `differing`.
    """
    new = differing("project", asdict(project), values, version)
    if not new:
        return project
    mine = projects.c.id == project.id
    connection.execute(update(projects).where(mine).values(**new, version=projects.c.version + 1))
    note_change(connection, project, "project", project.id)
    return find_any(connection, project.tenant_id, project.id)


def archiving(connection: Connection, project: Project, *, is_archived: bool) -> dict[str, Any]:
    """What to change of a project to have it in the archive, or back; all that is in it stays as it is."""
    if is_archived and project.archived_at is not None:
        return {}
    return {"archived_at": now(connection) if is_archived else None}


def delete_project(connection: Connection, project: Project) -> None:
    """Delete a project, which the caller holds, with its shots and takes; jobs that have not ended are cancelled."""
    put_takes_away(connection, project, select(takes.c.id).where(takes.c.project_id == project.id))
    for table in (board_items, shots):
        connection.execute(delete(table).where(table.c.project_id == project.id))
    connection.execute(delete(projects).where(projects.c.id == project.id))
    tell_change(connection, project.tenant_id, project.id, "project", project.id, now(connection))


def put_takes_away(connection: Connection, project: Project, which: Any) -> None:
    """Put the jobs of some takes away, their files too, and forget the takes.

    Args:
        which: a query for their ids.
    """
    there = jobs.c.id.in_(which) & jobs.c.deleted_at.is_(None)
    locked = select(jobs.c.id).where(there).order_by(jobs.c.id).with_for_update()  # all of them before any tenant's row
    for job_id in connection.execute(locked).scalars().all():
        put_away(connection, project.tenant_id, job_id)
    connection.execute(delete(takes).where(takes.c.id.in_(which)))


def note_change(connection: Connection, project: Project, what: What, row_id: str) -> None:
    """Something of a project was changed: it is the newest now, and whoever listens hears of it."""
    time = now(connection)
    connection.execute(update(projects).where(projects.c.id == project.id).values(updated_at=time))
    tell_change(connection, project.tenant_id, project.id, what, row_id, time)


def _project(row: RowMapping) -> Project:
    return Project(**{name: row[name] for name in Project.__slots__})
