"""The small interface between jobs and the engine: start a request, hear how it goes, stop it.

One at a time for now. Whatever schedules steps of many requests together stands behind the same three calls.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from manazir.server.jobs.request import JobRequest
from manazir.server.jobs.why import Named

MODULE = "manazir.server.workers.engine_child"
DISCREET = {"TRANSFORMERS_VERBOSITY": "error", "DIFFUSERS_VERBOSITY": "error"}
"""Their warnings quote prompts that are too long; whoever wants them sets these variables."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step was taken."""

    done: int
    total: int
    preview: str | None = None
    """A file with a picture of what there is so far."""


@dataclass(frozen=True, slots=True)
class Able:
    """The device that it is to use is there."""


@dataclass(frozen=True, slots=True)
class Finished:
    """All is made; the files lie in the request's folder."""

    take: Mapping[str, Any]
    files: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot be made."""

    code: str
    """A `Reason`, or `cancelled`."""
    why: str
    name: Named | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """The engine's process is gone."""

    told: str


Told = Able | Stepped | Finished | Failed | Lost


class Runner(Protocol):
    """What a worker hands requests to."""

    @property
    def is_busy(self) -> bool:
        """Whether it is at a request: it was started, and neither `Finished`, `Failed` nor `Lost` was heard since."""

    def warm(self) -> None:
        """Get ready before there is anything to do."""

    def check_device(self) -> None:
        """Ask whether it has the device that it is to use; it answers `Able` or `Failed`."""

    def start(self, request: JobRequest, paths: Mapping[str, str], folder: Path) -> None:
        """Begin to make a request; `paths` has a file for each reference in it, what is made goes to `folder`."""

    def hear(self, timeout_seconds: float) -> Told | None:
        """Return the next word, or None if none comes in time."""

    def stop(self) -> None:
        """Ask it to stop after the step that it is at; it answers `Failed("cancelled")`."""

    def close(self, *, at_once: bool = False) -> None:
        """End it; at once: also in the middle of a step."""


@dataclass(slots=True)
class EngineProcess:
    """A Runner in a process of its own, which is started when it is needed and again when it died."""

    is_busy: bool = False
    _process: "subprocess.Popen[str] | None" = None
    _words: "queue.Queue[dict[str, Any] | None]" = field(default_factory=queue.Queue)

    def warm(self) -> None:
        """Start the process, if there is none."""
        if self._process is None or self._process.poll() is not None:
            self._begin()

    def check_device(self) -> None:
        """Ask the process, which knows once it has imported torch."""
        self.warm()
        self._say(check_device=True)

    def start(self, request: JobRequest, paths: Mapping[str, str], folder: Path) -> None:
        """Send a request; the process is started if there is none."""
        self.warm()
        self.is_busy = True
        self._say(request=request.to_json(), paths=dict(paths), folder=str(folder))

    def hear(self, timeout_seconds: float) -> Told | None:
        """Return what the process says next."""
        try:
            told = self._words.get(timeout=timeout_seconds)
        except queue.Empty:
            return None
        if told is not None and "step" in told:
            done, total = told["step"]
            return Stepped(done, total, told["preview"])
        if told is not None and "able" in told:
            return Able()
        self.is_busy = False
        if told is None:
            return self._lost()
        if told.get("is_last"):
            self.close()  # wait until it is gone: the next request is for another
        if "made" in told:
            return Finished(told["made"]["take"], tuple(told["made"]["files"]))
        name = told.get("name")
        return Failed(told["failed"], told["why"], None if name is None else Named(**name))

    def stop(self) -> None:
        """Ask for a stop between two steps."""
        self._say(stop=True)

    def close(self, *, at_once: bool = False) -> None:
        """End the process, and wait until it is gone: only then is its memory free."""
        process, self._process = self._process, None
        self.is_busy = False
        if process is None:
            return
        if at_once:
            process.kill()
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it is gone already, with a line of ours unread
            process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _begin(self) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", MODULE]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=DISCREET | os.environ)
        self._words = queue.Queue()
        assert self._process.stdout is not None
        threading.Thread(target=_read, args=(self._process.stdout, self._words), daemon=True).start()

    def _say(self, **told: Any) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it died; its last word, that it is lost, comes through `hear`
            self._process.stdin.write(json.dumps(told) + "\n")  # in ASCII: not all that JSON can say is UTF-8
            self._process.stdin.flush()

    def _lost(self) -> Lost | Failed:
        assert self._process is not None
        status = self._process.wait()
        self._process = None
        if status == -signal.SIGKILL:
            return Lost("the engine's process was killed, most likely for want of memory")
        name = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit code {status}"
        return Lost(f"the engine's process ended with {name}")


def _read(stream: IO[str], words: "queue.Queue[dict[str, Any] | None]") -> None:
    """Pass on each whole line, and at the end that there are no more; one that was killed may leave half a line."""
    try:
        with stream:
            for line in stream:
                if line.endswith("\n"):
                    words.put(json.loads(line))
    finally:
        words.put(None)
