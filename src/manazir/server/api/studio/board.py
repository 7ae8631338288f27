"""`/projects/{id}/board`, `/board/{id}`: an endless plane where pictures, clips, notes and shots lie."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.studio.shapes.board import ActGiven, ActTold, BoardTold, ItemChange, ItemGiven, ItemTold, Places
from manazir.server.errors import Problem
from manazir.server.files import Asset, assets_by_id, outputs_of_all
from manazir.server.http import base_url
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.store.ids import plain_id
from manazir.server.studio.board import (
    Item,
    add_item,
    change_item,
    delete_item,
    hold_item,
    list_items,
    place_items,
)
from manazir.server.studio.board_acts import Act, do_act
from manazir.server.studio.projects import find_project

MISSING = refusals(Problem.NOT_FOUND)


def board_routes(service: Service) -> APIRouter:
    """Looking, putting, acting, moving, changing, taking away."""
    routes = APIRouter(tags=["board"])
    for add in (_add_looking, _add_putting, _add_acting, _add_placing, _add_changing, _add_deleting):
        add(routes, service)
    return routes


def _add_looking(routes: APIRouter, service: Service) -> None:
    @routes.get("/projects/{id}/board", responses=MISSING)
    def get_board(id: Id, caller: Reader, request: Request) -> BoardTold:
        """All that lies on a project's board, from below."""
        with service.database.reading() as connection:
            found = list_items(connection, find_project(connection, caller.tenant_id, known_id(id, "project")))
        return BoardTold(items=_told(service, caller, request, found))


def _add_putting(routes: APIRouter, service: Service) -> None:
    @routes.post("/projects/{id}/board", status_code=201, responses=MISSING)
    def create_board_item(id: Id, given: ItemGiven, caller: Maker, request: Request) -> ItemTold:
        """Put something on a project's board."""
        values = _plain(given.model_dump(), ("asset_id", "take_id", "shot_id"))
        with service.database.transaction() as connection:
            project = find_project(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            item = add_item(connection, project, values)
        return _told(service, caller, request, [item])[0]


def _add_acting(routes: APIRouter, service: Service) -> None:
    @routes.post("/projects/{id}/board/acts", responses=MISSING | refusals(Problem.CONFLICT))
    def act_on_board(id: Id, given: ActGiven, caller: Maker, request: Request) -> ActTold:
        """Put, change and take away many things at once: all of it, or nothing. Who sends it again does no harm."""
        act = _act(given)
        with service.database.transaction() as connection:
            project = find_project(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            done = do_act(connection, project, act)
        return ActTold(items=_told(service, caller, request, done.items), contested=done.contested)


def _add_placing(routes: APIRouter, service: Service) -> None:
    @routes.put("/projects/{id}/board/places", status_code=204, responses=MISSING)
    def place_board_items(id: Id, given: Places, caller: Maker) -> None:
        """Put many items elsewhere at once; those that are not there any more are left out."""
        places = [one.model_dump() | {"id": plain_id(one.id)} for one in given.items]
        with service.database.transaction() as connection:
            project = find_project(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            place_items(connection, project, places)


def _add_changing(routes: APIRouter, service: Service) -> None:
    @routes.patch("/board/{id}", responses=MISSING | refusals(Problem.CONFLICT))
    def change_board_item(id: Id, change: ItemChange, caller: Maker, request: Request) -> ItemTold:
        """Give an item another place, text or colour."""
        told = change.model_dump(exclude_unset=True, exclude={"version"})
        values = {name: value for name, value in told.items() if value is not None or name == "colour"}
        with service.database.transaction() as connection:
            project, item = hold_item(connection, caller.tenant_id, known_id(id, "item"))
            item = change_item(connection, project, item, values, change.version)
        return _told(service, caller, request, [item])[0]


def _add_deleting(routes: APIRouter, service: Service) -> None:
    @routes.delete("/board/{id}", status_code=204, responses=MISSING)
    def delete_board_item(id: Id, caller: Maker) -> None:
        """Take an item off its board; what it shows stays."""
        with service.database.transaction() as connection:
            delete_item(connection, *hold_item(connection, caller.tenant_id, known_id(id, "item")))


def _act(given: ActGiven) -> Act:
    return Act(
        put=[_plain(one.model_dump(), ("id", "asset_id", "take_id", "shot_id")) for one in given.put],
        change=[_plain(one.model_dump(exclude_none=True), ("id",)) for one in given.change],
        remove=[known_id(one, "item") for one in given.remove],
    )


def _plain(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return values | {name: plain_id(values[name]) for name in names if values[name] is not None}


def _told(service: Service, caller: Caller, request: Request, items: list[Item]) -> list[ItemTold]:
    with service.database.reading() as connection:
        brought = assets_by_id(
            connection, caller.tenant_id, [one.asset_id for one in items if one.asset_id is not None]
        )
        takes = [one.take_id for one in items if one.take_id is not None]
        made = outputs_of_all(connection, caller.tenant_id, takes)
    told = []
    for item in items:
        outputs = made.get(item.take_id or "", {})
        asset = brought.get(item.asset_id or "") or outputs.get("video") or outputs.get("image")
        told.append(_item(service, base_url(request), item, asset, outputs.get("thumbnail")))
    return told


def _item(service: Service, base: str, item: Item, asset: Asset | None, poster: Asset | None) -> ItemTold:
    is_there = asset is not None and asset.state == "ready"
    names = [name for name in ItemTold.model_fields if name in Item.__slots__]
    return ItemTold(
        **{name: getattr(item, name) for name in names},
        url=service.link(asset, base) if asset is not None and is_there else None,
        poster_url=None if poster is None else service.link(poster, base),
        mime_type=asset.mime_type if asset is not None and is_there else None,
        name=None if asset is None or item.asset_id is None else asset.filename,
    )
