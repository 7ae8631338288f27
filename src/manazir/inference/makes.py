"""What a model makes: sizes, rates and lengths of films, and how its latent frames lie in them."""

import math
from dataclasses import dataclass

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

    def has_size(self, width: int, height: int) -> bool:
        """Whether a size can be made."""
        sides = (width, height)
        return not any(side % self.multiple for side in sides) and min(sides) >= self.least_cells * self.multiple

    def check_size(self, width: int, height: int) -> None:
        """Raise unless a size can be made.

        Raises:
            ShapeError: names the nearest that can.
        """
        if self.has_size(width, height):
            return
        step, least = self.multiple, self.least_cells * self.multiple
        near = " or ".join(f"{w}x{h}" for w, h in _neighbours(width, height, step, least))
        from_where = f" from {least} on" if self.least_cells > 1 else ""
        raise ShapeError(
            f"{self.name} makes widths and heights that are multiples of {step}{from_where}, not "
            f"{width}x{height}; choose {near}, or let the result be scaled (--resample)"
        )

    def size_like(self, width: int, height: int) -> tuple[int, int]:
        """Of that shape, as large as the model was taught, or as asked if that is less."""
        area = min(max(w * h for w, h in self.sizes), width * height)
        sides = math.sqrt(area * width / height), math.sqrt(area * height / width)
        w, h = (max(self.least_cells, round(side / self.multiple)) * self.multiple for side in sides)
        return w, h


def _neighbours(width: int, height: int, step: int, least: int) -> list[tuple[int, int]]:
    """The sizes just below and above."""
    below = max(least, width // step * step), max(least, height // step * step)
    above = max(least, -(-width // step) * step), max(least, -(-height // step) * step)
    return [below] if below == above else [below, above]
