"""The engine's own process: reads requests as lines of JSON, makes them, and tells each step.

It holds the model between requests. It may be killed at any moment: nothing that must last is in it.
"""

import errno
import gc
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from manazir.core.errors import (
    CanvasError,
    CheckpointError,
    ManazirError,
    MediaError,
    ShapeError,
    UnsupportedError,
)
from manazir.media.confine import die_with_parent
from manazir.server.jobs.job import Reason
from manazir.server.jobs.request import request_from_json
from manazir.server.jobs.why import UNFORESEEN, Named, named
from manazir.server.logs import set_up_logs

LOG = logging.getLogger(__name__)
CANCELLED = "cancelled"
PREVIEW_SECONDS = 1.0
PREVIEW_SHARE = 50
"""A picture is drawn again when so many times as long has passed as it took: at most 2 % of the work."""
FULL = (errno.ENOSPC, errno.EDQUOT)


def main() -> int:
    """Serve requests until the parent closes the pipe."""
    die_with_parent()
    set_up_logs()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C reaches the whole group; the parent decides
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints goes to the log, not between our lines
    requests: queue.Queue[tuple[dict[str, Any], threading.Event]] = queue.Queue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    gc.disable()  # what is imported stays: looking for cycles in it would be a seventh of the time
    import_module("manazir.server.workers.making")  # seconds, of torch; best spent before somebody waits
    gc.freeze()
    gc.enable()
    while True:
        asked, stopped = requests.get()
        if not _serve(asked, stopped, channel):
            return 3  # memory may be in any state: the parent starts another


def _listen(requests: "queue.Queue[tuple[dict[str, Any], threading.Event]]") -> None:
    """Take requests, each with what stops it: a stop may come before its request was begun."""
    stopped = threading.Event()
    for line in sys.stdin:
        told = json.loads(line)
        if told.get("stop"):
            stopped.set()
        else:
            stopped = threading.Event()
            requests.put((told, stopped))
    os._exit(0)  # the parent is gone, or wants us gone


def _serve(asked: dict[str, Any], stopped: threading.Event, channel: TextIO) -> bool:
    """Answer one request. False: this process is not fit for another."""

    def tell(**told: Any) -> None:
        channel.write(json.dumps(told) + "\n")

    try:
        if "check_device" in asked:
            _check_device(tell)
        else:
            _make(asked, stopped, tell)
    except Exception as error:  # the boundary of the process
        code, why, name, is_fit = _failure(error)
        tell(failed=code, why=why, name=None if name is None else asdict(name), is_last=not is_fit)
        return is_fit
    return True


def _failure(error: Exception) -> tuple[Reason, str, Named | None, bool]:
    """Why a request failed, also by a name, and whether this process is fit for another all the same."""
    if isinstance(error, MemoryError):
        told = "the machine has too little memory for this; ask for less at once"
        return Reason.OUT_OF_MEMORY, told, Named("no_memory"), False
    if _is_full(error):  # its files stay open
        told = "the worker's disk is full; free some of it, then retry this"
        return Reason.NO_SPACE, told, Named("no_space"), False
    if isinstance(error, ManazirError):
        return _reason(error), " ".join(str(error).split()), named(error), True
    if _is_out_of_memory(error):
        told = "the device has too little memory for this; ask for less at once"
        return Reason.OUT_OF_MEMORY, told, Named("no_device_memory"), False
    LOG.error("a request could not be made", exc_info=error)
    kind = type(error).__name__
    told = f"an error of ours ({kind}); the worker's log has it"
    return Reason.ENGINE_FAILED, told, Named(UNFORESEEN, {"error": kind}), False


def _check_device(tell: Callable[..., None]) -> None:
    from manazir.inference.device import choose_device

    choose_device()
    tell(able=True)


def _make(asked: dict[str, Any], stopped: threading.Event, tell: Callable[..., None]) -> None:
    from manazir.inference.engine import Step
    from manazir.server.workers.making import make

    previews = _Previews(Path(asked["folder"]))
    request = request_from_json(asked["request"]).with_files(asked["paths"])
    for event in make(request, Path(asked["folder"]), _load):
        if stopped.is_set():
            tell(failed=CANCELLED, why="cancelled")
            return
        if isinstance(event, Step):
            tell(step=[event.done, event.total], preview=previews.path(event.preview))
        else:
            tell(made={"take": event.take, "files": event.files})


@dataclass(slots=True)
class _Previews:
    """Draws what there is so far now and then: seldom enough that it does not hold up the work."""

    folder: Path
    next_at: float = 0.0
    count: int = 0

    def path(self, draw: Callable[[], Any] | None) -> str | None:
        """Where the newest picture lies; None: it is not time for another."""
        from manazir.media.encode import write_picture

        began = time.monotonic()
        if draw is None or began < self.next_at:
            return None
        self.count += 1
        path = self.folder / f"preview-{self.count}.webp"
        write_picture(draw(), path)
        self.next_at = began + max(PREVIEW_SECONDS, PREVIEW_SHARE * (time.monotonic() - began))
        return str(path)


_kept: dict[str, Any] = {}
"""The engine that was used last, by its model's name."""


def _load(name: str) -> Any:
    """That engine; any other goes first, so that its room is free when the new one looks for some."""
    from manazir.inference.device import choose_device, give_back
    from manazir.inference.engines import load_engine

    if name not in _kept:
        if _kept:
            _kept.clear()
            give_back()
        _kept[name] = load_engine(name, choose_device())
    return _kept[name]


def _reason(error: ManazirError) -> Reason:
    if isinstance(error, CheckpointError):
        return Reason.NO_MODEL
    if isinstance(error, MediaError):
        return Reason.BAD_INPUT
    if isinstance(error, CanvasError | ShapeError | UnsupportedError):
        return Reason.UNSUPPORTED
    return Reason.ENGINE_FAILED


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL
    return isinstance(error, ManazirError) and any(os.strerror(code) in str(error) for code in FULL)


def _is_out_of_memory(error: Exception) -> bool:
    import torch

    return isinstance(error, torch.OutOfMemoryError) or "not enough memory" in str(error)


if __name__ == "__main__":
    sys.exit(main())
