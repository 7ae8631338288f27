"""The one kind of hash that takes, bundles and reports carry: SHA-256, in hexadecimal."""

import hashlib
from os import PathLike
from pathlib import Path

from manazir.core.errors import MediaError


def hash_of_file(path: str | PathLike[str]) -> str:
    """Hash a file, piece by piece.

    Raises:
        MediaError: it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}; give a file that is there") from error


def hash_of_bytes(*parts: bytes | memoryview) -> str:
    """Hash what is in memory, its parts one after the other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
