"""What the `luma-agents` client sends. Fields that no model here can honour are read, so that they are named."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from manazir.core.canvas import LONGEST_PROMPT
from manazir.server.wire.luma_shared.words import Body

Type = Literal["image", "image_edit", "video", "video_edit", "video_reframe", "layering"]
Shape = Literal["3:1", "2:1", "21:9", "16:9", "4:3", "3:2", "1:1", "3:4", "2:3", "9:16", "1:2", "1:3"]
Strength = Literal[
    "adhere_1", "adhere_2", "adhere_3", "flex_1", "flex_2", "flex_3", "reimagine_1", "reimagine_2", "reimagine_3"
]
Share = Annotated[float, Field(ge=0, le=1)]
MOST_KEYFRAMES = 64
LONGEST_NAME = 255


class MediaRef(Body):
    """A file, in one of four ways."""

    url: str | None = None
    data: str | None = None
    generation_id: str | None = None
    file_id: str | None = None
    media_type: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "MediaRef":
        given = [self.url, self.data, self.generation_id, self.file_id]
        if sum(one is not None for one in given) != 1:
            raise ValueError("give exactly one of url, data, generation_id and file_id")
        if self.data is not None and self.media_type is None:
            raise ValueError("data needs media_type, such as image/png")
        return self


Keyframes = Annotated[list[MediaRef], Field(max_length=MOST_KEYFRAMES)]
Indexes = Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=MOST_KEYFRAMES)]


class Control(Body):
    """How much of one side of a clip is kept; none of them is known here, beyond being switched off."""

    enabled: bool | None = None


class Pose(Control):
    """Of bodies."""

    strength: Literal["precise", "coarse"] | None = None


class Depth(Control):
    """Of distances."""

    blur: Share | None = None


class Normals(Control):
    """Of surfaces."""

    augmentation: Share | None = None


class Trajectory(Control):
    """Of motion."""

    sparsity: Share | None = None


class Controls(Body):
    """All of them."""

    pose: Pose | None = None
    depth: Depth | None = None
    normals: Normals | None = None
    trajectory: Trajectory | None = None
    face: Control | None = None


class Edit(Body):
    """How a clip is changed."""

    strength: Strength | None = None
    auto_controls: bool | None = None
    controls: Controls | None = None
    keyframes: Keyframes | None = None
    keyframe_indexes: Indexes | None = None


class SourcePosition(Body):
    """Where a clip lies in its new frame."""

    x_norm: float
    y_norm: float
    w_norm: float = Field(gt=0, le=2)
    h_norm: float = Field(gt=0, le=2)


class Video(Body):
    """What is said of videos only."""

    duration: Literal["5s", "10s"] | None = None
    resolution: Literal["360p", "540p", "720p", "1080p"] | None = None
    start_frame: MediaRef | None = None
    end_frame: MediaRef | None = None
    keyframes: Keyframes | None = None
    keyframe_indexes: Indexes | None = None
    loop: bool | None = None
    hdr: bool | None = None
    exr_export: bool | None = None
    source_position: SourcePosition | None = None
    edit: Edit | None = None


class GenerationRequest(Body):
    """`generations.create`."""

    prompt: Annotated[str, Field(min_length=1, max_length=LONGEST_PROMPT)]
    type: Type = "image"
    model: str | None = None
    aspect_ratio: Shape | None = None
    image_ref: Annotated[list[MediaRef], Field(max_length=9)] | None = None
    source: MediaRef | None = None
    output_format: Literal["png", "jpeg"] | None = None
    style: Literal["auto", "manga"] | None = None
    web_search: bool | None = None
    user_id: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None
    layering: dict[str, Any] | None = None
    video: Video | None = None


class About(Body):
    """What is said of a file beside its bytes."""

    purpose: Literal["input", "reference"] = "input"
    filename: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None
    expires_at: Annotated[str, Field(max_length=64)] | None = None
    """ISO 8601."""
    user_id: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None


class FileRequest(About):
    """`files.create`: a file that will be PUT."""

    mime_type: Literal[
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/gif",
        "video/mp4",
        "video/quicktime",
        "video/webm",
        "video/x-matroska",
    ]
    size_bytes: Annotated[int, Field(ge=1)]
