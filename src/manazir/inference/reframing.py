"""Reframing: where a clip lies in the larger picture that is made around it."""

from dataclasses import dataclass

from manazir.core.canvas import Reframing
from manazir.core.errors import ShapeError


@dataclass(frozen=True, kw_only=True, slots=True)
class Inset:
    """A rectangle of a larger picture, in pixels: where a clip lies in it."""

    left: int
    top: int
    width: int
    height: int

    @property
    def where(self) -> tuple[slice, slice]:
        """Its rows and its columns."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


def check_room(clip: tuple[int, int], asked: tuple[int, int]) -> None:
    """Raise unless there is something to make around a clip, by the sizes that `inset_of` is given.

    Raises:
        ShapeError: says what would be.
    """
    inset_of(clip, Reframing(clip=""), asked, asked)


def inset_of(clip: tuple[int, int], reframing: Reframing, asked: tuple[int, int], made: tuple[int, int]) -> Inset:
    """Where a clip lies: as large as it is where it fits, else scaled down until it does.

    Args:
        clip: its width and height.
        asked: those of the whole.
        made: those in which the whole is made, where it is scaled afterwards.

    Raises:
        ShapeError: the clip is larger in both directions, or leaves nothing to make.
    """
    sizes = f"a clip of {clip[0]}x{clip[1]} in a picture of {asked[0]}x{asked[1]}"
    if asked[0] < clip[0] and asked[1] < clip[1]:
        told = f"{sizes}: that is smaller in both directions; give a size that is larger in one"
        raise ShapeError(told).named("frame_too_small", width=clip[0], height=clip[1])
    scale = min(1.0, asked[0] / clip[0], asked[1] / clip[1])
    width, height = (
        min(whole, max(1, round(side * scale * whole / wanted)))
        for side, wanted, whole in zip(clip, asked, made, strict=True)
    )
    if (width, height) == made:
        told = f"{sizes} leaves nothing to make around it; give a larger size, or one of another shape"
        raise ShapeError(told).named("nothing_around", width=clip[0], height=clip[1])
    left, top = round((made[0] - width) * reframing.left), round((made[1] - height) * reframing.top)
    return Inset(left=left, top=top, width=width, height=height)
