"""Why a job ended, as its row says it: a line of words, and below it the reason's name with what it is told with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from manazir.core.errors import CheckpointError, FetchError, ManazirError, MediaError, StorageError
from manazir.server.errors import Value


@dataclass(frozen=True, slots=True)
class Named:
    """A reason by a name that stays, for who tells it in another language than the words'."""

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)
    """What it is told with."""


UNFORESEEN = "unforeseen"
BY_CLASS: tuple[tuple[type[ManazirError], str], ...] = ((CheckpointError, "bad_weights"), (MediaError, "bad_file"))
"""Where an error has no name of its own."""


def named(error: ManazirError) -> Named | None:
    """The name of what went wrong; None: only its words say it."""
    if isinstance(error, FetchError):
        return Named(f"fetch_{error.reason}")
    if isinstance(error, StorageError):
        return Named("no_space" if error.reason == "no_space" else "storage_failed")
    if error.reason is not None:
        return Named(error.reason, error.values)
    return next((Named(name) for kind, name in BY_CLASS if isinstance(error, kind)), None)


def written(told: str | None, name: Named | None) -> str | None:
    """As a row has it."""
    if told is None or name is None:
        return told
    return f"{' '.join(told.split())}\n{json.dumps({'name': name.name, 'values': dict(name.values)})}"


def read(text: str | None) -> tuple[str | None, Named | None]:
    """The words, and the name; rows of earlier versions have words alone."""
    told, line, below = (text or "").partition("\n")
    if not line:
        return text, None
    try:
        found = json.loads(below)
        return told, Named(found["name"], found["values"])
    except (ValueError, TypeError, KeyError):
        return text, None
