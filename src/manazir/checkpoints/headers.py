"""Headers of safetensors files: which weights are in a file, without reading one of them."""

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from manazir.core.errors import CheckpointError

BITS = {"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4}
BITS |= {"I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32, "U16": 16, "U8": 8, "BOOL": 8}

WORDS = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
WORDS |= {"F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2"}
"""Kinds of numbers as torch calls them, of those that weights are made of."""

LARGEST_HEADER_BYTES = 100_000_000
"""As the safetensors library has it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in a file."""

    kind: str
    """As the format has it: F32, BF16 …"""
    shape: tuple[int, ...]

    @property
    def numbers(self) -> int:
        """How many it holds."""
        return prod(self.shape)

    @property
    def size_bytes(self) -> int:
        """What it takes in the file."""
        return self.numbers * BITS[self.kind] // 8


def read_header(path: Path) -> dict[str, Stored]:
    """What a file holds.

    Raises:
        CheckpointError: it is no safetensors file, or cut short.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            _check_start(path, start, min(LARGEST_HEADER_BYTES, size - 8))
            header = json.loads(file.read(length))
        tensors = {name: _stored(name, facts) for name, facts in header.items() if name != "__metadata__"}
        last = max((facts["data_offsets"][1] for name, facts in header.items() if name != "__metadata__"), default=0)
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise CheckpointError(f"{path} is no safetensors file: its header makes no sense; get it again") from error
    if size != 8 + length + last:
        raise CheckpointError(
            f"{path} has {size} bytes and its header speaks of {8 + length + last}: it was cut short; get it again"
        )
    return tensors


def read_metadata(path: Path) -> dict[str, str]:
    """What a file says of itself, beside its tensors.

    Raises:
        CheckpointError: it is no safetensors file, or cut short.
    """
    read_header(path)
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    told = header.get("__metadata__") or {}
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise CheckpointError(f"{path} has metadata that is no text; get it again")
    return told


def _check_start(path: Path, start: bytes, most: int) -> None:
    if len(start) == 8 and int.from_bytes(start, "little") <= most:
        return  # a length may begin with the very bytes of a pickle
    if start[:2] == b"PK" or start[:1] == b"\x80":
        raise CheckpointError(f"{path} is a pickle under a false name, which can run code; get the safetensors file")
    raise CheckpointError(f"{path} is no safetensors file, or was cut short; get it again")


def _stored(name: str, facts: dict[str, Any]) -> Stored:
    kind, shape, (first, last) = facts["dtype"], tuple(map(int, facts["shape"])), facts["data_offsets"]
    stored = Stored(kind, shape)
    if stored.size_bytes != last - first:
        raise ValueError(f"{name} has the wrong length")
    return stored
