"""Spans: which packed queries see which packed keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Span:
    """A range of packed queries, and the range of packed keys that it sees."""

    queries: slice
    keys: slice

    @property
    def sizes(self) -> tuple[int, int]:
        """How many queries and keys."""
        return self.queries.stop - self.queries.start, self.keys.stop - self.keys.start


Compute = Callable[[Tensor, Tensor, Tensor, Sequence[Span]], Tensor]
"""Queries `[n h d]`, keys and values `[m h d]` and their spans → `[n h d]`."""
