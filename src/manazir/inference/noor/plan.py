"""From a canvas to a plan: how many frames of which size, and what of each is known."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manazir.core.canvas import Canvas
from manazir.core.errors import CanvasError, ShapeError, UnsupportedError
from manazir.inference.catalogue import ABILITIES
from manazir.inference.engine import refuse_beyond
from manazir.inference.keeping import Kept, kept_of
from manazir.inference.makes import check_loop, frame_at
from manazir.inference.noor.camera import check_camera
from manazir.inference.noor.model import NoorModel
from manazir.inference.sources import fit, fitted, picture_of, sound_of, source_clip, stereo
from manazir.media.clip import Clip, Sound

SOUND_RATE = 16_000
TOKENS_PER_SECOND = 8
"""Of sound."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be filled in: `t` frames at the model's own size and rate, `a` sound tokens."""

    width: int
    height: int
    frames: NDArray[np.uint8]
    """`[t, h, w, 3]`; black where nothing is known."""
    is_frame_known: NDArray[np.bool_]
    sound: NDArray[np.float32]
    """`[samples, 2]`"""
    is_sound_known: NDArray[np.bool_]
    """`[a]`, by sound token."""
    actions: NDArray[np.int64]
    """`[t]`, 0: none."""
    goes_backwards: bool = False
    """Whether what is known lies at the end, so that windows are filled in from there."""
    strength: float = 1.0
    is_loop: bool = False
    kept: Kept | None = None
    """What stays of every frame, where only the rest of a clip is changed."""

    @property
    def is_changed(self) -> bool:
        """Whether the frames are a clip that is to be changed."""
        return self.strength < 1.0 or self.kept is not None

    @property
    def sound_tokens(self) -> int:
        """How many there are."""
        return len(self.is_sound_known)


def make_plan(canvas: Canvas, model: NoorModel) -> Plan:
    """Read what a canvas knows, in the model's size and rate.

    Raises:
        UnsupportedError, ShapeError: the model cannot do it, or not at this length or rate.
        MediaError: a file is not what it should be.
        CanvasError: parts of the canvas do not fit each other.
    """
    refuse_beyond(model.name, canvas.needs(), ABILITIES)
    check_camera(model.name, canvas)
    if canvas.frame_rate not in (None, model.frame_rate):
        told = f"{model.name} makes {model.frame_rate:g} frames/s, not {canvas.frame_rate:g}"
        raise ShapeError(told).named("no_such_rate", model=model.name, rate=model.frame_rate)
    source = source_clip(canvas, model.frame_rate)
    pictures = {key.at_seconds: picture_of(key.image) for key in canvas.keyframes}
    shown = [source.frames[0]] if source is not None else list(pictures.values())[:1]
    width, height = _native(canvas, model, shown)
    plan = _empty(_frame_count(canvas, model, source), width, height, model)
    _put_source(plan, canvas, source, model)
    _put_sound(plan, canvas)
    _put_keyframes(plan, pictures, model)
    _put_actions(plan, canvas, source, model)
    backwards = canvas.extension is not None and canvas.extension.is_before
    strength = canvas.modification.strength if canvas.modification else 1.0
    known_frames = plan.is_frame_known & (canvas.modification is None)
    return Plan(
        width,
        height,
        plan.frames,
        known_frames,
        plan.sound,
        plan.is_sound_known,
        plan.actions,
        backwards,
        strength,
        canvas.is_loop,
        None if source is None else kept_of(canvas, (source.width, source.height), (width, height)),
    )


def _native(canvas: Canvas, model: NoorModel, shown: list[NDArray[np.uint8]]) -> tuple[int, int]:
    """The native size nearest in shape to what was asked, else to what is known, else the model's first."""
    if canvas.width is not None and canvas.height is not None:
        return model.native_size(canvas.width, canvas.height)
    if shown:
        return model.native_size(shown[0].shape[1], shown[0].shape[0])
    return model.sizes[0]


def _frame_count(canvas: Canvas, model: NoorModel, source: Clip | None) -> int:
    """How many frames the whole result has.

    Raises:
        ShapeError: it would be longer than the model can go on.
    """
    frames = round((canvas.duration_seconds or model.window / model.frame_rate) * model.frame_rate)
    if canvas.actions:
        frames = len(canvas.actions)
    if canvas.sound is not None and canvas.duration_seconds is None:
        frames = max(1, round(sound_of(canvas.sound, SOUND_RATE).duration_seconds * model.frame_rate))
    if source is not None:
        frames = len(source.frames) + (frames if canvas.extension is not None else 0)
    seconds = (frames - len(source.frames) if source is not None and canvas.extension else frames) / model.frame_rate
    if seconds > model.longest_seconds + 1e-6:
        told = f"{seconds:g} s is more than {model.name} makes; ask for {model.longest_seconds:g} s at most"
        raise ShapeError(told).named("too_long", model=model.name, seconds=seconds, most=model.longest_seconds)
    if canvas.is_loop:
        check_loop(model.name, frames, model.window, model.frame_rate)
    if frames < 1:
        told = f"less than one frame at {model.frame_rate:g} frames/s; ask for a longer clip"
        raise ShapeError(told).named("too_short", model=model.name)
    return frames


def _empty(frames: int, width: int, height: int, model: NoorModel) -> Plan:
    tokens = math.ceil(frames / model.frame_rate * TOKENS_PER_SECOND)
    return Plan(
        width,
        height,
        np.zeros((frames, height, width, 3), np.uint8),
        np.zeros(frames, np.bool_),
        np.zeros((tokens * SOUND_RATE // TOKENS_PER_SECOND, 2), np.float32),
        np.zeros(tokens, np.bool_),
        np.zeros(frames, np.int64),
    )


def _put_source(plan: Plan, canvas: Canvas, source: Clip | None, model: NoorModel) -> None:
    if source is None:
        return
    frames = fitted(source.frames, plan.width, plan.height)
    is_last = canvas.extension is not None and canvas.extension.is_before
    start = len(plan.frames) - len(frames) if is_last else 0
    plan.frames[start : start + len(frames)] = frames
    plan.is_frame_known[start : start + len(frames)] = True
    if source.sound is not None and canvas.extension is not None:
        _put_samples(plan, source.sound, start / model.frame_rate, len(frames) / model.frame_rate)


def _put_sound(plan: Plan, canvas: Canvas) -> None:
    if canvas.sound is not None:
        sound = sound_of(canvas.sound, SOUND_RATE)
        _put_samples(plan, sound, 0.0, min(sound.duration_seconds, plan.sound_tokens / TOKENS_PER_SECOND))


def _put_samples(plan: Plan, sound: Sound, start_seconds: float, seconds: float) -> None:
    """Lay down sound and mark as known the tokens that it covers wholly."""
    samples = stereo(at_rate(sound, SOUND_RATE))
    first = round(start_seconds * SOUND_RATE)
    samples = samples[: min(round(seconds * SOUND_RATE), len(plan.sound) - first)]
    plan.sound[first : first + len(samples)] = samples
    low = math.ceil(start_seconds * TOKENS_PER_SECOND - 1e-6)
    high = math.floor((start_seconds + seconds) * TOKENS_PER_SECOND + 1e-6)
    plan.is_sound_known[low:high] = True


def at_rate(sound: Sound, rate: int) -> NDArray[np.float32]:
    """Samples at another rate, by linear interpolation of what was read at its own."""
    if sound.sample_rate == rate:
        return sound.samples
    times = np.arange(round(len(sound.samples) * rate / sound.sample_rate)) * (sound.sample_rate / rate)
    channels = [np.interp(times, np.arange(len(sound.samples)), channel) for channel in sound.samples.T]
    return np.stack(channels, axis=1).astype(np.float32)


def _put_keyframes(plan: Plan, pictures: dict[float | None, NDArray[np.uint8]], model: NoorModel) -> None:
    for seconds, picture in pictures.items():
        index = frame_at(seconds, model.frame_rate, len(plan.frames))
        if index >= len(plan.frames):
            last = (len(plan.frames) - 1) / model.frame_rate
            told = f"a keyframe at {seconds:g} s is past the last frame, at {last:.2f} s"
            raise CanvasError(told).named("late_keyframe", seconds=seconds or 0, last=round(last, 2))
        if plan.is_frame_known[index]:
            told = f"two known pictures fall on frame {index} ({index / model.frame_rate:.2f} s); move one"
            raise CanvasError(told).named("same_time", model=model.name)
        plan.frames[index] = fit(picture, plan.width, plan.height)
        plan.is_frame_known[index] = True


def _put_actions(plan: Plan, canvas: Canvas, source: Clip | None, model: NoorModel) -> None:
    """Lay down what a player does in each frame that is made; a clip that is gone on from was played before."""
    goes_on = canvas.extension is not None and not canvas.extension.is_before
    first = len(source.frames) if source is not None and goes_on else 0
    for index, action in enumerate(canvas.actions, start=first):
        if action not in model.actions:
            told = f"no action {action!r}; {model.name} has {', '.join(model.actions)}"
            raise UnsupportedError(told).named("no_action", model=model.name)
        plan.actions[index] = model.actions.index(action)
