"""`/session`: a browser gives its key, or what its address has, and has a cookie from then on."""

from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from manazir.server.api.access import NEEDS_KEY, Reader, check_origin
from manazir.server.api.keys import MeTold, told_me
from manazir.server.api.shapes import Given, Told
from manazir.server.errors import ApiError, Problem
from manazir.server.http import base_url
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.sessions import SESSION_SECONDS, begin_session, end_session, use_opening


class SessionGiven(Given):
    """Who comes in: one of these."""

    key: str | None = Field(None, max_length=256, description="An API key; no browser keeps it.")
    token: str | None = Field(None, max_length=256, description="After `#open=` in an address that the service told.")

    @model_validator(mode="after")
    def _agree(self) -> "SessionGiven":
        if (self.key is None) == (self.token is None):
            raise ValueError("give a key or a token, one of both")
        return self


class SessionTold(Told):
    """Who is there."""

    me: MeTold | None = Field(description="Whose session the cookie is of; null: nobody's, or it is over.")


def session_routes(service: Service) -> APIRouter:
    """Beginning and ending."""
    routes = APIRouter(prefix="/session", tags=["session"])

    @routes.post("")
    def create_session(given: SessionGiven, request: Request, response: Response) -> MeTold:
        """Begin a session: the cookie of this answer stands for the key from then on, for thirty days.

        Requests by cookie that change anything need the header `X-Manazir-Studio: 1`, and come from the service's own
        pages. A key that is revoked ends its sessions.
        """
        check_origin(request)
        opened = None if given.token is None else _opened(given.token)
        caller = service.admitted(opened, Scope.READ) if opened is not None else service.caller(given.key, Scope.READ)
        with service.database.transaction() as connection:
            token = begin_session(connection, caller)
        response.set_cookie(
            service.cookie,
            token,
            max_age=SESSION_SECONDS,
            path="/",
            secure=base_url(request).startswith("https:"),
            httponly=True,
            samesite="strict",
        )
        return told_me(service, caller)

    @routes.get("")
    def get_session(request: Request) -> SessionTold:
        """Whether the cookie is of a session that goes on. Nobody is no error: pages ask this of everyone who comes."""
        token = request.cookies.get(service.cookie)
        if token is None:
            return SessionTold(me=None)
        try:
            return SessionTold(me=told_me(service, service.visitor(token, Scope.READ)))
        except ApiError as error:
            if error.problem is not Problem.NO_KEY:
                raise
            return SessionTold(me=None)

    @routes.delete("", status_code=204, dependencies=[NEEDS_KEY])
    def delete_session(_caller: Reader, request: Request, response: Response) -> None:
        """End the session that the request came with; a key that it came with stays as it is."""
        if (token := request.cookies.get(service.cookie)) is not None:
            with service.database.transaction() as connection:
                end_session(connection, token)
        response.delete_cookie(service.cookie, path="/", httponly=True, samesite="strict")

    def _opened(token: str) -> Caller:
        with service.database.transaction() as connection:
            caller = use_opening(connection, token)
        if caller is None:
            told = "this address was used before, or is too old; `manazir studio` tells another one"
            raise ApiError(Problem.NO_KEY, told, field="token", reason="old_link")
        return caller

    return routes
