"""The canvas: a stretch of world time, partly known. Generating is filling in the rest.

Words only: text-to-video. One frame: image-to-video. Two: interpolation. A clip before or after: extension. The last
frame is the first: loop. All the frames: sound for a film. The sound: a film for it. Actions: a world that is played.
A canvas says what is wanted, not how; whether a model can honour it is asked of the model (`needs`).
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from operator import index
from typing import Any

from manazir.core.errors import CanvasError
from manazir.core.known import (
    CameraPath,
    Extension,
    File,
    Frames,
    Keyframe,
    Modification,
    Pixels,
    Reframing,
    Region,
    Samples,
    number_of,
)
from manazir.core.seeds import SEED_LIMIT

__all__ = [
    "LONGEST_PROMPT",
    "MOST_REFERENCES",
    "CameraPath",
    "Canvas",
    "Extension",
    "File",
    "Frames",
    "Keyframe",
    "Modification",
    "Need",
    "Pixels",
    "Reframing",
    "Region",
    "Samples",
]

LONGEST_PROMPT = 4000
"""Characters."""
MOST_REFERENCES = 8


class Need(StrEnum):
    """What a canvas asks of a model beside filling in frames; the value is how messages name it."""

    TEXT = "a prompt"
    FIRST_FRAME = "a first frame"
    LAST_FRAME = "a last frame"
    KEYFRAMES = "keyframes"
    EXTEND_AFTER = "extending a clip"
    EXTEND_BEFORE = "extending a clip backwards"
    MODIFY = "modifying a clip"
    KEEP_REGION = "keeping a region of a clip"
    REFRAME = "reframing a clip"
    LOOP = "a loop"
    SOUND_FOR_VIDEO = "sound for a silent clip"
    VIDEO_FOR_SOUND = "a clip for a sound"
    ACTIONS = "actions"
    CAMERA = "a camera path"
    REFERENCES = "pictures for reference"


@dataclass(frozen=True, kw_only=True, slots=True)
class Canvas:
    """A stretch of world time, partly known."""

    prompt: str = ""
    negative_prompt: str = ""
    width: int | None = None
    """Pixels; None: the model's own, in the shape of what is known. Of a reframing the whole, which it needs."""
    height: int | None = None
    duration_seconds: float | None = None
    """Of the whole result; for an extension, of what is added. None: the model's default."""
    frame_rate: float | None = None
    keyframes: tuple[Keyframe, ...] = ()
    references: tuple[File | Pixels, ...] = ()
    """Pictures of what is to be seen, whichever frames it is seen in, such as a face or a thing."""
    extension: Extension | None = None
    modification: Modification | None = None
    reframing: Reframing | None = None
    sound_for: File | Frames | None = None
    """A clip whose frames are all known and whose sound is not."""
    sound: File | Samples | None = None
    """A sound that is known, and wants frames."""
    actions: tuple[str, ...] = ()
    """One for each frame that is made."""
    camera: CameraPath | None = None
    is_loop: bool = False
    seed: int | None = None
    """None: drawn, and written into the take."""

    def __post_init__(self) -> None:
        """Refuse a canvas that contradicts itself, by a message that says how to mend it."""
        for name in ("keyframes", "references", "actions"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # lists are taken too
        for name in ("width", "height", "seed"):
            object.__setattr__(self, name, _whole(name, getattr(self, name)))
        for name in ("duration_seconds", "frame_rate"):
            object.__setattr__(self, name, number_of(name, getattr(self, name)))
        self._check_numbers()
        self._check_text()
        self._check_combination()

    def needs(self) -> frozenset[Need]:
        """What a model must be able to do to honour this canvas."""
        first = any(key.at_seconds == 0 for key in self.keyframes)
        last = any(key.at_seconds is None for key in self.keyframes)
        between = any(key.at_seconds for key in self.keyframes)
        asked = {
            Need.TEXT: bool(self.prompt),
            Need.FIRST_FRAME: first,
            Need.LAST_FRAME: last,
            Need.KEYFRAMES: between,
            Need.EXTEND_AFTER: self.extension is not None and not self.extension.is_before,
            Need.EXTEND_BEFORE: self.extension is not None and self.extension.is_before,
            Need.MODIFY: self.modification is not None,
            Need.KEEP_REGION: self.modification is not None and self.modification.region is not None,
            Need.REFRAME: self.reframing is not None,
            Need.LOOP: self.is_loop,
            Need.SOUND_FOR_VIDEO: self.sound_for is not None,
            Need.VIDEO_FOR_SOUND: self.sound is not None,
            Need.ACTIONS: bool(self.actions),
            Need.CAMERA: self.camera is not None,
            Need.REFERENCES: bool(self.references),
        }
        return frozenset(need for need, is_asked in asked.items() if is_asked)

    def _check_numbers(self) -> None:
        for name in ("width", "height", "duration_seconds", "frame_rate"):
            value = getattr(self, name)
            if value is not None and not (0 < value < math.inf):
                raise CanvasError(f"{name} is {value}; it must be above 0").named("number_too_small", least=0)
        if (self.width is None) != (self.height is None):
            raise CanvasError("a size needs both width and height, or neither").named("half_a_size")
        if self.seed is not None and not 0 <= self.seed < SEED_LIMIT:
            told = f"the seed is {self.seed}; it must be from 0 to {SEED_LIMIT - 1}"
            raise CanvasError(told).named("bad_seed", most=SEED_LIMIT - 1)

    def _check_text(self) -> None:
        for name in ("prompt", "negative_prompt"):
            text: str = getattr(self, name)
            if not isinstance(text, str):
                raise CanvasError(f"the {name} is {text!r}; give words, or leave it out")
            if len(text) > LONGEST_PROMPT:
                told = f"the {name} has {len(text)} characters; at most {LONGEST_PROMPT} are read"
                raise CanvasError(told).named("text_too_long", most=LONGEST_PROMPT)
            if text and not text.strip():
                told = f"the {name} is only white space; write what should be seen, or leave it out"
                raise CanvasError(told).named("only_spaces")

    def _check_combination(self) -> None:
        if not self.needs() - {Need.LOOP, Need.REFERENCES}:
            told = "an empty canvas: give a prompt, or a picture, a clip or a sound to start from"
            raise CanvasError(told).named("empty_canvas")
        whole = {
            "extension": self.extension,
            "modification": self.modification,
            "reframing": self.reframing,
            "sound_for": self.sound_for,
        }
        given = [name for name, value in whole.items() if value is not None]
        if len(given) > 1:
            told = f"{' and '.join(given)} each bring the clip that the canvas starts from; give one of them"
            raise CanvasError(told).named("two_clips")
        if self.reframing is not None:
            self._check_reframing()
        if self.sound_for is not None and (self.keyframes or self.sound is not None or self.is_loop):
            told = "sound_for knows every frame; keyframes, a sound or a loop cannot be added to it"
            raise CanvasError(told).named("beside_sound_for")
        if self.sound_for is not None and self.duration_seconds is not None:
            told = "sound_for lasts as long as its clip; leave the duration out"
            raise CanvasError(told).named("as_long_as_clip")
        if self.modification is not None and (self.keyframes or self.duration_seconds is not None):
            told = "a modification knows every frame of its clip; leave keyframes and the duration out"
            raise CanvasError(told).named("beside_modification")
        if self.is_loop and (self.extension is not None or any(key.at_seconds is None for key in self.keyframes)):
            told = "a loop ends where it begins; it takes no last frame and extends no clip"
            raise CanvasError(told).named("beside_loop")
        if len(self.references) > MOST_REFERENCES:
            told = f"{len(self.references)} pictures for reference; at most {MOST_REFERENCES} are looked at"
            raise CanvasError(told).named("too_many_references", most=MOST_REFERENCES)
        self._check_times()

    def _check_reframing(self) -> None:
        if self.width is None:
            told = "a reframed clip needs the size of the whole picture; give a width and a height (--size)"
            raise CanvasError(told).named("reframing_needs_size")
        if self.duration_seconds is not None:
            told = "a reframed clip lasts as long as it does; leave the duration out"
            raise CanvasError(told).named("as_long_as_clip")

    def _check_times(self) -> None:
        times = [key.at_seconds for key in self.keyframes]
        if len(set(times)) < len(times):
            raise CanvasError("two keyframes are at the same time; move one of them").named("two_keyframes")
        if self.extension is not None and not self.extension.is_before:
            return  # a duration counts from the end of the clip, keyframes from its beginning
        late = [t for t in times if t is not None and self.duration_seconds is not None and t >= self.duration_seconds]
        if late:
            told = f"a keyframe at {late[0]:g} s is past the end of a canvas of {self.duration_seconds:g} s"
            raise CanvasError(told).named("keyframe_past_end", seconds=late[0], end=self.duration_seconds or 0)


def _whole(name: str, value: Any) -> int | None:
    """A whole number of any kind, numpy's too, as Python's own."""
    try:
        return None if value is None else index(value)
    except TypeError:
        raise CanvasError(f"{name} is {value!r}; give a whole number") from None
