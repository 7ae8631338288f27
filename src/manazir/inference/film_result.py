"""From the frames of a film plan to the clip that was asked for."""

import numpy as np
from jaxtyping import UInt8
from torch import Tensor

from manazir.core.errors import CheckpointError
from manazir.inference.film_plan import FilmPlan
from manazir.media.clip import Clip, Sound
from manazir.media.resample import resample


def check_numbers(name: str, *made: Tensor) -> None:
    """Raise if a model made numbers that are none: pictures of them would be black, and sounds noise.

    Raises:
        CheckpointError: it did.
    """
    if not all(bool(each.isfinite().all()) for each in made):
        raise CheckpointError(
            f"{name} made numbers that are none: its weights or those of an adapter are damaged, or too narrow for "
            f"what is computed with them; try `manazir models verify {name}`, or --precision float32"
        )


def clip_of(plan: FilmPlan, made: UInt8[np.ndarray, "t h w 3"], frame_rate: float, sound: Sound | None = None) -> Clip:
    """The frames that are kept, with the clip before or after them, as it is.

    Args:
        sound: that was made for the kept frames; None: the model makes none, and that of the clip is kept.
    """
    frames = np.concatenate([plan.before, made[plan.keeps], plan.after])
    if sound is None and plan.sound is not None:
        first = 0.0 if not len(plan.after) else (len(frames) - len(plan.after)) / frame_rate
        sound = placed(plan.sound, first, len(frames) / frame_rate)
    return Clip(frames, frame_rate, sound)


def told_of_silence(plan: FilmPlan) -> tuple[str, ...]:
    """For a take, where `clip_of` is given no sound: which part of a clip's sound is none."""
    if plan.sound is None or not len(plan.before) + len(plan.after):
        return ()
    return ("the clip has sound, and this model makes none: what was added to it is silent",)


def sound_of_film(plan: FilmPlan, made: Sound, frame_rate: float) -> Sound:
    """What was made for the kept frames, with the sound of the clip before or after it, at the rate of what was made.

    Where that clip is silent, or a sound is shorter than its frames, there is silence.
    """
    kept = plan.keeps.stop - plan.keeps.start
    frames = [len(plan.before), kept, len(plan.after)]
    parts: list[Sound | None] = [plan.sound if frames[0] else None, made, plan.sound if frames[2] else None]
    ends = np.cumsum([0, *frames]) / frame_rate
    film = np.zeros((round(float(ends[-1]) * made.sample_rate), made.samples.shape[1]), np.float32)
    for part, begin, end in zip(parts, ends, ends[1:], strict=False):
        if part is not None:
            first, last = (round(float(seconds) * made.sample_rate) for seconds in (begin, end))
            given = resample(part.samples, part.sample_rate, made.sample_rate)[: last - first]
            film[first : first + len(given)] = given  # one channel goes to both
    return Sound(film, made.sample_rate)


def laid_over(sound: Sound, given: Sound) -> Sound:
    """A sound that begins as one that was given, at its own rate."""
    samples = sound.samples.copy()
    over = resample(given.samples, given.sample_rate, sound.sample_rate)[: len(samples)]
    samples[: len(over)] = over  # one channel goes to both
    return Sound(samples, sound.sample_rate)


def placed(sound: Sound, first_seconds: float, duration_seconds: float) -> Sound:
    """A sound at a time in a silence of that length."""
    samples = np.zeros((round(duration_seconds * sound.sample_rate), sound.samples.shape[1]), np.float32)
    first = round(first_seconds * sound.sample_rate)
    given = sound.samples[: max(0, len(samples) - first)]
    samples[first : first + len(given)] = given
    return Sound(samples, sound.sample_rate)
