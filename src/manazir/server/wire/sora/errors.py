"""Refusals as this dialect tells them: `{"error": {message, type, param, code}}`, and whether a retry makes sense."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Request
from starlette.responses import JSONResponse

from manazir.server.errors import ApiError, Problem

INVALID_REQUEST = "invalid_request_error"

KINDS: Mapping[Problem, tuple[int, str, str | None]] = MappingProxyType(
    {
        Problem.BAD_REQUEST: (400, INVALID_REQUEST, None),
        Problem.NO_KEY: (401, INVALID_REQUEST, "invalid_api_key"),
        Problem.NO_CREDITS: (429, "insufficient_quota", "insufficient_quota"),
        Problem.NO_SCOPE: (403, INVALID_REQUEST, "insufficient_permissions"),
        Problem.NOT_FOUND: (404, INVALID_REQUEST, "not_found"),
        Problem.NO_METHOD: (405, INVALID_REQUEST, "method_not_allowed"),
        Problem.CONFLICT: (409, INVALID_REQUEST, "not_ready"),
        Problem.TOO_LARGE: (413, INVALID_REQUEST, "too_large"),
        Problem.BAD_RANGE: (416, INVALID_REQUEST, "range_not_satisfiable"),
        Problem.KEY_REUSED: (422, INVALID_REQUEST, "idempotency_key_reused"),
        Problem.UNSUPPORTED: (400, INVALID_REQUEST, "unsupported_value"),
        Problem.INVALID: (400, INVALID_REQUEST, "invalid_value"),
        Problem.RATE_LIMITED: (429, "requests", "rate_limit_exceeded"),
        Problem.QUEUE_FULL: (429, "requests", "queue_full"),
        Problem.FAILED: (500, "server_error", "server_error"),
        Problem.UNAVAILABLE: (503, "server_error", "unavailable"),
    }
)
"""HTTP status, type and code. This API has 400 for what others call 422, and 429 for a balance that is used up."""

SENSELESS = frozenset({Problem.NO_CREDITS, Problem.CONFLICT})
"""What clients would try again by its status, and would not get by trying again."""


class RefusedError(ApiError):
    """A refusal that says more than its problem does."""

    def __init__(
        self,
        problem: Problem,
        message: str,
        *,
        field: str | None = None,
        code: str | None = None,
        is_final: bool = False,
    ) -> None:
        """Takes what is told.

        Args:
            is_final: clients should not try again by themselves.
        """
        super().__init__(problem, message, field=field)
        self.code = code
        self.is_final = is_final


def error_body(message: str, kind: str, param: str | None, code: str | None) -> dict[str, object]:
    """The body of every refusal."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def render(_request: Request, error: ApiError) -> JSONResponse:
    """A refusal as an answer."""
    status, kind, code = KINDS[error.problem]
    is_final = error.problem in SENSELESS
    if isinstance(error, RefusedError):
        code, is_final = error.code or code, is_final or error.is_final
    headers = {"x-should-retry": "false"} if is_final else {}
    if error.retry_after_seconds is not None:
        headers["retry-after"] = str(error.retry_after_seconds)
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(error_body(error.message, kind, error.field, code), status, headers=headers)
