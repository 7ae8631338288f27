"""Taking a model out of the library: its folder and what lies in it, and nothing that lies elsewhere."""

import shutil
from pathlib import Path

from manazir.core.errors import CheckpointError


def freed_bytes(folder: Path) -> int:
    """How much room the disk has more without a model: files that are linked elsewhere too stay there."""
    if folder.is_symlink():
        return 0
    facts = [path.lstat() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(told.st_size for told in facts if told.st_nlink == 1)


def remove(folder: Path) -> None:
    """Take a model out. It is gone at once, under its name; an interrupted removal is finished by the next one.

    Links are taken away, never followed: a folder that is one too.

    Raises:
        CheckpointError: there is none, or the disk does not let go of it.
    """
    going = folder.with_name(f".{folder.name}.removing")
    if not folder.is_symlink() and not folder.is_dir() and not going.is_dir():
        raise CheckpointError(f"there is no {folder}; `manazir models list` has what is installed")
    try:
        if going.is_dir() and not going.is_symlink():
            shutil.rmtree(going)
        if folder.is_symlink():
            folder.unlink()
        elif folder.is_dir():
            folder.rename(going)
            shutil.rmtree(going)
    except OSError as error:
        what = error.filename or folder
        raise CheckpointError(f"cannot remove {what}: {error.strerror}; see to it, and try again") from error
