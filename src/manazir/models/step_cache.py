"""Step caches: what blocks add hardly changes from one step to the next, so some steps can take it from an earlier one.

A cache says how that is decided. A memory is what one document remembers of its steps, in one transformer: it is
handed in with the document (`Document.memory`), so that requests and branches of guidance that share a pass share
nothing else, and nothing stays on a module. `skipping.py` takes documents through the blocks.

Sources: first block cache (ParaAttention) and MagCache (arXiv:2506.09045) as huggingface/diffusers 0.42.1 has them;
TeaCache (arXiv:2411.19108).
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import ShapeError

Parts = tuple[Float[Tensor, "n d"], ...]
"""A document's tokens: one part, or one of video and one of sound."""


@dataclass(frozen=True, slots=True)
class Report:
    """How many blocks there were for documents in all their steps."""

    computed: int = 0
    skipped: int = 0

    def __add__(self, other: "Report") -> "Report":
        """Both together."""
        return Report(self.computed + other.computed, self.skipped + other.skipped)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is there of a document when it is decided whether it leaves the other blocks out."""

    entered: Parts
    """Before the first block."""
    now: Parts
    shown: Callable[[], Parts]
    """What the attention of the first block is shown: tokens, normed and modulated by the noise level."""


@dataclass(frozen=True, kw_only=True)
class StepCache(ABC):
    """How to decide which steps leave blocks out, and in which none may."""

    threshold: float
    """Blocks are left out while the error is below it; 0: never."""
    warm_up: float = 0.0
    """Share of all steps, the first ones, in which every block is computed."""
    cool_down: float = 0.0
    """Share of all steps, the last ones, in which every block is computed."""
    longest: int | None = None
    """How many steps in a row may leave blocks out; None: any number."""

    lead: ClassVar[int]
    """Blocks that are always computed."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        shares = (self.warm_up, self.cool_down)
        if not self.threshold >= 0 or not all(0 <= share <= 1 for share in shares):
            raise ShapeError(
                f"a step cache with threshold {self.threshold}, warm-up {self.warm_up} and cool-down {self.cool_down}; "
                "give a threshold of 0 or more, and shares from 0 to 1"
            )
        if self.longest is not None and self.longest < 1:
            raise ShapeError(f"a step cache that leaves blocks out in {self.longest} steps in a row; give 1 or more")

    @abstractmethod
    def begin(self, steps: int, first_step: int = 0) -> "Memory":
        """A memory for one document of one request, in one transformer.

        Args:
            steps: of the whole request.
            first_step: with which this transformer begins: not 0 for the second of two experts.
        """

    def may_skip(self, step: int, steps: int) -> bool:
        """Whether blocks may be left out in a step, counted from 0."""
        return int(self.warm_up * steps + 0.5) <= step < steps - int(self.cool_down * steps + 0.5)


class Memory(ABC):
    """What one document remembers of the steps of one request. It holds one to two tensors as large as its tokens."""

    def __init__(self, cache: StepCache, steps: int, first_step: int) -> None:
        self.cache, self.steps, self.step = cache, steps, first_step
        self.report = Report()
        self._added: Parts | None = None
        self._in_a_row = 0

    def answer(self, seen: Seen, *, is_asked: bool) -> Parts | None:
        """The document's tokens after all blocks, as far as can be told; None: the other blocks are to be computed.

        Args:
            is_asked: whether blocks may be left out at all; not where their keys and values are wanted.

        Raises:
            ShapeError: this memory is of another request.
        """
        self._check(seen.now)
        may = is_asked and self._added is not None and self.cache.may_skip(self.step, self.steps)
        error = self._error(seen) if may and self._in_a_row != self.cache.longest else math.inf
        added = self._added if error < self.cache.threshold else None  # not where the error is no number
        self._note(seen, None if added is None else error)
        self.step, self._in_a_row = self.step + 1, 0 if added is None else self._in_a_row + 1
        self._added = added  # what is to be learned anew makes room
        return None if added is None else tuple(now + more for now, more in zip(seen.now, added, strict=True))

    def learn(self, before: Parts, after: Parts) -> None:
        """Remember what was added by the blocks that could have been left out."""
        self._added = tuple(last - first for first, last in zip(before, after, strict=True))

    def count(self, step: Report) -> None:
        """Note how many blocks there were in a step."""
        self.report += step

    @abstractmethod
    def _error(self, seen: Seen) -> float:
        """What leaving blocks out would be off by."""

    @abstractmethod
    def _note(self, seen: Seen, error: float | None) -> None:
        """Remember what the next error is told from; `error` is None where the other blocks are computed."""

    def _check(self, tokens: Parts) -> None:
        if self.step >= self.steps:
            raise ShapeError(f"a memory of {self.steps} steps is asked for one more; begin a new one for each request")
        if self._added is not None and [part.shape for part in self._added] != [part.shape for part in tokens]:
            sizes = [[len(part) for part in parts] for parts in (self._added, tokens)]
            raise ShapeError(
                f"a memory of {sizes[0]} tokens for a document of {sizes[1]}; begin a new one for each request"
            )


@dataclass(frozen=True, kw_only=True)
class FirstBlockCache(StepCache):
    """Blocks behind the first are left out while the first adds about what it added when all were last computed.

    The error is the mean difference of what it adds, over its mean size then. diffusers' (which has no shares and no
    longest run) also leaves blocks out where the error is exactly the threshold.
    """

    lead: ClassVar[int] = 1

    def begin(self, steps: int, first_step: int = 0) -> Memory:
        """See `StepCache`."""
        return _FirstBlockMemory(self, steps, first_step)


class _FirstBlockMemory(Memory):
    _first: Parts

    def _error(self, seen: Seen) -> float:
        return change(_difference(seen), self._first)

    def _note(self, seen: Seen, error: float | None) -> None:
        if error is None:
            self._first = _difference(seen)


@dataclass(frozen=True, kw_only=True)
class TeaCache(StepCache):
    """All blocks are left out until what the first is shown has changed enough, summed from step to step."""

    rescale: tuple[float, ...] = (1.0, 0.0)
    """Of a polynomial from the change of what is shown to that of what is made, the highest power's number first."""

    lead: ClassVar[int] = 0

    def begin(self, steps: int, first_step: int = 0) -> Memory:
        """See `StepCache`."""
        return _TeaMemory(self, steps, first_step, self.rescale)


class _TeaMemory(Memory):
    _last: Parts

    def __init__(self, cache: StepCache, steps: int, first_step: int, rescale: Sequence[float]) -> None:
        super().__init__(cache, steps, first_step)
        self._rescale, self._sum = rescale, 0.0

    def _error(self, seen: Seen) -> float:
        changed = change(seen.shown(), self._last)
        return self._sum + reduce(lambda value, number: value * changed + number, self._rescale, 0.0)

    def _note(self, seen: Seen, error: float | None) -> None:
        self._last = tuple(part.clone() for part in seen.shown())  # not the whole pack that it is a stretch of
        self._sum = error or 0.0


@dataclass(frozen=True, kw_only=True)
class MagCache(StepCache):
    """All blocks are left out until the size of what they add must have drifted too far, as was measured before.

    diffusers' also leaves blocks out where the error is exactly the threshold.
    """

    ratios: tuple[float, ...]
    """For each step, how large what blocks add is beside the step before; see `inference.magnitudes`. Of as many steps
    as they were measured in; for other numbers of steps the nearest are taken."""

    lead: ClassVar[int] = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        StepCache.__post_init__(self)
        if not self.ratios:
            raise ShapeError("MagCache without ratios; measure them on a request (inference.magnitudes)")

    def begin(self, steps: int, first_step: int = 0) -> Memory:
        """See `StepCache`."""
        return _MagMemory(self, steps, first_step, spread(self.ratios, steps))


class _MagMemory(Memory):
    def __init__(self, cache: StepCache, steps: int, first_step: int, ratios: Sequence[float]) -> None:
        super().__init__(cache, steps, first_step)
        self._ratios, self._ratio, self._sum = ratios, 1.0, 0.0

    def _error(self, seen: Seen) -> float:  # noqa: ARG002
        return self._sum + abs(1 - self._ratio * self._ratios[self.step])

    def _note(self, seen: Seen, error: float | None) -> None:  # noqa: ARG002
        self._ratio = 1.0 if error is None else self._ratio * self._ratios[self.step]
        self._sum = error or 0.0


def spread(ratios: Sequence[float], steps: int) -> list[float]:
    """As many ratios as there are steps, each the nearest.

    >>> spread([1.0, 0.9, 0.8], 5)
    [1.0, 1.0, 0.9, 0.8, 0.8]
    """
    if steps == 1:
        return [ratios[-1]]
    return [ratios[round(step * (len(ratios) - 1) / (steps - 1))] for step in range(steps)]


def change(now: Parts, before: Parts) -> float:
    """Mean difference over mean size before; of video and sound, the larger."""
    changes = [
        torch.linalg.vector_norm(new - old, 1, dtype=torch.float32)
        / torch.linalg.vector_norm(old, 1, dtype=torch.float32)
        for new, old in zip(now, before, strict=True)
    ]
    return float(torch.stack(changes).max())


def _difference(seen: Seen) -> Parts:
    return tuple(now - before for before, now in zip(seen.entered, seen.now, strict=True))
