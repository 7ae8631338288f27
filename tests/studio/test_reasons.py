"""Why the server refuses things, the studio says in both languages: every reason's name has its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.studio.conftest import words

import manazir.server
from manazir.core.canvas import Need
from manazir.inference import fitting, fitting_keys
from manazir.server.jobs.job import Reason

SERVER = Path(manazir.server.__file__).parent


def reasons(path: Path) -> Iterator[str]:
    """Names of reasons that a file refuses something by."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in ("ApiError", "Misfit", "Unfit"):
            continue
        named = [one.value for one in node.keywords if one.arg == "reason"]
        named += node.args[2:3] if node.func.id != "ApiError" else []
        yield from (one.value for one in named if isinstance(one, ast.Constant) and isinstance(one.value, str))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_reason_has_words(language: str) -> None:
    say = words(language)
    places = [*(SERVER.rglob("*.py")), Path(fitting.__file__), Path(fitting_keys.__file__)]
    found = {name for path in places for name in reasons(path)} - {"model_cannot"}
    assert len(found) > 40
    assert [name for name in sorted(found) if f"errors.why.{name}" not in say] == []
    assert [need for need in Need if f"composer.clash.cannot_{need.name.lower()}" not in say] == []
    assert [one for one in Reason if f"errors.reason.{one.value}" not in say] == []
