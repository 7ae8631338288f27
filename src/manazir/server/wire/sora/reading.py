"""From what clients send to what is asked of the service. Pure: files and parents are looked up before."""

from dataclasses import dataclass
from typing import Any

from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Need
from manazir.core.seeds import SEED_LIMIT
from manazir.server.asks import Ask
from manazir.server.errors import Problem
from manazir.server.jobs.job import Job
from manazir.server.jobs.request import Kind
from manazir.server.wire.sora.errors import RefusedError
from manazir.server.wire.sora.names import DIALECT, IMAGES
from manazir.server.wire.sora.requests import (
    LEAST_SIDE,
    LONGEST_SECONDS,
    Create,
    Edit,
    Extend,
    GenerateImage,
    Prompted,
    Remix,
)

CHANGE_STRENGTH = 0.6
"""Of remixes and edits, which say no strength: what moves where stays recognisable, what it is may change."""
DEFAULT_MODEL = "sora-2"
FIELDS: dict[Need | str, str] = {
    Need.TEXT: "prompt",
    Need.FIRST_FRAME: "input_reference",
    Need.EXTEND_AFTER: "video",
    Need.MODIFY: "video",
    "size": "size",
    "duration": "seconds",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture to begin with."""

    reference: str
    """As a canvas has it."""
    width: int | None = None
    """Not known of one that lies elsewhere."""
    height: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A clip to go on from, or to change."""

    reference: str
    width: int
    height: int
    duration_seconds: float
    parent: Job | None = None
    """None: it was uploaded."""

    @property
    def size(self) -> tuple[int, int]:
        """Even: of an odd side the last line is left out."""
        return self.width // 2 * 2, self.height // 2 * 2


def create_ask(body: Create, picture: Picture | None) -> Ask:
    """`videos.create`.

    Raises:
        RefusedError: characters, which no model here can be given.
    """
    if body.characters:
        told = "no model here can be given characters yet; describe them in the prompt, or give an input_reference"
        raise RefusedError(Problem.UNSUPPORTED, told, field="characters")
    width, height = sides(body.size)
    keyframes = () if picture is None else (Keyframe(image=picture.reference, at_seconds=0),)
    canvas = Canvas(
        prompt=body.prompt,
        width=width,
        height=height,
        duration_seconds=float(body.seconds),
        keyframes=keyframes,
        seed=body.seed,
    )
    wire: dict[str, Any] = {"size": body.size, "seconds": str(body.seconds)}
    if picture is not None and picture.width is not None and (picture.width, picture.height) != (width, height):
        wire["notes"] = [f"input_reference is {picture.width}x{picture.height}; it was scaled and cropped to cover"]
    return Ask(dialect=DIALECT, model=body.model, canvas=canvas, fields=FIELDS, wire=wire)


def change_ask(body: Remix | Edit, source: Source) -> Ask:
    """`videos.remix`, `videos.edit`: the same clip under other words."""
    _refuse_long(source.duration_seconds, "video")
    changed = Modification(clip=source.reference, strength=CHANGE_STRENGTH)
    return _ask_from(body, source, source.duration_seconds, modification=changed)


def extend_ask(body: Extend, source: Source) -> Ask:
    """`videos.extend`: `seconds` more."""
    whole = source.duration_seconds + body.seconds
    _refuse_long(whole, "seconds")
    longer = Extension(clip=source.reference)
    return _ask_from(body, source, whole, extension=longer, duration_seconds=float(body.seconds))


def image_ask(body: GenerateImage, index: int) -> Ask:
    """One picture of `images.generate`.

    Args:
        index: which of the `n`; each has a seed of its own.
    """
    width, height = sides(body.size)
    seed = None if body.seed is None else (body.seed + index) % SEED_LIMIT
    return Ask(
        dialect=IMAGES,
        model=body.model,
        canvas=Canvas(prompt=body.prompt, width=width, height=height, seed=seed),
        kind=Kind.IMAGE,
        image_format=body.output_format,
        settings={"is_draft": True} if body.quality == "low" else {},
        fields=FIELDS,
    )


def sides(size: str) -> tuple[int, int]:
    """Width and height.

    >>> sides("1280x720")
    (1280, 720)
    """
    width, height = size.split("x")
    return int(width), int(height)


def as_seconds(seconds: float) -> str:
    """A length as this API writes it.

    >>> as_seconds(12.0), as_seconds(7.25)
    ('12', '7.25')
    """
    return f"{seconds:.2f}".rstrip("0").rstrip(".")


def _ask_from(body: Prompted, source: Source, whole_seconds: float, **canvas: Any) -> Ask:
    width, height = source.size
    if min(width, height) < LEAST_SIDE:
        told = f"the video is {source.width}x{source.height}; sides of {LEAST_SIDE} are the least"
        raise RefusedError(Problem.UNSUPPORTED, told, field="video")
    parent = source.parent
    return Ask(
        dialect=DIALECT,
        model=body.model or (DEFAULT_MODEL if parent is None else parent.alias),
        canvas=Canvas(prompt=body.prompt, width=width, height=height, seed=body.seed, **canvas),
        fields=FIELDS,
        wire={"size": f"{width}x{height}", "seconds": as_seconds(whole_seconds)},
        parent_id=None if parent is None else parent.id,
    )


def _refuse_long(seconds: float, field: str) -> None:
    if seconds > LONGEST_SECONDS:
        told = f"the whole clip would be {as_seconds(seconds)} s; {LONGEST_SECONDS} s is the most"
        raise RefusedError(Problem.UNSUPPORTED, told, field=field)
