"""`predictLongRunning`: the body, as the developer API (SDK up to 2.34, AI SDK) and Vertex have it."""

from typing import Any

from pydantic import Field

from manazir.server.wire.veo.shape import Body, Number, Whole


class Image(Body):
    """A picture: its bytes, or where it is."""

    bytes_base64_encoded: str | None = None
    gcs_uri: str | None = None
    mime_type: str | None = None
    mask_mode: str | None = None


class Video(Body):
    """A clip; the first two as the developer API calls them, the others as Vertex does."""

    uri: str | None = None
    encoded_video: str | None = None
    encoding: str | None = None
    gcs_uri: str | None = None
    bytes_base64_encoded: str | None = None
    mime_type: str | None = None


class Instance(Body):
    """What is known of the video."""

    prompt: str | None = None
    image: Image | None = None
    last_frame: Image | None = None
    video: Video | None = None
    reference_images: list[Any] | None = None
    mask: Any = None


class Parameters(Body):
    """How it is to be."""

    sample_count: Whole | None = None
    duration_seconds: Number | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    negative_prompt: str | None = None
    seed: Whole | None = None
    fps: Number | None = None
    generate_audio: bool | None = None
    person_generation: str | None = None
    enhance_prompt: bool | None = None
    storage_uri: str | None = None
    compression_quality: str | None = None
    resize_mode: str | None = None
    pubsub_topic: str | None = None


class WebhookConfig(Body):
    """Whom to tell when it is done."""

    uris: list[str] = Field(default_factory=list)
    user_metadata: dict[str, Any] | None = None


class Predict(Body):
    """The whole body."""

    instances: list[Instance]
    parameters: Parameters | None = None
    webhook_config: WebhookConfig | None = None
    labels: dict[str, str] | None = None


class FetchOperation(Body):
    """`fetchPredictOperation`: which one."""

    operation_name: str
