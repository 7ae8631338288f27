"""What all dialects do alike with HTTP: who calls, by which address, and errors that each puts into its own shape."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette import types
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response

from manazir.core.errors import ManazirError, StorageError, StoreError
from manazir.core.home import public_url
from manazir.server.errors import ApiError, Problem
from manazir.server.keys import Caller, Scope
from manazir.server.notes import notes
from manazir.server.rates import Rate
from manazir.server.rules import broken_rule
from manazir.server.service import Service

LOG = logging.getLogger(__name__)

PLACES, COUNTED = "manazir.places", "manazir.counted"
"""Of a request's state: what it leaves once it is answered; whether its caller's place is among that."""

Render = Callable[[Request, ApiError], Response]
"""Puts a refusal into a dialect's shape."""

BY_STATUS = {
    400: Problem.BAD_REQUEST,
    404: Problem.NOT_FOUND,
    405: Problem.NO_METHOD,
    413: Problem.TOO_LARGE,
    503: Problem.UNAVAILABLE,
}


def bearer(request: Request) -> str | None:
    """The key in `Authorization: Bearer …`."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" and key.strip() else None


def base_url(request: Request) -> str:
    """How the client reaches the service, without a path: the operator's word, else as the request came."""
    return public_url() or f"{request.url.scheme}://{request.url.netloc}"


def admit(service: Service, request: Request, key: str | None, scope: Scope) -> Caller:
    """Who calls, once the call is counted against the key's requests in a minute; see `rate_of`.

    Raises:
        ApiError: no such key, it may not do this, it has called too often, or has too much under way.
    """
    caller = service.caller(key, scope)
    request.state.tenant_id = caller.tenant_id
    take_place(service, request, caller)
    limit = caller.requests_per_minute
    try:
        request.state.rate = service.rates.count(caller.key_id, limit)
    except ApiError as error:
        request.state.rate = Rate(limit, 0, error.retry_after_seconds or 1)
        raise
    return caller


def take_place(service: Service, request: Request, caller: Caller) -> None:
    """Count a request among its caller's that are under way, until it is answered; a second time changes nothing.

    Raises:
        ApiError: they are as many as may be.
    """
    state = request.scope.get("state", {})
    if (places := state.get(PLACES)) is not None and not state.get(COUNTED):  # None: a route alone, in a test
        places.enter_context(service.under_way.enter(caller))
        state[COUNTED] = True


def rate_of(request: Request) -> Rate | None:
    """Where the key of a request is; None: it was not admitted."""
    return getattr(request.state, "rate", None)


@dataclass(frozen=True, slots=True)
class AlsoSaying:
    """ASGI middleware: headers that a dialect gives every answer, errors too; asked for when the answer begins."""

    app: types.ASGIApp
    headers: Callable[[Request], Mapping[str, str]]

    async def __call__(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})  # one for all who see the scope, also through copies of it

        async def saying(message: types.Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers(Request(scope)))
            await send(message)

        await self.app(scope, receive, saying)


def answer_errors(app: FastAPI, render: Render) -> None:
    """Have an application tell every error in its dialect's shape.

    Wrong bodies (`RequestValidationError`) become INVALID with the first field that is wrong; a dialect that tells all
    of them adds a handler of its own afterwards.
    """

    async def refused(request: Request, error: Exception) -> Response:
        return render(request, as_api_error(error))

    for kind in (ManazirError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, refused)


def as_api_error(error: Exception) -> ApiError:
    """Any error as a refusal; what is our own fault is logged, and told without its insides."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, RequestValidationError):
        return _from_validation(error)
    if isinstance(error, HTTPException):
        wait = (error.headers or {}).get("Retry-After")
        problem = BY_STATUS.get(error.status_code, Problem.BAD_REQUEST)
        return ApiError(problem, str(error.detail), retry_after_seconds=None if wait is None else int(wait))
    if isinstance(error, StoreError):
        return ApiError(Problem.UNAVAILABLE, str(error), retry_after_seconds=5, reason="store_away")
    if isinstance(error, StorageError):
        return _from_storage(error)
    if isinstance(error, ManazirError):
        return ApiError(Problem.INVALID, str(error), reason=error.reason, values=error.values)
    if notes().logged is not error:
        LOG.error("a request failed", exc_info=error)
        notes().logged = error
    return ApiError(Problem.FAILED, "an error of ours; the server's log has it", reason="unforeseen")


def _from_validation(error: RequestValidationError) -> ApiError:
    first = error.errors()[0]
    where = [str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")]
    reason, values = broken_rule(first)
    return ApiError(
        Problem.INVALID,
        f"{'.'.join(where) or 'the body'}: {first['msg']}",
        field=".".join(where) or None,
        reason=reason,
        values=values,
    )


def _from_storage(error: StorageError) -> ApiError:
    if error.reason == "no_space":
        return ApiError(Problem.UNAVAILABLE, str(error), retry_after_seconds=60, reason="no_space")
    if error.reason == "unavailable":
        LOG.warning("%s", error)
        told = "files cannot be kept or read now; try again"
        return ApiError(Problem.UNAVAILABLE, told, retry_after_seconds=10, reason="storage_away")
    if error.reason == "too_large":
        return ApiError(Problem.TOO_LARGE, str(error), reason="too_many_bytes")
    LOG.error("the storage failed", exc_info=error)
    told = "a file could not be kept or found; the server's log has it"
    return ApiError(Problem.FAILED, told, reason="storage_failed")
