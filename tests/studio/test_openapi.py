"""The studio's types are made from what the server says now."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "studio" / "openapi.py"


def test_the_file_that_types_are_made_from_is_what_the_server_says() -> None:
    spec = importlib.util.spec_from_file_location("studio_openapi", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.FILE.read_text() == script.described(), "run: python studio/openapi.py"
