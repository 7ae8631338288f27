"""What is drawn on a frame, as it is given and told."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from manazir.server.api.shapes import Given, Text
from manazir.server.api.studio.shapes.common import RowId

LARGEST_DRAFT_BYTES = 65_536


class Mark(Given):
    """Something that was drawn on a frame."""

    kind: Literal["arrow", "box", "pen", "words"]
    points: list[Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=2, max_length=2)]] = Field(
        min_length=1, max_length=2000, description="Each across and down, in shares of the frame: [0, 0] is top left."
    )
    colour: Annotated[Text, Field(max_length=40)]
    width: float = Field(gt=0, le=1000, description="Of the line, in thousandths of the frame's height.")
    text: Annotated[Text, Field(max_length=500)] | None = None


class DrawingGround(Given):
    """The picture that was drawn on."""

    file: Annotated[str, StringConstraints(pattern=r"^asset:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")] = (
        Field(description="A picture or a clip of yours, which is kept as long as the drawing is.")
    )
    frame: int | None = Field(None, ge=0, le=1_000_000, description="Of a clip, from 0; null: it is a picture.")
    take_id: RowId | None = Field(None, description="The take that made it; that may be gone.")


class Drawing(Given):
    """What was drawn on a frame, for whoever makes the next take."""

    at_seconds: float = Field(ge=0, le=600, description="Where in the whole that frame was.")
    ground: DrawingGround | None = Field(None, description="null: it is not known.")
    marks: list[Mark] = Field(max_length=200)

    @model_validator(mode="after")
    def _is_small(self) -> "Drawing":
        check_size(self, "a drawing")
        return self


def check_size(given: Given, what: str) -> None:
    """Raise unless it is small enough to be kept in a row."""
    size = len(given.model_dump_json(exclude_unset=True).encode())
    if size > LARGEST_DRAFT_BYTES:
        raise ValueError(f"{what} has {size} bytes, and may have {LARGEST_DRAFT_BYTES}")
