"""Who listens, waits, or has requests under way: counted, as each keeps a connection; in the server's memory."""

import threading
import weakref
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from manazir.server.errors import ApiError, Problem
from manazir.server.keys import Caller

RETRY_SECONDS = 5


@dataclass(slots=True, weakref_slot=True)
class Waiting:
    """Counts them by key and by tenant."""

    most_of_key: int
    most_of_tenant: int
    doing: str = "listen or wait"
    setting: str = "waiting_per"
    """How the operator's file calls the limits."""
    _count: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, caller: Caller) -> "Place":
        """Give a caller a place, until it leaves.

        Raises:
            ApiError: its key, or its tenant, has as many as may be; says which.
        """
        limits = {f"key {caller.key_id}": self.most_of_key, f"tenant {caller.tenant_id}": self.most_of_tenant}
        with self._lock:
            for name, most in limits.items():
                if self._count[name] >= most:
                    whose = name.partition(" ")[0]
                    told = f"{most} calls of this {whose} {self.doing} already ({self.setting}_{whose}); end some first"
                    raise ApiError(
                        Problem.RATE_LIMITED,
                        told,
                        retry_after_seconds=RETRY_SECONDS,
                        reason="too_many_calls",
                        values={"most": most},
                    )
            self._count.update(limits.keys())
        return Place(self, tuple(limits))

    def leave(self, names: tuple[str, ...]) -> None:
        """A place is free again."""
        with self._lock:
            self._count.subtract(names)
            self._count += Counter()  # those of whom nobody waits any more


class Place:
    """One call's; one that is forgotten is left."""

    def __init__(self, waiting: Waiting, names: tuple[str, ...]) -> None:
        """Take what `Waiting.enter` counted."""
        self._end = weakref.finalize(self, waiting.leave, names)

    def leave(self) -> None:
        """Leave it; twice is once."""
        self._end()

    def __enter__(self) -> Self:
        """Leave it in the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it."""
        self.leave()


class Listened(StreamingResponse):
    """A stream whose listener has a place for as long as it lasts."""

    def __init__(self, place: Place, *given: Any, **named: Any) -> None:
        """Take a place, and what any stream takes."""
        super().__init__(*given, **named)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._place:
            await super().__call__(scope, receive, send)
