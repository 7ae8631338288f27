"""From a canvas to a clip and its take: the engine, with what a person may ask beyond what a model makes."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from manazir.core.canvas import Canvas
from manazir.core.errors import ShapeError
from manazir.core.take import Take
from manazir.inference.device import repeatable
from manazir.inference.engine import Engine, Made, Settings, Step
from manazir.inference.record import canvas_record, parent_hash
from manazir.inference.sources import fitted, whole_clip
from manazir.media.clip import Clip

LARGEST_SIDE = 4096
"""Pixels; beyond, an enlargement only costs memory."""
DRAWN_SEEDS = 2**32
"""Seeds that nobody chose lie below this, so that they are short enough to be typed again."""


@dataclass(frozen=True, slots=True)
class Produced:
    """The clip as it was asked for, and its take."""

    clip: Clip
    take: Take


def produce(
    canvas: Canvas, engine: Engine, settings: Settings, *, allows_resampling: bool = False
) -> Iterator[Step | Produced]:
    """Fill in a canvas: yields a Step after every step and, last, what was Produced. Same seed, same clip.

    Args:
        allows_resampling: whether a size that the model does not make is reached by scaling and cropping.

    Raises:
        UnsupportedError, ShapeError, MediaError, CanvasError: see `make_plan`.
    """
    _check_size(canvas, engine, allows_resampling)
    seed = secrets.randbelow(DRAWN_SEEDS) if canvas.seed is None else canvas.seed
    canvas = replace(canvas, seed=seed)
    record, parent = canvas_record(canvas), parent_hash(canvas)  # of the files as they are now, before minutes of work
    events = engine.fill(canvas, settings, seed)
    while True:
        with repeatable(engine.device):  # not across a yield: what the caller does meanwhile is its own affair
            event = next(events)
        if isinstance(event, Made):
            yield _produced(canvas, engine, settings, event, record, parent)
            return
        yield event


def finished(events: Iterator[Step | Produced], on_step: Callable[[int, int], object] | None = None) -> Produced:
    """What `produce` yields last.

    Args:
        on_step: told before how many steps are done, and of how many.
    """
    for event in events:
        if isinstance(event, Produced):
            return event
        if on_step:
            on_step(event.done, event.total)
    raise AssertionError("the engine ended without a clip")


def resized(clip: Clip, width: int, height: int) -> Clip:
    """A clip scaled (Lanczos) to cover a size, what stands over cut off evenly."""
    return replace(clip, frames=fitted(clip.frames, width, height))


def with_sound_of(film: Clip, made: Clip) -> Clip:
    """A film with the sound that was made for it."""
    return replace(film, sound=made.sound)


def _notes(canvas: Canvas, clip: Clip, native: Clip) -> tuple[str, ...]:
    if canvas.sound_for is not None:
        return (f"the film's own frames; the model saw them as {native.width}x{native.height}",)
    return () if clip is native else (f"resampled from {native.width}x{native.height} (Lanczos)",)


def _check_size(canvas: Canvas, engine: Engine, allows_resampling: bool) -> None:
    if canvas.width is None or canvas.height is None:
        return
    if not allows_resampling:
        engine.check_size(canvas.width, canvas.height)
    if max(canvas.width, canvas.height) > LARGEST_SIDE:
        raise ShapeError(
            f"{canvas.width}x{canvas.height} is too large; a clip is enlarged to {LARGEST_SIDE} pixels a side at most"
        )


def _produced(
    canvas: Canvas, engine: Engine, settings: Settings, made: Made, record: dict[str, Any], parent: str | None
) -> Produced:
    native = made.clip
    if canvas.sound_for is not None:  # whoever wants sound for a film wants the film as it was
        clip = with_sound_of(whole_clip(canvas.sound_for), native)
    else:
        width, height = canvas.width or native.width, canvas.height or native.height
        clip = native if (width, height) == (native.width, native.height) else resized(native, width, height)
    assert canvas.seed is not None
    take = Take(
        canvas=record,
        model=engine.name,
        weights_hash=engine.weights_hash,
        seed=canvas.seed,
        settings=engine.used(settings) | {"device": engine.device.type},
        width=clip.width,
        height=clip.height,
        native_width=native.width,
        native_height=native.height,
        frames=len(clip.frames),
        frame_rate=clip.frame_rate,
        has_sound=clip.sound is not None,
        network_calls=made.network_calls,
        seconds=round(made.seconds, 3),
        parent=parent,
        version=version("manazir"),
        notes=(*made.notes, *_notes(canvas, clip, native)),
    )
    return Produced(clip, take)
