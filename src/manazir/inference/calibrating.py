"""How large what a model's blocks add is, from step to step: what MagCache has to know of it, measured on one film.

It differs little from prompt to prompt, and much from checkpoint to checkpoint and from schedule to schedule
(arXiv:2506.09045, section 3): so a model is calibrated once for a schedule, and keeps that beside its weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import torch

from manazir.models.step_cache import Memory, Parts, Seen, StepCache


@dataclass(frozen=True, kw_only=True)
class Measuring(StepCache):
    """Leaves nothing out, and keeps its memories at hand."""

    threshold: float = 0.0
    begun: list["_MeasuringMemory"] = field(default_factory=list)

    lead: ClassVar[int] = 0

    def begin(self, steps: int, first_step: int = 0) -> Memory:
        """See `StepCache`."""
        self.begun.append(_MeasuringMemory(self, steps, first_step))
        return self.begun[-1]

    def ratios(self, steps: int) -> tuple[float, ...]:
        """For each step, the mean size of what blocks add to a token, over that in the step before.

        1 in a transformer's first step. Branches of guidance, windows and stretches are averaged.
        """
        of_steps = [list(_of_step(self.begun, step)) for step in range(steps)]
        return tuple(sum(found) / len(found) for found in of_steps)


class _MeasuringMemory(Memory):
    def __init__(self, cache: StepCache, steps: int, first_step: int) -> None:
        super().__init__(cache, steps, first_step)
        self.ratios: dict[int, float] = {}
        self._sizes: torch.Tensor | None = None

    def learn(self, before: Parts, after: Parts) -> None:
        """Note how much larger this is than what was learned before."""
        added = [last - first for first, last in zip(before, after, strict=True)]
        sizes = torch.cat([torch.linalg.vector_norm(part, dim=-1, dtype=torch.float32) for part in added])
        last = sizes if self._sizes is None else self._sizes
        self.ratios[self.step - 1] = float((sizes / last.clamp(min=1e-8)).mean())
        self._sizes = sizes

    def _error(self, seen: Seen) -> float:  # noqa: ARG002
        return torch.inf

    def _note(self, seen: Seen, error: float | None) -> None:
        pass


def _of_step(memories: Sequence[_MeasuringMemory], step: int) -> Iterator[float]:
    return (memory.ratios[step] for memory in memories if step in memory.ratios)
