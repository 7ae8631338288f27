"""Files of a canvas that are not what it takes them for, as far as is known of them. Imports no torch."""

from collections.abc import Iterator, Mapping
from typing import Any

from manazir.core.canvas import Canvas, Keyframe, Need
from manazir.inference.misfits import Misfit

Facts = Mapping[str, Any]
"""Of a file: `width`, `height`, `duration_seconds`, `has_sound`, as far as it has them; empty: nothing is known."""
AllFacts = Mapping[str, Facts]
"""By the references of a canvas."""
UNKNOWN: Facts = {}


def source_of(canvas: Canvas, facts: AllFacts) -> Facts:
    """What is known of the clip that a canvas starts from."""
    part = canvas.extension or canvas.modification or canvas.reframing
    clip = canvas.sound_for if part is None else part.clip
    return UNKNOWN if clip is None else facts.get(str(clip), UNKNOWN)


def seconds_of(known: Facts) -> float | None:
    """How long a clip or a sound is; None: not known, or it is a picture."""
    seconds = known.get("duration_seconds")
    return float(seconds) if seconds else None


def unfit_sources(canvas: Canvas, facts: AllFacts, *, is_picture: bool) -> Iterator[Misfit]:
    """What each such file is needed for, and what it is instead.

    Args:
        is_picture: whether one picture is made, so that what is changed is one.
    """
    for key in canvas.keyframes:
        known = facts.get(str(key.image), UNKNOWN)
        if known and (seconds_of(known) or not known.get("width")):
            told = f"a keyframe is a picture, and this is a {_kind(known)}; give one frame of it"
            yield Misfit(need_of(key), told, "keyframe_no_picture", {"is": _kind(known)})
    for picture in canvas.references:
        known = facts.get(str(picture), UNKNOWN)
        if known and (seconds_of(known) or not known.get("width")):
            told = f"a reference is a picture, and this is a {_kind(known)}; give one frame of it"
            yield Misfit(Need.REFERENCES, told, "reference_no_picture", {"is": _kind(known)})
    clips = {
        Need.EXTEND_AFTER: canvas.extension and canvas.extension.clip,
        Need.MODIFY: canvas.modification and canvas.modification.clip,
        Need.REFRAME: canvas.reframing and canvas.reframing.clip,
        Need.SOUND_FOR_VIDEO: canvas.sound_for,
    }
    if canvas.extension is not None and canvas.extension.is_before:
        clips[Need.EXTEND_BEFORE] = clips.pop(Need.EXTEND_AFTER)
    for need, clip in clips.items():
        known = UNKNOWN if clip is None else facts.get(str(clip), UNKNOWN)
        wants_picture = is_picture and need is Need.MODIFY
        if known and (bool(seconds_of(known)) == wants_picture or not known.get("width")):
            wanted = "picture" if wants_picture else "clip"
            told = f"{need.value} takes a {wanted}, and this is a {_kind(known)}"
            yield Misfit(need, told, f"no_{wanted}", {"is": _kind(known)})
    known = UNKNOWN if canvas.sound is None else facts.get(str(canvas.sound), UNKNOWN)
    if known and (not seconds_of(known) or (known.get("width") and known.get("has_sound") is False)):
        told = f"a clip for a sound takes a sound, and this is a {_kind(known)} without one"
        yield Misfit(Need.VIDEO_FOR_SOUND, told, "no_sound", {"is": _kind(known)})


def need_of(key: Keyframe) -> Need:
    """What a keyframe is to a model."""
    if key.at_seconds is None:
        return Need.LAST_FRAME
    return Need.KEYFRAMES if key.at_seconds else Need.FIRST_FRAME


def _kind(known: Facts) -> str:
    if seconds_of(known):
        return "clip" if known.get("width") else "sound"
    return "picture"
