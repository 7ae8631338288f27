"""What lies on a board, and what is done there, as it is given and told."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from manazir.server.api.shapes import Given, Text, Told
from manazir.server.api.studio.shapes.common import OF_WHEN, RowId, Version
from manazir.server.studio.board import MOST

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
