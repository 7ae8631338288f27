"""What of a canvas does not fit what a model makes, as far as its card knows: told before anything is loaded.

Files are not looked at: where the length of one decides, a plan finds out. Imports no torch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from manazir.core.canvas import Canvas, Keyframe, Need
from manazir.core.errors import ShapeError
from manazir.inference.cards import Card
from manazir.inference.choices import no_choice, told_of
from manazir.inference.makes import check_loop, frame_at, held_frames

SIZE, RATE, LENGTH, NEGATIVE = "size", "frame_rate", "duration", "negative_prompt"


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a canvas cannot be made."""

    what: Need | str
    """What is to blame: SIZE, RATE, LENGTH, NEGATIVE, what the canvas needs, or what was chosen beside it."""
    told: str


def misfit(canvas: Canvas, card: Card, *, allows_resampling: bool) -> Misfit | None:
    """The first thing that a model would refuse; None: its card knows of nothing.

    Args:
        allows_resampling: sizes, rates and lengths that the model does not make are reached all the same.
    """
    return next(_misfits(canvas, card, allows_resampling=allows_resampling), None)


def unfit_choice(chosen: Mapping[str, Any], canvas: Canvas, card: Card) -> Misfit | None:
    """The first thing chosen beside a canvas that a model would refuse, or would leave a part of the canvas unread."""
    return next(_unfit_choices(chosen, canvas, card), None)


def _unfit_choices(chosen: Mapping[str, Any], canvas: Canvas, card: Card) -> Iterator[Misfit]:
    if (name := no_choice(chosen, card.choices)) is not None:
        yield Misfit(name, told_of(card.name, name, card.choices))
    steps = chosen.get("steps")
    if card.makes is not None and card.makes.has_fixed_steps and steps not in (None, card.steps):
        yield Misfit("steps", f"{steps} steps for {card.name}, which was distilled to {card.steps}")
    if canvas.negative_prompt and not card.reads_negative:
        yield Misfit(NEGATIVE, f"{card.name} cannot do a negative prompt; leave it out or choose another model")
    if card.is_guided(chosen.get("guidance_scale")) is not False:
        return
    only = "only where guidance is above 1; give more guidance"
    if canvas.negative_prompt:
        yield Misfit(NEGATIVE, f"{card.name} reads a negative prompt {only}, or leave the prompt out")
    if chosen.get("guidance_rule") is not None:
        yield Misfit("guidance_rule", f"{card.name} follows a guidance rule {only}, or leave the rule out")


def _misfits(canvas: Canvas, card: Card, *, allows_resampling: bool) -> Iterator[Misfit]:
    if not allows_resampling:
        yield from _of_size_and_rate(canvas, card)
    if card.needs_picture and not canvas.needs() & (card.honours - {Need.TEXT}):
        ways = " or ".join(sorted(need.value for need in card.honours - {Need.TEXT}))
        yield Misfit(Need.FIRST_FRAME, f"{card.name} makes films from pictures; give {ways}")
    unknown = [action for action in canvas.actions if action not in card.actions] if card.actions else []
    if unknown:
        yield Misfit(Need.ACTIONS, f"no action {unknown[0]!r}; {card.name} has {', '.join(card.actions)}")
    frames = _frames(canvas, card)
    if frames is None or card.frame_rate is None:
        return
    if frames < 1:
        yield Misfit(LENGTH, f"less than one frame at {card.frame_rate:g} frames/s; ask for a longer clip")
    if card.is_too_long(frames):
        if allows_resampling and not (canvas.is_loop or canvas.actions or canvas.sound is not None):
            return  # it is made in parts, and each has keyframes of its own
        most = f"ask for {card.longest_seconds:g} s at most"
        yield Misfit(LENGTH, f"{frames / card.frame_rate:g} s is more than {card.name} makes; {most}")
    if canvas.is_loop and card.window:
        try:
            check_loop(card.name, frames, card.window, card.frame_rate)
        except ShapeError as error:
            yield Misfit(Need.LOOP, str(error))
    yield from _of_keyframes(canvas, card, frames if canvas.extension is None else None)


def _of_size_and_rate(canvas: Canvas, card: Card) -> Iterator[Misfit]:
    if canvas.width is not None and canvas.height is not None:
        try:
            card.check_size(canvas.width, canvas.height)
        except ShapeError as error:
            yield Misfit(SIZE, str(error))
    if None not in (card.frame_rate, canvas.frame_rate) and canvas.frame_rate != card.frame_rate:
        yield Misfit(RATE, f"{card.name} makes {card.frame_rate:g} frames/s, not {canvas.frame_rate:g}")


def _frames(canvas: Canvas, card: Card) -> int | None:
    """How many are made; of an extension, how many are added. None: a file decides, or the card does not know."""
    if canvas.modification is not None or canvas.reframing is not None or canvas.sound_for is not None:
        return None
    if canvas.actions:
        return len(canvas.actions)
    if canvas.duration_seconds is None and canvas.sound is not None:
        return None
    seconds = canvas.duration_seconds or card.default_seconds
    return None if seconds is None or card.frame_rate is None else round(seconds * card.frame_rate)


def _of_keyframes(canvas: Canvas, card: Card, frames: int | None) -> Iterator[Misfit]:
    """Keyframes that fall on frames which are known already, or on none.

    Args:
        frames: of the result; None: a clip comes before or after, and how long it is its file says.
    """
    assert card.frame_rate is not None
    taken: set[int] = set()
    for key in canvas.keyframes:
        if key.at_seconds is None and frames is None:
            continue
        at = frame_at(key.at_seconds, card.frame_rate, frames)
        if frames is not None and at >= frames:
            last = (frames - 1) / card.frame_rate
            yield Misfit(_need(key), f"a keyframe at {key.at_seconds:g} s is past the last frame, at {last:.2f} s")
        span = {at}
        if card.makes is not None and card.makes.holds_pictures and frames is not None:
            held = held_frames(at, at + 1, card.makes.frames_per_latent)
            span = set(range(held.start, held.stop))
        if span & taken:
            yield Misfit(_need(key), _collision(card, at, len(span)))
        taken |= span


def _collision(card: Card, at: int, count: int) -> str:
    assert card.frame_rate is not None
    where = f"within {count} frames" if count > 1 else f"on frame {at} ({at / card.frame_rate:.2f} s)"
    return f"two known pictures fall {where} of {card.name}; move one"


def _need(key: Keyframe) -> Need:
    if key.at_seconds is None:
        return Need.LAST_FRAME
    return Need.KEYFRAMES if key.at_seconds else Need.FIRST_FRAME
