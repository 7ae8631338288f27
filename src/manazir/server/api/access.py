"""Who may do what: a key is asked for before a byte of a body is read; each route says which scope it takes."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Path
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from manazir.server.errors import ApiError, Problem
from manazir.server.http import Render, as_api_error, bearer
from manazir.server.keys import Caller, Scope
from manazir.server.rates import Rate
from manazir.server.service import Service
from manazir.server.store.ids import plain_id


class KeyCheck:
    """Lets requests through that bring a key, unless they bring too many; says so in `X-RateLimit-*` headers."""

    def __init__(self, app: ASGIApp, service: Service, render: Render, open_paths: frozenset[str]) -> None:
        """Wrap an application.

        Args:
            open_paths: what anybody may read.
        """
        self._app, self._service, self._render, self._open = app, service, render, open_paths

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].removeprefix(scope.get("root_path", "")) in self._open:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            caller = await run_in_threadpool(self._service.caller, bearer(request), Scope.READ)
            rate = self._service.rates.count(caller.key_id, caller.requests_per_minute)
        except Exception as error:  # as the application's own handlers, which stand further in
            await self._render(request, as_api_error(error))(scope, receive, send)
            return
        scope.setdefault("state", {}).update(caller=caller, tenant_id=caller.tenant_id)
        await self._app(scope, receive, _with_rate(send, rate))


def _with_rate(send: Send, rate: Rate) -> Callable[[Message], Awaitable[None]]:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-RateLimit-Limit"] = str(rate.limit)
            headers["X-RateLimit-Remaining"] = str(rate.remaining)
            headers["X-RateLimit-Reset"] = str(rate.resets_in_seconds)
        await send(message)

    return told


def _with(scope: Scope) -> Any:
    def caller(request: Request) -> Caller:
        who: Caller = request.state.caller
        if not who.may(scope):
            raise ApiError(Problem.NO_SCOPE, f"this API key may not {scope.value}; use one with that scope")
        return who

    return Depends(caller)


def check_admin(caller: Caller) -> None:
    """Raise unless a key is an admin's.

    Raises:
        ApiError: it is not.
    """
    if not caller.may(Scope.ADMIN):
        raise ApiError(Problem.NO_SCOPE, "this API key may not see or steer what is others'; use an admin's")


Reader = Annotated[Caller, _with(Scope.READ)]
Maker = Annotated[Caller, _with(Scope.GENERATE)]
Admin = Annotated[Caller, _with(Scope.ADMIN)]

EXAMPLE_ID = "0190163d-8694-739b-aea6-966c26f8ad91"
Id = Annotated[str, Path(json_schema_extra={"format": "uuid"}, examples=[EXAMPLE_ID])]


def known_id(text: str, what: str) -> str:
    """An id as rows carry it; what is none names nothing.

    Raises:
        ApiError: as of something that is not there.
    """
    found = plain_id(text)
    if found is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no {what} {text[:64]!r}")
    return found
