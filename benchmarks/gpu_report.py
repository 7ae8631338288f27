"""The report of benchmarks/engine_gpu.py: stages within a budget of time, each written down at once; and its aims."""

import json
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import torch

RUNS = 5
AIMS = {
    ("1.3B step", "bfloat16"): 0.45,
    ("1.3B step", "float8"): 0.31,
    ("5B step", "bfloat16"): 0.80,
    ("5B step", "float8"): 0.50,
    ("decoding", "bfloat16"): 0.7,
    ("request", "bfloat16"): 2.0,
}
"""Seconds on an H200."""


class TooLateError(Exception):
    """A stage took longer than it may."""


@dataclass(slots=True)
class Report:
    """What is known so far."""

    path: Path
    device: torch.device
    ends: float
    """By `time.monotonic`."""
    facts: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def seconds_left(self) -> float:
        """Of the whole run."""
        return self.ends - time.monotonic()

    def stage(self, name: str, way: str, limit_seconds: float, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do a stage, if there is time for it, and write down what came of it: figures, or why there are none."""
        row: dict[str, Any] = {"stage": name, "way": way}
        began = time.monotonic()
        limit = min(limit_seconds, self.seconds_left)
        try:
            if limit < limit_seconds / 4:
                raise TooLateError(f"only {max(limit, 0):.0f} s were left; it may need {limit_seconds:.0f}")
            with _within(limit):
                row |= work()
        except Exception as error:  # whatever a backend, a compiler or another's code raises: it is the result
            row["left_out"] = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        row["stage_seconds"] = round(time.monotonic() - began, 1)
        self.rows.append(row)
        print(json.dumps(row), flush=True)
        self.write()
        return row

    def write(self) -> None:
        """Whole or not at all."""
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps({**self.facts, "rows": self.rows}, indent=1) + "\n")
        part.replace(self.path)

    def timed(self, work: Callable[[], object], flop: float = 0.0, runs: int = RUNS) -> dict[str, Any]:
        """Seconds of some runs, after two that warm up, and the share of what the device can do."""
        on_gpu = self.device.type == "cuda"
        if on_gpu:
            torch.cuda.reset_peak_memory_stats()
        for _ in range(2 if runs > 1 else 1):
            work()
        seconds = []
        for _ in range(runs):
            self.wait()
            began = time.perf_counter()
            work()
            self.wait()
            seconds.append(time.perf_counter() - began)
        told: dict[str, Any] = {"seconds": round(min(seconds), 4), "median": round(statistics.median(seconds), 4)}
        if on_gpu:
            told["peak_gigabytes"] = round(torch.cuda.max_memory_allocated() / 1e9, 1)
        if flop and "tflop_per_second" in self.facts:
            told |= {"tflop": round(flop / 1e12, 1), "share": round(flop / 1e12 / min(seconds) / self.rate, 3)}
        return told

    @property
    def rate(self) -> float:
        """TFLOP/s that the device reached in bfloat16."""
        return float(self.facts["tflop_per_second"]["bfloat16"])

    def wait(self) -> None:
        """Until the device has done all that it was told."""
        if self.device.type == "cuda":
            torch.cuda.synchronize()


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Stop what runs longer, at the next line of Python."""

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        raise TooLateError(f"it took longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.1))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def aims(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each aim, our best figure, and diffusers'."""
    found = []
    for (stage, dtype), most in AIMS.items():
        timed = [row for row in rows if row["stage"] == stage and row.get("dtype") == dtype and "seconds" in row]
        best = {
            who: min((row for row in timed if row["way"].startswith(who)), key=lambda row: row["seconds"], default=None)
            for who in ("manazir", "diffusers")
        }
        own, theirs = best["manazir"], best["diffusers"]
        if stage == "request" and own is not None:  # words that are given are no whole request
            own = next((row for row in timed if row["way"] == "manazir"), own)
        found.append(
            {
                "stage": stage,
                "dtype": dtype,
                "most_seconds": most,
                "seconds": None if own is None else own["seconds"],
                "way": None if own is None else own["way"],
                "share": None if own is None else own.get("share"),
                "diffusers_seconds": None if theirs is None else theirs["seconds"],
                "is_met": own is not None and own["seconds"] <= most,
            }
        )
    return found


def table(found: list[dict[str, Any]]) -> str:
    """Aims for people."""
    lines = [f"{'stage':12}{'in':10}{'aim':>6}{'found':>9}{'share':>8}{'diffusers':>11}  by"]
    for aim in found:
        cells = [aim["seconds"], aim["share"], aim["diffusers_seconds"]]
        seconds, share, theirs = ("-" if cell is None else f"{cell:.3g}" for cell in cells)
        head = f"{aim['stage']:12}{aim['dtype']:10}{aim['most_seconds']:6.2f}"
        lines.append(f"{head}{seconds:>9}{share:>8}{theirs:>11}  {aim['way'] or '-'}")
    return "\n".join(lines)
