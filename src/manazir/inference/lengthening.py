"""Clips longer than a model makes at once: the rest is made by going on from what is there, as often as it takes."""

from collections.abc import Iterator
from dataclasses import replace

from manazir.core.canvas import Canvas, Extension
from manazir.core.seeds import derive
from manazir.inference.dividing import Share, is_divided, shares
from manazir.inference.engine import Engine, Made, Settings, Step
from manazir.inference.sources import source_clip

PART_STEPS = 1000
"""Told for each part: parts take different numbers of their own, which are not known before."""


def can_go_on(canvas: Canvas, engine: Engine) -> bool:
    """Whether a canvas is longer than a model makes at once, and of a kind that can be gone on from."""
    return is_divided(canvas, engine.longest_seconds)


def fill_in_parts(canvas: Canvas, engine: Engine, settings: Settings, seed: int) -> Iterator[Step | Made]:
    """Fill in a canvas part by part, as `Engine.fill` does for one that is short enough."""
    assert engine.longest_seconds is not None
    parts = list(shares(canvas, engine.longest_seconds, _known_seconds(canvas, engine)))
    made: Made | None = None
    for index, share in enumerate(parts):
        part = _part(canvas, made, share)
        for event in engine.fill(part, settings, seed if index == 0 else derive(seed, "part", index)):
            if isinstance(event, Made):
                made = _after(made, event)
            else:
                done = index * PART_STEPS + PART_STEPS * event.done // event.total
                yield Step(done, len(parts) * PART_STEPS, event.preview)
    assert made is not None
    count = f"made in {len(parts)} parts, each going on from the one before"
    yield replace(made, notes=(*made.notes, f"{count}; at once {engine.name} makes {engine.longest_seconds:g} s"))


def _part(canvas: Canvas, made: Made | None, share: Share) -> Canvas:
    """The canvas of one part: what of the whole falls into it."""
    is_before = canvas.extension is not None and canvas.extension.is_before
    extension = canvas.extension if made is None else Extension(clip=made.clip, is_before=is_before)
    camera = canvas.camera
    if camera is not None and canvas.duration_seconds is not None and share.seconds is not None:
        camera = replace(camera, amount=camera.amount * share.seconds / canvas.duration_seconds)
    return replace(
        canvas, extension=extension, keyframes=share.keyframes, duration_seconds=share.seconds, camera=camera
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
