"""What clients send: fields by their own names, strictly; whatever is not read is refused by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    InstanceOf,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from manazir.core.canvas import LONGEST_PROMPT
from manazir.core.seeds import SEED_LIMIT
from manazir.server.errors import Problem
from manazir.server.service import Brought
from manazir.server.wire.sora.errors import RefusedError

LONGEST_SECONDS = 120
"""Of a whole clip: what this API's extensions end at."""
LEAST_SIDE, MOST_SIDE, MOST_PIXELS = 16, 4096, 3840 * 2160


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request; nobody's yet."""

    brought: Brought
    filename: str


class Body(BaseModel):
    """Fields of a request."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def without_nulls(cls, told: Any) -> Any:
        """What is null was left out."""
        return {name: value for name, value in told.items() if value is not None} if isinstance(told, dict) else told


def _whole(value: Any) -> Any:
    """A number as forms write it: digits."""
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20
    return int(value) if is_digits else value


def _printable(text: str) -> str:
    if "\0" in text:
        raise ValueError("it has a zero byte, which no text has")
    if not text.strip():
        raise ValueError("it is empty")
    return text


def _size(text: str) -> str:
    if not re.fullmatch(r"[0-9]{2,4}x[0-9]{2,4}", text):
        raise ValueError("give width x height in pixels, such as 1280x720")
    sides = [int(side) for side in text.split("x")]
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in sides) or sides[0] * sides[1] > MOST_PIXELS:
        raise ValueError(f"sides go from {LEAST_SIDE} to {MOST_SIDE}, and {MOST_PIXELS} pixels is the most")
    if any(side % 2 for side in sides):
        raise ValueError("width and height must be even")
    return text


Prompt = Annotated[str, Field(max_length=LONGEST_PROMPT), AfterValidator(_printable)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Seconds = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=LONGEST_SECONDS)]
Size = Annotated[str, AfterValidator(_size)]
Seed = Annotated[int, BeforeValidator(_whole), Field(ge=0, lt=SEED_LIMIT)]


class PictureReference(Body):
    """A picture by the id of an uploaded file, or by its URL (http, https or data)."""

    file_id: str | None = None
    image_url: str | None = None

    @model_validator(mode="after")
    def one_of_them(self) -> "PictureReference":
        """Either, not both."""
        if (self.file_id is None) == (self.image_url is None):
            raise ValueError("give either file_id or image_url")
        return self


class VideoReference(Body):
    """A completed video."""

    id: str


class CharacterReference(Body):
    """A character that was made before."""

    id: str


def _is_file(value: Any) -> str:
    return "<file>" if isinstance(value, Upload) else "<reference>"


File = Annotated[InstanceOf[Upload], Tag("<file>")]
Picture = Annotated[File | Annotated[PictureReference, Tag("<reference>")], Discriminator(_is_file)]
Video = Annotated[File | Annotated[VideoReference, Tag("<reference>")], Discriminator(_is_file)]


class Prompted(Body):
    """What all that make a video have."""

    prompt: Prompt
    model: Name | None = None
    """Only `create` of the vendor's has one; here it may be chosen for what goes on from a video as well."""
    seed: Seed | None = None
    """Not of the vendor's: the same one makes the same clip again."""


class Create(Prompted):
    """`videos.create`."""

    model: Name = "sora-2"
    seconds: Seconds = 4
    size: Size = "720x1280"
    input_reference: Picture | None = None
    characters: list[CharacterReference] | None = None


class Remix(Prompted):
    """`videos.remix`."""


class Edit(Prompted):
    """`videos.edit`."""

    video: Video


class Extend(Prompted):
    """`videos.extend`."""

    video: Video
    seconds: Seconds


class CreateCharacter(Body):
    """`videos.create_character`."""

    name: Name
    video: File


class ExpiresAfter(Body):
    """How long a file is kept."""

    anchor: Literal["created_at"]
    seconds: Annotated[int, BeforeValidator(_whole), Field(ge=3600, le=2_592_000)]


class CreateFile(Body):
    """`files.create`."""

    file: File
    purpose: Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]
    expires_after: ExpiresAfter | None = None


class GenerateImage(Body):
    """`images.generate`: what can be honoured of it."""

    prompt: Prompt
    model: Name = "gpt-image-2"
    n: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=10)] = 1
    size: str = "1024x1024"
    quality: Literal["auto", "low", "medium", "high", "standard", "hd"] = "auto"
    output_format: Literal["png", "jpeg"] = "png"
    response_format: Literal["b64_json", "url"] = "b64_json"
    background: Literal["auto", "opaque"] = "auto"
    moderation: Literal["auto", "low"] = "auto"
    stream: Literal[False] = False
    user: str | None = None
    safety_identifier: str | None = None
    seed: Seed | None = None

    @field_validator("size")
    @classmethod
    def can_be_made(cls, size: str) -> str:
        """`auto` is 1024x1024."""
        return _size("1024x1024" if size == "auto" else size)


EventType = Literal["video.completed", "video.failed"]


class CreateEndpoint(Body):
    """`webhooks.create`."""

    name: Name
    url: Annotated[str, Field(max_length=2000)]
    event_types: Annotated[list[EventType], Field(min_length=1, max_length=2)]


class UpdateEndpoint(Body):
    """`webhooks.update`."""

    name: Name | None = None
    url: Annotated[str, Field(max_length=2000)] | None = None
    event_types: Annotated[list[EventType], Field(min_length=1, max_length=2)] | None = None


class SampleEvent(Body):
    """`webhooks.test`."""

    event_type: EventType


class RotateSecret(Body):
    """`webhooks.rotate_secret`."""

    keep_old_secret_active_for_24_hours: bool = False


Kind = TypeVar("Kind", bound=Body)


def read(kind: type[Kind], told: Mapping[str, Any]) -> Kind:
    """The fields of a request, checked.

    Raises:
        RefusedError: names the first that is wrong.
    """
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        raise _refused(error) from error


def _refused(error: ValidationError) -> RefusedError:
    first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    field = ".".join(str(part) for part in first["loc"] if not str(part).startswith("<"))
    if first["type"] == "missing":
        code, told = "missing_required_parameter", f"Missing required parameter: '{field}'."
    elif first["type"] == "extra_forbidden":
        code, told = "unknown_parameter", f"Unknown parameter: '{field}'."
    else:
        code, told = "invalid_value", f"Invalid value for '{field}': {first['msg'].removeprefix('Value error, ')}."
    return RefusedError(Problem.INVALID, told, field=field or None, code=code)
