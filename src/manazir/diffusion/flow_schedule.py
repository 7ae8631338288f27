"""How a published flow-matching model spaces its noise levels: the settings of FlowMatchEulerDiscreteScheduler."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from manazir.diffusion.schedules import ending_in_zero, evenly, ltx2_sigmas, shift_by_length, shifted, stretched


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowSchedule:
    """A shift that is always the same, or grows with how many tokens the video is."""

    shift: float = 1.0
    """Where it is always the same."""
    grows: bool = False
    base_length: int = 256
    max_length: int = 4096
    base_shift: float = 0.5
    max_shift: float = 1.15
    """Logarithms of the shifts at both lengths, where it grows."""
    terminal: float | None = None
    """The last level above 0, if it is held there."""

    def sigmas(self, steps: int, tokens: int) -> list[float]:
        """Levels of so many steps, and then 0.

        Args:
            tokens: of the video, with all pictures and clips that are given for other times.
        """
        if self.grows and self.terminal is not None:
            return ltx2_sigmas(steps, self._mu(tokens), self.terminal)
        return self.moved(evenly(steps), tokens)

    def moved(self, levels: Sequence[float], tokens: int) -> list[float]:
        """Levels of one's own, shifted as the schedule does it, and then 0; see `sigmas`."""
        moved = shifted(levels, math.exp(self._mu(tokens)) if self.grows else self.shift)
        return ending_in_zero(moved if self.terminal is None else stretched(moved, self.terminal))

    def _mu(self, tokens: int) -> float:
        return shift_by_length(
            tokens,
            base_length=self.base_length,
            max_length=self.max_length,
            base_shift=self.base_shift,
            max_shift=self.max_shift,
        )
