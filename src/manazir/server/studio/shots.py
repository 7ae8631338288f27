"""Shots: what a project is made of, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.files import facts_of
from manazir.server.jobs.job import State
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import board_items, jobs, shots, takes
from manazir.server.studio.projects import Project, find_project, note_change, put_takes_away
from manazir.server.studio.versions import differing

MOST = 500
"""Of one project."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A row of `shots`; times are seconds since 1970."""

    id: str
    tenant_id: str
    project_id: str
    number: int
    """In its project, from 1."""
    title: str
    prompt: str
    framing: str | None
    """One of `director.framings.FRAMINGS`."""
    move: str | None
    """One of `core.moves.MOVES`."""
    duration_seconds: float | None
    line: str
    """What is spoken."""
    notes: str
    composer: Mapping[str, Any] | None
    """What was about to be asked for, as it was left."""
    asset_ids: Sequence[str]
    """Its references."""
    chosen_take_id: str | None
    version: int
    created_at: float
    updated_at: float


def add_shots(
    connection: Connection, project: Project, given: Sequence[Mapping[str, Any]], before_id: str | None = None
) -> list[Shot]:
    """Add shots to a project that the caller holds.

    Args:
        given: by columns: title, prompt, framing, move, duration_seconds, line, notes.
        before_id: the shot that they are put before; None: at the end.

    Raises:
        ApiError: that shot is not there, or they would be too many.
    """
    ids = _order(connection, project)
    if len(ids) + len(given) > MOST:
        told = f"a project has at most {MOST} shots, and this one has {len(ids)}"
        raise ApiError(Problem.INVALID, told, reason="project_full", values={"most": MOST})
    at = _place(ids, before_id)
    time = now(connection)
    common = {"tenant_id": project.tenant_id, "project_id": project.id, "created_at": time, "updated_at": time}
    common |= {"asset_ids": [], "number": 0}
    new = [{**common, **one, "id": new_id()} for one in given]
    for row in new:
        connection.execute(insert(shots).values(row))
    _number(connection, project, [*ids[:at], *(str(row["id"]) for row in new), *ids[at:]])
    for row in new:
        note_change(connection, project, "shots", str(row["id"]))
    found = {shot.id: shot for shot in list_shots(connection, project)}
    return [found[str(row["id"])] for row in new]


def find_shot(connection: Connection, tenant_id: str, shot_id: str) -> Shot:
    """A tenant's shot.

    Raises:
        ApiError: it is not there, or somebody else's.
    """
    mine = (shots.c.id == shot_id) & (shots.c.tenant_id == tenant_id)
    row = connection.execute(select(shots).where(mine)).mappings().one_or_none()
    if row is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no shot {shot_id}", reason="no_such_shot")
    return _shot(row)


def hold_shot(connection: Connection, tenant_id: str, shot_id: str) -> tuple[Project, Shot]:
    """A tenant's shot with its project, in which nobody else changes anything until the transaction ends.

    Raises:
        ApiError: it is not there, or somebody else's.
    """
    seen = find_shot(connection, tenant_id, shot_id)
    project = find_project(connection, tenant_id, seen.project_id, is_for_change=True)
    return project, find_shot(connection, tenant_id, shot_id)  # as it is now that nobody else changes it


def list_shots(connection: Connection, project: Project) -> list[Shot]:
    """A project's shots, in order."""
    asked = select(shots).where(shots.c.project_id == project.id).order_by(shots.c.number)
    return [_shot(row) for row in connection.execute(asked).mappings()]


def change_shot(
    connection: Connection, project: Project, shot: Shot, values: Mapping[str, Any], version: int | None = None
) -> Shot:
    """Give a shot, whose project the caller holds, other values.

    Raises:
        ApiError: it was changed meanwhile; a file or a take that it names is not there; or the take did not succeed.
    """
    new = differing("shot", asdict(shot), values, version)
    if not new:
        return shot
    _check_files(connection, shot, new.get("asset_ids", ()))
    if new.get("chosen_take_id") is not None:
        _check_choice(connection, shot, new["chosen_take_id"])
    new |= {"version": shots.c.version + 1, "updated_at": now(connection)}
    connection.execute(update(shots).where(shots.c.id == shot.id).values(**new))
    note_change(connection, project, "shots", shot.id)
    return find_shot(connection, shot.tenant_id, shot.id)


def move_shot(connection: Connection, project: Project, shot: Shot, before_id: str | None) -> Shot:
    """Put a shot, whose project the caller holds, before another one of it; None: at the end.

    Raises:
        ApiError: the other one is not there.
    """
    ids = _order(connection, project)
    if before_id == shot.id:
        return shot
    others = [one for one in ids if one != shot.id]
    at = _place(others, before_id)
    _number(connection, project, [*others[:at], shot.id, *others[at:]])
    note_change(connection, project, "shots", shot.id)
    return find_shot(connection, shot.tenant_id, shot.id)


def delete_shot(connection: Connection, project: Project, shot: Shot) -> None:
    """Delete a shot, whose project the caller holds, with its takes; those that follow move up."""
    its_takes = select(takes.c.id).where(takes.c.shot_id == shot.id)
    shown = (board_items.c.shot_id == shot.id) | board_items.c.take_id.in_(its_takes)
    connection.execute(delete(board_items).where((board_items.c.project_id == project.id) & shown))
    put_takes_away(connection, project, its_takes)
    connection.execute(delete(shots).where(shots.c.id == shot.id))
    _number(connection, project, _order(connection, project))
    note_change(connection, project, "shots", shot.id)


def _order(connection: Connection, project: Project) -> list[str]:
    asked = select(shots.c.id).where(shots.c.project_id == project.id).order_by(shots.c.number, shots.c.id)
    return list(connection.execute(asked).scalars())


def _place(ids: Sequence[str], before_id: str | None) -> int:
    if before_id is None:
        return len(ids)
    if before_id not in ids:
        raise ApiError(
            Problem.NOT_FOUND, f"there is no shot {before_id} in this project", field="before", reason="no_such_shot"
        )
    return ids.index(before_id)


def _number(connection: Connection, project: Project, ids: Sequence[str]) -> None:
    """Give shots their numbers, by their order."""
    asked = select(shots.c.id, shots.c.number).where(shots.c.project_id == project.id)
    known: dict[str, int] = dict(map(tuple, connection.execute(asked)))
    for number, shot_id in enumerate(ids, start=1):
        if known[shot_id] != number:
            connection.execute(update(shots).where(shots.c.id == shot_id).values(number=number))


def _check_files(connection: Connection, shot: Shot, asset_ids: Sequence[str]) -> None:
    known = facts_of(connection, shot.tenant_id, asset_ids) if asset_ids else {}
    for asset_id in asset_ids:
        if asset_id not in known:
            raise ApiError(
                Problem.NOT_FOUND,
                f"there is no file {asset_id}; upload it first",
                field="references",
                reason="no_such_file",
            )


def _check_choice(connection: Connection, shot: Shot, take_id: str) -> None:
    its = (takes.c.id == take_id) & (takes.c.shot_id == shot.id) & jobs.c.deleted_at.is_(None)
    asked = select(jobs.c.state).join(takes, takes.c.id == jobs.c.id).where(its)
    state = connection.execute(asked.with_for_update(of=jobs)).scalar()
    if state is None:
        raise ApiError(
            Problem.NOT_FOUND, f"there is no take {take_id} of this shot", field="chosen_take_id", reason="no_such_take"
        )
    if state != State.SUCCEEDED:
        told = f"this take is {state}; choose one that has succeeded"
        raise ApiError(
            Problem.CONFLICT, told, field="chosen_take_id", reason="not_to_choose", values={"state": str(state)}
        )


def _shot(row: RowMapping) -> Shot:
    return Shot(**{name: row[name] for name in Shot.__slots__})
