"""Who may do what: a key is asked for before a byte of a body is read; each route says which scope it takes."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Path
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from manazir.server.errors import ApiError, Problem
from manazir.server.http import Render, as_api_error, base_url, bearer, take_place
from manazir.server.keys import Caller, Scope
from manazir.server.rates import Rate
from manazir.server.service import Service
from manazir.server.store.ids import plain_id

NEEDS_KEY = Depends(HTTPBearer(auto_error=False, description="An API key."))
"""Says so in a route's description; what asks for the key is `KeyCheck`."""
Who = Callable[[Service, Request], Caller]
"""Says who sent a request, or refuses it."""
SAFE = ("GET", "HEAD")
STUDIO = "x-manazir-studio"
"""A header that no page of a stranger's can have a browser send: it would have to be allowed to first."""


def by_key(service: Service, request: Request) -> Caller:
    """Who has the key that a request brings."""
    return service.caller(bearer(request), Scope.READ)


def by_key_or_session(service: Service, request: Request) -> Caller:
    """Who has the key that a request brings, or without one the session that its cookie is of.

    Raises:
        ApiError: neither is good; or a browser was made to send it by somebody else's page.
    """
    if bearer(request) is not None or not request.cookies:
        return by_key(service, request)
    token = request.cookies.get(service.cookie)
    if token is None:
        return by_key(service, request)
    if request.method not in SAFE:
        check_origin(request)
        if request.headers.get(STUDIO) != "1":
            told = "with a session, what changes anything needs the header X-Manazir-Studio: 1"
            raise ApiError(Problem.NO_SCOPE, told, reason="other_page")
    return service.visitor(token, Scope.READ)


def check_origin(request: Request) -> None:
    """Raise if a browser says that a request comes from pages that are not the service's own.

    Raises:
        ApiError: so it is.
    """
    origin = request.headers.get("origin")
    own = {urlsplit(base_url(request)).netloc.lower(), request.headers.get("host", "").lower()}
    if origin is not None and urlsplit(origin).netloc.lower() not in own - {""}:
        raise ApiError(
            Problem.NO_SCOPE,
            "this comes from somebody else's page; open the studio by its own address",
            reason="other_page",
        )


class KeyCheck:
    """Lets requests through of whom it is known who sent them, unless they are too many; `X-RateLimit-*` says that."""

    def __init__(
        self,
        app: ASGIApp,
        service: Service,
        render: Render,
        who: Who = by_key,
        open_routes: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """Wrap an application.

        Args:
            open_routes: methods and paths that are anybody's.
        """
        self._app, self._service, self._render, self._who, self._open = app, service, render, who, open_routes

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or self._is_open(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            caller = await run_in_threadpool(self._who, self._service, request)
            take_place(self._service, request, caller)
            rate = self._service.rates.count(caller.key_id, caller.requests_per_minute)
        except Exception as error:  # as the application's own handlers, which stand further in
            await self._render(request, as_api_error(error))(scope, receive, send)
            return
        scope.setdefault("state", {}).update(caller=caller, tenant_id=caller.tenant_id)
        await self._app(scope, receive, _with_rate(send, rate))

    def _is_open(self, scope: AsgiScope) -> bool:
        return (scope["method"], scope["path"].removeprefix(scope.get("root_path", ""))) in self._open


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
        who.check_may(scope)
        return who

    return Depends(caller)


def check_admin(caller: Caller) -> None:
    """Raise unless a key is an admin's.

    Raises:
        ApiError: it is not.
    """
    if not caller.may(Scope.ADMIN):
        told = "this API key may not see or steer what is others'; use an admin's"
        raise ApiError(Problem.NO_SCOPE, told, reason="not_admin")


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
        raise ApiError(Problem.NOT_FOUND, f"there is no {what} {text[:64]!r}", reason="no_such_id")
    return found
