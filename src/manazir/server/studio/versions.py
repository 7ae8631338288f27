"""Two tabs, one row: whoever changes what somebody else has changed meanwhile is told so, and nothing is lost."""

from collections.abc import Mapping
from typing import Any

from manazir.server.errors import ApiError, Problem


def differing(what: str, row: Mapping[str, Any], values: Mapping[str, Any], version: int | None) -> dict[str, Any]:
    """Those of some values that differ from a row's.

    Args:
        what: is to be changed, for messages.
        row: with its `version`.
        version: the row's when the values were thought of; None: whatever it was, they are meant.

    Raises:
        ApiError: the row was changed since, and some of the values differ from what it has now; names those fields.
    """
    new = {name: value for name, value in values.items() if row[name] != value}
    if new and version is not None and version < row["version"]:
        names, newest = ", ".join(new), row["version"]
        told = (
            f"this {what} was changed meanwhile, and differs in {names}; look at it again, then send version {newest}"
        )
        raise ApiError(Problem.CONFLICT, told, field=",".join(new), reason="changed_meanwhile")
    return new
