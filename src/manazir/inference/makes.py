"""What a model makes: sizes, rates and lengths of films, and how its latent frames lie in them."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from manazir.core.errors import ShapeError


@dataclass(frozen=True, kw_only=True, slots=True)
class Makes:
    """What a model makes."""

    name: str
    sizes: tuple[tuple[int, int], ...]
    """(width, height)s that it was taught at; others are made too."""
    multiple: int
    """Width and height are multiples of it."""
    frames_per_latent: int
    frame_rate: float
    frames: int
    """At once; its own length."""
    longest_seconds: float
    least_cells: int = 1
    """Of `multiple` pixels, in width and height."""
    holds_pictures: bool
    """Whether a picture is known by latent frames: it stands still for all frames that one holds."""
    steps: int | None = None
    """Of denoising, unless a person chooses; None: not known."""
    has_fixed_steps: bool = False
    """Whether it was distilled to just so many."""
    guidance_scale: float | None = None
    """Away from unwanted words, unless a person chooses; None: not known."""
    kept_guidance_scale: float = 1.0
    """The same of what nobody chooses for: sound, where it has guidance of its own."""
    growth: float | None = None
    """How many times as wide and high a second stage is as the first; None: there is none."""

    def has_size(self, width: int, height: int) -> bool:
        """Whether a size can be made."""
        sides = (width, height)
        return not any(side % self.multiple for side in sides) and min(sides) >= self.least_cells * self.multiple

    def check_size(self, width: int, height: int, *, is_scaled: bool = True) -> None:
        """Raise unless a size can be made.

        Args:
            is_scaled: whether others are reached by scaling.

        Raises:
            ShapeError: names the nearest that can.
        """
        if self.has_size(width, height):
            return
        step, least = self.multiple, self.least_cells * self.multiple
        near = " or ".join(f"{w}x{h}" for w, h in _neighbours(width, height, step, least))
        from_where = f" from {least} on" if self.least_cells > 1 else ""
        told = f"{self.name} makes widths and heights that are multiples of {step}{from_where}, not "
        told += f"{width}x{height}; choose {near}" + (", or let the result be scaled (--resample)" if is_scaled else "")
        raise ShapeError(told).named("no_such_size", model=self.name, width=width, height=height)

    def in_two_stages(self) -> "Makes":
        """What it makes in two stages: sizes that the first can make smaller."""
        assert self.growth is not None
        halves = Fraction(self.growth)  # 3/2: of every three cells, two are in the first stage
        larger = tuple((round(width * self.growth), round(height * self.growth)) for width, height in self.sizes)
        return replace(self, name=f"{self.name} in two stages", sizes=larger, multiple=self.multiple * halves.numerator)

    def size_like(self, width: int, height: int) -> tuple[int, int]:
        """Of that shape, as large as the model was taught, or as asked if that is less."""
        area = min(max(w * h for w, h in self.sizes), width * height)
        sides = math.sqrt(area * width / height), math.sqrt(area * height / width)
        w, h = (max(self.least_cells, round(side / self.multiple)) * self.multiple for side in sides)
        return w, h


def frame_at(seconds: float | None, frame_rate: float, frames: int | None) -> int:
    """Which frame shows what is at a time; None: the last one. It may lie beyond the frames that there are.

    What is on the screen until the very end is the last frame.

    Args:
        frames: how many there are; None: not known.

    >>> frame_at(1.99, 8.0, 16), frame_at(2.0, 8.0, 16), frame_at(None, 8.0, 16)
    (15, 16, 15)
    """
    if seconds is None:
        assert frames is not None
        return frames - 1
    at = round(seconds * frame_rate)
    return at if frames is None or seconds * frame_rate >= frames else min(at, frames - 1)


def held_frames(first: int, last: int, frames_per_latent: int) -> slice:
    """The frames of the latent frames that hold those from `first` up to, and without, `last`.

    >>> held_frames(6, 7, 4)
    slice(5, 9, None)
    """
    step = frames_per_latent
    low = 0 if first == 0 else (first - 1) // step * step + 1
    return slice(low, 1 if last == 1 else 1 + -(-(last - 1) // step) * step)


def check_loop(name: str, frames: int, window: int, frame_rate: float) -> None:
    """Raise unless a loop is of whole half windows, and of two at least.

    Raises:
        ShapeError: names lengths that close.
    """
    if frames < window or frames % (window // 2):
        half = window / 2 / frame_rate
        told = f"a loop of {frames / frame_rate:g} s; {name} closes loops of {2 * half:g} s, {3 * half:g} s, "
        told += f"{4 * half:g} s and so on"
        raise ShapeError(told).named("no_such_loop", model=name, least=2 * half, step=half)


def _neighbours(width: int, height: int, step: int, least: int) -> list[tuple[int, int]]:
    """The sizes just below and above."""
    below = max(least, width // step * step), max(least, height // step * step)
    above = max(least, -(-width // step) * step), max(least, -(-height // step) * step)
    return [below] if below == above else [below, above]
