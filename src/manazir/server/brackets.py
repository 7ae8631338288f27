"""Names with brackets, as forms write what is nested: `video[id]`, `characters[][id]`, `expires_after[seconds]`."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from manazir.server.errors import ApiError, Problem

NAME = re.compile(r"[^\[\]]+(\[[^\[\]]*\])*")
DEEPEST = 4


def nest(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """What a form's fields mean together.

    A name with `[]` is a list; in a list of things, a field that the last thing has already begins the next one.

    Raises:
        ApiError: a name is none, goes too deep, comes twice, or is used for two kinds of things.

    >>> nest([("prompt", "a ball"), ("characters[][id]", "a"), ("characters[][id]", "b")])
    {'prompt': 'a ball', 'characters': [{'id': 'a'}, {'id': 'b'}]}
    """
    told: dict[str, Any] = {}
    for name, value in pairs:
        _put(told, _steps(name), value, name)
    return told


def _steps(name: str) -> list[str]:
    if not NAME.fullmatch(name):
        raise _wrong(name, "is no name of a field")
    first, *rest = name.replace("]", "").split("[")
    if len(rest) > DEEPEST:
        raise _wrong(name, f"has more than {DEEPEST} brackets")
    return [first, *rest]


def _put(into: dict[str, Any], steps: Sequence[str], value: Any, name: str) -> None:
    first, *rest = steps
    if not first:
        raise _wrong(name, "has a list in a list")
    if not rest:
        if first in into:
            raise _wrong(name, "is given twice")
        into[first] = value
        return
    inner = into.setdefault(first, [] if rest[0] == "" else {})
    if isinstance(inner, list) and rest[0] == "":
        _append(inner, rest[1:], value, name)
    elif isinstance(inner, dict) and rest[0] != "":
        _put(inner, rest, value, name)
    else:
        raise _wrong(name, "is at once a list, an object or a value; write it one way")


def _append(items: list[Any], steps: Sequence[str], value: Any, name: str) -> None:
    if not steps:
        items.append(value)
        return
    if not items or not isinstance(items[-1], dict) or _has(items[-1], steps):
        items.append({})
    _put(items[-1], steps, value, name)


def _has(thing: Any, steps: Sequence[str]) -> bool:
    for step in steps:
        if not isinstance(thing, dict) or step not in thing:
            return False
        thing = thing[step]
    return True


def _wrong(name: str, why: str) -> ApiError:
    shown = name[:80]
    return ApiError(Problem.BAD_REQUEST, f"the field {shown!r} {why}", field=shown)
