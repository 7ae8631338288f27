"""How much of all bodies together lies in memory: counted while they come, and refused before it is too much."""

from collections import Counter
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException

UNCOUNTED_BYTES = 1 << 16
"""Of each request: words alone are taken however much lies in memory."""
RETRY_SECONDS = 5


@dataclass(slots=True)
class Memory:
    """What there is for bodies of all requests. Nobody may have more than half of it, unless one body needs more."""

    most_bytes: int
    largest_bytes: int
    """Of one body."""
    taken: Counter[str] = field(default_factory=Counter)
    """By tenant; those of nobody yet have one name together."""

    def take(self, whose: str, size_bytes: int) -> None:
        """Count some bytes more.

        Raises:
            HTTPException: there is no room for them now; says when to come again.
        """
        share = max(self.most_bytes // 2, self.largest_bytes)
        left = max(self.most_bytes, self.largest_bytes) - self.taken.total()
        if size_bytes > min(left, share - self.taken[whose]):
            told = "too much is being sent at once; come again soon, or upload files by themselves"
            raise HTTPException(503, told, headers={"Retry-After": str(RETRY_SECONDS)})
        self.taken[whose] += size_bytes

    def give_back(self, whose: str, size_bytes: int) -> None:
        """They are let go of."""
        self.taken[whose] -= size_bytes
        if not self.taken[whose]:
            del self.taken[whose]


@dataclass(slots=True)
class Share:
    """What one request has of it."""

    memory: Memory
    size_bytes: int = 0
    counted: Counter[str] = field(default_factory=Counter)

    def take(self, whose: str, size_bytes: int) -> None:
        """Count some bytes more; see `Memory.take`."""
        self.size_bytes += size_bytes
        more = min(size_bytes, self.size_bytes - UNCOUNTED_BYTES)
        if more > 0:
            self.memory.take(whose, more)
            self.counted[whose] += more

    def give_back(self) -> None:
        """The request is over."""
        for whose, size_bytes in self.counted.items():
            self.memory.give_back(whose, size_bytes)
        self.counted.clear()
