"""One of several processes that make a film together; `several` starts them.

It is told what to make through a pipe, and says through it how far it is. When the pipe closes, it ends.
"""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.core.canvas import Canvas
from manazir.core.errors import ManazirError
from manazir.media.confine import die_with_parent


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a process is to do. Everything but the rank is the same in all of them."""

    rank: int
    place: Path
    """Where they meet: a file that is not there yet."""
    parallel: Any
    """A `devices.mesh.Parallel`."""
    device: str
    canvas: Canvas
    """With its seed."""
    model: str
    settings: Any
    """`engine.Settings`."""
    adapters: tuple[AdapterFile, ...]
    precision: str | None
    is_draft: bool
    allows_resampling: bool


def main() -> int:
    """Do one part."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C reaches all; the first process ends the others
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")  # which torch reads when it is imported
    if sys.platform == "linux":
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # all are here: no name is looked up, and no port is open
    connection = Connection(int(sys.argv[1]))
    import_module("manazir.inference.produce")  # seconds, of torch, while the first process chooses what is shared
    part: Part = connection.recv()
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    try:
        told: tuple[Any, ...] = ("made", _made(part, lambda *step: connection.send(("step", *step))))
    except ManazirError as error:
        told = ("refused", error)
    except Exception:
        told = ("failed", traceback.format_exc())
    connection.send(told)
    return 0


def _end_with(connection: Connection) -> None:
    """Nothing more is told; the pipe closes when the first process is gone."""
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)


def _made(part: Part, tell: Callable[[int, int], object]) -> Any:
    """What all make; only the first one's is wanted."""
    import torch

    from manazir.devices.mesh import met
    from manazir.inference.engines import load_engine
    from manazir.inference.produce import finished, produce

    device = torch.device(part.device)
    if device.type == "cpu":
        torch.set_num_threads(max(1, torch.get_num_threads() // part.parallel.devices))
    with met(part.parallel, device, part.rank, part.place) as mesh:
        engine = load_engine(part.model, mesh.device, part.adapters, part.precision, mesh)
        settings = engine.draft(part.settings) if part.is_draft else part.settings
        events = produce(part.canvas, engine, settings, allows_resampling=part.allows_resampling)
        produced = finished(events, tell if part.rank == 0 else None)
    return produced if part.rank == 0 else None


if __name__ == "__main__":
    sys.exit(main())
