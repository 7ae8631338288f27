"""What the service refuses, in words that every dialect puts into its own shape."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from manazir.core.errors import ManazirError

Value = str | int | float


class Problem(Enum):
    """What kind of refusal; the value is the HTTP status that most dialects give it."""

    BAD_REQUEST = 400
    """Malformed, or contradicting itself."""
    NO_KEY = 401
    NO_CREDITS = 402
    NO_SCOPE = 403
    """The key may not do this."""
    NOT_FOUND = 404
    """Not there, or not yours."""
    NO_METHOD = 405
    CONFLICT = 409
    """Not in this state."""
    TOO_LARGE = 413
    BAD_RANGE = 416
    KEY_REUSED = 4220
    """An Idempotency-Key that stands for another request."""
    UNSUPPORTED = 4221
    """Well formed, and the model cannot do it."""
    INVALID = 422
    """A field has a value that it cannot have."""
    RATE_LIMITED = 429
    QUEUE_FULL = 4290
    FAILED = 500
    UNAVAILABLE = 503
    """The store, or the disk, cannot be used now."""

    @property
    def status(self) -> int:
        """As HTTP has it."""
        return self.value if self.value < 1000 else self.value // 10


@dataclass(frozen=True, slots=True)
class Part:
    """One of several things that a request asks for together, which is refused and with it all of them."""

    id: str
    """Of what it was asked for."""
    error: "ApiError"


class ApiError(ManazirError):
    """A request that is refused: why, by which field, and whether to come again."""

    def __init__(
        self,
        problem: Problem,
        message: str,
        *,
        field: str | None = None,
        retry_after_seconds: int | None = None,
        reason: str | None = None,
        values: Mapping[str, Value] | None = None,
        parts: Sequence[Part] = (),
    ) -> None:
        """Takes what is told.

        Args:
            field: in the client's own words, such as `keyframes.frame0`.
            reason: which of its kind's refusals this is, by a name that stays as it is: who reads another language than
                the message's is told by it. None: the message alone says it.
            values: what the reason is told with.
            parts: of a request for several things at once, those that are refused.
        """
        super().__init__(message)
        self.problem = problem
        self.message = message
        self.field = field
        self.retry_after_seconds = retry_after_seconds
        self.reason = reason
        self.values = dict(values or {})
        self.parts = tuple(parts)


@contextmanager
def absent(told: str, *, field: str | None = None) -> Iterator[None]:
    """Within, what is not there is refused in these words: a client knows its id as it was spelled to it, not ours."""
    try:
        yield
    except ApiError as error:
        if error.problem is not Problem.NOT_FOUND:
            raise
        raise ApiError(Problem.NOT_FOUND, told, field=field, reason=error.reason) from error
