"""From what the `lumaai` client sends to what is asked of the service."""

from collections.abc import Iterable
from typing import Any

from manazir.core.canvas import CameraPath, Modification, Need, Reframing
from manazir.server.asks import Ask
from manazir.server.jobs.job import Job
from manazir.server.jobs.request import Kind
from manazir.server.wire.luma import requests
from manazir.server.wire.luma.concepts import CONCEPTS, move_of
from manazir.server.wire.luma_shared.details import canvas_of, invalid, missing_prompt, refuse
from manazir.server.wire.luma_shared.ends import known_ends
from manazir.server.wire.luma_shared.found import FILM, PICTURE, Finder, Found, check_outside
from manazir.server.wire.luma_shared.sizes import (
    DEFAULT_SHAPE,
    SHORT_SIDES,
    picture_size,
    size_like,
    size_of,
    wanted_size,
)
from manazir.server.wire.luma_shared.telling import echo
from manazir.server.wire.luma_shared.words import STRENGTHS, seconds_of

DIALECT = "luma"
DEFAULT_SECONDS = 5.0
DEFAULT_WEIGHT = 0.5
"""Of a picture that is changed, where the client names none."""
REFERENCES = ("image_ref", "style_ref", "character_ref", "image", "style", "character")
PLACES = ("grid_position_x", "grid_position_y", "resized_width", "resized_height")
CROPS = ("x_start", "x_end", "y_start", "y_end")


def read_video(body: requests.VideoRequest, finder: Finder) -> Ask:
    """A clip from words, pictures, or other generations.

    Raises:
        ApiError: a field cannot be what it is; names it.
    """
    keys = body.keyframes or requests.Keyframes()
    start, end = _key(keys.frame0, "keyframes.frame0", finder), _key(keys.frame1, "keyframes.frame1", finder)
    if body.loop and end is not None:
        raise invalid("loop", "ends where it begins, so there is no keyframes.frame1; leave one of them out")
    ends = known_ends(start, end, finder)
    if body.loop and ends.extension is not None:
        raise invalid("loop", "cannot go on from another generation; leave one of them out")
    if not (body.prompt or ends.keyframes or ends.extension):
        raise missing_prompt("keyframes")
    width, height = wanted_size(body.resolution, body.aspect_ratio, ends.like)
    canvas = canvas_of(
        "prompt",
        prompt=body.prompt or "",
        width=width,
        height=height,
        duration_seconds=seconds_of(body.duration) if body.duration else DEFAULT_SECONDS,
        keyframes=ends.keyframes,
        extension=ends.extension,
        is_loop=bool(body.loop),
        camera=_camera(body.concepts or []),
    )
    fields: dict[Need | str, str] = {Need.TEXT: "prompt", Need.LOOP: "loop", Need.CAMERA: "concepts"}
    fields |= {"size": "resolution", "duration": "duration", **ends.fields}
    return _ask(body, body.model, finder, canvas=canvas, fields=fields, parent_id=ends.parent_id)


def read_modify(body: requests.ModifyRequest, finder: Finder) -> Ask:
    """A clip that is changed; it keeps its length, shape and size.

    Raises:
        ApiError: a field cannot be honoured; names it.
    """
    if body.first_frame is not None:
        raise refuse("first_frame", "cannot be given beside a clip that is changed; leave it out, say it in the prompt")
    clip = finder.url(body.media.url, "media.url", FILM)
    modification = Modification(clip=clip.reference, strength=STRENGTHS[body.mode])
    canvas = canvas_of("media", prompt=body.prompt or "", modification=modification)
    return _ask(body, body.model, finder, canvas=canvas, fields={Need.MODIFY: "media", Need.TEXT: "prompt"})


def read_reframe_video(body: requests.ReframeVideoRequest, finder: Finder) -> Ask:
    """A clip that becomes the middle of a larger picture.

    Raises:
        ApiError: a field cannot be honoured; names it.
    """
    _refuse_given(body, ("first_frame",), "cannot be given beside a clip that is reframed; leave it out")
    _refuse_given(body, PLACES, "cannot be honoured: the clip lies in the middle, as large as it fits; leave it out")
    _refuse_given(body, CROPS, "cannot be honoured: the clip is not cropped; leave it out")
    width, height = size_of("720p", body.aspect_ratio)
    reframing = Reframing(clip=finder.url(body.media.url, "media.url", FILM).reference)
    canvas = canvas_of("media", prompt=body.prompt or "", reframing=reframing, width=width, height=height)
    fields: dict[Need | str, str] = {Need.REFRAME: "generation_type", Need.TEXT: "prompt", "size": "aspect_ratio"}
    return _ask(body, body.model, finder, canvas=canvas, fields=fields)


def read_reframe_image(body: requests.ReframeImageRequest) -> Ask:
    """Refused: no model here makes what lies around a picture.

    Raises:
        ApiError: always.
    """
    raise refuse("generation_type", f"{body.generation_type} cannot be done: no model here makes more around a picture")


def read_image(body: requests.ImageRequest, finder: Finder) -> Ask:
    """A picture from words, or from another one.

    Raises:
        ApiError: a field cannot be honoured; names it.
    """
    _refuse_given(body, REFERENCES, "cannot be honoured: no model here takes references; leave it out")
    if body.modify_image_ref is not None and body.modify_image is not None:
        raise invalid("modify_image", "is the same as modify_image_ref; give one of them")
    name = "modify_image" if body.modify_image is not None else "modify_image_ref"
    changed = body.modify_image or body.modify_image_ref
    if not (body.prompt or changed):
        raise missing_prompt("modify_image_ref")
    modification, size = None, picture_size(body.aspect_ratio or DEFAULT_SHAPE)
    parts: dict[str, Any] = {"width": size[0], "height": size[1]}
    if changed is not None:
        modification = Modification(
            clip=finder.url(changed.url, f"{name}.url", PICTURE).reference, strength=strength_of(changed.weight)
        )
        parts = parts if body.aspect_ratio else {}
    canvas = canvas_of("prompt", prompt=body.prompt or "", modification=modification, **parts)
    fields: dict[Need | str, str] = {Need.TEXT: "prompt", Need.MODIFY: name, "size": "aspect_ratio"}
    return _ask(body, body.model, finder, canvas=canvas, fields=fields, kind=Kind.IMAGE)


def read_upscale(body: requests.UpscaleRequest, source: Job, finder: Finder) -> Ask:
    """A clip of a generation, larger; no model runs.

    Raises:
        ApiError: there is no such clip, or it is as large already.
    """
    clip = finder.generation(source.id, "id", FILM)
    assert clip.size is not None  # workers write down the sizes of what they deliver
    resolution = body.resolution or ("1080p" if min(clip.size) < SHORT_SIDES["1080p"] else "4k")
    width, height = size_like(SHORT_SIDES[resolution], *clip.size)
    if width <= clip.size[0]:
        have = "x".join(map(str, clip.size))
        raise invalid(
            "resolution", f"{resolution} is {width}x{height}, and the generation {have}; ask for a larger one"
        )
    canvas = canvas_of("id", modification=Modification(clip=clip.reference), width=width, height=height)
    body = body.model_copy(update={"resolution": resolution})
    return _ask(body, source.alias, finder, canvas=canvas, kind=Kind.UPSCALE, parent_id=source.id)


def read_audio(body: requests.AudioRequest, source: Job, finder: Finder) -> Ask:
    """Sound for a clip of a generation.

    Raises:
        ApiError: there is no such clip.
    """
    clip = finder.generation(source.id, "id", FILM)
    prompt, negative = body.prompt or "", body.negative_prompt or ""
    canvas = canvas_of("prompt", prompt=prompt, negative_prompt=negative, sound_for=clip.reference)
    fields: dict[Need | str, str] = {Need.SOUND_FOR_VIDEO: "generation_type", Need.TEXT: "prompt"}
    fields |= {"negative_prompt": "negative_prompt"}
    return _ask(body, source.alias, finder, canvas=canvas, fields=fields, parent_id=source.id)


def strength_of(weight: float | None) -> float:
    """How freely a picture is changed that counts so much: all of it at 0, a tenth at 1.

    >>> strength_of(1.0), strength_of(0.0)
    (0.1, 1.0)
    """
    return round(1.0 - 0.9 * (DEFAULT_WEIGHT if weight is None else weight), 3)


def _ask(body: requests.Request, model: str, finder: Finder, **parts: Any) -> Ask:
    if body.callback_url is not None:
        check_outside(finder.service, body.callback_url, "callback_url")
    told = echo(body.model_dump(mode="json", exclude_none=True))
    image_format = "png" if isinstance(body, requests.ImageRequest) and body.format == "png" else "jpeg"
    return Ask(
        dialect=DIALECT,
        model=model,
        callback_url=body.callback_url,
        image_format=image_format,
        wire={"request": told},
        body=body.model_dump(mode="json") | {"of": parts.get("parent_id")},
        **parts,
    )


def _key(key: requests.ImageKey | requests.GenerationKey | None, name: str, finder: Finder) -> Found | None:
    if key is None:
        return None
    if isinstance(key, requests.ImageKey):
        return finder.url(key.url, f"{name}.url", PICTURE)
    return finder.generation(key.id, f"{name}.id", FILM | PICTURE)


def _camera(concepts: list[requests.Concept]) -> CameraPath | None:
    for place, concept in enumerate(concepts):
        if concept.key not in CONCEPTS:
            raise invalid(f"concepts.{place}.key", f"is none of {', '.join(CONCEPTS)}")
    if len(concepts) > 1:
        raise refuse("concepts.1", "is a second camera move; give one")
    return CameraPath(move=move_of(concepts[0].key)) if concepts else None


def _refuse_given(body: requests.Request, names: Iterable[str], message: str) -> None:
    for name in names:
        if getattr(body, name) is not None:
            raise refuse(name, message)
