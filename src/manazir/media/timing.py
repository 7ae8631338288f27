"""When frames are shown: constant or variable rate, and which frame stands at each step of another rate."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from manazir.core.errors import MediaError

Frame = TypeVar("Frame")

MAX_DENOMINATOR = 1001
"""30000/1001, 24000/1001 …: the broadcast rates."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When the frames of a stream are shown, counted from the first of them."""

    frames: int
    rate: Fraction
    """Frames a second: exact if constant, else the average."""
    is_variable: bool
    duration: Fraction
    """Seconds, to the end of the last frame."""
    tick: Fraction
    """Seconds between the time stamps that the container can tell apart."""


def measure(ticks: Sequence[int], last_ticks: int, tick: Fraction, stated_rates: Iterable[Fraction | None]) -> Timing:
    """Tell the timing from the time stamps of all frames.

    Args:
        ticks: presentation times in units of `tick`, any order.
        last_ticks: how long the last frame is shown; 0 if the container does not say.
        stated_rates: what the container claims; a claim counts only if the time stamps agree with it.
    """
    shown = sorted(ticks)
    span = (shown[-1] - shown[0]) * tick
    count = len(shown)
    measured = (count - 1) / span if span else None
    candidates = [*stated_rates, measured and measured.limit_denominator(MAX_DENOMINATOR)]
    for rate in candidates:
        if rate and _is_constant(shown, tick, rate):
            return Timing(count, rate, is_variable=False, duration=count / rate, tick=tick)
    last = last_ticks * tick or (span / (count - 1) if span else Fraction(1))
    duration = span + last
    return Timing(count, count / duration, is_variable=count > 1, duration=duration, tick=tick)


def _is_constant(shown: Sequence[int], tick: Fraction, rate: Fraction) -> bool:
    """Whether every frame is within a tick of its place: containers round times to their ticks."""
    step = 1 / (rate * tick)
    return all(abs(time - shown[0] - index * step) <= 1 for index, time in enumerate(shown))


def steps(timing: Timing, rate: Fraction, start: Fraction, seconds: Fraction | None) -> int:
    """How many frames at `rate` show the part of a stream that begins at `start` and lasts `seconds`.

    Raises:
        MediaError: the part begins after the end.
    """
    left = timing.duration - start
    if left <= 0:
        raise MediaError(f"it lasts {float(timing.duration):.2f} s and the part asked for starts at {float(start):g} s")
    part = left if seconds is None else min(left, seconds)
    return max(1, round(part * rate))


def at_constant_rate(
    shown: Iterable[tuple[Fraction, Frame]], rate: Fraction, start: Fraction, count: int, tick: Fraction
) -> Iterator[Frame]:
    """For each of `count` steps of 1 / `rate` seconds the frame that is on the screen: the nearest earlier one.

    Args:
        shown: (seconds since the first frame, frame) in the order shown.
        tick: what the times were rounded to; a frame late by no more than that is on time.
    """
    tolerance = min(tick, 1 / (4 * rate))
    index = 0
    current: Frame | None = None
    for time, frame in shown:
        while current is not None and index < count and start + index / rate + tolerance < time:
            yield current
            index += 1
        if index >= count:
            return
        current = frame
    if current is None:
        raise MediaError("it has no frame that can be decoded")
    while index < count:
        yield current
        index += 1
