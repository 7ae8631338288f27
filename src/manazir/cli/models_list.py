"""`manazir models list`: which models there are, and which of them are here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from manazir.checkpoints.memory import gigabytes
from manazir.cli.options import read_options
from manazir.inference.overview import OURS, all_models

EXAMPLES = ("manazir models list", "manazir models list --json")


@dataclass(frozen=True, kw_only=True)
class List:
    """List the models: whether they are on this machine, their licence, size, and the device memory they need."""

    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """List and tell."""
    options = read_options(List, "models list", arguments, examples=EXAMPLES)
    models = all_models()
    if options.json:
        print(json.dumps(models, ensure_ascii=False))
        return
    rows = [_row(told) for told in models]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())


def _row(told: dict[str, Any]) -> tuple[str, ...]:
    is_here, size, needs = told["folder"] is not None, told["size_bytes"], told["needs_bytes"]
    most = max(needs.values(), default=0)
    through = "" if told["runs_through"] == OURS else f"through {told['runs_through']}, not an engine of ours; "
    return (
        told["name"],
        "installed" if is_here else "not installed",
        told["licence"] or "licence not told",
        "" if size is None else gigabytes(size) if is_here else f"up to {gigabytes(size)}",
        f"needs {gigabytes(most)}" if most else "runs on a CPU" if is_here and told["honours"] else "",
        through + told["about"],
    )
