"""What may be known of a canvas beside words: pictures at times, clips and what of them stays, a camera's way.

Each lies in a file or in memory, and refuses values that mean nothing; whether they go together is for the canvas.
"""

import math
from dataclasses import dataclass
from os import PathLike
from typing import Any, Protocol, runtime_checkable

from manazir.core.errors import CanvasError
from manazir.core.rectangles import Rectangle, cover_all

MOST_RECTANGLES = 32
"""Of a region."""
EVERYWHERE = {
    True: "the region to keep is the whole picture, so nothing is left to change; mark less of it",
    False: "the region to change is the whole picture; leave the region out",
}
"""Why a region is refused, by whether it is one to keep."""


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
        object.__setattr__(self, "amount", number_of("amount", self.amount))
        if not 0 <= self.amount <= 10:
            told = f"the camera goes {self.amount:g} times as far as usual; choose from 0 to 10"
            raise CanvasError(told).named("bad_amount", most=10)


def number_of(name: str, value: Any) -> Any:
    """A number of any kind as Python's own."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str) or not hasattr(value, "__float__"):
        raise CanvasError(f"{name} is {value!r}; give a number")
    return float(value)
