"""Requests that bring something: who sends them is known before anything of them is read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, TypeVar

from anyio import to_thread
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from manazir.server.bodies import Bodies
from manazir.server.errors import ApiError, Problem
from manazir.server.http import admit, base_url, bearer
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.wire.luma_shared.found import Finder
from manazir.server.wire.luma_shared.words import Body

LONGEST_KEY = 255
Kind = TypeVar("Kind", bound=Body)


@dataclass(frozen=True, slots=True)
class Sent(Generic[Kind]):
    """A request that was read."""

    body: Kind
    finder: Finder
    """Finds files for who sent it."""
    idempotency_key: str | None


def receiving(service: Service, bodies: Bodies, kind: type[Kind]) -> Callable[[Request], Awaitable[Sent[Kind]]]:
    """A dependency that reads a request's JSON as one kind of body."""

    async def receive(request: Request) -> Sent[Kind]:
        caller = await to_thread.run_sync(admit, service, request, bearer(request), Scope.GENERATE)
        body = checked(kind, await bodies.read(request, _no_file))
        return Sent(body, Finder(service, caller, base_url(request)), idempotency_key(request))

    return receive


def checked(kind: type[Kind], told: dict[str, Any]) -> Kind:
    """A body, if it is one.

    Raises:
        RequestValidationError: it is none; has all that is wrong.
    """
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise RequestValidationError([one | {"loc": ("body", *one["loc"])} for one in found]) from error


def idempotency_key(request: Request) -> str | None:
    """The key under which a request is one, however often it is sent.

    Raises:
        ApiError: it is too long, or has signs that no key has.
    """
    key = request.headers.get("idempotency-key")
    if key is None or (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        return key
    told = f"an Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters"
    raise ApiError(Problem.BAD_REQUEST, told, field="Idempotency-Key")


def _no_file(name: str, _filename: str) -> NoReturn:
    raise ApiError(Problem.BAD_REQUEST, f"{name[:80]!r} is sent as a file; nothing here may be")
