"""A `predictLongRunning` body as requests of ours: what it says, all of it, or a refusal by the field's name."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from manazir.core.canvas import Canvas, Extension, Keyframe, Need
from manazir.core.seeds import SEED_LIMIT
from manazir.server.asks import Ask
from manazir.server.assets.checking import MediaKind
from manazir.server.errors import ApiError, Problem
from manazir.server.wire.veo.media import Media, Place, Placed
from manazir.server.wire.veo.requests import Image, Instance, Parameters, Predict, Video, WebhookConfig
from manazir.server.wire.veo.shape import refuse_given
from manazir.server.wire.veo.sizes import size_of

DIALECT = "veo"
DEFAULT_SECONDS, DEFAULT_ADDED_SECONDS = 8.0, 7.0
"""What Veo makes, and adds to a clip, where no duration is asked for."""
LONGEST_SECONDS = 60.0
MOST_SAMPLES = 4
LONGEST_WHOLE_KEY = 240
"""Of an Idempotency-Key, to which the number of a sample is added."""
HIGHEST_RATE = 60.0
PERSONS = ("dont_allow", "allow_adult", "allow_all")

REFUSED_OF_INSTANCE = {
    "mask": "only our own API reads one (canvas.modification.region of POST /api/v1/jobs); leave it out",
    "referenceImages": "no model here takes pictures for reference; give the first frame as image",
}
UNCHANGED_PROMPT = "enhancePrompt: the prompt was taken as it is; nothing here rewrites prompts"
"""Not refused: the vendor's own first example asks for it."""
REFUSED_OF_PARAMETERS = {"pubsubTopic": "there is no Pub/Sub here; give webhookConfig, or poll the operation"}

FIELDS: dict[Need | str, str] = {
    Need.TEXT: "instances[0].prompt",
    "negative_prompt": "parameters.negativePrompt",
    Need.FIRST_FRAME: "instances[0].image",
    Need.LAST_FRAME: "instances[0].lastFrame",
    Need.EXTEND_AFTER: "instances[0].video",
    "size": "parameters.resolution",
    "duration": "parameters.durationSeconds",
    "frame_rate": "parameters.fps",
    "callback_url": "webhookConfig.uris",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Prediction:
    """Which model, and as what the operation will be known."""

    model: str
    resource: str
    """`models/…` or `…/publishers/google/models/…`."""
    body: Predict
    body_hash: str = ""
    """Of its bytes, as they were sent."""
    idempotency_key: str | None = None


def read_prediction(asked: Prediction, place: Place) -> list[Ask]:
    """The requests of one operation, a sample each; they differ in their seeds.

    Raises:
        ApiError: names the field that is wrong, or cannot be honoured.
    """
    instance, parameters = _only_instance(asked.body), asked.body.parameters or Parameters()
    _refuse(instance, parameters)
    canvas = _canvas(instance, parameters, place)
    first = Ask(
        dialect=DIALECT,
        model=asked.model,
        canvas=canvas,
        has_sound=parameters.generate_audio is not False,
        fields=FIELDS,
        wire=_wire(asked, parameters),
        callback_url=callback_of(asked.body.webhook_config, "webhookConfig.uris"),
        idempotency_key=asked.idempotency_key,
        body=asked.body_hash,
    )
    return [_sample(first, number) for number in range(_samples(parameters))]


def callback_of(config: WebhookConfig | None, name: str) -> str | None:
    """Whom to tell.

    Raises:
        ApiError: there are several.
    """
    if config is None or not config.uris:
        return None
    if len(config.uris) > 1:
        raise ApiError(Problem.UNSUPPORTED, f"{name} has {len(config.uris)} addresses; give one", field=name)
    return config.uris[0]


def check_seed(seed: int | None, name: str) -> None:
    """Raise unless a seed can be one.

    Raises:
        ApiError: by the client's name of it.
    """
    if seed is not None and not 0 <= seed < SEED_LIMIT - MOST_SAMPLES:
        raise ApiError(Problem.INVALID, f"{name} is {seed}; give a number from 0 to 2^32 - 1", field=name)


def check_seconds(seconds: float | None, name: str) -> None:
    """Raise unless a duration can be one.

    Raises:
        ApiError: by the client's name of it.
    """
    if seconds is not None and not 1 <= seconds <= LONGEST_SECONDS:
        told = f"{name} is {seconds:g}; give from 1 to {LONGEST_SECONDS:g} seconds (Veo's own are 4, 6 and 8)"
        raise ApiError(Problem.INVALID, told, field=name)


def check_words(text: str | None, name: str) -> None:
    """Raise if a text is there and says nothing.

    Raises:
        ApiError: by the client's name of it.
    """
    if text and not text.strip():
        raise ApiError(Problem.INVALID, f"{name} is only white space; say what is to be seen", field=name)


def _only_instance(body: Predict) -> Instance:
    if len(body.instances) != 1:
        told = f"instances has {len(body.instances)} entries; give one, and sampleCount for more than one video of it"
        raise ApiError(Problem.INVALID, told, field="instances")
    return body.instances[0]


def _refuse(instance: Instance, parameters: Parameters) -> None:
    refuse_given(_called("instances[0]", instance), _prefixed("instances[0]", REFUSED_OF_INSTANCE))
    refuse_given(_called("parameters", parameters), _prefixed("parameters", REFUSED_OF_PARAMETERS))
    _one_of("personGeneration", parameters.person_generation, PERSONS)
    _one_of("compressionQuality", parameters.compression_quality, ("optimized",))
    _one_of("resizeMode", parameters.resize_mode, ("crop",))
    check_seed(parameters.seed, "parameters.seed")
    check_seconds(parameters.duration_seconds, "parameters.durationSeconds")
    if parameters.fps is not None and not 1 <= parameters.fps <= HIGHEST_RATE:
        told = f"parameters.fps is {parameters.fps:g}; give from 1 to {HIGHEST_RATE:g}"
        raise ApiError(Problem.INVALID, told, field="parameters.fps")


def _one_of(name: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value.lower() not in known:
        name = f"parameters.{name}"
        told = f"{name} is {value!r}; this server takes {' or '.join(one.upper() for one in known)}"
        raise ApiError(Problem.UNSUPPORTED, told, field=name)


def _canvas(instance: Instance, parameters: Parameters, place: Place) -> Canvas:
    if instance.video is not None and (instance.image is not None or instance.last_frame is not None):
        name = "instances[0].image" if instance.image is not None else "instances[0].lastFrame"
        raise ApiError(Problem.INVALID, f"{name} cannot be given with a video to go on from", field=name)
    if not (instance.prompt or instance.image or instance.last_frame or instance.video):
        told = "instances[0].prompt is missing: say what is to be seen, or give an image or a video to start from"
        raise ApiError(Problem.INVALID, told, field="instances[0].prompt")
    check_words(instance.prompt, "instances[0].prompt")
    check_words(parameters.negative_prompt, "parameters.negativePrompt")
    clip = None if instance.video is None else place(_clip(instance.video))
    width, height = size_of(
        parameters.aspect_ratio,
        parameters.resolution,
        known=None if clip is None else clip.size,
        shape_name="parameters.aspectRatio",
        name="parameters.resolution",
    )
    return Canvas(
        prompt=instance.prompt or "",
        negative_prompt=parameters.negative_prompt or "",
        width=width,
        height=height,
        duration_seconds=parameters.duration_seconds or (DEFAULT_SECONDS if clip is None else DEFAULT_ADDED_SECONDS),
        frame_rate=parameters.fps,
        keyframes=_keyframes(instance, place),
        extension=_extension(clip),
        seed=parameters.seed,
    )


def _keyframes(instance: Instance, place: Place) -> tuple[Keyframe, ...]:
    given = {"image": (instance.image, 0.0), "lastFrame": (instance.last_frame, None)}
    return tuple(
        Keyframe(image=place(_picture(image, f"instances[0].{name}")).reference, at_seconds=at)
        for name, (image, at) in given.items()
        if image is not None
    )


def _extension(clip: Placed | None) -> Extension | None:
    return None if clip is None else Extension(clip=clip.reference)


def _picture(image: Image, name: str) -> Media:
    if image.mask_mode is not None:
        raise ApiError(Problem.INVALID, f"{name}.maskMode: only a mask has one", field=f"{name}.maskMode")
    return Media(field=name, kind=MediaKind.IMAGE, data=image.bytes_base64_encoded, uri=image.gcs_uri)


def _clip(video: Video) -> Media:
    return Media(
        field="instances[0].video",
        kind=MediaKind.VIDEO,
        data=video.encoded_video or video.bytes_base64_encoded,
        uri=video.uri or video.gcs_uri,
    )


def _samples(parameters: Parameters) -> int:
    count = 1 if parameters.sample_count is None else parameters.sample_count
    if not 1 <= count <= MOST_SAMPLES:
        told = f"parameters.sampleCount is {count}; give from 1 to {MOST_SAMPLES}"
        raise ApiError(Problem.INVALID, told, field="parameters.sampleCount")
    return count


def _sample(first: Ask, number: int) -> Ask:
    """Beside the first: another seed, and a key of its own for whoever sends the request again."""
    if number == 0:
        return first
    seed = first.canvas.seed
    key = first.idempotency_key
    return replace(
        first,
        canvas=first.canvas if seed is None else replace(first.canvas, seed=seed + number),
        idempotency_key=None if key is None else f"{_shorter(key)} sample {number}",
    )


def _shorter(key: str) -> str:
    """A key to which something can be added; of a longer one its hash, so that no two become the same."""
    return key if len(key) <= LONGEST_WHOLE_KEY else hashlib.sha256(key.encode()).hexdigest()


def _wire(asked: Prediction, parameters: Parameters) -> dict[str, Any]:
    config = asked.body.webhook_config
    told = {
        "resource": asked.resource,
        "storage_uri": parameters.storage_uri,
        "labels": asked.body.labels,
        "user_metadata": None if config is None else config.user_metadata,
        "notes": [UNCHANGED_PROMPT] if parameters.enhance_prompt else None,
    }
    return {"as": "operation"} | {name: value for name, value in told.items() if value is not None}


def _called(where: str, part: Instance | Parameters) -> dict[str, Any]:
    return {f"{where}.{name}": value for name, value in part.model_dump(by_alias=True).items()}


def _prefixed(where: str, why: dict[str, str]) -> dict[str, str]:
    return {f"{where}.{name}": reason for name, reason in why.items()}
