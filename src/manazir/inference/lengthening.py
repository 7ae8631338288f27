"""Clips longer than a model makes at once: the rest is made by going on from what is there, as often as it takes."""

from collections.abc import Iterator
from dataclasses import replace

from manazir.core.canvas import Canvas, Extension, Keyframe
from manazir.core.seeds import derive
from manazir.inference.engine import Engine, Made, Settings, Step
from manazir.inference.sources import source_clip

LEAST_SECONDS = 1.0
"""No part is shorter, unless all is: a model sees little of what moves in less."""

PART_STEPS = 1000
"""Told for each part: parts take different numbers of their own, which are not known before."""


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


def can_go_on(canvas: Canvas, engine: Engine) -> bool:
    """Whether a canvas is longer than a model makes at once, and of a kind that can be gone on from."""
    is_one_piece = canvas.is_loop or canvas.actions or canvas.sound is not None
    longest = engine.longest_seconds
    return bool(longest and not is_one_piece and (canvas.duration_seconds or 0.0) > longest + 1e-6)


def fill_in_parts(canvas: Canvas, engine: Engine, settings: Settings, seed: int) -> Iterator[Step | Made]:
    """Fill in a canvas part by part, as `Engine.fill` does for one that is short enough."""
    assert engine.longest_seconds is not None
    assert canvas.duration_seconds is not None
    lengths = parts_of(canvas.duration_seconds, engine.longest_seconds)
    made: Made | None = None
    begins = _known_seconds(canvas, engine)
    for index, seconds in enumerate(lengths):
        part = _part(canvas, made, begins, seconds, is_last=index == len(lengths) - 1)
        for event in engine.fill(part, settings, seed if index == 0 else derive(seed, "part", index)):
            if isinstance(event, Made):
                made = _after(made, event)
            else:
                done = index * PART_STEPS + PART_STEPS * event.done // event.total
                yield Step(done, len(lengths) * PART_STEPS, event.preview)
        begins += seconds
    assert made is not None
    count = f"made in {len(lengths)} parts, each going on from the one before"
    yield replace(made, notes=(*made.notes, f"{count}; at once {engine.name} makes {engine.longest_seconds:g} s"))


def _part(canvas: Canvas, made: Made | None, begins: float, seconds: float, *, is_last: bool) -> Canvas:
    """The canvas of one part: what of the whole falls into it."""
    is_before = canvas.extension is not None and canvas.extension.is_before
    extension = canvas.extension if made is None else Extension(clip=made.clip, is_before=is_before)
    keyframes = tuple(key for key in canvas.keyframes if _falls(key, begins, begins + seconds, is_last=is_last))
    if is_before:  # the first part made is the last one seen; keyframes count from the beginning of the whole
        keyframes = canvas.keyframes if is_last else ()
    return replace(canvas, extension=extension, keyframes=keyframes, duration_seconds=seconds)


def _falls(key: Keyframe, begins: float, ends: float, *, is_last: bool) -> bool:
    return (
        is_last if key.at_seconds is None else begins <= key.at_seconds < ends or (is_last and key.at_seconds >= ends)
    )


def _known_seconds(canvas: Canvas, engine: Engine) -> float:
    """Where the first part begins: after the clip that the canvas goes on from."""
    if canvas.extension is None or canvas.extension.is_before or engine.frame_rate is None:
        return 0.0
    source = source_clip(canvas, engine.frame_rate)
    return 0.0 if source is None else source.duration_seconds


def _after(before: Made | None, made: Made) -> Made:
    if before is None:
        return made
    notes = tuple(dict.fromkeys((*before.notes, *made.notes)))
    return Made(made.clip, before.network_calls + made.network_calls, before.seconds + made.seconds, notes)
