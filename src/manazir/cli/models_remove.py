"""`manazir models remove`: an installed model is taken off this machine."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from manazir.checkpoints.library import model_folder
from manazir.checkpoints.memory import gigabytes
from manazir.checkpoints.removing import freed_bytes, remove
from manazir.cli.options import read_options
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.inference.catalogue import MODELS, SHIPPED

EXAMPLES = ("manazir models remove wan2.1-t2v-1.3b", "manazir models remove tuned --yes")


@dataclass(frozen=True, kw_only=True)
class Remove:
    """Delete an installed model from the library. What it was brought in from, and the hub's cache, stay."""

    name: Annotated[str, Positional, arg(metavar="NAME")]
    """Which model; `manazir models list` has them."""
    yes: bool = False
    """Do not ask."""
    json: bool = False
    """Print what was done, for a program."""


def run(arguments: Sequence[str]) -> None:
    """Ask, remove, and tell."""
    options = read_options(Remove, "models remove", arguments, examples=EXAMPLES)
    folder = _folder(options.name)
    freed = freed_bytes(folder)
    if not options.yes and not _agreed(f"remove {options.name} ({gigabytes(freed)} of room) from {folder}? [y/N] "):
        print(f"{options.name} stays", file=sys.stderr)
        return
    remove(folder)
    told = {"name": options.name, "folder": str(folder), "freed_bytes": freed}
    print(json.dumps(told) if options.json else f"{options.name} is removed; {gigabytes(freed)} are free again")


def _folder(name: str) -> Path:
    folder = model_folder(name)
    if folder.is_symlink() or folder.is_dir():
        return folder
    if name in MODELS and (SHIPPED / name).is_dir():
        raise UnsupportedError(f"{name} comes with Manazir, and goes with it; nothing of it is in {folder.parent}")
    raise CheckpointError(f"{name!r} is not installed; `manazir models list` has what is")


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise UnsupportedError("nobody is there to be asked; say --yes to remove it")
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
