"""What the fields of projects, shots and takes have in common."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from manazir.core.canvas import LONGEST_PROMPT
from manazir.server.api.shapes import Text

Language = Literal["en", "ar"]
Framing = Literal["extreme_wide", "wide", "full", "medium", "close", "extreme_close"]
Move = Literal[
    "still",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "orbit_left",
    "orbit_right",
    "push_in",
    "pull_out",
    "crane_up",
    "crane_down",
]
TakeKind = Literal["still", "draft", "master"]
ShotState = Literal["planned", "still", "drafts", "master", "chosen"]
RowId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
    Field(examples=["0190163d-8694-739b-aea6-966c26f8ad91"]),
]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Words = Annotated[Text, Field(max_length=LONGEST_PROMPT)]
STAYS = "null, or left out: stays."
OF_WHEN = (
    "Of what was changed: if it was changed since, and differs, this is refused. null: it is meant whatever it was."
)
