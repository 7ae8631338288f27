"""Why the server refuses things, and why jobs fail, the studio says in both languages: every reason has its words."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from tests.studio.conftest import words

import manazir
from manazir.core.canvas import Need
from manazir.core.errors import FetchReason
from manazir.server.jobs.job import Reason
from manazir.server.jobs.why import BY_CLASS, UNFORESEEN
from manazir.server.rules import RULES

HOME = Path(manazir.__file__).parent
ROOMS = ("core", "models", "inference", "server")
REFUSALS = ("ApiError", "Misfit", "Unfit", "Named", "named")
NOT_OF_THE_STUDIO = (
    "server/wire/",
    "server/mcp/",
    "server/webhooks/",
    *(f"server/api/{name}.py" for name in ("app", "keys", "models", "tenants", "usage", "webhooks")),
    *(f"server/{name}.py" for name in ("bodies", "brackets", "endpoints", "http", "multipart", "signing")),
    "server/jobs/events.py",  # of webhooks that are tried
    "server/studio_pages.py",
)
"""What refuses only what no page of the studio sends: other APIs, the operator's, broken bodies."""
ENGINES = (
    "core/canvas.py",
    "core/rectangles.py",
    *(f"inference/{name}.py" for name in ("catalogue", "film_plan", "keeping", "magnitudes_file")),
    *(f"inference/{name}.py" for name in ("generic/engine", "ltx/engine", "wan/engine", "wan/sampling")),
)
"""Where all that is refused is of a canvas, or of settings, that somebody put together."""
NAMED_BY_CLASS = {kind.__name__ for kind, _ in BY_CLASS}
NEED_NO_NAME = ("values must be", "a canvas lies in memory", "give a number", "give a whole number", "; give words")
"""Of what only a program can pass; bodies have been checked by then."""


@cache
def calls() -> tuple[tuple[str, ast.Call, str], ...]:
    """Calls by which something is refused, with their files and the names of what is called."""
    found = []
    for path in sorted(one for room in ROOMS for one in (HOME / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                found += [(str(path.relative_to(HOME)), node, called)] if called in REFUSALS else []
    return tuple(found)


def names(call: ast.Call, called: str) -> Iterator[str]:
    """Reasons that a call names, as far as they stand in it."""
    given = [one.value for one in call.keywords if one.arg == "reason"]
    given += call.args[2:3] if called in ("Misfit", "Unfit") else call.args[:1] if called in ("Named", "named") else []
    yield from (one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_reason_has_words(language: str) -> None:
    say = words(language)
    found = {name for _, call, called in calls() for name in names(call, called)} - {"model_cannot"}
    assert len(found) > 110
    found |= RULES | {UNFORESEEN} | {name for _, name in BY_CLASS}
    found |= {f"fetch_{one}" for one in get_args(FetchReason)} | {f"no_such_{one}" for one in ("take", "shot")}
    found |= {f"no_{one}" for one in ("clip", "picture")}
    assert [name for name in sorted(found) if f"errors.why.{name}" not in say] == []
    assert [need for need in Need if f"composer.clash.cannot_{need.name.lower()}" not in say] == []
    assert [one for one in Reason if f"errors.reason.{one.value}" not in say] == []


def test_every_refusal_that_the_studio_can_meet_has_a_name() -> None:
    lacking = [
        f"{path}:{call.lineno}"
        for path, call, called in calls()
        if called == "ApiError"
        and path.startswith("server/")
        and not path.startswith(NOT_OF_THE_STUDIO)
        and not any(one.arg == "reason" for one in call.keywords)
    ]
    assert lacking == []


def test_every_way_in_which_what_was_put_together_cannot_be_has_a_name() -> None:
    lacking = []
    for path in ENGINES:
        tree = ast.parse((HOME / path).read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                called = getattr(node.exc.func, "attr", "")
                has_name = called == "named" or getattr(node.exc.func, "id", "") in NAMED_BY_CLASS
                if not has_name and not any(part in ast.unparse(node.exc) for part in NEED_NO_NAME):
                    lacking.append(f"{path}:{node.lineno}")
    assert lacking == []


def test_words_take_the_values_that_reasons_bring() -> None:
    say = words("en")
    wrong = []
    for path, call, called in calls():
        if called != "named" or not isinstance(call.func, ast.Attribute):
            continue
        given = {one.arg for one in call.keywords}
        for name in names(call, called):
            text = say.get(f"errors.why.{name}", "")
            if None not in given and (missing := _values(text) - given):
                wrong.append((path, call.lineno, name, missing))
    assert wrong == []


def _values(text: str) -> set[str]:
    """Names of values that a message stands for, at its outer level."""
    found, depth, start = set(), 0, 0
    for place, sign in enumerate(text):
        if sign == "{":
            depth += 1
            start = place if depth == 1 else start
        elif sign == "}":
            depth -= 1
            if depth == 0:
                found.add(text[start + 1 : place].partition(",")[0].strip())
    return found
