"""How much a request makes: seconds, frames and pixels, told from its canvas and from what is known of its files.

A worker holds all frames of a result in memory: what is larger than that is refused before anybody waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from manazir.core.errors import ShapeError
from manazir.inference.cards import Card
from manazir.server.jobs.request import JobRequest, Kind

USUAL_RATE = 24.0
USUAL_SECONDS = 5.0
USUAL_SIZE = (1280, 720)
Facts = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """How much a request makes, by a card and by facts of its files; what is known of neither is taken as usual."""

    request: JobRequest
    card: Card
    facts: Mapping[str, Facts] = field(default_factory=dict)
    """Of files, by their references; those that are missing are not known yet."""

    @property
    def made_seconds(self) -> float:
        """What is made anew, and so is paid for: of an extension, what is added."""
        canvas = self.request.canvas
        known = None if canvas.extension is not None else self._source.get("duration_seconds")
        seconds = canvas.duration_seconds or known or self.card.default_seconds or USUAL_SECONDS
        return float(max(seconds, len(canvas.actions) / (self.card.frame_rate or USUAL_RATE)))

    @property
    def whole_seconds(self) -> float:
        """How long the result is."""
        if self.request.canvas.extension is None:
            return self.made_seconds
        return self.made_seconds + float(self._source.get("duration_seconds") or 0.0)

    @property
    def frames(self) -> int:
        """Of the result, or of the clip that a picture is taken out of."""
        return max(1, round(self.whole_seconds * self._rate))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the result."""
        canvas, source = self.request.canvas, self._source
        if canvas.width is not None and canvas.height is not None:
            return canvas.width, canvas.height
        if source.get("width") and source.get("height"):
            return int(source["width"]), int(source["height"])
        return max(self.card.sizes, key=lambda size: size[0] * size[1], default=USUAL_SIZE)

    def check(self, most_pixels: int) -> None:
        """Raise if a result has more pixels, in all its frames together, than a worker is to hold.

        Raises:
            ShapeError: it has; says how much would do.
        """
        width, height = self.size
        pixels = width * height * self.frames
        if pixels > most_pixels:
            fits = most_pixels / (width * height * self._rate)
            told = f"{width}x{height} for {self.whole_seconds:g} s at {self._rate:g} frames/s is {pixels / 1e9:.1f} "
            told += (
                f"thousand million pixels, and {most_pixels / 1e9:g} are the most; ask for {fits:.1f} s at most, or a "
            )
            values = {"width": width, "height": height, "seconds": self.whole_seconds, "fits": round(fits, 1)}
            raise ShapeError(told + "smaller size or rate").named("too_large_result", **values)

    @property
    def _source(self) -> Facts:
        """Of the clip or sound that the canvas starts from; nothing if there is none, or it is not known."""
        canvas = self.request.canvas
        part = canvas.extension or canvas.modification or canvas.reframing
        file = part.clip if part is not None else canvas.sound_for or canvas.sound
        return self.facts.get(str(file), {})

    @property
    def _rate(self) -> float:
        canvas, its_own = self.request.canvas, self._source.get("frame_rate")
        keeps_it = self.request.kind is Kind.UPSCALE or canvas.sound_for is not None
        if keeps_it and its_own:
            return float(its_own)
        return canvas.frame_rate or self.card.frame_rate or USUAL_RATE
