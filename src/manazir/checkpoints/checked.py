"""Whether an installed model's files are still those that were brought in, told cheaply each time it is loaded.

A file that has the size and the time of change it had when it was last hashed is taken for the same; any other is
hashed again. What changes a disk without changing times, only `manazir models verify` finds. Imports no torch.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from manazir.checkpoints.library import verify
from manazir.checkpoints.manifest import FileFacts, Manifest
from manazir.core.errors import CheckpointError, MediaError
from manazir.media.atomic import write_bytes

NAME = "checked.json"
LOG = logging.getLogger(__name__)
Stamps = Mapping[str, tuple[int, int]]
"""Of files that were hashed: size, and time of change in nanoseconds."""


def check_unchanged(folder: Path, manifest: Manifest) -> None:
    """Raise unless each file is there as it was brought in.

    Raises:
        CheckpointError: names one that is not, and what to do.
    """
    files = dict(manifest.all_files())
    known, now = _known(folder), _stamps(folder, files)
    doubtful = {name: facts for name, facts in files.items() if now.get(name) != known.get(name, ())}
    problems: tuple[str, ...] = ()
    for told in verify(folder, doubtful):
        problems = told.problems
        if problems:
            raise CheckpointError(
                f"{manifest.name} is damaged: {problems[0]}; `manazir models verify {manifest.name}` looks at all, "
                f"and `manazir models remove {manifest.name}` makes room to install it again"
            )
    if doubtful:
        try:
            note_checked(folder, files)
        except MediaError as error:
            LOG.warning("that %s is whole is not written down, and is looked at each time: %s", manifest.name, error)


def note_checked(folder: Path, files: Mapping[str, FileFacts]) -> None:
    """Write down that files, as they lie there, were hashed and are right.

    Raises:
        MediaError: the folder cannot be written.
    """
    write_bytes(folder / NAME, (json.dumps(_stamps(folder, files)) + "\n").encode())


def _stamps(folder: Path, files: Mapping[str, FileFacts]) -> dict[str, tuple[int, int]]:
    """Of those that are there and have their size."""
    found = {}
    for name, facts in files.items():
        try:
            told = (folder / name).stat()
        except OSError:
            continue
        if told.st_size == facts.size_bytes:
            found[name] = (told.st_size, told.st_mtime_ns)
    return found


def _known(folder: Path) -> dict[str, tuple[int, int]]:
    """None where there is no note, or one that cannot be read: then everything is looked at."""
    try:
        told = json.loads((folder / NAME).read_text())
        return {str(name): (int(size), int(time)) for name, (size, time) in told.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
