"""How a canvas that is longer than a model makes at once is divided. Imports no torch."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from manazir.core.canvas import Canvas, Keyframe

LEAST_SECONDS = 1.0
"""No part is shorter, unless all is: a model sees little of what moves in less."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one part has of the whole."""

    seconds: float
    keyframes: tuple[Keyframe, ...]
    """By the times of what is there once this part is made."""


def parts_of(seconds: float, longest_seconds: float) -> list[float]:
    """How long each part is: as few parts as it takes, the last ones not much shorter than the others.

    >>> parts_of(20.0, 12.0), parts_of(12.5, 12.0), parts_of(4.0, 12.0)
    ([12.0, 8.0], [11.5, 1.0], [4.0])
    """
    parts: list[float] = []
    left = seconds
    while left > longest_seconds + 1e-6:
        parts.append(min(longest_seconds, max(left - LEAST_SECONDS, longest_seconds / 2)))
        left -= parts[-1]
    return [*parts, left]


def is_divided(canvas: Canvas, longest_seconds: float | None) -> bool:
    """Whether a canvas is longer than that, and of a kind that can be gone on from."""
    is_one_piece = canvas.is_loop or canvas.actions or canvas.sound is not None
    return bool(longest_seconds and not is_one_piece and (canvas.duration_seconds or 0.0) > longest_seconds + 1e-6)


def shares(canvas: Canvas, longest_seconds: float, known_seconds: float) -> Iterator[Share]:
    """The parts in the order of making, each with the keyframes that fall into it.

    What leads up to a clip is made from there on: the last part seen comes first.

    Args:
        known_seconds: of the clip that is gone on from; 0.0: none is.
    """
    assert canvas.duration_seconds is not None
    lengths = parts_of(canvas.duration_seconds, longest_seconds)
    is_before = canvas.extension is not None and canvas.extension.is_before
    begins = canvas.duration_seconds if is_before else known_seconds
    for index, seconds in enumerate(lengths):
        is_last = index == (0 if is_before else len(lengths) - 1)
        if is_before:
            begins = begins - seconds if index < len(lengths) - 1 else 0.0
        keys = [key for key in canvas.keyframes if _falls(key, begins, begins + seconds, is_last=is_last)]
        yield Share(seconds, tuple(_earlier(key, begins) for key in keys) if is_before else tuple(keys))
        begins += 0.0 if is_before else seconds


def _falls(key: Keyframe, begins: float, ends: float, *, is_last: bool) -> bool:
    return (
        is_last if key.at_seconds is None else begins <= key.at_seconds < ends or (is_last and key.at_seconds >= ends)
    )


def _earlier(key: Keyframe, by_seconds: float) -> Keyframe:
    return key if key.at_seconds is None else replace(key, at_seconds=max(0.0, key.at_seconds - by_seconds))
