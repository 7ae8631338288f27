"""What is given for the beginning and the end of a clip, pictures or clips, as parts of a canvas."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from manazir.core.canvas import Extension, Keyframe, Need
from manazir.server.wire.luma_shared.found import Finder, Found


@dataclass(frozen=True, kw_only=True, slots=True)
class Ends:
    """Parts of a canvas."""

    keyframes: tuple[Keyframe, ...] = ()
    extension: Extension | None = None
    fields: Mapping[Need | str, str] = field(default_factory=dict)
    like: tuple[int, int] | None = None
    """Width and height of the clip that is gone on from."""
    parent_id: str | None = None
    """The job that made it."""


def known_ends(start: Found | None, end: Found | None, finder: Finder) -> Ends:
    """A picture pins the first or last frame; a clip is gone on from, or led up to; of two clips the frames that meet.

    With one clip and one picture the clip is extended, to or from the picture.
    """
    if start is not None and end is not None and start.is_video and end.is_video:
        like, parent_id = start.size, _parent(start)
        pinned = known_ends(finder.cut(start, is_last=True), finder.cut(end, is_last=False), finder)
        return Ends(keyframes=pinned.keyframes, fields=pinned.fields, like=like, parent_id=parent_id)
    clip = next((one for one in (start, end) if one is not None and one.is_video), None)
    first = Keyframe(image=start.reference, at_seconds=0.0) if start is not None and start is not clip else None
    last = Keyframe(image=end.reference, at_seconds=None) if end is not None and end is not clip else None
    return Ends(
        keyframes=tuple(key for key in (first, last) if key is not None),
        extension=None if clip is None else Extension(clip=clip.reference, is_before=clip is end),
        fields=_fields(start, end),
        like=None if clip is None else clip.size,
        parent_id=None if clip is None else _parent(clip),
    )


def _fields(start: Found | None, end: Found | None) -> dict[Need | str, str]:
    told: dict[Need | str, str] = {}
    if start is not None:
        told |= {Need.FIRST_FRAME: start.name, Need.EXTEND_AFTER: start.name}
    if end is not None:
        told |= {Need.LAST_FRAME: end.name, Need.EXTEND_BEFORE: end.name}
    return told


def _parent(clip: Found) -> str | None:
    return None if clip.asset is None else clip.asset.job_id
