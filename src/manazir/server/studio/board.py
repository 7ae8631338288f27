"""A project's board: pictures, clips, notes and shots, where people left them on an endless plane."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.files import find_asset
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import board_items, shots, takes
from manazir.server.studio.projects import Project, find_project, note_change
from manazir.server.studio.versions import differing

MOST = 2000
"""Of one project."""
PLACE = ("x", "y", "width", "height", "layer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A row of `board_items`; lengths are in the board's own points."""

    id: str
    tenant_id: str
    project_id: str
    kind: str
    """`picture`, `clip`, `note` or `shot`."""
    x: float
    y: float
    width: float
    height: float
    layer: int
    """Higher ones lie above."""
    asset_id: str | None
    take_id: str | None
    shot_id: str | None
    text: str | None
    colour: str | None
    version: int
    created_at: float
    updated_at: float


def add_item(connection: Connection, project: Project, values: Mapping[str, Any]) -> Item:
    """Put something on the board of a project that the caller holds.

    Raises:
        ApiError: what it shows is not there, or of another project; or the board is full.
    """
    there = connection.execute(select(func.count()).where(board_items.c.project_id == project.id)).scalar_one()
    if there >= MOST:
        raise ApiError(
            Problem.INVALID,
            f"a board has at most {MOST} items; take some away",
            reason="board_full",
            values={"most": MOST},
        )
    check_shown(connection, project, values)
    time = now(connection)
    row = {**values, "id": new_id(), "tenant_id": project.tenant_id, "project_id": project.id}
    row |= {"created_at": time, "updated_at": time}
    connection.execute(insert(board_items).values(row))
    note_change(connection, project, "board", row["id"])
    return find_item(connection, project.tenant_id, row["id"])


def find_item(connection: Connection, tenant_id: str, item_id: str) -> Item:
    """What lies on a tenant's board.

    Raises:
        ApiError: it is not there, or somebody else's.
    """
    mine = (board_items.c.id == item_id) & (board_items.c.tenant_id == tenant_id)
    row = connection.execute(select(board_items).where(mine)).mappings().one_or_none()
    if row is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no item {item_id} on a board", reason="no_such_item")
    return item_of(row)


def hold_item(connection: Connection, tenant_id: str, item_id: str) -> tuple[Project, Item]:
    """An item with its project, in which nobody else changes anything until the transaction ends.

    Raises:
        ApiError: it is not there, or somebody else's.
    """
    seen = find_item(connection, tenant_id, item_id)
    project = find_project(connection, tenant_id, seen.project_id, is_for_change=True)
    return project, find_item(connection, tenant_id, item_id)


def list_items(connection: Connection, project: Project) -> list[Item]:
    """All that lies on a project's board, from below."""
    asked = select(board_items).where(board_items.c.project_id == project.id)
    rows = connection.execute(asked.order_by(board_items.c.layer, board_items.c.id)).mappings()
    return [item_of(row) for row in rows]


def change_item(
    connection: Connection, project: Project, item: Item, values: Mapping[str, Any], version: int | None = None
) -> Item:
    """Give an item, whose project the caller holds, another place, text or colour.

    Raises:
        ApiError: it was changed meanwhile; see `differing`.
    """
    new = differing("item", asdict(item), values, version)
    if not new:
        return item
    new |= {"version": board_items.c.version + 1, "updated_at": now(connection)}
    connection.execute(update(board_items).where(board_items.c.id == item.id).values(**new))
    note_change(connection, project, "board", item.id)
    return find_item(connection, item.tenant_id, item.id)


def place_items(connection: Connection, project: Project, places: Sequence[Mapping[str, Any]]) -> None:
    """Put many items elsewhere at once; those that are not there any more are left out.

    Args:
        places: each with `id`, and all of `PLACE`.
    """
    if not places:
        return
    mine = (board_items.c.id == bindparam("item_id")) & (board_items.c.project_id == project.id)
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in PLACE}
    values |= {"version": board_items.c.version + 1, "updated_at": now(connection)}
    given = [{"item_id": one["id"], **{f"new_{name}": one[name] for name in PLACE}} for one in places]
    connection.execute(update(board_items).where(mine).values(values), given)
    note_change(connection, project, "board", project.id)


def delete_item(connection: Connection, project: Project, item: Item) -> None:
    """Take an item away; what it shows stays."""
    connection.execute(delete(board_items).where(board_items.c.id == item.id))
    note_change(connection, project, "board", item.id)


def check_shown(connection: Connection, project: Project, values: Mapping[str, Any]) -> None:
    """See that what an item is to show is there.

    Raises:
        ApiError: it is not, or of another project.
    """
    if (asset_id := values.get("asset_id")) is not None:
        try:
            find_asset(connection, project.tenant_id, asset_id)
        except ApiError as error:
            raise ApiError(error.problem, error.message, field="asset_id", reason=error.reason) from error
    for name, table in (("take_id", takes), ("shot_id", shots)):
        row_id = values.get(name)
        its = (table.c.id == row_id) & (table.c.project_id == project.id)
        if row_id is not None and connection.execute(select(table.c.id).where(its)).first() is None:
            told = f"there is no {name.removesuffix('_id')} {row_id} in this project"
            raise ApiError(Problem.NOT_FOUND, told, field=name, reason=f"no_such_{name.removesuffix('_id')}")


def item_of(row: RowMapping) -> Item:
    """A row of `board_items`."""
    return Item(**{name: row[name] for name in Item.__slots__})
