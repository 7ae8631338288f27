"""What all bodies of this dialect have in common, and how one that is wrong is told."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from manazir.server.bodies import TOO_DEEP, check_size, refuse_nul
from manazir.server.errors import ApiError, Problem


class Body(BaseModel):
    """Something that a client sends, in camelCase or, as JSON of protocol buffers may be, in snake_case."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        protected_namespaces=(),
    )


def _number(value: Any) -> Any:
    """JSON of protocol buffers may have numbers in quotes, and Google's own examples do."""
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return value
        return int(number) if number.is_integer() else number
    return int(value) if isinstance(value, float) and value.is_integer() else value


Number = Annotated[float, BeforeValidator(_number)]
Whole = Annotated[int, BeforeValidator(_number)]

Model = TypeVar("Model", bound=Body)


def parse(kind: type[Model], body: bytes) -> Model:
    """Read a body.

    Raises:
        ApiError: names the first field that is wrong.
    """
    check_size(body)
    try:
        found = kind.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise told(error) from error
    refuse_nul(body, found.model_dump(by_alias=True))
    return found


def told(error: ValidationError) -> ApiError:
    """A wrong body as a refusal."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = path(first["loc"])
    if first["type"] == "json_invalid" and "recursion" in first["msg"]:
        return ApiError(Problem.BAD_REQUEST, TOO_DEEP)
    if first["type"] == "extra_forbidden":
        return ApiError(Problem.INVALID, f"{where} is not known to this server; leave it out", field=where)
    if first["type"] == "missing":
        return ApiError(Problem.INVALID, f"{where} is missing", field=where)
    return ApiError(Problem.INVALID, f"{where or 'the body'}: {first['msg']}", field=where or None)


def path(parts: tuple[int | str, ...]) -> str:
    """Where something is in a body, as Google writes it.

    >>> path(("instances", 0, "image"))
    'instances[0].image'
    """
    told = [part for part in parts if isinstance(part, int) or not part.startswith("<")]  # those are kinds of unions
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in told).removeprefix(".")


def refuse_given(values: Mapping[str, Any], why: Mapping[str, str]) -> None:
    """Raise for the first of some fields that has a value.

    Args:
        values: by the client's name of a field; None and empty ones were not given.
        why: what to say for each.

    Raises:
        ApiError: names the field.
    """
    for name, reason in why.items():
        if values.get(name) not in (None, [], {}, ""):
            raise ApiError(Problem.UNSUPPORTED, f"{name}: {reason}", field=name)
