"""Errors in Luma's shape: `{"detail": …}`, a sentence, or a list with a place where a field is meant.

The list is what FastAPI gives by itself; readers of it (Vercel's client among them) take only texts in `loc`.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse, Response

from manazir.core.canvas import Canvas
from manazir.core.errors import CanvasError
from manazir.server.errors import ApiError, Problem
from manazir.server.http import answer_errors

MOST_ERRORS = 20
LONGEST_INPUT = 200


def tell_errors(app: FastAPI) -> None:
    """Have an application tell all of its errors so."""
    answer_errors(app, render)

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        told = [_entry(one) for one in error.errors()[:MOST_ERRORS]]
        return JSONResponse({"detail": told}, 422)

    app.add_exception_handler(RequestValidationError, invalid)


def render(_: Request, error: ApiError) -> Response:
    """One refusal."""
    headers = {} if error.retry_after_seconds is None else {"Retry-After": str(error.retry_after_seconds)}
    detail: Any = _readable(error.message)
    if error.problem.status == 422:
        place = ["header", error.field] if error.problem is Problem.KEY_REUSED else _place(error.field)
        detail = [{"type": error.problem.name.lower(), "loc": place, "msg": detail, "input": None}]
    return JSONResponse({"detail": detail}, error.problem.status, headers)


def canvas_of(name: str, **parts: Any) -> Canvas:
    """A canvas.

    Args:
        name: the field that is named if it contradicts itself.

    Raises:
        ApiError: it does; or its words say nothing.
    """
    for field in ("prompt", "negative_prompt"):
        if parts.get(field) and not parts[field].strip():
            raise invalid(field, "is only white space; say what is to be seen")
    try:
        return Canvas(**parts)
    except CanvasError as error:
        raise ApiError(Problem.INVALID, str(error), field=name) from error


def refuse(name: str, message: str) -> ApiError:
    """The refusal of a field that is well formed, and asks for what no model here can do."""
    return ApiError(Problem.UNSUPPORTED, f"{name} {message}", field=name)


def invalid(name: str, message: str) -> ApiError:
    """The refusal of a field that contradicts others."""
    return ApiError(Problem.INVALID, f"{name} {message}", field=name)


def missing_prompt(instead: str) -> ApiError:
    """The refusal of a request that says nothing of what is to be made.

    Args:
        instead: the fields that would do in place of a prompt.
    """
    return invalid("prompt", f"is missing; say what is to be seen, or give {instead} to start from")


def _place(field: str | None) -> list[str]:
    return ["body", *([] if field is None else field.split("."))]


def _entry(error: Mapping[str, Any]) -> dict[str, Any]:
    told = {"type": error["type"], "loc": [_readable(str(part)) for part in error["loc"]], "msg": error["msg"]}
    context = error.get("ctx", {})
    told |= {"input": _plain(error.get("input"))}
    return told | ({"ctx": {"expected": context["expected"]}} if "expected" in context else {})


def _plain(value: Any) -> Any:
    """What was sent, if it is short: an answer repeats no files."""
    if isinstance(value, str):
        return _readable(value)
    return value if isinstance(value, bool | int) else None


def _readable(text: str) -> str:
    """Cut short, and without the halves of characters that no answer can carry."""
    cut = text if len(text) <= LONGEST_INPUT * 5 else text[:LONGEST_INPUT]
    return cut.encode("utf-8", "replace").decode()
