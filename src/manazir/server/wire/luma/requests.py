"""What the `lumaai` client sends. Fields of Luma's that no model here can honour are read, so that they are named."""

from typing import Annotated, Any, Literal

from pydantic import Field

from manazir.server.wire.luma_shared.words import Body, Duration, Prompt

Shape = Literal["1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21"]
Resolution = Literal["540p", "720p", "1080p", "1080", "4k"]
Mode = Literal[
    "adhere_1", "adhere_2", "adhere_3", "flex_1", "flex_2", "flex_3", "reimagine_1", "reimagine_2", "reimagine_3"
]
LONGEST_WAIT_SECONDS = 600.0


class ImageKey(Body):
    """A picture."""

    type: Literal["image"]
    url: str


class GenerationKey(Body):
    """What another generation made."""

    type: Literal["generation"]
    id: str


Key = Annotated[ImageKey | GenerationKey, Field(discriminator="type")]


class Keyframes(Body):
    """The beginning and the end."""

    frame0: Key | None = None
    frame1: Key | None = None


class Concept(Body):
    """A camera concept."""

    key: str


class Media(Body):
    """A file by its URL."""

    url: str


class Request(Body):
    """What all requests have."""

    callback_url: str | None = None


class VideoRequest(Request):
    """`generations.create` and `generations.video.create`."""

    generation_type: Literal["video"] = "video"
    model: str = "ray-2"
    prompt: Prompt | None = None
    aspect_ratio: Shape | None = None
    resolution: Resolution | None = None
    duration: Duration | None = None
    loop: bool | None = None
    keyframes: Keyframes | None = None
    concepts: list[Concept] | None = Field(None, max_length=34)


class ModifyRequest(Request):
    """`generations.video.modify`."""

    generation_type: Literal["modify_video"] = "modify_video"
    model: str
    media: Media
    mode: Mode
    prompt: Prompt | None = None
    first_frame: Media | None = None


class Placement(Request):
    """Where a medium lies in its new frame."""

    model: str
    media: Media
    aspect_ratio: Shape
    prompt: Prompt | None = None
    grid_position_x: int | None = None
    grid_position_y: int | None = None
    resized_width: int | None = None
    resized_height: int | None = None
    x_start: int | None = None
    x_end: int | None = None
    y_start: int | None = None
    y_end: int | None = None


class ReframeVideoRequest(Placement):
    """`generations.video.reframe`."""

    generation_type: Literal["reframe_video"] = "reframe_video"
    first_frame: Media | None = None


class ReframeImageRequest(Placement):
    """`generations.image.reframe`."""

    generation_type: Literal["reframe_image"] = "reframe_image"
    format: Literal["jpg", "png"] | None = None


class Reference(Body):
    """A picture, and how much it counts."""

    url: str
    weight: float | None = Field(None, ge=0, le=1)


class ImageRequest(Request):
    """`generations.image.create`; `image`, `style`, `character` and `modify_image` are what Vercel's client says."""

    generation_type: Literal["image"] = "image"
    model: str = "photon-1"
    prompt: Prompt | None = None
    aspect_ratio: Shape | None = None
    format: Literal["jpg", "png"] | None = None
    sync: bool | None = None
    sync_timeout: float | None = Field(None, gt=0, le=LONGEST_WAIT_SECONDS)
    modify_image_ref: Reference | None = None
    modify_image: Reference | None = None
    image_ref: Any = None
    style_ref: Any = None
    character_ref: Any = None
    image: Any = None
    style: Any = None
    character: Any = None


class UpscaleRequest(Request):
    """`generations.upscale`."""

    generation_type: Literal["upscale_video"] = "upscale_video"
    resolution: Resolution | None = None


class AudioRequest(Request):
    """`generations.audio`."""

    generation_type: Literal["add_audio"] = "add_audio"
    prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
