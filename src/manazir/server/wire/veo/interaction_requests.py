"""`interactions`: the body of `create`, as google-genai sends it."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Tag

from manazir.server.wire.veo.requests import WebhookConfig
from manazir.server.wire.veo.shape import Body, Whole


class SnakeBody(Body):
    """Interactions are in snake_case throughout."""

    model_config = ConfigDict(alias_generator=None)


class Text(SnakeBody):
    """Words."""

    type: Literal["text"]
    text: str


class Picture(SnakeBody):
    """An image: its bytes, or where it is."""

    type: Literal["image"]
    data: str | None = None
    uri: str | None = None
    mime_type: str | None = None


class Clip(SnakeBody):
    """A video: its bytes, or where it is."""

    type: Literal["video"]
    data: str | None = None
    uri: str | None = None
    mime_type: str | None = None
    name: str | None = None


class Other(SnakeBody):
    """Something that no model here takes; kept to be refused by its type."""

    model_config = ConfigDict(extra="allow")
    type: str


def _kind(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return f"<{kind}>" if kind in ("text", "image", "video") else "<other>"


Content = Annotated[
    Annotated[Text, Tag("<text>")]
    | Annotated[Picture, Tag("<image>")]
    | Annotated[Clip, Tag("<video>")]
    | Annotated[Other, Tag("<other>")],
    Discriminator(_kind),
]


def _contents_kind(value: Any) -> str:
    return "<words>" if isinstance(value, str) else "<many>"


Contents = Annotated[
    Annotated[str, Tag("<words>")] | Annotated[list[Content], Tag("<many>")], Discriminator(_contents_kind)
]


class UserInput(SnakeBody):
    """A step: what somebody gives."""

    type: Literal["user_input"]
    content: Contents


def _input_kind(value: Any) -> str:
    if isinstance(value, str):
        return "<words>"
    if not isinstance(value, list):
        return "<one>"
    return "<steps>" if value and all(_is_step(one) for one in value) else "<many>"


def _is_step(value: Any) -> bool:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return kind == "user_input"


Input = Annotated[
    Annotated[str, Tag("<words>")]
    | Annotated[Content, Tag("<one>")]
    | Annotated[list[UserInput], Tag("<steps>")]
    | Annotated[list[Content], Tag("<many>")],
    Discriminator(_input_kind),
]


class VideoFormat(SnakeBody):
    """How the video is to be, and to be delivered."""

    type: str
    aspect_ratio: str | None = None
    resolution: str | None = None
    duration: str | None = None
    delivery: str | None = None
    gcs_uri: str | None = None


def _format_kind(value: Any) -> str:
    return "<many>" if isinstance(value, list) else "<one>"


Formats = Annotated[
    Annotated[VideoFormat, Tag("<one>")] | Annotated[list[VideoFormat], Tag("<many>")], Discriminator(_format_kind)
]


class VideoConfig(SnakeBody):
    """What is to be done."""

    task: str | None = None


class GenerationConfig(SnakeBody):
    """What of a model's settings is taken here."""

    seed: Whole | None = None
    video_config: VideoConfig | None = None


class Create(SnakeBody):
    """The whole body; what is `Any` is refused by name if it is given."""

    model: str | None = None
    input: Input | None = None
    background: bool | None = None
    stream: bool | None = None
    store: bool | None = None
    previous_interaction_id: str | None = None
    response_format: Formats | None = None
    response_modalities: list[str] | None = None
    response_mime_type: str | None = None
    generation_config: GenerationConfig | None = None
    webhook_config: WebhookConfig | None = None
    labels: dict[str, str] | None = None
    service_tier: str | None = None
    agent: Any = None
    agent_config: Any = None
    system_instruction: Any = None
    tools: Any = None
    environment: Any = None
    cached_content: Any = None
    continuation_token: Any = None
    safety_settings: Any = None
