"""Bytes that are kept under their SHA-256, and how a part of them is read."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from manazir.core.errors import StorageError
from manazir.server.assets.drafts import told

CHUNK_BYTES = 1 << 18


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


class Part:
    """Some bytes of a blob, open for reading: iterating gives what is left of them, in pieces. To be closed."""

    def __init__(self, descriptor: int, start: int, end: int, whole_bytes: int) -> None:
        """Take over a descriptor.

        Args:
            end: the first byte that is no more of the part.
            whole_bytes: of the blob.
        """
        self._descriptor, self._position, self._end = descriptor, start, end
        self.size_bytes = end - start
        self.whole_bytes = whole_bytes

    def __iter__(self) -> Iterator[bytes]:
        """What is left, in pieces."""
        while self._position < self._end:
            with told("cannot read on"):
                chunk = os.pread(self._descriptor, min(CHUNK_BYTES, self._end - self._position), self._position)
            if not chunk:
                raise StorageError("a kept file became shorter while it was read", "damaged")
            self._position += len(chunk)
            yield chunk

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        """Close on leaving."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def missing(sha256: str) -> StorageError:
    """The error for a blob that is not there; what was asked for may be anything."""
    return StorageError(f"there is no file {sha256[:80]!r} in the storage", "missing")
