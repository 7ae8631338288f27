"""What is known of the work at hand, so that every line of the log can say whose it is: a request, a tenant, a job."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Notes:
    """Of one request or one job, from its beginning to its end."""

    request_id: str | None = None
    tenant_id: str | None = None
    job_id: str | None = None
    logged: BaseException | None = None
    """An error that the log has already."""

    def told(self) -> dict[str, str]:
        """Whose work it is: ids, and nothing that anybody has said."""
        known = {"request_id": self.request_id, "tenant_id": self.tenant_id, "job_id": self.job_id}
        return {name: value for name, value in known.items() if value is not None}


_NOTES: ContextVar[Notes | None] = ContextVar("notes", default=None)


def notes() -> Notes:
    """Those of the work at hand; where there is none, notes that nobody reads."""
    return _NOTES.get() or Notes()


@contextmanager
def noting(begun: Notes) -> Iterator[Notes]:
    """Take notes until the block ends. Threads that work for a request share its notes."""
    token = _NOTES.set(begun)
    try:
        yield begun
    finally:
        _NOTES.reset(token)
