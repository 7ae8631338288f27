"""Rectangles in a picture, in shares of it: the same on every size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from manazir.core.errors import CanvasError

_SPARE = 1e-6
"""Shares that were told in decimals may add up to a little more than 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rectangle:
    """A part of a picture; all four are from 0 to 1, of its width or its height."""

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        """Refuse one that is empty, or reaches out of the picture."""
        if not all(math.isfinite(side) for side in (self.left, self.top, self.width, self.height)):
            raise CanvasError(f"a rectangle {self}; give numbers from 0 to 1").named("bad_box")
        if self.width <= 0 or self.height <= 0:
            told = f"a rectangle {self} is empty; its width and height must be above 0"
            raise CanvasError(told).named("bad_box")
        ends = self.left + self.width, self.top + self.height
        if min(self.left, self.top) < 0 or max(ends) > 1 + _SPARE:
            told = f"a rectangle {self} reaches out of the picture; left + width and top + height are at most 1, "
            raise CanvasError(told + "in shares of the picture").named("bad_box")

    def __str__(self) -> str:
        """As the command line has it: left, top, width, height."""
        return f"{self.left:g},{self.top:g},{self.width:g},{self.height:g}"

    def holds(self, x: float, y: float) -> bool:
        """Whether a place lies in it."""
        return 0 <= x - self.left < self.width and 0 <= y - self.top < self.height


def cover_all(rectangles: Sequence[Rectangle]) -> bool:
    """Whether no place of the picture lies outside of all of them.

    >>> left, right = (Rectangle(left=x, top=0, width=0.5, height=1) for x in (0, 0.5))
    >>> cover_all([left]), cover_all([left, right])
    (False, True)
    """
    columns = _middles([(each.left, each.left + each.width) for each in rectangles])
    rows = _middles([(each.top, each.top + each.height) for each in rectangles])
    return all(any(each.holds(x, y) for each in rectangles) for x in columns for y in rows)


def _middles(spans: Sequence[tuple[float, float]]) -> list[float]:
    """One place between each two neighbouring ends."""
    ends = sorted({0.0, 1.0, *(min(end, 1.0) for span in spans for end in span)})
    return [(low + high) / 2 for low, high in pairwise(ends) if high - low > _SPARE]
