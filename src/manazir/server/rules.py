"""Which rule of its shape a body breaks: by a name that stays, with the rule's own number."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

NUMBERED: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "string_too_long": ("text_too_long", "most", "max_length"),
        "string_too_short": ("text_too_short", "least", "min_length"),
        "too_long": ("list_too_long", "most", "max_length"),
        "too_short": ("list_too_short", "least", "min_length"),
        "greater_than": ("number_too_small", "least", "gt"),
        "greater_than_equal": ("number_too_small", "least", "ge"),
        "less_than": ("number_too_large", "most", "lt"),
        "less_than_equal": ("number_too_large", "most", "le"),
    }
)
"""Of pydantic's kinds of error: our name, what its number is called, and where that stands."""
OTHER = "bad_value"
RULES = frozenset({OTHER, *(name for name, _, _ in NUMBERED.values())})


def broken_rule(error: Mapping[str, Any]) -> tuple[str, dict[str, int | float]]:
    """The name of the rule, and what it is told with.

    Args:
        error: one of `ValidationError.errors()`.
    """
    if error["type"] not in NUMBERED:
        return OTHER, {}
    name, called, stands = NUMBERED[error["type"]]
    number = error.get("ctx", {}).get(stands)
    return (name, {called: number}) if isinstance(number, int | float) else (OTHER, {})
