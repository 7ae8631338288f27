"""How many requests a key may send in a minute: a window that slides, kept in the memory of the server."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

from manazir.server.errors import ApiError, Problem

WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Where a key is, as dialects say in their headers."""

    limit: int
    remaining: int
    resets_in_seconds: int


@dataclass(slots=True)
class Rates:
    """Counts requests by key."""

    _seen: dict[str, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, key_id: str, limit: int) -> Rate:
        """Count a request.

        Raises:
            ApiError: it is one too many; says when to come again.
        """
        now = time.monotonic()
        with self._lock:
            seen = self._seen.setdefault(key_id, deque())
            while seen and seen[0] <= now - WINDOW_SECONDS:
                seen.popleft()
            wait = max(1, round(WINDOW_SECONDS - (now - seen[0]))) if seen else int(WINDOW_SECONDS)
            if len(seen) >= limit:
                told = f"more than {limit} requests in a minute; come again in {wait} s"
                raise ApiError(
                    Problem.RATE_LIMITED, told, retry_after_seconds=wait, reason="too_often", values={"seconds": wait}
                )
            seen.append(now)
            return Rate(limit, limit - len(seen), wait)
