"""`manazir models verify`: whether a model's files are still those that were installed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from manazir.checkpoints.library import is_installed, model_folder, verify
from manazir.checkpoints.manifest import FileFacts, load_manifest
from manazir.checkpoints.memory import gigabytes
from manazir.cli.options import read_options
from manazir.cli.progress import progress
from manazir.core.errors import CheckpointError
from manazir.inference.catalogue import DEFAULT, MODELS, find_bundle

EXAMPLES = ("manazir models verify", "manazir models verify wan2.1-t2v-1.3b --json")


@dataclass(frozen=True, kw_only=True)
class Verify:
    """Read every file of an installed model, and compare its hash with the one that was written down."""

    name: Annotated[str, Positional, arg(metavar="[NAME]")] = DEFAULT
    """Which model; `manazir models list` has them."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Verify, and tell; a model that is not as it was is an error."""
    options = read_options(Verify, "models verify", arguments, examples=EXAMPLES)
    folder, files = _files(options.name)
    problems: tuple[str, ...] = ()
    with progress(f"verifying {options.name} (MB)") as tell:
        for step in verify(folder, files):
            problems = step.problems
            tell(step.done_bytes // 10**6, step.total_bytes // 10**6)
    if options.json:
        print(json.dumps({"name": options.name, "files": len(files), "problems": problems}))
    again = f"delete {folder} and install it again"
    if options.name not in MODELS:
        again = f"remove it (`manazir models remove {options.name}`) and install it again"
    if problems:
        raise CheckpointError(
            f"{options.name} is damaged: {len(problems)} of {len(files)} files, for one {problems[0]}; {again}"
        )
    if not options.json:
        size = sum(facts.size_bytes for facts in files.values())
        print(f"{options.name}: {len(files)} files ({gigabytes(size)}) are as they were installed")


def _files(name: str) -> tuple[Path, dict[str, FileFacts]]:
    if name in MODELS:
        folder = find_bundle(name)
        from manazir.checkpoints.bundle import load_about  # imports torch

        told = load_about(folder)["files"]
        return folder, {path: FileFacts(facts["size_bytes"], facts["sha256"]) for path, facts in told.items()}
    if not is_installed(name):
        raise CheckpointError(f"{name!r} is not installed; `manazir models list` has what is")
    return model_folder(name), dict(load_manifest(model_folder(name)).all_files())
