"""Why a canvas cannot be made: in words, and by a name that stays. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from manazir.core.canvas import Need
from manazir.core.errors import ManazirError

Values = Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a canvas cannot be made."""

    what: Need | str
    """What is to blame: SIZE, RATE, LENGTH, NEGATIVE, what the canvas needs, or what was chosen beside it."""
    told: str
    reason: str
    """The same as a name that stays, for who tells it in another language."""
    values: Values = field(default_factory=dict)
    """What that is told with."""


def misfit_of(what: Need | str, error: ManazirError) -> Misfit:
    """What an error says, which has a name."""
    assert error.reason is not None, error
    return Misfit(what, str(error), error.reason, error.values)
