"""Writing a file whole or not at all.

The bytes go to a hidden file beside the target, reach the disk, and only then take its name. Whatever stops
the writing, an older file under that name is untouched and nothing half-written stays behind.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from manazir.core.errors import MediaError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Lend the path of an empty file to write to; on leaving without an error it becomes `path`.

    Raises:
        MediaError: there is no such folder, it cannot be written to, or the disk is full.
    """
    target = Path(os.path.realpath(path))  # through a link, so that the link stays
    if target.exists() and not target.is_file():
        raise MediaError(f"cannot write {path}: something that is no file has this name; choose another")
    draft = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
        yield draft
        sync(draft, os.O_RDWR)
        draft.replace(target)
        sync(target.parent, os.O_RDONLY)
    except OSError as error:
        reason = error.strerror or str(error)
        raise MediaError(f"cannot write {path}: {reason}; make room or choose another place") from error
    finally:
        draft.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` under the name `path`, whole or not at all."""
    with replacing(path) as draft:
        draft.write_bytes(data)


def sync(path: Path, flags: int = os.O_RDONLY) -> None:
    """Wait until what was written to a file or a folder has reached the disk."""
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
