"""From a canvas to a clip and its take: the engine, with what a person may ask beyond what a model makes."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from manazir.core.canvas import Canvas, Need
from manazir.core.errors import ShapeError
from manazir.core.take import Take
from manazir.inference.cards import LARGEST_SIDE
from manazir.inference.device import repeatable
from manazir.inference.engine import Engine, Made, Settings, Step
from manazir.inference.kept_result import with_kept
from manazir.inference.lengthening import can_go_on, fill_in_parts
from manazir.inference.record import canvas_record, parent_hash
from manazir.inference.sources import clip_at, fitted, source_clip, whole_clip
from manazir.media.clip import Clip

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
        allows_resampling: whether a size that the model does not make is reached by scaling and cropping, a rate by
            repeating or leaving out frames, and a length by going on from what was made.

    Raises:
        UnsupportedError, ShapeError, MediaError, CanvasError: see `make_plan`.
    """
    check_size(canvas, engine, allows_resampling=allows_resampling)
    seed = secrets.randbelow(DRAWN_SEEDS) if canvas.seed is None else canvas.seed
    canvas = replace(canvas, seed=seed)
    record, parent = canvas_record(canvas), parent_hash(canvas)  # of the files as they are now, before minutes of work
    events = _filled(canvas, engine, settings, seed, allows_resampling)
    while True:
        with repeatable(engine.device):  # not across a yield: what the caller does meanwhile is its own affair
            event = next(events)
        if isinstance(event, Made):
            yield _produced(canvas, engine, settings, event, record, parent)
            return
        yield event


def _filled(
    canvas: Canvas, engine: Engine, settings: Settings, seed: int, allows_resampling: bool
) -> Iterator[Step | Made]:
    if not allows_resampling:
        return engine.fill(canvas, settings, seed)
    if engine.frame_rate is not None:
        canvas = replace(canvas, frame_rate=None)
    if can_go_on(canvas, engine):
        return fill_in_parts(canvas, engine, settings, seed)
    return engine.fill(canvas, settings, seed)


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


def _delivered(canvas: Canvas, native: Clip) -> tuple[Clip, tuple[str, ...]]:
    """What was made in the size and at the rate that were asked for, and what a person should know of that."""
    if canvas.sound_for is not None:  # whoever wants sound for a film wants the film as it was
        note = f"the film's own frames; the model saw them as {native.width}x{native.height}"
        return with_sound_of(whole_clip(canvas.sound_for), native), (note,)
    clip, notes = native, []
    width, height = canvas.width or native.width, canvas.height or native.height
    frame_rate = canvas.frame_rate or native.frame_rate
    if (width, height) != (native.width, native.height):
        notes.append(f"resampled from {native.width}x{native.height} (Lanczos)")
    if frame_rate != native.frame_rate:
        notes.append(f"made at {native.frame_rate:g} frames/s; frames are repeated or left out")
    if notes and Need.KEEP_REGION in canvas.needs():
        clip, more = with_kept(canvas, native, width, height, frame_rate)
        return clip, (*notes, *more)
    if (width, height) != (native.width, native.height):
        clip = _with_source(canvas, resized(native, width, height))
    return clip if frame_rate == native.frame_rate else clip_at(clip, frame_rate), tuple(notes)


def _with_source(canvas: Canvas, clip: Clip) -> Clip:
    """The clip that was gone on from has lost nothing: its own frames, not what scaling down and up left of them."""
    source = source_clip(canvas, clip.frame_rate) if canvas.extension is not None else None
    if source is None or canvas.extension is None:
        return clip
    frames, count = clip.frames.copy(), len(source.frames)
    where = slice(len(frames) - count, None) if canvas.extension.is_before else slice(count)
    frames[where] = fitted(source.frames, clip.width, clip.height)
    return replace(clip, frames=frames)


def check_size(canvas: Canvas, engine: Engine, *, allows_resampling: bool) -> None:
    """Raise a ShapeError that names sizes which can be made, unless a canvas asks for one, or for none."""
    if canvas.width is None or canvas.height is None:
        return
    if not allows_resampling:
        engine.check_size(canvas.width, canvas.height)
    if max(canvas.width, canvas.height) > LARGEST_SIDE:
        told = (
            f"{canvas.width}x{canvas.height} is too large; a clip is enlarged to {LARGEST_SIDE} pixels a side at most"
        )
        raise ShapeError(told).named("side_too_long", most=LARGEST_SIDE)


def _produced(
    canvas: Canvas, engine: Engine, settings: Settings, made: Made, record: dict[str, Any], parent: str | None
) -> Produced:
    native = made.clip
    clip, notes = _delivered(canvas, native)
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
        notes=(*made.notes, *notes),
    )
    return Produced(clip, take)
