"""A peer of benchmarks/engine_cpu.py, in a process and an environment of its own."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SCRIPTS = Path(__file__).parent / "peers"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TORCHINDUCTOR_COMPILE_THREADS"), "1")


class PeerError(Exception):
    """A peer did not start, or ended; what it said last is the message."""


class Peer:
    """Answers one measure at a time; as a context, until its end."""

    def __init__(
        self, script: str, python: Path, cases: Path, log: Path, options: Sequence[str], paths: Sequence[Path]
    ) -> None:
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(map(str, paths))}
        self._log = log
        reading, writing = os.pipe()
        self._answers = os.fdopen(reading)
        with log.open("w") as said:
            self._process = subprocess.Popen(
                [python, SCRIPTS / script, cases, "--answers", str(writing), *options],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                text=True,
                env=environment,
                pass_fds=(writing,),
            )
        os.close(writing)
        self.about = self._read()

    def ask(self, measure: str, keep: Path | None) -> dict[str, Any]:
        """What it took, or an `error`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"measure": measure, "keep": keep and str(keep)}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()

    def _read(self) -> dict[str, Any]:
        line = self._answers.readline()
        if not line:
            said = self._log.read_text(errors="replace").strip().splitlines()
            raise PeerError(said[-1][:300] if said else f"it ended with {self._process.wait()} and said nothing")
        told: dict[str, Any] = json.loads(line)
        return told
