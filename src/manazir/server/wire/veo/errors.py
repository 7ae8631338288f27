"""Refusals and failures in Google's shape: `{"error": {code, message, status, details}}`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.job import Job, Reason, State

RPC = "type.googleapis.com/google.rpc"
STATUSES: Mapping[Problem, tuple[int, str]] = MappingProxyType(
    {
        Problem.BAD_REQUEST: (400, "INVALID_ARGUMENT"),
        Problem.INVALID: (400, "INVALID_ARGUMENT"),
        Problem.UNSUPPORTED: (400, "INVALID_ARGUMENT"),
        Problem.NO_KEY: (401, "UNAUTHENTICATED"),
        Problem.NO_SCOPE: (403, "PERMISSION_DENIED"),
        Problem.NO_CREDITS: (429, "RESOURCE_EXHAUSTED"),
        Problem.NOT_FOUND: (404, "NOT_FOUND"),
        Problem.NO_METHOD: (404, "NOT_FOUND"),
        Problem.CONFLICT: (400, "FAILED_PRECONDITION"),  # as 409 the client would send it again, four times
        Problem.TOO_LARGE: (413, "INVALID_ARGUMENT"),
        Problem.BAD_RANGE: (416, "OUT_OF_RANGE"),
        Problem.KEY_REUSED: (422, "INVALID_ARGUMENT"),
        Problem.RATE_LIMITED: (429, "RESOURCE_EXHAUSTED"),
        Problem.QUEUE_FULL: (429, "RESOURCE_EXHAUSTED"),
        Problem.FAILED: (500, "INTERNAL"),
        Problem.UNAVAILABLE: (503, "UNAVAILABLE"),
    }
)
CODES: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        Reason.CANCELLED: (1, "CANCELLED"),
        Reason.UNSUPPORTED: (3, "INVALID_ARGUMENT"),
        Reason.BAD_INPUT: (3, "INVALID_ARGUMENT"),
        Reason.EXPIRED: (4, "DEADLINE_EXCEEDED"),
        Reason.NO_SPACE: (8, "RESOURCE_EXHAUSTED"),
        Reason.NO_CREDITS: (8, "RESOURCE_EXHAUSTED"),
        Reason.OUT_OF_MEMORY: (8, "RESOURCE_EXHAUSTED"),
        Reason.NO_MODEL: (9, "FAILED_PRECONDITION"),
        Reason.WORKER_LOST: (14, "UNAVAILABLE"),
    }
)
"""Of google.rpc.Code, why a job ended; what is not here is INTERNAL."""
INTERNAL = (13, "INTERNAL")


def render(request: Request, error: ApiError) -> Response:
    """A refusal as an answer."""
    code, status = STATUSES[error.problem]
    if error.problem is Problem.UNSUPPORTED and error.field == "model":
        code, status = 404, "NOT_FOUND"  # what Google says of a model that it does not have
    headers = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if "/upload/" in request.url.path and code < 500:
        headers["X-Goog-Upload-Status"] = "final"  # without it the client tries three times before it tells
    body = {"code": code, "message": error.message, "status": status, "details": _details(error)}
    return JSONResponse({"error": body}, code, headers=headers)


def failure(job: Job) -> dict[str, Any]:
    """Why a job made nothing, as an operation says it."""
    code, status = CODES.get(job.reason_code or "", INTERNAL)
    told = job.reason or ("it was cancelled" if job.state is State.CANCELLED else "it failed")
    return {"code": code, "message": told, "status": status}


def _details(error: ApiError) -> list[dict[str, Any]]:
    details: list[dict[str, Any]] = []
    if error.field is not None:
        violation = {"field": error.field, "description": error.message}
        details.append({"@type": f"{RPC}.BadRequest", "fieldViolations": [violation]})
    if error.retry_after_seconds is not None:
        details.append({"@type": f"{RPC}.RetryInfo", "retryDelay": f"{error.retry_after_seconds}s"})
    return details
