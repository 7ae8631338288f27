"""Stretches: a long film made one after the other, each knowing the end of the one before.

For models that take known frames as they are, beside the noise, and cannot blend windows that know nothing.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, UInt8

from manazir.core.errors import ShapeError
from manazir.inference.film_plan import FilmPlan


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames of a plan that are made at once."""

    frames: slice

    def of(self, plan: FilmPlan, frames: UInt8[np.ndarray, "t h w 3"], known: Bool[np.ndarray, " t"]) -> FilmPlan:
        """The plan of these alone, with what has become known since."""
        return replace(plan, frames=frames[self.frames], is_known=known[self.frames])

    def put(
        self,
        made: UInt8[np.ndarray, "s h w 3"],
        frames: UInt8[np.ndarray, "t h w 3"],
        known: Bool[np.ndarray, " t"],
    ) -> None:
        """Lay down what was made, but over what a stretch before has made."""
        ours = frames[self.frames]
        ours[~known[self.frames]] = made[~known[self.frames]]
        known[self.frames] = True


def stretches(plan: FilmPlan, at_once: int, context: int) -> list[Stretch]:
    """Cover a plan, in the order of making; those that hold nothing to make are left out.

    Args:
        at_once: frames of one; all stretches are that long if the plan is longer.
        context: frames that two neighbours share.

    Raises:
        ShapeError: the context leaves nothing to make.
    """
    total = len(plan.frames)
    if total <= at_once:
        return [Stretch(slice(0, total))]
    if context >= at_once:
        raise ShapeError(f"stretches of {at_once} frames that share {context} do not go on")
    starts = [*range(0, total - at_once, at_once - context), total - at_once]
    if len(plan.after):
        starts.reverse()
    spans = [slice(start, start + at_once) for start in starts]
    return [Stretch(span) for span in spans if not plan.is_known[span].all()]
