"""Bytes that are kept under their SHA-256, and how a part of them is read."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from manazir.core.errors import StorageError

CHUNK_BYTES = 1 << 18
NAME = re.compile(r"[0-9a-f]{64}")
"""Of a blob: what may come from outside is compared with it before it becomes part of a path or a key."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that are kept."""

    sha256: str
    """In hexadecimal, lower case; also its name."""
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A blob, and when it was last put."""

    blob: Blob
    put_at: float
    """Seconds since 1970, by the clock of whoever put it."""


class Part(ABC):
    """Some bytes of a blob, open for reading: iterating gives what is left of them, in pieces. To be closed."""

    def __init__(self, start: int, end: int, whole_bytes: int) -> None:
        """Begin at the start.

        Args:
            end: the first byte that is no more of the part.
            whole_bytes: of the blob.
        """
        self._position, self._end = start, end
        self.size_bytes = end - start
        self.whole_bytes = whole_bytes

    @abstractmethod
    def __iter__(self) -> Iterator[bytes]:
        """What is left, in pieces."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it; a second time changes nothing."""

    def __enter__(self) -> Self:
        """Close on leaving."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def missing(sha256: str) -> StorageError:
    """The error for a blob that is not there; what was asked for may be anything."""
    return StorageError(f"there is no file {sha256[:80]!r} in the storage", "missing")


def no_range(start: int, end: int, whole_bytes: int) -> StorageError:
    """The error for a part that a blob does not have."""
    return StorageError(f"bytes {start} to {end} were asked for, and the file has {whole_bytes}", "range")
