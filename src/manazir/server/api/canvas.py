"""A canvas as clients write it: the fields of `core.canvas`, with references where it has files."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field, StringConstraints

from manazir.core.canvas import LONGEST_PROMPT, MOST_REFERENCES, Canvas
from manazir.core.canvas_json import canvas_from_json, with_files
from manazir.core.errors import CanvasError
from manazir.core.known import MOST_RECTANGLES
from manazir.core.moves import KNOWN_MOVES
from manazir.core.seeds import SEED_LIMIT
from manazir.server.api.shapes import Given, Text
from manazir.server.errors import ApiError, Problem

LARGEST_SIDE = 4096
LONGEST_SECONDS = 600.0

Reference = Annotated[
    str,
    StringConstraints(pattern=r"^((asset|job):[0-9A-Fa-f-]{32,36}|https?://[^\x00-\x20]+)$", max_length=8192),
    Field(
        description="A file: `asset:ID` of an upload or an output, `job:ID` for what a job made, or a URL.",
        examples=["asset:0190163d-8694-739b-aea6-966c26f8ad91", "https://example.com/first.png"],
    ),
]
Prompt = Annotated[Text, Field(max_length=LONGEST_PROMPT)]
Side = Annotated[int, Field(ge=2, le=LARGEST_SIDE, multiple_of=2)]


class KeyframeGiven(Given):
    """A picture pinned at a time."""

    image: Reference
    at_seconds: float | None = Field(
        ge=0, le=LONGEST_SECONDS, description="From the first frame of the whole result on; null: its last frame."
    )


class ExtensionGiven(Given):
    """A clip to go on from, or to lead up to."""

    clip: Reference
    is_before: bool = Field(False, description="Whether the new part comes before the clip.")


class RectangleGiven(Given):
    """A part of a picture, in shares of its width and height."""

    left: float = Field(ge=0, lt=1)
    top: float = Field(ge=0, lt=1)
    width: float = Field(gt=0, le=1)
    height: float = Field(gt=0, le=1)


class RegionGiven(Given):
    """Where a clip that is changed stays as it is, in all its frames; or the only place where it is changed."""

    rectangles: list[RectangleGiven] = Field(
        default_factory=list, max_length=MOST_RECTANGLES, description="In shares of the clip's own picture."
    )
    mask: Reference | None = Field(
        None, description="A picture in the shape of the clip's, white inside; one region with the rectangles."
    )
    is_kept: bool = Field(True, description="Whether what lies inside stays; false: it alone is changed.")


class ModificationGiven(Given):
    """A clip to change."""

    clip: Reference
    strength: float = Field(0.6, gt=0, le=1, description="Near 0: keep it; 1: only its length stays.")
    region: RegionGiven | None = Field(None, description="What of it stays exactly; null: nothing does.")


class ReframingGiven(Given):
    """A clip that becomes the inner region of a larger picture."""

    clip: Reference
    left: float = Field(0.5, ge=0, le=1, description="Where it sits across the free width: 0 left, 1 right.")
    top: float = Field(0.5, ge=0, le=1)


class CameraGiven(Given):
    """A camera move over the whole canvas: from words, on from a first frame, or beyond a clip."""

    move: Annotated[Text, Field(min_length=1, max_length=100, description=f"One of {', '.join(KNOWN_MOVES)}.")]
    amount: float = Field(1.0, ge=0, le=10, description="1: as far as the model has mostly seen.")


class CanvasGiven(Given):
    """A stretch of world time, partly known. Generating is filling in the rest."""

    prompt: Prompt = ""
    negative_prompt: Prompt = ""
    width: Side | None = Field(None, description="Pixels; null: the model's own. Given with `height`, or not at all.")
    height: Side | None = None
    duration_seconds: float | None = Field(
        None, gt=0, le=LONGEST_SECONDS, description="Of the whole result; for an extension, of what is added."
    )
    frame_rate: float | None = Field(None, gt=0, le=240, description="Frames a second; null: the model's own.")
    keyframes: list[KeyframeGiven] = Field(default_factory=list, max_length=64)
    references: list[Reference] = Field(
        default_factory=list,
        max_length=MOST_REFERENCES,
        description="Pictures of what is to be seen, whichever frames it is seen in.",
    )
    extension: ExtensionGiven | None = None
    modification: ModificationGiven | None = None
    reframing: ReframingGiven | None = None
    sound_for: Reference | None = Field(None, description="A clip whose sound is to be made.")
    sound: Reference | None = Field(None, description="A sound that wants frames.")
    actions: list[Annotated[Text, Field(min_length=1, max_length=40)]] = Field(
        default_factory=list, max_length=20_000, description="One for each frame."
    )
    camera: CameraGiven | None = None
    is_loop: bool = False
    seed: int | None = Field(None, ge=0, lt=SEED_LIMIT, description="null: drawn, and written into the take.")


def to_canvas(given: CanvasGiven, file_of: Callable[[str, str], str]) -> Canvas:
    """The canvas that a client describes.

    Args:
        file_of: from the field and the reference in it to the reference that is kept.

    Raises:
        ApiError: it contradicts itself, or `file_of` refuses one of its files.
    """
    told = given.model_dump(exclude_unset=True)
    try:
        canvas = canvas_from_json({name: value for name, value in told.items() if value is not None})
    except CanvasError as error:
        raise ApiError(
            Problem.INVALID, str(error), field="canvas", reason=error.reason or "contradiction", values=error.values
        ) from error
    return with_files(canvas, lambda reference: file_of(field_of(canvas, reference), reference))


def field_of(canvas: Canvas, reference: str) -> str:
    """Where in a canvas a reference stands first, as clients name it."""
    for index, key in enumerate(canvas.keyframes):
        if key.image == reference:
            return f"canvas.keyframes.{index}.image"
    if reference in canvas.references:
        return f"canvas.references.{canvas.references.index(reference)}"
    for name in ("extension", "modification", "reframing"):
        part = getattr(canvas, name)
        if part is not None and part.clip == reference:
            return f"canvas.{name}.clip"
    region = None if canvas.modification is None else canvas.modification.region
    if region is not None and region.mask == reference:
        return "canvas.modification.region.mask"
    return "canvas.sound_for" if canvas.sound_for == reference else "canvas.sound"
