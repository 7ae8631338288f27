"""From what the `luma-agents` client sends to what is asked of the service."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from manazir.core.canvas import Keyframe, Modification, Need, Reframing
from manazir.server.asks import Ask
from manazir.server.assets.checking import MediaKind
from manazir.server.jobs.request import Kind
from manazir.server.wire.luma_agents.requests import Edit, GenerationRequest, MediaRef, Video
from manazir.server.wire.luma_agents.rules import INDEXES_PER_SECOND, VIDEOS, check, check_media_type, seconds_of
from manazir.server.wire.luma_shared.details import canvas_of, invalid
from manazir.server.wire.luma_shared.ends import Ends, known_ends
from manazir.server.wire.luma_shared.found import FILM, PICTURE, Finder, Found
from manazir.server.wire.luma_shared.sizes import DEFAULT_RESOLUTION, DEFAULT_SHAPE, picture_size, size_of, wanted_size
from manazir.server.wire.luma_shared.telling import echo
from manazir.server.wire.luma_shared.words import DEFAULT_STRENGTH, STRENGTHS

DIALECT = "luma_agents"
DRAFT = "360p"
LONGEST_EDIT_SECONDS = 18.0


def read(body: GenerationRequest, finder: Finder) -> Ask:
    """What a request asks for.

    Raises:
        ApiError: it contradicts itself, or cannot be honoured; names the field.
    """
    check(body)
    readers: Mapping[str, Callable[[GenerationRequest, Finder], dict[str, Any]]] = {
        "video": _video,
        "video_edit": _video_edit,
        "video_reframe": _video_reframe,
        "image": _image,
        "image_edit": _image_edit,
    }
    is_video = body.type in VIDEOS
    is_draft = body.video is not None and body.video.resolution == DRAFT
    told = body.model_dump(mode="json", exclude_none=True)
    return Ask(
        dialect=DIALECT,
        model=body.model or ("ray-3.2" if is_video else "uni-1"),
        kind=Kind.VIDEO if is_video else Kind.IMAGE,
        image_format=body.output_format or "png",
        settings={"is_draft": True} if is_draft else {},
        wire={"request": echo(told), "type": body.type, "user_id": body.user_id},
        body=told,
        **readers[body.type](body, finder),
    )


def _video(body: GenerationRequest, finder: Finder) -> dict[str, Any]:
    video = body.video or Video()
    seconds = seconds_of(video)
    if video.keyframes:
        ends = _pinned(video, seconds, finder)
    else:
        start = _end(video.start_frame, "video.start_frame", finder)
        ends = known_ends(start, _end(video.end_frame, "video.end_frame", finder), finder)
    if video.loop and ends.extension is not None:
        raise invalid("video.loop", "cannot go on from another generation; leave one of them out")
    width, height = wanted_size(video.resolution, body.aspect_ratio, ends.like)
    canvas = canvas_of(
        "prompt",
        prompt=body.prompt,
        width=width,
        height=height,
        duration_seconds=float(seconds),
        keyframes=ends.keyframes,
        extension=ends.extension,
        is_loop=bool(video.loop),
    )
    fields = {Need.TEXT: "prompt", Need.LOOP: "video.loop", "size": "video.resolution", **ends.fields}
    fields |= {"duration": "video.duration"}
    return {"canvas": canvas, "fields": fields, "parent_id": ends.parent_id}


def _pinned(video: Video, seconds: int, finder: Finder) -> Ends:
    """Pictures on a grid of so many places a second; the one after the last frame is that frame."""
    last = seconds * INDEXES_PER_SECOND
    keyframes = []
    for place, (ref, index) in enumerate(zip(video.keyframes or (), video.keyframe_indexes or (), strict=True)):
        picture = _find(ref, f"video.keyframes.{place}", finder, PICTURE)
        at = None if index == last else index / INDEXES_PER_SECOND
        keyframes.append(Keyframe(image=picture.reference, at_seconds=at))
    needs = (Need.FIRST_FRAME, Need.LAST_FRAME, Need.KEYFRAMES)
    return Ends(keyframes=tuple(keyframes), fields=dict.fromkeys(needs, "video.keyframes"))


def _video_edit(body: GenerationRequest, finder: Finder) -> dict[str, Any]:
    assert body.source is not None
    video = body.video or Video()
    edit = video.edit or Edit()
    clip = _find(body.source, "source", finder, FILM, is_type_needed=True)
    lasts = clip.facts.get("duration_seconds")
    if lasts is not None and lasts > LONGEST_EDIT_SECONDS:
        raise invalid("source", f"lasts {lasts:.1f} s; a clip that is changed has {LONGEST_EDIT_SECONDS:g} s at most")
    strength = STRENGTHS[edit.strength] if edit.strength else DEFAULT_STRENGTH
    size = _size_of_changed(video.resolution, body.aspect_ratio, clip)
    canvas = canvas_of(
        "source", prompt=body.prompt, modification=Modification(clip=clip.reference, strength=strength), **size
    )
    fields = {Need.MODIFY: "type", Need.TEXT: "prompt", "size": "video.resolution"}
    return {"canvas": canvas, "fields": fields, "parent_id": _parent(clip)}


def _size_of_changed(resolution: str | None, shape: str | None, clip: Found) -> dict[str, int]:
    """The size of what a clip becomes; nothing, and it keeps its own."""
    if resolution is None and shape is None:
        return {}
    if shape is None and clip.size is None:
        told = (
            "needs the shape of the clip, which a URL does not tell: give aspect_ratio, or upload it and give file_id"
        )
        raise invalid("video.resolution", told)
    width, height = wanted_size(resolution, shape, clip.size)
    return {"width": width, "height": height}


def _video_reframe(body: GenerationRequest, finder: Finder) -> dict[str, Any]:
    assert body.source is not None
    if body.aspect_ratio is None:
        raise invalid("aspect_ratio", "is needed for type video_reframe")
    clip = _find(body.source, "source", finder, FILM, is_type_needed=True)
    resolution = (body.video or Video()).resolution or DEFAULT_RESOLUTION
    width, height = size_of(resolution, body.aspect_ratio)
    reframing = Reframing(clip=clip.reference)
    canvas = canvas_of("source", prompt=body.prompt, reframing=reframing, width=width, height=height)
    fields = {Need.REFRAME: "type", Need.TEXT: "prompt", "size": "aspect_ratio"}
    return {"canvas": canvas, "fields": fields, "parent_id": _parent(clip)}


def _image(body: GenerationRequest, _: Finder) -> dict[str, Any]:
    width, height = picture_size(body.aspect_ratio or DEFAULT_SHAPE)
    canvas = canvas_of("prompt", prompt=body.prompt, width=width, height=height)
    return {"canvas": canvas, "fields": {Need.TEXT: "prompt", "size": "aspect_ratio"}}


def _image_edit(body: GenerationRequest, finder: Finder) -> dict[str, Any]:
    assert body.source is not None
    picture = _find(body.source, "source", finder, PICTURE)
    size: dict[str, Any] = {}
    if body.aspect_ratio is not None:
        size["width"], size["height"] = picture_size(body.aspect_ratio)
    modification = Modification(clip=picture.reference, strength=DEFAULT_STRENGTH)
    canvas = canvas_of("source", prompt=body.prompt, modification=modification, **size)
    fields = {Need.MODIFY: "type", Need.TEXT: "prompt", "size": "aspect_ratio"}
    return {"canvas": canvas, "fields": fields, "parent_id": _parent(picture)}


def _end(ref: MediaRef | None, name: str, finder: Finder) -> Found | None:
    """A picture; or what a generation made, which may be a clip to go on from."""
    if ref is None:
        return None
    return _find(ref, name, finder, PICTURE if ref.generation_id is None else PICTURE | FILM)


def _find(
    ref: MediaRef, name: str, finder: Finder, kinds: Collection[MediaKind], *, is_type_needed: bool = False
) -> Found:
    if kinds in (PICTURE, FILM):
        kind = "image" if kinds == PICTURE else "video"
        check_media_type(ref, name, kind, is_needed=is_type_needed)
    if ref.generation_id is not None:
        return finder.generation(ref.generation_id, f"{name}.generation_id", kinds)
    if ref.file_id is not None:
        return finder.file(ref.file_id, f"{name}.file_id", kinds)
    if ref.data is not None:
        return finder.data(ref.data, f"{name}.data", kinds)
    assert ref.url is not None
    return finder.url(ref.url, f"{name}.url", kinds)


def _parent(found: Found) -> str | None:
    return None if found.asset is None else found.asset.job_id
