"""`/projects/{id}/board`, `/board/{id}`: an endless plane where pictures, clips, notes and shots lie."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints, model_validator
from starlette.requests import Request

from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import Given, Text, Told
from manazir.server.api.studio.shapes.common import OF_WHEN, RowId, Version
from manazir.server.errors import Problem
from manazir.server.files import Asset, assets_by_id, outputs_of_all
from manazir.server.http import base_url
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.store.ids import plain_id
from manazir.server.studio.board import (
    MOST,
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
Far = Annotated[float, Field(ge=-1e6, le=1e6)]
Long = Annotated[float, Field(gt=0, le=1e6)]
Layer = Annotated[int, Field(ge=-1_000_000, le=1_000_000, description="Higher ones lie above.")]
ItemKind = Literal["picture", "clip", "note", "shot"]
Note = Annotated[Text, Field(max_length=10_000)]
Colour = Annotated[Text, Field(max_length=40)]
NewId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
    Field(
        description="A UUID of version 7, which nothing else has.", examples=["0190163d-8694-739b-aea6-966c26f8ad91"]
    ),
]
SHOWN: Mapping[str, tuple[str, ...]] = {
    "picture": ("asset_id", "take_id"),
    "clip": ("asset_id", "take_id"),
    "note": ("text",),
    "shot": ("shot_id",),
}
"""What an item of a kind shows: one of these."""


class ItemGiven(Given):
    """Something that is put on a board."""

    kind: ItemKind
    x: Far
    y: Far
    width: Long
    height: Long
    layer: Layer = 0
    asset_id: RowId | None = Field(None, description="Of a picture or a clip.")
    take_id: RowId | None = Field(None, description="In its place: what a take of this project made.")
    shot_id: RowId | None = None
    text: Note | None = Field(None, description="Of a note.")
    colour: Colour | None = None

    @model_validator(mode="after")
    def _agree(self) -> "ItemGiven":
        names = SHOWN[self.kind]
        given = [name for name in ("asset_id", "take_id", "shot_id", "text") if getattr(self, name) is not None]
        if len(given) != 1 or given[0] not in names:
            raise ValueError(f"a {self.kind} has {' or '.join(names)}, and nothing else that it shows")
        return self


class ItemChange(Given):
    """What of an item is changed; what is left out stays."""

    x: Far | None = None
    y: Far | None = None
    width: Long | None = None
    height: Long | None = None
    layer: Layer | None = None
    text: Note | None = Field(None, description="Of a note.")
    colour: Colour | None = None
    version: Version | None = Field(None, description=OF_WHEN)


class ItemPlace(Given):
    """Where an item lies."""

    id: RowId
    x: Far
    y: Far
    width: Long
    height: Long
    layer: Layer


class Places(Given):
    """Where many items lie."""

    items: list[ItemPlace] = Field(max_length=MOST)


class ItemPut(ItemGiven):
    """Something that is put on a board under an id of the client's own, so that it may be asked for again."""

    id: NewId


class ItemPart(Given):
    """What of an item is another; what is left out stays as it is, whoever changed it."""

    id: RowId
    x: Far | None = None
    y: Far | None = None
    width: Long | None = None
    height: Long | None = None
    layer: Layer | None = None
    text: Note | None = Field(None, description="Of a note.")
    text_before: Note | None = Field(
        None, description="What the note said when the text was thought of; where it says something else now, it stays."
    )
    colour: Colour | None = None


class ActGiven(Given):
    """What is done on a board at once: all of it or nothing. Who sends it again does no harm."""

    put: list[ItemPut] = Field([], max_length=MOST)
    change: list[ItemPart] = Field([], max_length=MOST, description="Items that are not there any more are left out.")
    remove: list[RowId] = Field([], max_length=MOST)


class ItemTold(Told):
    """What lies on a board."""

    id: str
    project_id: str
    kind: ItemKind
    x: float
    y: float
    width: float
    height: float
    layer: int
    asset_id: str | None
    take_id: str | None
    shot_id: str | None
    text: str | None
    colour: str | None
    version: int
    url: str | None = Field(description="Of the picture or clip, for a while; null: there is none, or it is gone.")
    poster_url: str | None = Field(description="A picture of a take's clip.")
    mime_type: str | None
    name: str | None = Field(description="Of the file that was brought.")


class ActTold(Told):
    """What came of an act."""

    items: list[ItemTold] = Field(description="What was put on the board or changed, as it is now.")
    contested: list[str] = Field(description="Those whose text was not what it was thought to be; it stays.")


class BoardTold(Told):
    """All that lies on a board, from below."""

    items: list[ItemTold]


def board_routes(service: Service) -> APIRouter:
    """Putting, moving, changing, taking away."""
    routes = APIRouter(tags=["board"])

    @routes.get("/projects/{id}/board", responses=MISSING)
    def get_board(id: Id, caller: Reader, request: Request) -> BoardTold:
        """All that lies on a project's board, from below."""
        with service.database.reading() as connection:
            found = list_items(connection, find_project(connection, caller.tenant_id, known_id(id, "project")))
        return BoardTold(items=_told(service, caller, request, found))

    @routes.post("/projects/{id}/board", status_code=201, responses=MISSING)
    def create_board_item(id: Id, given: ItemGiven, caller: Maker, request: Request) -> ItemTold:
        """Put something on a project's board."""
        values = _plain(given.model_dump(), ("asset_id", "take_id", "shot_id"))
        with service.database.transaction() as connection:
            project = find_project(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            item = add_item(connection, project, values)
        return _told(service, caller, request, [item])[0]

    @routes.post("/projects/{id}/board/acts", responses=MISSING | refusals(Problem.CONFLICT))
    def act_on_board(id: Id, given: ActGiven, caller: Maker, request: Request) -> ActTold:
        """Put, change and take away many things at once: all of it, or nothing. Who sends it again does no harm."""
        act = Act(
            put=[_plain(one.model_dump(), ("id", "asset_id", "take_id", "shot_id")) for one in given.put],
            change=[_plain(one.model_dump(exclude_none=True), ("id",)) for one in given.change],
            remove=[known_id(one, "item") for one in given.remove],
        )
        with service.database.transaction() as connection:
            project = find_project(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            done = do_act(connection, project, act)
        return ActTold(items=_told(service, caller, request, done.items), contested=done.contested)

    @routes.put("/projects/{id}/board/places", status_code=204, responses=MISSING)
    def place_board_items(id: Id, given: Places, caller: Maker) -> None:
        """Put many items elsewhere at once; those that are not there any more are left out."""
        places = [one.model_dump() | {"id": plain_id(one.id)} for one in given.items]
        with service.database.transaction() as connection:
            project = find_project(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            place_items(connection, project, places)

    @routes.patch("/board/{id}", responses=MISSING | refusals(Problem.CONFLICT))
    def change_board_item(id: Id, change: ItemChange, caller: Maker, request: Request) -> ItemTold:
        """Give an item another place, text or colour."""
        told = change.model_dump(exclude_unset=True, exclude={"version"})
        values = {name: value for name, value in told.items() if value is not None or name == "colour"}
        with service.database.transaction() as connection:
            project, item = hold_item(connection, caller.tenant_id, known_id(id, "item"))
            item = change_item(connection, project, item, values, change.version)
        return _told(service, caller, request, [item])[0]

    @routes.delete("/board/{id}", status_code=204, responses=MISSING)
    def delete_board_item(id: Id, caller: Maker) -> None:
        """Take an item off its board; what it shows stays."""
        with service.database.transaction() as connection:
            delete_item(connection, *hold_item(connection, caller.tenant_id, known_id(id, "item")))

    return routes


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
