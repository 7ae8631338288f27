"""A run that is given time: its steps are counted on the way, so that the cooldown ends when the time does."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from manazir.training.loop import Loop

SETTLED_STEPS = 10
"""The first steps of a call are not a measure: kernels are compiled in them."""

RECENT_STEPS = 300
"""How many steps the rate is measured over."""


class Timed:
    """A pace for a stage with a number of seconds, within a call that may end earlier.

    Args:
        now: a clock, in seconds.
        stage_ends: when the stage is to be done, by that clock.
        call_ends: when to stop for now.
        cooldown_seconds: how long before the stage's end the learning rate begins to fall.
        most_steps: where the stage ends in any case.
    """

    def __init__(
        self,
        now: Callable[[], float],
        *,
        stage_ends: float,
        call_ends: float,
        cooldown_seconds: float,
        most_steps: int = 10**9,
    ) -> None:
        self.now, self.stage_ends, self.call_ends = now, stage_ends, call_ends
        self.cooldown_seconds, self.most_steps = cooldown_seconds, most_steps
        self._first: int | None = None
        self._marks: deque[tuple[int, float]] = deque(maxlen=RECENT_STEPS)

    def plan(self, loop: Loop, step: int) -> Loop:
        """As many more steps as fit into what is left, at the rate of the last ones."""
        now = self.now()
        if self._first is None:
            self._first = step
        if step >= self._first + SETTLED_STEPS:
            self._marks.append((step, now))
        left = self.stage_ends - now
        rate = self.seconds_per_step
        if left <= 0:
            return replace(loop, steps=min(step, self.most_steps))
        if rate is None:
            return replace(loop, steps=self.most_steps)
        steps = min(step + math.ceil(left / rate), self.most_steps)
        return replace(loop, steps=steps, cooldown_steps=max(1, round(self.cooldown_seconds / rate)))

    @property
    def seconds_per_step(self) -> float | None:
        """Of the last steps, with all that happened between them; None: too few were made to say."""
        if len(self._marks) < 2:
            return None
        (first, began), (last, ended) = self._marks[0], self._marks[-1]
        return max((ended - began) / (last - first), 1e-6)

    def is_over(self) -> bool:
        """Whether the call's time is up."""
        return self.now() >= self.call_ends
