"""The pages say what is so: paths, verbs, errors, settings, commands and links are checked against the code."""

import inspect
import re
import shlex
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from manazir.cli.main import VERBS
from manazir.cli.options import read_options
from manazir.cli.train import find_recipe, options_of
from manazir.core import errors
from manazir.server.operator import Alias, Operator, Prices, load_operator
from manazir.server.tenants import Limits

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("**/*.md")), ROOT / "gpu" / "QUEUE.md"]
TEXT = "\n".join(page.read_text() for page in PAGES)


def blocks(language: str) -> list[str]:
    """Code blocks of all pages: every second part between fences, whose first line is its language."""
    inside = [part for page in PAGES for part in re.split(r"^```", page.read_text(), flags=re.MULTILINE)[1::2]]
    return [part.partition("\n")[2] for part in inside if part.partition("\n")[0] == language]


def tree() -> list[str]:
    """Paths that the README's annotated tree names."""
    found = [block for block in blocks("") if "src/manazir/\n" in block]
    assert len(found) == 1
    paths, above = [], ""
    for line in found[0].splitlines():
        name = line.split()[0]
        paths.append(above + name if line.startswith("  ") else name)
        if not line.startswith("  "):
            above = name if name == "src/manazir/" else ""
    return paths


def commands() -> list[str]:
    """Lines of shell in all pages, without their comments."""
    return [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


def test_the_tree_names_what_is_there() -> None:
    for path in tree():
        assert (ROOT / path).is_dir() if path.endswith("/") else (ROOT / path).is_file(), path


def test_the_tree_leaves_no_room_out() -> None:
    rooms = {f"src/manazir/{room.parent.name}/" for room in (ROOT / "src/manazir").glob("*/__init__.py")}
    assert rooms - set(tree()) == set()


def test_every_verb_error_and_setting_is_in_a_page() -> None:
    assert [verb for verb in VERBS if f"manazir {verb}" not in TEXT] == []
    classes = [name for name, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]
    assert [name for name in classes if f"`{name}`" not in TEXT] == []
    settings = set(re.findall(r"MANAZIR_\w+", (ROOT / "src/manazir/core/home.py").read_text()))
    assert [name for name in sorted(settings) if f"`{name}`" not in TEXT] == []


def test_the_rooms_of_the_architecture_are_those_of_the_contract() -> None:
    contract = re.search(r"^layers = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)
    assert contract is not None
    layers = re.findall(r'"(.*?)"', contract[1])
    page = (ROOT / "ARCHITECTURE.md").read_text()
    assert "```\n" + "\n".join(layers) + "\n```" in page


def options_class(verb: str, rest: list[str]) -> tuple[type[Any], list[str]]:
    if verb == "train":
        name = rest[0]
        return options_of(find_recipe(name), name), rest[1:]
    module = import_module(f"manazir.cli.{VERBS[verb].module}")
    own = [kind for _, kind in inspect.getmembers(module, is_dataclass) if kind.__module__ == module.__name__]
    assert len(own) == 1, f"{module.__name__} has one dataclass, which is its options"
    return own[0], rest


@pytest.mark.parametrize("command", [line for line in commands() if re.match(r"(\.venv/bin/)?manazir ", line)])
def test_commands_of_the_pages_parse(command: str) -> None:
    words = shlex.split(command, comments=True)[1:]
    verb = next(" ".join(words[:count]) for count in (2, 1) if " ".join(words[:count]) in VERBS)
    rest = words[len(verb.split()) :]
    if "--help" not in rest:
        kind, arguments = options_class(verb, rest)
        read_options(kind, verb, arguments)


def test_targets_that_the_pages_make_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = {line.split()[1] for line in commands() if line.startswith("make ")}
    assert targets >= {"demo", "test", "check"}
    assert [target for target in sorted(targets) if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_code_in_the_pages_is_python_and_its_names_are_there() -> None:
    import manazir

    for block in blocks("python"):
        compile(block, "README.md", "exec")
        assert all(hasattr(manazir, name) for name in re.findall(r"manazir\.(\w+)", block))


def test_the_page_for_operators_has_every_field_of_their_file_and_every_limit(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operating.md").read_text()
    (example,) = (block for block in blocks("toml") if "largest_upload_bytes" in block)
    (tmp_path / "server.toml").write_text(example)
    told, usual = load_operator(tmp_path / "server.toml"), Operator()
    for name in ("input_days", "link_hours", "largest_upload_bytes", "largest_body_bytes", "largest_result_pixels"):
        assert getattr(told, name) == getattr(usual, name), name
    for kind in (Operator, Alias, Prices, Limits):
        assert [one.name for one in fields(kind) if one.name not in page] == [], kind.__name__


def test_the_page_for_operators_has_every_number_that_is_counted(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operating.md").read_text()
    told = "".join((ROOT / "src/manazir/server" / name).read_text() for name in ("census.py", "metrics.py"))
    names = set(re.findall(r'"(manazir_\w+)"', told))
    assert len(names) > 10
    assert [name for name in sorted(names) if name not in page] == []
