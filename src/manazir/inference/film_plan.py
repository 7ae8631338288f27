"""From a canvas to a film plan: frames for models whose autoencoder folds several of them into one latent frame.

The first latent frame holds one frame, each other `frames_per_latent`. So a plan has 1 + n * frames_per_latent frames;
of those the result keeps as many as were asked for, and what lies beyond is cut off.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, UInt8
from numpy.typing import NDArray

from manazir.checkpoints.memory import gigabytes
from manazir.core.canvas import Canvas, Reframing
from manazir.core.errors import CanvasError, ShapeError, UnsupportedError
from manazir.inference.keeping import Kept, kept_of
from manazir.inference.makes import Makes, frame_at, held_frames
from manazir.inference.reframing import Inset, inset_of
from manazir.inference.sources import fit, fitted, picture_of, sound_of, source_clip
from manazir.media.clip import Clip, Sound

SOUND_RATE = 16_000
"""At which a given sound is read: how long it is, and how models hear it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FilmPlan:
    """What is to be filled in."""

    width: int
    height: int
    frames: UInt8[np.ndarray, "t h w 3"]
    """Black where nothing is known."""
    is_known: Bool[np.ndarray, " t"]
    keeps: slice
    """Of these frames, those that the result has of them."""
    before: UInt8[np.ndarray, "a h w 3"]
    """Frames of the clip that is gone on from: they come first in the result, as they are."""
    after: UInt8[np.ndarray, "b h w 3"]
    """Of the clip that is led up to: last."""
    strength: float = 1.0
    sound: Sound | None = None
    """Of that clip, where there is one."""
    inner: Inset | None = None
    """What is known of every frame, where a picture is made around a clip."""
    kept: Kept | None = None
    """What stays of every frame, where only the rest of a clip is changed."""
    notes: tuple[str, ...] = ()
    """What a person should know of how the canvas was read."""

    @property
    def is_changed(self) -> bool:
        """Whether the frames are a clip that is to be changed."""
        return self.strength < 1.0 or self.kept is not None

    @property
    def known_pixels(self) -> Bool[np.ndarray, "t h w"]:
        """Which pixels are known: all of known frames, and the inner or kept region of every one."""
        known = np.zeros(self.frames.shape[:3], np.bool_)
        known[self.is_known] = True
        if self.inner is not None:
            known[:, *self.inner.where] = True
        if self.kept is not None:
            known[:, self.kept.pixels] = True
        return known

    def around(self, made: UInt8[np.ndarray, "t h w 3"]) -> UInt8[np.ndarray, "t h w 3"]:
        """What was made, with the inner or kept region as it is."""
        if self.kept is not None:
            return self.kept.laid_over(self.frames, made)
        if self.inner is None:
            return made
        whole, where = made.copy(), self.inner.where
        whole[:, *where] = self.frames[:, *where]
        return whole


def make_film_plan(canvas: Canvas, makes: Makes) -> FilmPlan:
    """Read what a canvas knows, in the model's size and rate.

    Raises:
        ShapeError: this length, size or rate is not made.
        MediaError: a file is not what it should be.
        CanvasError: parts of the canvas do not fit each other.
    """
    if canvas.frame_rate not in (None, makes.frame_rate):
        told = f"{makes.name} makes {makes.frame_rate:g} frames/s, not {canvas.frame_rate:g}"
        raise ShapeError(told).named("no_such_rate", model=makes.name, rate=makes.frame_rate)
    source = source_clip(canvas, makes.frame_rate)
    pictures = {key.at_seconds: picture_of(key.image) for key in canvas.keyframes}
    width, height = _size(canvas, makes, [source.frames[0]] if source else list(pictures.values()))
    if canvas.reframing is not None and source is not None:
        whole = _with_pictures(_empty(width, height, _frame_count(canvas, makes, source), makes), pictures, makes)
        return _laid_in(whole, source, canvas, canvas.reframing)
    clip = None if source is None else replace(source, frames=fitted(source.frames, width, height))
    frames = _frame_count(canvas, makes, clip)
    if canvas.modification is not None and source is not None and clip is not None:
        kept = kept_of(canvas, (source.width, source.height), (width, height))
        return replace(_of_modification(canvas.modification.strength, clip, makes), kept=kept)
    if clip is None:
        plan = _empty(width, height, frames, makes)
    elif canvas.sound_for is not None:
        return _all_known(clip, makes)
    else:
        is_before = canvas.extension is not None and canvas.extension.is_before
        plan = (_leading_up if is_before else _going_on)(clip, frames, makes)
    return _with_pictures(plan, pictures, makes)


def _size(canvas: Canvas, makes: Makes, shown: list[NDArray[np.uint8]]) -> tuple[int, int]:
    """As asked; else in the shape of what is known; else the model's first."""
    if canvas.width is not None and canvas.height is not None:
        size = canvas.width, canvas.height
        return size if makes.has_size(*size) else makes.size_like(*size)
    if shown:
        largest = max(w * h for w, h in makes.sizes)
        h, w = shown[0].shape[:2]
        scale = math.sqrt(largest / (w * h))  # pictures are often larger, or smaller, than what is made of them
        return makes.size_like(round(w * scale * 2), round(h * scale * 2))
    return makes.sizes[0]


def _frame_count(canvas: Canvas, makes: Makes, clip: Clip | None) -> int:
    """How many frames are wanted; of an extension, how many are added."""
    if clip is not None and canvas.extension is None:
        frames = len(clip.frames)
    elif canvas.sound is not None and canvas.duration_seconds is None:
        frames = round(sound_of(canvas.sound, SOUND_RATE).duration_seconds * makes.frame_rate)
    elif canvas.duration_seconds is None:
        frames = makes.frames
    else:
        frames = round(canvas.duration_seconds * makes.frame_rate)
    if frames < 1:
        told = f"less than one frame at {makes.frame_rate:g} frames/s; ask for a longer clip"
        raise ShapeError(told).named("too_short", model=makes.name)
    if frames > makes.longest_seconds * makes.frame_rate + 1:
        seconds, most = frames / makes.frame_rate, makes.longest_seconds
        told = f"{seconds:g} s is more than {makes.name} makes; ask for {most:g} s at most"
        raise ShapeError(told).named("too_long", model=makes.name, seconds=seconds, most=most)
    return frames


def _empty(width: int, height: int, frames: int, makes: Makes) -> FilmPlan:
    made = _whole(frames, makes)
    return FilmPlan(
        width=width,
        height=height,
        frames=_black(made, height, width, makes),
        is_known=np.zeros(made, np.bool_),
        keeps=slice(0, frames),
        before=np.zeros((0, height, width, 3), np.uint8),
        after=np.zeros((0, height, width, 3), np.uint8),
    )


def _black(frames: int, height: int, width: int, makes: Makes) -> UInt8[np.ndarray, "t h w 3"]:
    try:
        return np.zeros((frames, height, width, 3), np.uint8)
    except MemoryError as error:
        size = gigabytes(frames * height * width * 3)
        told = (
            f"{frames} frames of {width}x{height} take {size}, more than this machine has; ask for a smaller size, or "
        )
        raise UnsupportedError(f"{told}a shorter clip").named("no_room_for_model", model=makes.name) from error


def _going_on(clip: Clip, frames: int, makes: Makes) -> FilmPlan:
    """The clip's end stands at the beginning, in whole latent frames; its first frame is held where one is not full."""
    context = clip.frames[-_context(makes) :]
    held = (1 - len(context)) % makes.frames_per_latent
    known = np.concatenate([np.repeat(context[:1], held, axis=0), context])
    plan = _empty(clip.width, clip.height, len(known) + frames, makes)
    plan.frames[: len(known)], plan.is_known[: len(known)] = known, True
    return replace(plan, keeps=slice(len(known), len(known) + frames), before=clip.frames, sound=clip.sound)


def _leading_up(clip: Clip, frames: int, makes: Makes) -> FilmPlan:
    """The clip's beginning stands at the end, in whole latent frames; its last frame is held where one is not full."""
    context = clip.frames[: _context(makes)]
    held = -len(context) % makes.frames_per_latent
    known = np.concatenate([context, np.repeat(context[-1:], held, axis=0)])
    plan = _empty(clip.width, clip.height, frames + len(known), makes)
    first = len(plan.frames) - len(known)
    plan.frames[first:], plan.is_known[first:] = known, True
    return replace(plan, keeps=slice(first - frames, first), after=clip.frames, sound=clip.sound)


def _of_modification(strength: float, clip: Clip, makes: Makes) -> FilmPlan:
    """The whole clip; its last frame is held where the last latent frame is not full."""
    plan = _empty(clip.width, clip.height, len(clip.frames), makes)
    plan.frames[: len(clip.frames)], plan.frames[len(clip.frames) :] = clip.frames, clip.frames[-1]
    return replace(plan, strength=strength, sound=clip.sound)


def _all_known(clip: Clip, makes: Makes) -> FilmPlan:
    """The whole clip, which wants a sound; its last frame is held where the last latent frame is not full."""
    plan = _of_modification(1.0, clip, makes)
    return replace(plan, is_known=np.ones(len(plan.frames), np.bool_), sound=None)


def _laid_in(plan: FilmPlan, clip: Clip, canvas: Canvas, reframing: Reframing) -> FilmPlan:
    """The clip in its region, also where a whole picture is known; its last frame is held as above."""
    size, made = (clip.width, clip.height), (plan.width, plan.height)
    inner = inset_of(size, reframing, (canvas.width or made[0], canvas.height or made[1]), made)
    rows, columns = inner.where
    shown = fitted(clip.frames, inner.width, inner.height)
    plan.frames[: len(shown), rows, columns], plan.frames[len(shown) :, rows, columns] = shown, shown[-1]
    scaled = f"the clip was scaled from {size[0]}x{size[1]} to {inner.width}x{inner.height} (Lanczos) to fit in"
    notes = () if size == (inner.width, inner.height) else (scaled,)
    return replace(plan, inner=inner, sound=clip.sound, notes=notes)


def _with_pictures(plan: FilmPlan, pictures: dict[float | None, NDArray[np.uint8]], makes: Makes) -> FilmPlan:
    """Keyframes in their places: those of a canvas count from the first frame of the result."""
    kept = plan.keeps.stop - plan.keeps.start
    for seconds, picture in pictures.items():
        at = kept - 1
        if seconds is not None:
            at = frame_at(seconds, makes.frame_rate, len(plan.before) + kept) - len(plan.before)
        if seconds is not None and not 0 <= at < kept:
            first, last = _ends(plan, makes)
            told = (
                f"a keyframe at {seconds:g} s is at none of the frames that are made, at {first:.2f} s to {last:.2f} s"
            )
            raise CanvasError(told).named("keyframe_on_known", seconds=seconds, first=first, last=last)
        place = plan.keeps.start + at
        last = len(plan.frames) if seconds is None else place + 1  # beyond a last frame nothing else comes
        span = held_frames(place, last, makes.frames_per_latent) if makes.holds_pictures else slice(place, last)
        if plan.is_known[span].any():
            told = f"two known pictures fall {_within(span)} of {makes.name}; move one"
            raise CanvasError(told).named("same_time", model=makes.name)
        plan.frames[span], plan.is_known[span] = fit(picture, plan.width, plan.height), True
    return plan


def _within(span: slice) -> str:
    count = span.stop - span.start
    return f"within {count} frames" if count > 1 else "on one frame"


def _ends(plan: FilmPlan, makes: Makes) -> tuple[float, float]:
    """When the first and the last of the frames that are made are shown, to hundredths of a second."""
    first, count = len(plan.before), plan.keeps.stop - plan.keeps.start
    return round(first / makes.frame_rate, 2), round((first + count - 1) / makes.frame_rate, 2)


def _whole(frames: int, makes: Makes) -> int:
    """The least number of frames that fill whole latent frames."""
    return 1 + -(-(frames - 1) // makes.frames_per_latent) * makes.frames_per_latent


def _context(makes: Makes) -> int:
    """How much of a clip is looked at: about half of what is made at once, in whole latent frames."""
    return 1 + makes.frames // 2 // makes.frames_per_latent * makes.frames_per_latent
