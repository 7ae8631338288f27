"""The body of an interaction as a request of ours: what it says, all of it, or a refusal by the field's name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Need
from manazir.server.asks import Ask
from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.request import Kind
from manazir.server.wire.veo.interaction_input import Given, read_input
from manazir.server.wire.veo.interaction_requests import Create, VideoFormat
from manazir.server.wire.veo.media import Place, Placed
from manazir.server.wire.veo.reading import (
    DEFAULT_ADDED_SECONDS,
    DEFAULT_SECONDS,
    DIALECT,
    callback_of,
    check_seconds,
    check_seed,
    check_words,
)
from manazir.server.wire.veo.shape import refuse_given
from manazir.server.wire.veo.sizes import Size, size_of

REFUSED = {
    "agent": "only models answer here; give model",
    "agent_config": "only models answer here; give model",
    "system_instruction": "video models read no instructions; say what is to be seen in input",
    "tools": "video models use no tools",
    "environment": "video models use no environment",
    "cached_content": "nothing is cached here",
    "continuation_token": "interactions here never have to be continued",
    "safety_settings": "no model here rates what it makes",
}
TIERS = {"flex": -1, "deferred": -2, "standard": 0, "priority": 1}
"""Which of a tenant's own jobs goes first."""
DURATION = re.compile(r"(\d+(?:\.\d+)?)s")
FIELDS: dict[Need | str, str] = {
    Need.TEXT: "input",
    Need.FIRST_FRAME: "input",
    Need.EXTEND_AFTER: "generation_config.video_config.task",
    Need.MODIFY: "generation_config.video_config.task",
    "size": "response_format.resolution",
    "duration": "response_format.duration",
    "callback_url": "webhook_config.uris",
}


class Task(StrEnum):
    """What is to be done with what is given."""

    TEXT = "text_to_video"
    IMAGE = "image_to_video"
    EDIT = "edit"
    EXTEND = "extend"
    UPSCALE = "upscale"


@dataclass(frozen=True, kw_only=True, slots=True)
class Creation:
    """A body, and what came with it."""

    body: Create
    body_hash: str = ""
    """Of its bytes, as they were sent."""
    idempotency_key: str | None = None


def read_creation(asked: Creation, place: Place, previous: Callable[[str], Placed]) -> Ask:
    """The request.

    Args:
        previous: the video of an interaction, by its id.

    Raises:
        ApiError: names the field that is wrong, or cannot be honoured.
    """
    body = asked.body
    _refuse(body)
    form, given = _format(body), read_input(body)
    task = _task(body, given)
    clip = _clip(body, given, place, previous) if task in (Task.EDIT, Task.EXTEND, Task.UPSCALE) else None
    assert body.model is not None
    return Ask(
        dialect=DIALECT,
        model=body.model.removeprefix("models/"),
        canvas=_canvas(body, task, given, form, clip, place),
        kind=Kind.UPSCALE if task is Task.UPSCALE else Kind.VIDEO,
        fields=FIELDS,
        wire=_wire(body, task, form),
        callback_url=callback_of(body.webhook_config, "webhook_config.uris"),
        priority=TIERS[body.service_tier or "standard"],
        idempotency_key=asked.idempotency_key,
        body=asked.body_hash,
    )


def _refuse(body: Create) -> None:
    refuse_given(body.model_dump(include=set(REFUSED)), REFUSED)
    if not body.model:
        raise ApiError(Problem.INVALID, "model is missing; `models.list` has their names", field="model")
    if body.store is False:
        told = "store: what is made is kept until it is deleted; leave it out, and delete the interaction afterwards"
        raise ApiError(Problem.UNSUPPORTED, told, field="store")
    if body.background and body.stream:
        raise ApiError(Problem.INVALID, "stream: a background interaction is streamed by `get`", field="stream")
    if body.service_tier not in (None, *TIERS):
        told = f"service_tier is {body.service_tier!r}; give one of {', '.join(TIERS)}"
        raise ApiError(Problem.INVALID, told, field="service_tier")
    if body.response_modalities and [one.lower() for one in body.response_modalities] != ["video"]:
        told = f"response_modalities is {body.response_modalities}; only video is made here"
        raise ApiError(Problem.UNSUPPORTED, told, field="response_modalities")
    if body.response_mime_type not in (None, "video/mp4"):
        told = f"response_mime_type is {body.response_mime_type!r}; video/mp4 is what is made here"
        raise ApiError(Problem.UNSUPPORTED, told, field="response_mime_type")
    check_seed(None if body.generation_config is None else body.generation_config.seed, "generation_config.seed")


def _format(body: Create) -> VideoFormat:
    given = body.response_format if isinstance(body.response_format, list) else [body.response_format]
    forms = [one for one in given if one is not None]
    if len(forms) > 1 or any(one.type != "video" for one in forms):
        told = "response_format: one video is made; give one entry of type video, or leave it out"
        raise ApiError(Problem.UNSUPPORTED, told, field="response_format")
    form = forms[0] if forms else VideoFormat(type="video")
    if form.delivery not in (None, "inline", "uri"):
        told = f"response_format.delivery is {form.delivery!r}; give inline or uri"
        raise ApiError(Problem.INVALID, told, field="response_format.delivery")
    return form


def _task(body: Create, given: Given) -> Task:
    settings = body.generation_config
    asked = None if settings is None or settings.video_config is None else settings.video_config.task
    name = "generation_config.video_config.task"
    has_clip = bool(given.clips or body.previous_interaction_id)
    if asked is None:
        return Task.EDIT if has_clip else Task.IMAGE if given.pictures else Task.TEXT
    if asked not in tuple(Task):
        told = f"{name} is {asked!r}; this server does {', '.join(Task)}"
        raise ApiError(Problem.UNSUPPORTED, told, field=name)
    task = Task(asked)
    if has_clip != (task in (Task.EDIT, Task.EXTEND, Task.UPSCALE)):
        what = "and a video is given" if has_clip else "which needs a video in input, or previous_interaction_id"
        raise ApiError(Problem.INVALID, f"{name} is {task}, {what}", field=name)
    return task


def _clip(body: Create, given: Given, place: Place, previous: Callable[[str], Placed]) -> Placed:
    if given.pictures:
        name = given.pictures[0].field
        raise ApiError(
            Problem.UNSUPPORTED, f"{name}: a video is changed by words alone; leave the image out", field=name
        )
    if body.previous_interaction_id is None:
        if len(given.clips) > 1:
            name = given.clips[1].field
            raise ApiError(Problem.UNSUPPORTED, f"{name}: one video is taken; leave the others out", field=name)
        return place(given.clips[0])
    if given.clips:
        name = given.clips[0].field
        told = f"{name}: previous_interaction_id brings a video already; give one of them"
        raise ApiError(Problem.INVALID, told, field=name)
    return previous(body.previous_interaction_id)


def _canvas(body: Create, task: Task, given: Given, form: VideoFormat, clip: Placed | None, place: Place) -> Canvas:
    _check_words(task, given)
    width, height = _size(task, form, None if clip is None else clip.size)
    seconds = _seconds(form, task)
    seed = None if body.generation_config is None else body.generation_config.seed
    if task is Task.UPSCALE or task is Task.EDIT:
        assert clip is not None
        changed = Modification(clip=clip.reference)
        return Canvas(prompt=given.prompt, width=width, height=height, modification=changed, seed=seed)
    return Canvas(
        prompt=given.prompt,
        width=width,
        height=height,
        duration_seconds=seconds,
        keyframes=_first_frame(task, given, place),
        extension=None if clip is None else Extension(clip=clip.reference),
        seed=seed,
    )


def _check_words(task: Task, given: Given) -> None:
    if task in (Task.TEXT, Task.EDIT) and not given.prompt.strip():
        raise ApiError(Problem.INVALID, "input has no text; say what is to be seen", field="input")
    check_words(given.prompt, "input")
    if task is Task.UPSCALE and given.prompt:
        raise ApiError(
            Problem.UNSUPPORTED, "input: no model reads words for upscale; leave the text out", field="input"
        )


def _first_frame(task: Task, given: Given, place: Place) -> tuple[Keyframe, ...]:
    if task is not Task.IMAGE:
        if given.pictures:
            name = given.pictures[0].field
            raise ApiError(Problem.INVALID, f"{name}: {task} takes no image", field=name)
        return ()
    if len(given.pictures) != 1:
        told = f"input has {len(given.pictures)} images; image_to_video takes one, the first frame"
        raise ApiError(Problem.UNSUPPORTED, told, field="input")
    return (Keyframe(image=place(given.pictures[0]).reference, at_seconds=0.0),)


def _size(task: Task, form: VideoFormat, known: Size | None) -> Size:
    if task is Task.UPSCALE and form.resolution is None:
        told = "response_format.resolution is missing: say how large the video is to become"
        raise ApiError(Problem.INVALID, told, field="response_format.resolution")
    return size_of(
        form.aspect_ratio,
        form.resolution,
        known=known,
        shape_name="response_format.aspect_ratio",
        name="response_format.resolution",
    )


def _seconds(form: VideoFormat, task: Task) -> float | None:
    name = "response_format.duration"
    if form.duration is None:
        return DEFAULT_ADDED_SECONDS if task is Task.EXTEND else DEFAULT_SECONDS
    if task in (Task.EDIT, Task.UPSCALE):
        raise ApiError(Problem.UNSUPPORTED, f"{name}: {task} leaves a video as long as it is; leave it out", field=name)
    found = DURATION.fullmatch(form.duration)
    if found is None:
        raise ApiError(Problem.INVALID, f"{name} is {form.duration!r}; give seconds, as in 8s", field=name)
    check_seconds(float(found[1]), name)
    return float(found[1])


def _wire(body: Create, task: Task, form: VideoFormat) -> dict[str, Any]:
    config = body.webhook_config
    told = {
        "task": task.value,
        "delivery": form.delivery,
        "gcs_uri": form.gcs_uri,
        "response_format": form.model_dump(exclude_none=True),
        "labels": body.labels,
        "service_tier": body.service_tier,
        "previous_interaction_id": body.previous_interaction_id,
        "user_metadata": None if config is None else config.user_metadata,
    }
    return {"as": "interaction"} | {name: value for name, value in told.items() if value is not None}
