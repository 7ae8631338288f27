"""What is done on a board at once: all of it or nothing, and whoever does not know whether it was may ask again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.store.database import now
from manazir.server.store.tables import board_items
from manazir.server.studio import board
from manazir.server.studio.board import Item
from manazir.server.studio.projects import Project, note_change


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """Each part names its items by `id`; what is not there any more is neither changed nor taken away."""

    put: Sequence[Mapping[str, Any]] = ()
    """With the ids that they are to have. One that is there already stays as it is."""
    change: Sequence[Mapping[str, Any]] = ()
    """What of an item is another; with `text_before`, its text changes only if that is what it says now."""
    remove: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What came of an act."""

    items: list[Item]
    """What was put there or changed, as it is now."""
    contested: list[str]
    """Ids of those whose text somebody else had changed: it stays."""


def do_act(connection: Connection, project: Project, act: Act) -> Done:
    """Do an act on the board of a project that the caller holds.

    Raises:
        ApiError: what an item shows is not there, or of another project; an id stands for something else; or the board
            would be too full. Nothing is done then.
    """
    _put(connection, project, act.put)
    there = {item.id: item for item in _those(connection, project, [one["id"] for one in act.change])}
    contested = [one["id"] for one in act.change if one["id"] in there and _is_contested(there[one["id"]], one)]
    meant = {
        one["id"]: _differing(there[one["id"]], one, one["id"] in contested) for one in act.change if one["id"] in there
    }
    _change(connection, {row_id: values for row_id, values in meant.items() if values})
    for row_id in act.remove:
        mine = (board_items.c.id == row_id) & (board_items.c.project_id == project.id)
        connection.execute(delete(board_items).where(mine))
    note_change(connection, project, "board", project.id)
    items = _those(connection, project, [one["id"] for one in (*act.put, *act.change)])
    return Done(items=items, contested=contested)


def _put(connection: Connection, project: Project, given: Sequence[Mapping[str, Any]]) -> None:
    asked = select(board_items.c.id, board_items.c.project_id)
    known = {row.id: row.project_id for row in connection.execute(asked.where(_among(one["id"] for one in given)))}
    if any(project_id != project.id for project_id in known.values()):
        told = "this id stands for something else; make a new one"
        raise ApiError(Problem.CONFLICT, told, field="put", reason="id_is_taken")
    new = {one["id"]: one for one in given if one["id"] not in known}
    count = select(func.count()).where(board_items.c.project_id == project.id)
    if new and connection.execute(count).scalar_one() + len(new) > board.MOST:
        told = f"a board has at most {board.MOST} items; take some away"
        raise ApiError(Problem.INVALID, told, field="put", reason="board_full", values={"most": board.MOST})
    time = now(connection)
    of = {"tenant_id": project.tenant_id, "project_id": project.id, "created_at": time, "updated_at": time}
    for values in new.values():
        board.check_shown(connection, project, values)
    if new:
        connection.execute(insert(board_items), [{**values, **of} for values in new.values()])


def _change(connection: Connection, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """All that change the same fields go together."""
    time = now(connection)
    for names in {frozenset(values) for values in changes.values()}:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        values |= {"version": board_items.c.version + 1, "updated_at": time}
        given = [
            {"item_id": row_id, **{f"new_{name}": those[name] for name in names}}
            for row_id, those in changes.items()
            if those.keys() == names
        ]
        connection.execute(update(board_items).where(board_items.c.id == bindparam("item_id")).values(values), given)


def _is_contested(item: Item, change: Mapping[str, Any]) -> bool:
    return "text_before" in change and item.text not in (change["text_before"], change.get("text"))


def _differing(item: Item, change: Mapping[str, Any], is_contested: bool) -> dict[str, Any]:
    left_out = {"id", "text_before"} | ({"text"} if is_contested else set())
    return {name: value for name, value in change.items() if name not in left_out and getattr(item, name) != value}


def _those(connection: Connection, project: Project, ids: Iterable[str]) -> list[Item]:
    mine = _among(ids) & (board_items.c.project_id == project.id)
    asked = select(board_items).where(mine).order_by(board_items.c.layer, board_items.c.id)
    return [board.item_of(row) for row in connection.execute(asked).mappings()]


def _among(ids: Iterable[str]) -> Any:
    return board_items.c.id.in_(set(ids))
