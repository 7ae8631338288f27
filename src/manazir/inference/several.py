"""A film made by several devices of this machine: a process for each is started, and none is left.

On CPUs the processes share one processor and one memory: that is for trying, and takes longer than one process does.
"""

import os
import pickle
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.core.canvas import Canvas
from manazir.core.errors import ManazirError, MediaError, UnsupportedError
from manazir.inference.device import choose_device
from manazir.inference.devices_asked import Devices
from manazir.inference.engine import Settings
from manazir.inference.member import Part
from manazir.inference.produce import DRAWN_SEEDS, Produced
from manazir.inference.sharing_choice import chosen

MODULE = "manazir.inference.member"
PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
GRACE_SECONDS = 2.0
"""How long the others are heard when one has failed: what the first one's end caused is not what is told."""
OnStep = Callable[[int, int], object]


def take_together(
    canvas: Canvas,
    devices: Devices,
    *,
    model: str,
    settings: Settings,
    adapters: Sequence[AdapterFile] = (),
    precision: str | None = None,
    is_draft: bool = False,
    allows_resampling: bool = False,
    on_step: OnStep | None = None,
) -> Produced:
    """Fill in a canvas on several devices: the same film as by one, to rounding.

    Args:
        on_step: told how many steps are done, and of how many.

    Raises:
        UnsupportedError: the model or the machine cannot, or a process was killed.
        ShapeError: so many devices do not come out even; names numbers that do.
    """
    canvas = canvas if canvas.seed is not None else replace(canvas, seed=secrets.randbelow(DRAWN_SEEDS))
    device = choose_device()
    with tempfile.TemporaryDirectory(prefix="manazir-") as folder, _started(devices.total) as members:
        part = Part(  # what they share is chosen while they import torch
            rank=0,
            place=Path(folder) / "meeting",
            parallel=chosen(devices, model, settings, device, precision),
            device=str(device),
            canvas=canvas,
            model=model,
            settings=settings,
            adapters=tuple(adapters),
            precision=precision,
            is_draft=is_draft,
            allows_resampling=allows_resampling,
        )
        for rank, member in enumerate(members):
            member.tell(replace(part, rank=rank))
        return _heard(members, on_step)


@dataclass(eq=False, slots=True)
class _Member:
    """A process, and what became of it."""

    process: "subprocess.Popen[bytes]"
    connection: Connection
    end: tuple[Any, ...] | None = None
    """Its last word; None: it is at work."""

    def tell(self, part: Part) -> None:
        """Hand it its part; one that is gone is noticed when it is heard.

        Raises:
            MediaError: something in the canvas cannot be sent.
        """
        try:
            with suppress(BrokenPipeError):
                self.connection.send(part)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise MediaError(f"the canvas cannot be sent to other processes ({error}); give files") from error

    def hear(self, on_step: OnStep | None) -> None:
        """Take its next word."""
        try:
            told = self.connection.recv()
        except (EOFError, ConnectionResetError):
            told = ("died", self.process.wait())
        if told[0] != "step":
            self.end = told
        elif on_step is not None:
            on_step(*told[1:])


@contextmanager
def _started(count: int) -> Iterator[list[_Member]]:
    """So many processes; whatever happens, none is left behind."""
    members: list[_Member] = []
    try:
        for _ in range(count):
            members.append(_start())
        yield members
    finally:
        for member in members:
            member.process.kill()
        for member in members:
            member.process.wait()
            member.connection.close()


def _start() -> _Member:
    here, there = Pipe()
    paths = [PACKAGE_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])]
    with there:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE, str(there.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # gloo tells there who has met
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            pass_fds=(there.fileno(),),
        )
    return _Member(process, here)


def _heard(members: Sequence[_Member], on_step: OnStep | None) -> Produced:
    """What the first process made."""
    deadline: float | None = None
    while waiting := [member for member in members if member.end is None]:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            break
        ready = wait([member.connection for member in waiting], left)
        for member in waiting:
            if member.connection in ready:
                member.hear(on_step)
        if members[0].end is not None and members[0].end[0] == "made":
            produced: Produced = members[0].end[1]
            return produced
        if deadline is None and any(member.end is not None and member.end[0] != "made" for member in members):
            deadline = time.monotonic() + GRACE_SECONDS
    _refuse([member.end or ("running",) for member in members])
    raise AssertionError("no process made a film, and none says why")


def _refuse(ends: Sequence[tuple[Any, ...]]) -> None:
    """Raise what went wrong first, as far as that can be known: what a process dies of, others fail by."""
    for kind in ("refused", "died", "failed"):
        for rank, end in enumerate(ends):
            if end[0] == kind:
                raise _error(rank, len(ends), *end)


def _error(rank: int, count: int, kind: str, *told: Any) -> Exception:
    if kind == "refused":
        error: ManazirError = told[0]
        return error
    if kind == "failed":
        return RuntimeError(f"process {rank} of {count} failed:\n{told[0]}")
    status = told[0]
    how = f"was killed ({signal.Signals(-status).name})" if status < 0 else f"ended with status {status}"
    return UnsupportedError(
        f"process {rank} of {count} {how}, and the others were stopped; if memory ran out, take fewer devices, another "
        "--precision, or a shorter or smaller clip"
    )
