"""What a take says of its canvas: plain data, with a hash for everything that was given."""

from dataclasses import MISSING, fields, is_dataclass
from os import PathLike
from typing import Any

import numpy as np

from manazir.core.canvas import Canvas, File, Frames, Pixels, Samples
from manazir.core.canvas_json import FILES, LISTED
from manazir.core.hashes import hash_of_bytes, hash_of_file

Source = File | Frames | Pixels | Samples


def canvas_record(canvas: Canvas) -> dict[str, Any]:
    """What of a canvas differs from an empty one. Files by path and hash, what was in memory by its hash.

    Raises:
        MediaError: a file cannot be read.
    """
    record: dict[str, Any] = _plain(canvas)
    return record


def parent_hash(canvas: Canvas) -> str | None:
    """The hash of the clip that a canvas starts from; None if it starts from none."""
    parts = (canvas.extension, canvas.modification, canvas.reframing)
    clips = [part.clip for part in parts if part is not None]
    clip = canvas.sound_for if canvas.sound_for is not None else next(iter(clips), None)
    return None if clip is None else source_hash(clip)


def source_hash(source: Source) -> str:
    """Hash a file, or the numbers of a clip, a picture or a sound in memory.

    Raises:
        MediaError: the file cannot be read.
    """
    if isinstance(source, str | PathLike):
        return hash_of_file(source)
    numbers = source.frames if isinstance(source, Frames) else source.samples if isinstance(source, Samples) else source
    array = np.ascontiguousarray(numbers)
    return hash_of_bytes(f"{array.dtype} {array.shape} ".encode(), array.tobytes())


def _plain(value: Any) -> Any:
    if isinstance(value, PathLike):
        return {"path": str(value), "sha256": hash_of_file(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Frames | Samples | Pixels) or hasattr(value, "__array_interface__"):
        return {"path": None, "sha256": source_hash(value)}
    if is_dataclass(value) and not isinstance(value, type):
        told = [field.name for field in fields(value) if _differs(getattr(value, field.name), field.default)]
        return {name: _named(name, getattr(value, name)) for name in told}
    return value


def _differs(value: Any, default: Any) -> bool:
    if default is MISSING or value is default:
        return default is MISSING
    return default is None or bool(value != default)  # what lies in memory may not know what None is


def _named(name: str, value: Any) -> Any:
    """A path may also be given as a string: fields that hold files say so by their names."""
    if name in LISTED and isinstance(value, tuple):
        return [{"path": one, "sha256": hash_of_file(one)} if isinstance(one, str) else _plain(one) for one in value]
    is_file = name in FILES and isinstance(value, str)
    return {"path": value, "sha256": hash_of_file(value)} if is_file else _plain(value)
