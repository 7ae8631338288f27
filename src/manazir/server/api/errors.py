"""How our own API tells what it refuses: one shape for everything that can go wrong."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from manazir.server.api.shapes import Told
from manazir.server.errors import ApiError, Part, Problem

OF_REASON = "Which refusal of this code, by a name that stays; null: only the message says it."


class RefusedPart(Told):
    """One of several things that a request asks for together, and why it is refused."""

    id: str = Field(description="What it was asked for: a shot's id.")
    code: str
    message: str
    field: str | None = Field(description="Below that part.", examples=["canvas.width"])
    reason: str | None = Field(description=OF_REASON)
    values: dict[str, str | int | float]


class Refusal(Told):
    """Why a request was refused."""

    code: str = Field(description="What kind of refusal, for programs.", examples=["not_found"])
    message: str = Field(description="What was wrong and what would work, for people.")
    field: str | None = Field(description="Which field of the request, if it was one.", examples=["canvas.width"])
    reason: str | None = Field(description=OF_REASON, examples=["too_long"])
    values: dict[str, str | int | float] = Field(description="What the reason is told with.")
    retry_after_seconds: int | None = Field(description="When to come again, if that would help.")
    parts: list[RefusedPart] = Field(
        description="Of a request for several things at once, those that are refused; none of it was accepted."
    )


class Refused(Told):
    """What every refusal looks like."""

    error: Refusal


MEANINGS: Mapping[Problem, str] = {
    Problem.BAD_REQUEST: "Malformed: no JSON, or headers that contradict each other.",
    Problem.NO_KEY: "No API key, or one that is not known or was revoked.",
    Problem.NO_CREDITS: "It costs more credits than are left.",
    Problem.NO_SCOPE: "The key may not do this.",
    Problem.NOT_FOUND: "It is not there, or not yours.",
    Problem.CONFLICT: "Not in the state that it is in.",
    Problem.TOO_LARGE: "More than is taken, or than may be stored.",
    Problem.BAD_RANGE: "The file has no such bytes.",
    Problem.INVALID: "A field has a value that it cannot have, or the model cannot do it; names the field.",
    Problem.RATE_LIMITED: "Too many requests, or too many jobs that wait.",
    Problem.FAILED: "An error of ours.",
    Problem.UNAVAILABLE: "The store or the disk cannot be used now.",
}
EVERYWHERE = (Problem.BAD_REQUEST, Problem.NO_KEY, Problem.NO_SCOPE, Problem.INVALID, Problem.RATE_LIMITED)
OURS = (Problem.TOO_LARGE, Problem.FAILED, Problem.UNAVAILABLE)


def refusals(*problems: Problem) -> dict[int | str, dict[str, Any]]:
    """What of a route's answers are refusals, for its description."""
    return {one.status: {"model": Refused, "description": MEANINGS[one]} for one in problems}


def told_part(part: Part) -> RefusedPart:
    """A part of a request as it is refused."""
    error = part.error
    return RefusedPart(
        id=part.id,
        code=error.problem.name.lower(),
        message=error.message,
        field=error.field,
        reason=error.reason,
        values=dict(error.values),
    )


def render(_request: Request, error: ApiError) -> Response:
    """A refusal as it is sent."""
    told = Refusal(
        code=error.problem.name.lower(),
        message=error.message,
        field=error.field,
        retry_after_seconds=error.retry_after_seconds,
        reason=error.reason,
        values=dict(error.values),
        parts=[told_part(part) for part in error.parts],
    )
    headers = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.problem is Problem.NO_KEY:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(Refused(error=told).model_dump(), error.problem.status, headers)
