"""`manazir models show`: what a model's bundle says of itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from tyro.conf import Positional, arg

from manazir.cli.options import read_options
from manazir.core.canvas import Need
from manazir.core.errors import CheckpointError
from manazir.inference.catalogue import ABILITIES, DEFAULT, MODELS, find_bundle

LICENCE = "Apache-2.0"
"""Of every model in the catalogue; a bundle's card may say otherwise."""


@dataclass(frozen=True, kw_only=True)
class Show:
    """Show what a model makes, from what, and how well: its licence, sizes, and measured figures."""

    name: Annotated[str, Positional, arg(metavar="[NAME]")] = DEFAULT
    """Which model; `manazir models list` has them."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Read a bundle and tell."""
    options = read_options(Show, "models show", arguments)
    told = describe(options.name)
    if options.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for key, value in told.items():
        print(f"{key.replace('_', ' ')}: {_in_words(value)}")


def describe(name: str) -> dict[str, Any]:
    """What a model is, as plain data.

    Raises:
        UnsupportedError: no model has that name.
        CheckpointError: its weights are not on this machine, or damaged.
    """
    folder = find_bundle(name)
    from manazir.checkpoints.bundle import load_about, weights_hash  # imports torch

    about = load_about(folder)
    try:
        makes = about["makes"]
        facts = {
            "name": name,
            "about": MODELS[name],
            "folder": str(folder),
            "licence": LICENCE,
            "size_bytes": sum(file["size_bytes"] for file in about["files"].values()),
            "weights_hash": weights_hash(about),
            "sizes": [f"{width}x{height}" for width, height in makes["sizes"]],
            "frame_rate": makes["frame_rate"],
            "seconds_at_once": makes["window"] / makes["frame_rate"],
            "longest_seconds": makes["longest_seconds"],
            "steps": makes["default_steps"],
            "layout_steps": makes["layout_steps"],
            "draft_layout_steps": makes["draft_layout_steps"],
            "draft_steps": makes["draft_steps"],
            "actions": makes["actions"],
            "honours": [need.value for need in Need if need in ABILITIES],
            "refuses": [need.value for need in Need if need not in ABILITIES],
        }
    except (KeyError, TypeError) as error:
        raise CheckpointError(f"{folder / 'model.json'} does not describe a model; it lacks {error}") from error
    card: dict[str, Any] = about.get("card", {})
    return facts | card


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_in_words, value))
    if isinstance(value, dict):
        return "".join(f"\n  {key}: {_in_words(item)}" for key, item in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
