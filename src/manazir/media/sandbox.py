"""Decoding outside files in a process that has nothing to lose.

A child process with capped memory, time and output, no network and no secrets in its environment reads the file
and writes bare numbers to an anonymous file in memory, which is then mapped here: nothing is unpickled, and what
the child says is checked against the limits before it is believed.
"""

import json
import math
import mmap
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import MediaError
from manazir.media.limits import Limits
from manazir.media.sniff import Kind, open_regular

MAX_HEADER_BYTES = 1 << 16
DTYPES: dict[str, np.dtype[Any]] = {"uint8": np.dtype(np.uint8), "float32": np.dtype(np.float32)}
PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TMPDIR")
"""Of the environment; keys and tokens stay here."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the child found and the arrays it wrote."""

    kind: Kind
    facts: dict[str, Any]
    arrays: tuple[NDArray[Any], ...]


def decode(task: str, path: Path, wanted: Collection[Kind], limits: Limits, **options: object) -> Decoded:
    """Run one task of `decode_tasks` on a file in a confined process.

    Raises:
        MediaError: one line that names the file, what is wrong with it, and what would work.
    """
    descriptor, kind = open_regular(path, wanted, limits)
    answer = -1
    try:
        answer = _anonymous_file()
        request = {"task": task, "kind": kind, "file": descriptor, "answer": answer}
        header = _ask({**request, "limits": asdict(limits), "options": options}, path, limits)
        return Decoded(kind, header.get("facts", {}), _map_all(answer, header, path))
    finally:
        os.close(descriptor)
        if answer >= 0:
            os.close(answer)


def _anonymous_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("manazir-decoded", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _ask(request: dict[str, Any], path: Path, limits: Limits) -> dict[str, Any]:
    """Start the child and read its header; whatever happens, no child is left behind."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"PYTHONPATH": PACKAGE_ROOT, "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", "manazir.media.decode_child", json.dumps(request)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
            pass_fds=(request["file"], request["answer"]),
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + limits.wall_seconds
            text = _read_header(child, deadline, path, limits)
            child.wait(max(1.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise MediaError(f"{path}: its decoder does not end; do not trust this file") from error
        finally:
            child.kill()
            child.wait()
            assert child.stdout is not None
            child.stdout.close()
        return _parsed(text, child.returncode, complaints, path, limits)


def _read_header(child: subprocess.Popen[bytes], deadline: float, path: Path, limits: Limits) -> bytes:
    """All that the child says, up to its end."""
    assert child.stdout is not None
    said = b""
    while len(said) <= MAX_HEADER_BYTES:
        is_ready, _, _ = select.select([child.stdout], [], [], max(0.0, deadline - time.monotonic()))
        if not is_ready:
            raise MediaError(f"{path}: decoding took more than {limits.wall_seconds:g} s; cut it shorter or smaller")
        piece = os.read(child.stdout.fileno(), MAX_HEADER_BYTES)
        if not piece:
            return said
        said += piece
    raise MediaError(f"{path}: its decoder misbehaved; do not trust this file")


def _parsed(text: bytes, status: int, complaints: Any, path: Path, limits: Limits) -> dict[str, Any]:
    if status == -signal.SIGXCPU:
        raise MediaError(f"{path}: decoding took more than {limits.cpu_seconds} s of processor time; cut it shorter")
    try:
        header = json.loads(text)
    except ValueError as error:
        complaints.seek(0)
        last = complaints.read(MAX_HEADER_BYTES).decode(errors="replace").strip().splitlines()[-1:] or [""]
        raise MediaError(
            f"{path}: its decoder stopped with status {status}; convert it to an mp4. {last[0]}"
        ) from error
    if "error" in header:
        message = "".join(letter if letter.isprintable() else " " for letter in str(header["error"])[:500])
        raise MediaError(f"{path}: {message}")
    return dict(header)


def _map_all(descriptor: int, header: dict[str, Any], path: Path) -> tuple[NDArray[Any], ...]:
    """The arrays, one after the other in the file; they must fill it exactly."""
    size_bytes = os.fstat(descriptor).st_size
    shapes = [(tuple(int(n) for n in item["shape"]), DTYPES[item["dtype"]]) for item in header["arrays"]]
    if sum(math.prod(shape) * dtype.itemsize for shape, dtype in shapes) != size_bytes:
        raise MediaError(f"{path}: its decoder wrote something else than it says; do not trust this file")
    arrays: list[NDArray[Any]] = []
    mapped = mmap.mmap(descriptor, size_bytes) if size_bytes else b""
    offset = 0
    for shape, dtype in shapes:
        array = np.frombuffer(mapped, dtype, math.prod(shape), offset).reshape(shape)
        arrays.append(array)
        offset += array.nbytes
    return tuple(arrays)
