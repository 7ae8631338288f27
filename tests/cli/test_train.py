import json
from pathlib import Path

import pytest

from manazir.cli.main import main
from manazir.cli.train import find_recipe, named_recipes, options_of
from manazir.core.errors import UnsupportedError

RECIPE = '''
import torch

from manazir.training.loop import Loop


class Line:
    """Learns that y = 2 x."""

    def __init__(self):
        self.model = torch.nn.Linear(1, 1)

    def loss(self, model, step, generator):
        x = torch.randn(8, 1, generator=generator)
        return (model(x) - 2 * x).square().mean(), {"weight": model.weight.item()}

    def samples(self, model):
        return None

    def facts(self):
        return {}


def line(steps: int = 4, rate: float = 0.1) -> tuple[Line, Loop]:
    """Teach a line."""
    return Line(), Loop(steps=steps, adam_learning_rate=rate, log_every=2, warmup_steps=1, cooldown_steps=1)


def nothing() -> None:
    """Teach nothing."""


def untyped(steps=3):
    return None
'''


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "own_recipes.py").write_text(RECIPE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    return tmp_path


def test_a_recipes_parameters_are_options_and_its_run_goes_on(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "own_recipes:line", "--folder", "run", "--rate", "0.2", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["step"] for line in lines] == [2, 4]
    assert (inside / "run" / "state.pt").exists()
    assert main(["train", "own_recipes:line", "--folder", "run", "--steps", "6"]) == 0
    assert capsys.readouterr().out.startswith("step 6 of 6: loss ")


def test_help_of_a_recipe_has_its_own_words_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "own_recipes:line", "--help"]) == 0
    said = capsys.readouterr().out
    assert "Teach a line." in said
    assert "--rate" in said
    assert "--folder" in said


def test_the_recipes_that_ship_are_named_and_take_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--help"]) == 0
    said = capsys.readouterr().out
    assert named_recipes()
    for name, recipe in named_recipes().items():
        assert name in said
        options_of(recipe, name)


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ("noor_giant", "no recipe 'noor_giant'; have noor_nano"),
        ("nowhere:line", "no recipe at nowhere:line: No module named 'nowhere'"),
        ("own_recipes:nope", "no recipe at own_recipes:nope"),
        ("own_recipes:RECIPE", "no recipe at"),
        ("own_recipes:nothing", "it must return (task, loop)"),
        ("own_recipes:untyped", "does not say what type its steps has"),
    ],
)
def test_another_recipe_is_refused(recipe: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", recipe]) == 2
    assert message in capsys.readouterr().err


def test_a_recipe_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train"]) == 2
    assert "name a recipe" in capsys.readouterr().err
    with pytest.raises(UnsupportedError, match="is no function"):
        find_recipe("json:__name__")
