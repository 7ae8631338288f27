"""What of a canvas does not fit what a model makes, as far as its card knows: told before anything is loaded.

What is known of files is taken into account; of those that lie elsewhere a plan finds out. Imports no torch.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from manazir.core.canvas import Canvas, Need
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.inference.cards import Card
from manazir.inference.choices import no_choice, told_of
from manazir.inference.dividing import is_divided
from manazir.inference.fitting_keys import Room, Unfit, unfit_anywhere, unfit_in_parts
from manazir.inference.fitting_sources import AllFacts, need_of, seconds_of, source_of, unfit_sources
from manazir.inference.makes import check_loop
from manazir.inference.misfits import Misfit, Values, misfit_of
from manazir.inference.noor.camera import check_camera
from manazir.inference.reframing import check_room

SIZE, RATE, LENGTH, NEGATIVE = "size", "frame_rate", "duration", "negative_prompt"
NOTHING: AllFacts = {}


def misfit(
    canvas: Canvas, card: Card, *, allows_resampling: bool, facts: AllFacts = NOTHING, is_picture: bool = False
) -> Misfit | None:
    """The first thing that a model would refuse; None: its card knows of nothing.

    Args:
        allows_resampling: sizes, rates and lengths that the model does not make are reached all the same.
        facts: of the canvas's files.
        is_picture: whether one picture is made of it.
    """
    wrong = next(unfit_sources(canvas, facts, is_picture=is_picture), None)
    return wrong or next(_misfits(canvas, card, facts, allows_resampling=allows_resampling), None)


def unfit_choice(chosen: Mapping[str, Any], canvas: Canvas, card: Card) -> Misfit | None:
    """The first thing chosen beside a canvas that a model would refuse, or would leave a part of the canvas unread."""
    return next(_unfit_choices(chosen, canvas, card), None)


def _unfit_choices(chosen: Mapping[str, Any], canvas: Canvas, card: Card) -> Iterator[Misfit]:
    if (name := no_choice(chosen, card.choices)) is not None:
        told = told_of(card.name, name, card.choices)
        yield Misfit(name, told, "not_taken", {"model": card.name, "choice": name})
    steps = chosen.get("steps")
    if card.makes is not None and card.makes.has_fixed_steps and steps not in (None, card.steps):
        told = f"{steps} steps for {card.name}, which was distilled to {card.steps}"
        yield Misfit("steps", told, "fixed_steps", {"model": card.name, "steps": card.steps or 0})
    if chosen.get("two_stages") and card.makes is not None and card.makes.growth is not None and canvas.width:
        assert canvas.height is not None
        try:
            card.makes.in_two_stages().check_size(canvas.width, canvas.height, is_scaled=False)
        except ShapeError as error:
            size: Values = {"width": canvas.width, "height": canvas.height, "model": card.name}
            yield Misfit(SIZE, str(error), "no_such_size", size)
    if chosen.get("two_stages") and canvas.sound_for is not None and "two_stages" in card.choices:
        told = "a sound for a clip has no second stage, which refines frames; leave it out"
        yield Misfit("two_stages", told, "stages_of_sound", {"model": card.name})
    if canvas.negative_prompt and card.call is not None and "negative_prompt" not in card.call.takes:
        told = f"{card.name} cannot do a negative prompt; leave it out or choose another model"
        yield Misfit(NEGATIVE, told, "no_unwanted", {"model": card.name})
    if card.is_guided(chosen.get("guidance_scale"), chosen.get("sound_guidance_scale")) is not False:
        return
    only = "only where guidance is above 1; give more guidance"
    if canvas.negative_prompt:
        told = f"{card.name} reads a negative prompt {only}, or leave the prompt out"
        yield Misfit(NEGATIVE, told, "unwanted_unread", {"model": card.name})
    if chosen.get("guidance_rule") is not None:
        told = f"{card.name} follows a guidance rule {only}, or leave the rule out"
        yield Misfit("guidance_rule", told, "rule_unread", {"model": card.name})


def _misfits(canvas: Canvas, card: Card, facts: AllFacts, *, allows_resampling: bool) -> Iterator[Misfit]:
    made: Values = {"model": card.name}
    if not allows_resampling:
        yield from _of_size_and_rate(canvas, card)
    yield from _of_pictures(canvas, card)
    if Need.CAMERA in card.honours:
        yield from _of_camera(canvas, card)
    source = source_of(canvas, facts)
    if canvas.reframing is not None and canvas.width and canvas.height and source.get("width"):
        try:
            check_room((source["width"], source["height"]), (canvas.width, canvas.height))
        except ShapeError as error:
            yield misfit_of(SIZE, error)
    unknown = [action for action in canvas.actions if action not in card.actions] if card.actions else []
    if unknown:
        told = f"no action {unknown[0]!r}; {card.name} has {', '.join(card.actions)}"
        yield Misfit(Need.ACTIONS, told, "no_action", made)
    rate = card.rate_for(canvas.frame_rate)
    frames = None if rate is None else _frames(canvas, card, rate, facts)
    if frames is None or rate is None:
        return
    yield from _of_length(canvas, card, frames, rate, allows_resampling=allows_resampling)
    for unfit in _unfit_keys(canvas, card, frames, rate, facts, allows_resampling=allows_resampling):
        yield Misfit(need_of(unfit.key), unfit.told, unfit.reason, unfit.values)


def _of_size_and_rate(canvas: Canvas, card: Card) -> Iterator[Misfit]:
    if canvas.width is not None and canvas.height is not None:
        try:
            card.check_size(canvas.width, canvas.height)
        except ShapeError as error:
            yield misfit_of(SIZE, error)
    rate: Values = {"model": card.name, "rate": card.frame_rate or 0.0}
    if None not in (card.frame_rate, canvas.frame_rate) and canvas.frame_rate != card.frame_rate:
        yield Misfit(
            RATE, f"{card.name} makes {card.frame_rate:g} frames/s, not {canvas.frame_rate:g}", "no_such_rate", rate
        )


def _of_camera(canvas: Canvas, card: Card) -> Iterator[Misfit]:
    try:
        check_camera(card.name, canvas)
    except UnsupportedError as error:
        yield misfit_of(Need.CAMERA, error)


def _of_pictures(canvas: Canvas, card: Card) -> Iterator[Misfit]:
    """Models of pictures make nothing without one; pipelines of two want the first as well."""
    needs = canvas.needs()
    if card.is_generic and (card.needs_picture or Need.LAST_FRAME in needs) and Need.FIRST_FRAME not in needs:
        told = f"{card.name} makes films from pictures; give a first frame"
        yield Misfit(Need.FIRST_FRAME, told, "needs_first_frame", {"model": card.name})
    if card.needs_picture and not needs & (card.honours - {Need.TEXT}):
        ways = " or ".join(sorted(need.value for need in card.honours - {Need.TEXT}))
        told = f"{card.name} makes films from pictures; give {ways}"
        yield Misfit(Need.FIRST_FRAME, told, "needs_picture", {"model": card.name})


def _of_length(canvas: Canvas, card: Card, frames: int, rate: float, *, allows_resampling: bool) -> Iterator[Misfit]:
    made: Values = {"model": card.name}
    if frames < 1:
        yield Misfit(LENGTH, f"less than one frame at {rate:g} frames/s; ask for a longer clip", "too_short", made)
    if allows_resampling and card.goes_on and is_divided(canvas, card.longest_seconds):
        is_before = canvas.extension is not None and canvas.extension.is_before
        if (Need.EXTEND_BEFORE if is_before else Need.EXTEND_AFTER) not in card.honours:
            told = f"{card.name} makes {card.longest_seconds:g} s at once, and cannot go on from that"
            told += f"; ask for {card.longest_seconds:g} s at most"
            yield Misfit(LENGTH, told, "goes_not_on", {**made, "most": card.longest_seconds or 0.0})
    elif card.is_too_long(frames, canvas.duration_seconds):
        given = _given_length(canvas)
        most = f"{'ask for' if given is None else 'give'} {card.longest_seconds:g} s at most"
        longest: Values = {**made, "seconds": frames / rate, "most": card.longest_seconds or 0.0}
        told = f"{frames / rate:g} s is more than {card.name} makes; {most}"
        yield Misfit(given or LENGTH, told, "too_long", longest)
    if canvas.is_loop and card.window:
        try:
            check_loop(card.name, frames, card.window, rate)
        except ShapeError as error:
            yield misfit_of(Need.LOOP, error)


def _given_length(canvas: Canvas) -> Need | None:
    """What brings the file that says how long a result is; None: nothing does."""
    if canvas.duration_seconds is not None or canvas.actions or canvas.extension is not None:
        return None
    files = {Need.MODIFY: canvas.modification, Need.REFRAME: canvas.reframing, Need.SOUND_FOR_VIDEO: canvas.sound_for}
    every = files | {Need.VIDEO_FOR_SOUND: canvas.sound}
    return next((need for need, file in every.items() if file is not None), None)


def _frames(canvas: Canvas, card: Card, rate: float, facts: AllFacts) -> int | None:
    """How many are made; of an extension, how many are added. None: a file decides, or the card does not know."""
    seconds = canvas.duration_seconds or card.default_seconds
    if canvas.modification is not None or canvas.reframing is not None or canvas.sound_for is not None:
        seconds = seconds_of(source_of(canvas, facts))
        return None if seconds is None else max(1, round(seconds * rate))  # as files are read
    if canvas.actions:
        return len(canvas.actions)
    if canvas.duration_seconds is None and canvas.sound is not None:
        seconds = seconds_of(facts.get(str(canvas.sound), {}))
    return None if seconds is None else round(seconds * rate)


def _unfit_keys(
    canvas: Canvas, card: Card, frames: int, rate: float, facts: AllFacts, *, allows_resampling: bool
) -> Iterator[Unfit]:
    source = seconds_of(source_of(canvas, facts))
    is_before = canvas.extension is not None and canvas.extension.is_before
    if canvas.extension is not None and source is None and not is_before:
        return unfit_anywhere(canvas.keyframes, card, rate)
    before = 0 if canvas.extension is None or is_before or source is None else max(1, round(source * rate))
    if allows_resampling and card.goes_on and is_divided(canvas, card.longest_seconds):
        return unfit_in_parts(canvas, card, rate, before)
    room = Room(card=card, rate=rate, frames=frames, before=before, ends_known=is_before)
    return room.unfit(canvas.keyframes)
