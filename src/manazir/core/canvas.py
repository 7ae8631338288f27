"""The canvas: a stretch of world time, partly known. Generating is filling in the rest.

Words only: text-to-video. One frame: image-to-video. Two: interpolation. A clip before or after: extension. The last
frame is the first: loop. All the frames: sound for a film. The sound: a film for it. Actions: a world that is played.
A canvas says what is wanted, not how; whether a model can honour it is asked of the model (`needs`).
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from operator import index
from os import PathLike
from typing import Any, Protocol, runtime_checkable

from manazir.core.errors import CanvasError
from manazir.core.rectangles import Rectangle, cover_all
from manazir.core.seeds import SEED_LIMIT

LONGEST_PROMPT = 4000
"""Characters."""
MOST_RECTANGLES = 32
"""Of a region."""


@runtime_checkable
class Frames(Protocol):
    """A clip in memory, as `manazir.media.Clip` is."""

    @property
    def frames(self) -> Any:
        """Uint8 `[t, h, w, 3]`."""

    @property
    def frame_rate(self) -> float:
        """Frames a second."""


@runtime_checkable
class Pixels(Protocol):
    """A picture in memory: an array `[h, w, 3]` of uint8."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width, 3."""


@runtime_checkable
class Samples(Protocol):
    """A sound in memory, as `manazir.media.Sound` is."""

    @property
    def samples(self) -> Any:
        """Float32 `[samples, channels]`."""

    @property
    def sample_rate(self) -> int:
        """Samples a second."""


File = str | PathLike[str]

MOST_REFERENCES = 8
EVERYWHERE = {
    True: "the region to keep is the whole picture, so nothing is left to change; mark less of it",
    False: "the region to change is the whole picture; leave the region out",
}
"""Why a region is refused, by whether it is one to keep."""


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
class Keyframe:
    """A frame pinned at a time."""

    image: File | Pixels
    at_seconds: float | None
    """From the first frame of the whole result on; None: its last frame, however long the canvas is."""

    def __post_init__(self) -> None:
        """Refuse a time that is none."""
        if self.at_seconds is not None and not 0 <= self.at_seconds < math.inf:
            raise CanvasError(f"a keyframe is at {self.at_seconds} seconds; give 0 or more").named(
                "number_too_small", least=0
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    """A clip to go on from, or to lead up to."""

    clip: File | Frames
    is_before: bool = False
    """Whether the new part comes before the clip."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """Where a clip that is changed stays as it is, in all its frames; or the only place where it is changed.

    Rectangles and a mask together are one region: what lies in any of them.
    """

    rectangles: tuple[Rectangle, ...] = ()
    """In shares of the clip's own picture."""
    mask: File | Pixels | None = None
    """A picture in the shape of the clip's: white lies inside, black outside."""
    is_kept: bool = True
    """Whether what lies inside stays; False: it is changed, and all else stays."""

    def __post_init__(self) -> None:
        """Refuse a region that is nowhere, or everywhere."""
        object.__setattr__(self, "rectangles", tuple(self.rectangles))  # lists are taken too
        if not self.rectangles and self.mask is None:
            told = "a region has neither rectangles nor a mask; give one of them, or leave the region out"
            raise CanvasError(told).named("region_nowhere")
        if len(self.rectangles) > MOST_RECTANGLES:
            count = len(self.rectangles)
            told = f"a region of {count} rectangles; at most {MOST_RECTANGLES} are read; draw a mask"
            raise CanvasError(told).named("too_many_boxes", most=MOST_RECTANGLES)
        if cover_all(self.rectangles):
            raise CanvasError(EVERYWHERE[self.is_kept]).named("region_everywhere")


@dataclass(frozen=True, kw_only=True, slots=True)
class Modification:
    """A clip to change."""

    clip: File | Frames
    strength: float = 0.6
    """From 0 (keep it) to 1 (only its length stays)."""
    region: Region | None = None
    """What of it stays as it is; None: nothing does."""

    def __post_init__(self) -> None:
        """Refuse a strength outside its range."""
        if not 0 < self.strength <= 1:
            told = f"the strength of a modification is {self.strength}; it must be above 0 and at most 1"
            raise CanvasError(told).named("bad_strength")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reframing:
    """A clip that becomes the inner region of a larger picture."""

    clip: File | Frames
    left: float = 0.5
    """Where the clip sits across the free width: 0 at the left, 1 at the right."""
    top: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a place outside of the picture."""
        if not (0 <= self.left <= 1 and 0 <= self.top <= 1):
            told = f"a reframed clip is at left {self.left}, top {self.top}; both are from 0 to 1"
            raise CanvasError(told).named("clip_outside")


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraPath:
    """A camera move over the whole canvas, by the names that captions use, and how far it goes."""

    move: str
    amount: float = 1.0
    """1.0: as far as the model has mostly seen; at most 10."""

    def __post_init__(self) -> None:
        """Refuse no move, and an amount that is none."""
        if not isinstance(self.move, str) or not self.move.strip():
            raise CanvasError(f"the camera's move is {self.move!r}; name one, such as 'push in'").named("no_move")
        object.__setattr__(self, "amount", _number("amount", self.amount))
        if not 0 <= self.amount <= 10:
            told = f"the camera goes {self.amount:g} times as far as usual; choose from 0 to 10"
            raise CanvasError(told).named("bad_amount", most=10)


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
            object.__setattr__(self, name, _number(name, getattr(self, name)))
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


def _number(name: str, value: Any) -> Any:
    """A number of any kind as Python's own."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str) or not hasattr(value, "__float__"):
        raise CanvasError(f"{name} is {value!r}; give a number")
    return float(value)
