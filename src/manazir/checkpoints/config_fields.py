"""Reading another project's configuration: what we can do is read, what we cannot is refused by the field's name."""

import json
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from manazir.core.errors import CheckpointError, UnsupportedError

Config = Mapping[str, Any]


def parsed(text: str, what: str) -> dict[str, Any]:
    """Return the fields of a JSON object.

    Raises:
        CheckpointError: it is none.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{what} is not JSON ({error}); get it again") from error
    if not isinstance(told, dict):
        raise CheckpointError(f"{what} holds a {type(told).__name__}, not an object; get it again")
    return told


def check(config: Config, fixed: Config, free: Collection[str] | None = None) -> None:
    """Refuse fields that have another value than the only one that we can do, and fields that we do not know.

    Args:
        config: what is asked for; a field that is not there asks for nothing.
        fixed: the one value of a field. Where the field is a list, the value of all that is in it.
        free: fields that may have any value; without it, all that `fixed` does not name. Names that begin with an
            underscore always may.

    Raises:
        UnsupportedError: naming the field.
    """
    for field, value in config.items():
        if field in fixed:
            if any(leaf != fixed[field] for leaf in _leaves(value)):
                refuse(field, value, fixed[field])
        elif free is not None and field not in free and not field.startswith("_"):
            raise UnsupportedError(f"the configuration has a field {field!r} that this version does not know")


def needed(config: Config, field: str) -> Any:
    """Return a field that nothing stands in for.

    Raises:
        CheckpointError: it is not there.
    """
    if field not in config:
        raise CheckpointError(f"the configuration lacks {field!r}; take the file as it was published")
    return config[field]


def number(config: Config, field: str, default: float, low: float, high: float) -> float:
    """Return a field's number, or refuse it; the default stands in for nothing and null.

    Raises:
        CheckpointError: it is no number, or none that makes sense.
    """
    value = config.get(field)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise CheckpointError(
            f"the configuration has {field} = {value!r}, and it is from {low:g} to {high:g}; take it as published"
        )
    return float(value)


def one_of(config: Config, field: str, choices: Mapping[Any, Any], default: Any = None) -> Any:
    """Return what a field's value means, or refuse it."""
    value = config.get(field, default)
    if not isinstance(value, Hashable) or value not in choices:
        refuse(field, value, " or ".join(str(choice) for choice in choices))
    return choices[value]


def all_alike(config: Config, field: str, default: Any) -> Any:
    """Return the one value of a field that lists the same thing for each part; lists in it become tuples."""
    values = config.get(field, default)
    listed = [tuple(one) if isinstance(one, list) else one for one in values] if _is_list(values) else [values]
    if any(one != listed[0] for one in listed):
        refuse(field, values, "one value for all of them")
    return listed[0] if listed else default


def refuse(field: str, value: object, possible: object) -> NoReturn:
    """Say which field asks for too much, and what it may ask for."""
    raise UnsupportedError(f"the configuration asks for {field} = {value!r}; this version can do {possible}")


def _leaves(value: Any) -> Iterator[Any]:
    if _is_list(value):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
