"""`manazir train`: a recipe's parameters become options, and what it returns is trained.

A recipe is a function with keyword parameters and their defaults that returns `(task, loop)`: what is trained
(`training.loop.Task`) and for how long (`training.loop.Loop`). Named ones are in `manazir.recipes.RECIPES`; any other
is reached as `package.module:function`.
"""

import inspect
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import field, make_dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from tyro.conf import arg

from manazir.cli.options import read_options
from manazir.cli.progress import progress
from manazir.core.errors import UnsupportedError

Recipe = Callable[..., Any]
EXAMPLES = ("manazir train noor_nano_codec --help", "manazir train noor_nano --folder runs/mine")
USAGE = """usage: manazir train RECIPE [--folder RUN] [OPTIONS]

RECIPE is one of: {}
or package.module:function. For example:

  {}"""


def run(arguments: Sequence[str]) -> None:
    """Train by a recipe from where its folder stands, and tell."""
    if not arguments or arguments[0].startswith("-"):
        print(USAGE.format(", ".join(named_recipes()), "\n  ".join(EXAMPLES)))
        if not arguments or arguments[0] not in ("-h", "--help"):
            raise UnsupportedError("name a recipe to train by")
        return
    name = arguments[0]
    recipe = find_recipe(name)
    options: Any = read_options(options_of(recipe, name), f"train {name}", arguments[1:])
    chosen = {parameter: getattr(options, parameter) for parameter in inspect.signature(recipe).parameters}
    _train(recipe(**chosen), options.folder, options.json)


def named_recipes() -> dict[str, Recipe]:
    """The recipes that have a name of their own."""
    from manazir.recipes import RECIPES  # imports torch

    return dict(RECIPES)


def find_recipe(name: str) -> Recipe:
    """The recipe of that name, or at that place.

    Raises:
        UnsupportedError: there is none.
    """
    if name in named_recipes():
        return named_recipes()[name]
    module, colon, function = name.partition(":")
    if not colon:
        raise UnsupportedError(
            f"no recipe {name!r}; have {', '.join(named_recipes())}, or give package.module:function"
        )
    sys.path.insert(0, str(Path.cwd()))  # a recipe of one's own lies where one works
    try:
        recipe: Recipe = getattr(import_module(module), function)
    except (ModuleNotFoundError, AttributeError) as error:
        raise UnsupportedError(f"no recipe at {name}: {error}") from error
    finally:
        sys.path.pop(0)
    if not callable(recipe):
        raise UnsupportedError(f"{name} is no function; a recipe is one that returns (task, loop)")
    return recipe


def options_of(recipe: Recipe, name: str) -> type[Any]:
    """A dataclass of a recipe's parameters, with the folder of the run and `--json`.

    Raises:
        UnsupportedError: a parameter without a type.
    """
    hints = get_type_hints(recipe, include_extras=True)
    own: list[Any] = []
    for parameter in inspect.signature(recipe).parameters.values():
        if parameter.name not in hints:
            raise UnsupportedError(f"the recipe {name} does not say what type its {parameter.name} has; annotate it")
        has_default = parameter.default is not inspect.Parameter.empty
        own.append(
            (parameter.name, hints[parameter.name], field(default=parameter.default) if has_default else field())
        )
    folder = Path("runs") / name.replace(":", ".")
    common: list[Any] = [
        ("folder", Annotated[Path, arg(help="Where the run is kept, and goes on from.")], field(default=folder)),
        ("json", Annotated[bool, arg(help="Print every line of the log for a program.")], field(default=False)),
    ]
    kind = make_dataclass("Train", own + common, kw_only=True, frozen=True)
    kind.__doc__ = inspect.getdoc(recipe) or f"Train by {name}."
    return kind


def _train(made: Any, folder: Path, is_json: bool) -> None:
    from manazir.inference.device import choose_device
    from manazir.training.loop import Loop, train

    if not (isinstance(made, tuple) and len(made) == 2 and isinstance(made[1], Loop)):
        raise UnsupportedError(f"the recipe returned {type(made).__name__}; it must return (task, loop)")
    task, loop = made
    with progress("training") as tell:
        for line in train(task, loop, folder, choose_device()):
            tell(line.step, line.steps)
            told = {"step": line.step, "loss": line.loss, "seconds_per_step": line.seconds_per_step, **line.numbers}
            print(
                json.dumps(told) if is_json else f"step {line.step} of {line.steps}: loss {line.loss:.4f}", flush=True
            )
            if line.picture is not None:
                _keep_picture(line.picture, folder / "samples" / f"{line.step:07d}.png")
    if not is_json:
        print(f"{folder}: {loop.steps} steps are done")


def _keep_picture(picture: Any, path: Path) -> None:
    from manazir.media.encode import write_picture

    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(picture, path)
