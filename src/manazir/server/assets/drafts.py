"""Files that are being written: they have no name yet that anybody would look for, and vanish if they are not finished.

`media.atomic` writes a file whose name is known beforehand; here the name is the hash of what was written.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from manazir.core.errors import StorageError
from manazir.media.atomic import sync
from manazir.server.assets.blobs import Blob

SUFFIX = ".part"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The disk, the share of it that this user has, and the longest file that may be written."""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn what a disk says into a StorageError. Paths are left out: the message may go to who sent the bytes."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageError(f"{what}: there is no room left ({error.strerror}); free some", "no_space") from error
        raise StorageError(f"{what}: {error.strerror or type(error).__name__}") from error


class Draft:
    """A file without a name, open for writing, and the hash of what it has so far."""

    def __init__(self, folder: Path) -> None:
        """Make an empty one.

        Raises:
            StorageError: the disk has no room for it, or refuses it.
        """
        self._digest = hashlib.sha256()
        self._path = folder / f"{secrets.token_hex(16)}{SUFFIX}"
        self.size_bytes = 0
        with told("cannot begin a file"):
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Append.

        Raises:
            StorageError: the disk is full, or broken.
        """
        self._digest.update(data)
        self.size_bytes += len(data)
        left = memoryview(data)
        with told("cannot write a file"):
            while left:
                left = left[os.write(self._descriptor, left) :]

    def flush(self) -> None:
        """Wait until all of it has reached the disk."""
        with told("cannot write a file"):
            os.fsync(self._descriptor)

    def become(self, path: Path) -> None:
        """Take a name, in an instant, as of now; a file of that name is replaced."""
        os.utime(self._descriptor)
        self._path.replace(path)

    def __enter__(self) -> Self:
        """Vanish on leaving, unless it has got a name."""
        return self

    def __exit__(self, *_: object) -> None:
        """Vanish, unless it has got a name."""
        self.close()

    def close(self) -> None:
        """Vanish, unless it has got a name."""
        with told("cannot close a file"):
            try:
                os.close(self._descriptor)
            finally:
                self._path.unlink(missing_ok=True)


class Filling:
    """A blob that is being put, piece by piece. To be closed: one that is not finished by then leaves nothing."""

    def __init__(self, draft: Draft, limit_bytes: int, keep: Callable[[Draft], Blob]) -> None:
        """Take over a draft.

        Args:
            keep: is given the draft once it has reached the disk, and makes a blob of it.
        """
        self._draft, self._limit_bytes, self._keep = draft, limit_bytes, keep

    def write(self, data: bytes) -> None:
        """Append.

        Raises:
            StorageError: it is more than may be, or the disk is full, or broken.
        """
        if self._draft.size_bytes + len(data) > self._limit_bytes:
            raise StorageError(f"the file has more than {self._limit_bytes} bytes; make it smaller", "too_large")
        self._draft.write(data)

    def finish(self) -> Blob:
        """All has come."""
        self._draft.flush()
        return self._keep(self._draft)

    def close(self) -> None:
        """Let go of it."""
        self._draft.close()


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder that outlives a power cut, if it is not there."""
    if not path.is_dir():
        path.mkdir(mode=mode, exist_ok=True)
        sync(path.parent)
