"""What of a request contradicts what else is in it, by the rules of this API; each is told by its field."""

from collections.abc import Iterator, Sequence

from manazir.server.errors import ApiError
from manazir.server.wire.luma_agents.requests import Control, Controls, Edit, GenerationRequest, MediaRef, Video
from manazir.server.wire.luma_shared.details import invalid, refuse

VIDEOS = ("video", "video_edit", "video_reframe")
SOURCES = ("image_edit", "video_edit", "video_reframe", "layering")
VIDEO_SHAPES = ("9:16", "3:4", "1:1", "4:3", "16:9", "21:9")
VIDEO_MODELS = ("ray-3.2",)
IMAGE_MODELS = ("uni-1", "uni-1-max")
MOST_REFERENCES = {"image": 9, "image_edit": 8}
INDEXES_PER_SECOND = 24


def check(body: GenerationRequest) -> None:
    """Raise if a request contradicts itself, or asks for what no model here can do.

    Raises:
        ApiError: names the field.
    """
    is_video = body.type in VIDEOS
    if body.model in (IMAGE_MODELS if is_video else VIDEO_MODELS):
        raise invalid("model", f"{body.model} does not make {body.type}; give {'ray-3.2' if is_video else 'uni-1'}")
    if is_video and body.aspect_ratio not in (None, *VIDEO_SHAPES):
        raise invalid("aspect_ratio", f"of a video is one of {', '.join(VIDEO_SHAPES)}")
    if (body.source is None) == (body.type in SOURCES):
        raise invalid("source", f"is {'needed' if body.source is None else 'not taken'} for type {body.type}")
    if body.video is not None and not is_video:
        raise invalid("video", f"is not taken for type {body.type}")
    if body.image_ref and len(body.image_ref) > MOST_REFERENCES.get(body.type, 0):
        raise invalid("image_ref", f"has {MOST_REFERENCES.get(body.type, 0)} pictures at most for type {body.type}")
    if body.layering is not None and body.type != "layering":
        raise invalid("layering", f"is not taken for type {body.type}")
    if is_video:
        _check_video(body.type, body.video or Video())
    if problem := next(_beyond(body), None):
        raise problem


def seconds_of(video: Video) -> int:
    """How long a clip is to be."""
    return int((video.duration or "5s").removesuffix("s"))


def check_media_type(ref: MediaRef, name: str, kind: str, *, is_needed: bool = False) -> None:
    """Raise unless a reference says the kind of file that belongs in its place, where it says one.

    Raises:
        ApiError: names the field.
    """
    if ref.media_type is None:
        if is_needed and ref.url is not None:
            raise invalid(f"{name}.media_type", f"is needed beside a URL here, such as {kind}/mp4")
    elif not ref.media_type.startswith(f"{kind}/"):
        raise invalid(f"{name}.media_type", f"is not {kind}/…, which belongs here")


def _check_video(kind: str, video: Video) -> None:
    if kind == "video":
        _check_new(video)
    else:
        _refuse_given(video, ("duration", "loop", "end_frame", "keyframes", "keyframe_indexes"), kind)
    if kind != "video_edit":
        _refuse_given(video, ("edit",), kind)
    elif video.edit is not None:
        _check_edit(video.edit, video)
    if kind != "video_reframe":
        _refuse_given(video, ("source_position",), kind)
    _check_range(video, kind)


def _check_new(video: Video) -> None:
    has_ends = video.start_frame is not None or video.end_frame is not None
    if video.keyframes is not None or video.keyframe_indexes is not None:
        _check_indexes("video.", video.keyframes, video.keyframe_indexes, seconds_of(video) * INDEXES_PER_SECOND)
        if has_ends or video.loop:
            raise invalid("video.keyframes", "cannot be given beside start_frame, end_frame or loop; leave one out")
    if has_ends and seconds_of(video) != 5:
        raise invalid("video.duration", "is 5s with start_frame or end_frame; use keyframes for 10s")
    if video.loop and (seconds_of(video) != 5 or video.hdr):
        raise invalid("video.loop", "is of 5s without hdr; leave one of them out")
    if video.loop and video.end_frame is not None:
        raise invalid("video.loop", "ends where it begins; leave it or end_frame out")


def _check_range(video: Video, kind: str) -> None:
    if video.exr_export and not video.hdr:
        raise invalid("video.exr_export", "needs hdr; set it too, or leave this out")
    if video.hdr and kind == "video_reframe":
        raise invalid("video.hdr", "is not taken for type video_reframe")
    if video.hdr and video.resolution not in (None, "720p", "1080p"):
        raise invalid("video.hdr", "is of 720p or 1080p")


def _check_edit(edit: Edit, video: Video) -> None:
    if edit.auto_controls and (edit.strength is not None or edit.controls is not None):
        raise invalid("video.edit.auto_controls", "leaves no room for strength or controls; leave one of them out")
    if edit.keyframes is not None or edit.keyframe_indexes is not None:
        _check_indexes("video.edit.", edit.keyframes, edit.keyframe_indexes, None)
        if video.start_frame is not None:
            raise invalid("video.edit.keyframes", "cannot be given beside start_frame; leave one out")


def _check_indexes(
    where: str, keyframes: Sequence[MediaRef] | None, indexes: Sequence[int] | None, last: int | None
) -> None:
    if not keyframes or indexes is None or len(keyframes) != len(indexes):
        raise invalid(f"{where}keyframe_indexes", "has one index for each of keyframes, of which there is at least one")
    if len(set(indexes)) < len(indexes):
        raise invalid(f"{where}keyframe_indexes", "has an index twice; each is the place of one keyframe")
    if last is not None and max(indexes) > last:
        raise invalid(f"{where}keyframe_indexes", f"goes to {last} at most: {INDEXES_PER_SECOND} for each second")


def _beyond(body: GenerationRequest) -> Iterator[ApiError]:
    """What is in order, and no model here can do."""
    video = body.video or Video()
    edit = video.edit or Edit()
    wishes = (
        (body.type == "layering", "type", "layering cannot be done: no model here takes pictures apart"),
        (body.image_ref, "image_ref", "cannot be honoured: no model here takes references; leave it out"),
        (body.style == "manga", "style", "cannot be manga here; leave it out, and say it in the prompt"),
        (body.web_search, "web_search", "cannot be done: nothing here asks the web; leave it out"),
        (video.hdr, "video.hdr", "cannot be honoured: no model here makes HDR; leave it out"),
        (video.source_position, "video.source_position", "cannot be honoured: clips lie in the middle; leave it out"),
        (edit.keyframes, "video.edit.keyframes", "cannot be given beside a clip that is changed; leave them out"),
        (
            body.type != "video" and video.start_frame,
            "video.start_frame",
            "cannot be given beside a clip; leave it out",
        ),
    )
    yield from (refuse(name, why) for is_wished, name, why in wishes if is_wished)
    for name, control in dict(edit.controls or Controls()).items():
        if isinstance(control, Control) and control.model_dump(exclude_none=True) not in ({}, {"enabled": False}):
            yield refuse(f"video.edit.controls.{name}", "cannot be honoured: use strength, and leave this out")


def _refuse_given(video: Video, names: Sequence[str], kind: str) -> None:
    for name in names:
        if getattr(video, name) not in (None, False):
            raise invalid(f"video.{name}", f"is not taken for type {kind}")
