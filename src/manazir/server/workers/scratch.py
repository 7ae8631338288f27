"""Where a worker has its jobs made: a folder of its own, which the next worker clears away if this one is killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PREFIX = "manazir-worker-"


@dataclass
class Scratch:
    """A folder in the machine's place for temporary files, locked for as long as this process lives."""

    _folder: Path | None = None
    _lock: int = -1

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Lend an empty folder; it is gone afterwards.

        Raises:
            OSError: the disk has no room for it, or refuses it.
        """
        if self._folder is None or not self._folder.is_dir():
            self._begin()
        assert self._folder is not None
        with tempfile.TemporaryDirectory(prefix="job-", dir=self._folder, ignore_cleanup_errors=True) as made:
            yield Path(made)

    def close(self) -> None:
        """Clear all of it away."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            os.close(self._lock)
            self._folder = None

    def _begin(self) -> None:
        sweep()
        while True:
            folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.is_dir():  # nobody swept it in between
                self._folder, self._lock = folder, lock
                return
            os.close(lock)


def sweep() -> int:
    """Clear away what workers that were killed have left. Returns how many they were."""
    swept = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another worker sweeps it, or it is not ours to look into
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            swept += _swept(folder)
    return swept


def _swept(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # its worker lives
        return False
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(descriptor)
