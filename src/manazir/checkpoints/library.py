"""The library: models of others that were brought in, each a folder with a manifest under `models` in the home.

Imports no torch.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from manazir.checkpoints.manifest import NAME, FileFacts, Manifest, load_manifest
from manazir.core.errors import CheckpointError
from manazir.core.home import home

PIECE_BYTES = 2**24


def model_folder(name: str) -> Path:
    """Where a model of that name lies, or would lie.

    Raises:
        CheckpointError: it can be no name.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,79}", name):
        raise CheckpointError(f"{name!r} is no name for a model; take small letters, digits, dots and dashes")
    return home() / "models" / name


def installed_manifests() -> dict[str, Manifest | CheckpointError]:
    """Models of the library by name; an error in place of a manifest that cannot be read."""
    found: dict[str, Manifest | CheckpointError] = {}
    for path in sorted((home() / "models").glob(f"*/{NAME}")):
        if path.parent.name.startswith("."):
            continue  # being brought in
        try:
            found[path.parent.name] = load_manifest(path.parent)
        except CheckpointError as error:
            found[path.parent.name] = error
    return found


def is_installed(name: str) -> bool:
    """Whether the library has a model of that name."""
    return re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name) is not None and (model_folder(name) / NAME).exists()


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the verification of a folder is."""

    done_bytes: int
    total_bytes: int
    problems: tuple[str, ...]
    """What is wrong with files so far; nothing: all is as it was brought in."""


def verify(folder: Path, files: Mapping[str, FileFacts]) -> Iterator[Verified]:
    """Hold files against what is known of them, yielding after each piece."""
    total = sum(facts.size_bytes for facts in files.values())
    done, problems = 0, list[str]()
    for name, facts in files.items():
        for piece in _problem(folder / name, facts):
            if isinstance(piece, str):
                problems.append(f"{name} {piece}")
            else:
                yield Verified(done + piece, total, tuple(problems))
        done += facts.size_bytes
        yield Verified(done, total, tuple(problems))


def _problem(path: Path, facts: FileFacts) -> Iterator[int | str]:
    """Bytes read so far, and at the end what is wrong, if something is."""
    try:
        size = path.stat().st_size
        if size != facts.size_bytes:
            yield f"has {size} bytes and should have {facts.size_bytes}"
            return
        digest, read = hashlib.sha256(), 0
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                digest.update(piece)
                read += len(piece)
                yield read
    except OSError as error:
        yield "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        return
    if digest.hexdigest() != facts.sha256:
        yield "is not the file that was installed (its hash differs)"
