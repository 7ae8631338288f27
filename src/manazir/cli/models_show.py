"""`manazir models show`: what a model's bundle says of itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from tyro.conf import Positional, arg

from manazir.checkpoints.library import is_installed
from manazir.checkpoints.memory import gigabytes
from manazir.cli.options import number, parse_size, read_options
from manazir.core.canvas import Canvas, Need
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.inference.catalogue import ABILITIES, DEFAULT, MODELS, find_bundle
from manazir.inference.choices import NOOR
from manazir.inference.overview import LICENCE, describe_open

LARGEST_MEMORY = 1e6
"""Gigabytes."""
EXAMPLES = (
    "manazir models show wan2.1-t2v-14b --memory 24",
    "manazir models show wan2.1-t2v-1.3b --memory 12 --size 832x480 --seconds 3",
)


@dataclass(frozen=True, kw_only=True)
class Show:
    """Show what a model makes, from what, and how well: its licence, sizes, and measured figures."""

    name: Annotated[str, Positional, arg(metavar="[NAME]")] = DEFAULT
    """Which model; `manazir models list` has them."""
    memory: Annotated[float | None, number(float, "GB")] = None
    """Gigabytes free on a GPU: says whether open weights fit it, and what would; of installed ones with what a film
    takes beside them."""
    size: Annotated[str, arg(metavar="TEXT", help_behavior_hint="")] = ""
    """Of a film, whose memory is told stage by stage, such as 832x480. Without it: the model's own."""
    seconds: Annotated[float | None, number(float, "X"), arg(help_behavior_hint="")] = None
    """Its length. Without it: the model's own."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Read a bundle and tell."""
    options = read_options(Show, "models show", arguments, examples=EXAMPLES)
    if options.name in MODELS:
        if options.memory is not None or options.size or options.seconds is not None:
            raise UnsupportedError(
                f"--memory, --size and --seconds are of open weights; {options.name} fits any device"
            )
        told = describe(options.name)
    else:
        told = _describe_open(options)
    if options.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    if "folder" in told and told["folder"] is None:
        told["folder"] = "not on this machine; `manazir models pull` fetches it"
    for key, value in told.items():
        print(f"{_named(key)}: {_in_words(value, key.endswith('_bytes'))}")


def _describe_open(options: Show) -> dict[str, Any]:
    if options.memory is not None and not 0 < options.memory < LARGEST_MEMORY:
        raise UnsupportedError(f"--memory {options.memory:g}; give the gigabytes that are free on a device, such as 24")
    memory = None if options.memory is None else round(options.memory * 1e9)
    told = describe_open(options.name, memory)
    asks_for_film = bool(options.size) or options.seconds is not None
    if not is_installed(options.name):
        if asks_for_film:
            raise UnsupportedError(
                f"{options.name} is not here, so only its weights are counted; leave --size and --seconds out, or "
                f"fetch it with `manazir models pull {options.name}`"
            )
        return told
    if told.get("is_generic"):
        if asks_for_film:
            raise UnsupportedError(
                f"{options.name} runs through diffusers, so only its weights are counted; leave --size and --seconds "
                "out"
            )
        return told
    if memory is None and not asks_for_film:
        return told
    from manazir.inference.needs import needs_of_film  # imports torch

    width, height = parse_size(options.size) if options.size else (None, None)
    canvas = Canvas(prompt="a film", width=width, height=height, duration_seconds=options.seconds)
    return told | needs_of_film(options.name, canvas, memory)


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
            "takes": [name.replace("_", " ") for name in NOOR],
            "honours": [need.value for need in Need if need in ABILITIES],
            "refuses": [need.value for need in Need if need not in ABILITIES],
        }
    except (KeyError, TypeError) as error:
        raise CheckpointError(f"{folder / 'model.json'} does not describe a model; it lacks {error}") from error
    card: dict[str, Any] = about.get("card", {})
    return facts | card


def _named(key: str) -> str:
    return key.removesuffix("_bytes").replace("_", " ")


def _in_words(value: Any, is_in_bytes: bool = False) -> str:
    if value is None:
        return "not told"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_in_words, value))
    if isinstance(value, dict):
        return "".join(f"\n  {key}: {_in_line(item, is_in_bytes)}" for key, item in value.items())
    if is_in_bytes and isinstance(value, int):
        return gigabytes(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _in_line(value: Any, is_in_bytes: bool) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_in_words(item)}" for key, item in value.items() if item is not None)
    return _in_words(value, is_in_bytes)
