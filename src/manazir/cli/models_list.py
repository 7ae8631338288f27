"""`manazir models list`: which models there are, and which of them are here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from manazir.cli.options import read_options
from manazir.inference.catalogue import DEFAULT, MODELS, installed_bundle


@dataclass(frozen=True, kw_only=True)
class List:
    """List the models, and whether their weights are on this machine."""

    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """List and tell."""
    options = read_options(List, "models list", arguments)
    folders = {name: installed_bundle(name) for name in MODELS}
    if options.json:
        told = [
            {"name": name, "about": MODELS[name], "is_default": name == DEFAULT, "folder": folder and str(folder)}
            for name, folder in folders.items()
        ]
        print(json.dumps(told, ensure_ascii=False))
        return
    for name, folder in folders.items():
        print(f"{name}  {'installed' if folder else 'not installed':13}  {MODELS[name]}")
