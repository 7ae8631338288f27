"""Bytes that somebody is about to write down, or works with: for as long as they are held, nobody sweeps them away.

In a folder a hold is a file beside the blobs, which its holder keeps locked: it ends with its holder's process, however
that ends. In a bucket it is a word (`s3.py`), which ends when it is old.
"""

import fcntl
import os
import secrets
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self


class Hold:
    """One holder's word for one blob. One that is forgotten is released, as a file that nobody closes is closed."""

    def __init__(self, end: Callable[[], None]) -> None:
        """Give a word that was spoken to its holder.

        Args:
            end: takes it back, and makes the blob young.
        """
        self._end = weakref.finalize(self, end)

    def release(self) -> None:
        """Let go. The blob is young again: who looked for its row before that was written leaves it alone."""
        self._end()

    def __enter__(self) -> Self:
        """Release on leaving."""
        return self

    def __exit__(self, *_: object) -> None:
        """Release."""
        self.release()


@dataclass(frozen=True, slots=True)
class Used:
    """A blob that is worked with, as a file of this machine: it stays where it is for as long as this is held."""

    path: Path
    hold: Hold


def hold_file(folder: Path, blob: Path) -> Hold:
    """Hold a blob of a folder; whoever calls this sees to it that nobody sweeps at the same moment."""
    path = folder / f"{blob.name}.{secrets.token_hex(8)}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)  # NFS locks no other
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return Hold(partial(_release, descriptor, path, blob))


def is_held(folder: Path, sha256: str) -> bool:
    """Whether anybody holds a blob."""
    return any(_is_alive(path) for path in folder.glob(f"{sha256}.*"))


def sweep_holds(folder: Path) -> None:
    """Clear away what holders that died have left."""
    for path in folder.glob("*.*"):
        _is_alive(path)


def _is_alive(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(descriptor)


def _release(descriptor: int, path: Path, blob: Path) -> None:
    try:
        with suppress(OSError):  # an operator deleted it, or the disk is broken: whoever opens it is told
            os.utime(blob)
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
