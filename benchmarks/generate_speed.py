"""Wall time and peak memory of `manazir generate` from a fresh process: python benchmarks/generate_speed.py [--runs 3].

Writes benchmarks/results/generate-speed.json.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from provenance import provenance

RESULTS = Path(__file__).parent / "results"
PROMPT = "a red ball bounces on the ground"
CASES: dict[str, list[str]] = {"default": [], "draft": ["--draft"]}
LIMITS: dict[str, tuple[float, float]] = {"default": (20.0, 2e9), "draft": (6.0, 2e9)}
"""Aims on two cores: seconds of wall time, bytes of peak memory."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--model", default="noor-nano")
    arguments = parser.parse_args()
    measured = {case: _measured(case, arguments.model, arguments.runs) for case in CASES}
    report = {
        **provenance(),
        "model": arguments.model,
        "prompt": PROMPT,
        "cases": measured,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "generate-speed.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


def _measured(case: str, model: str, runs: int) -> dict[str, Any]:
    """Run it; the first run, which may compile or fill caches of files, counts as well."""
    results = [_run(CASES[case], model) for _ in range(runs)]
    seconds, memory = zip(*results, strict=True)
    most_seconds, most_bytes = LIMITS[case]
    return {
        "wall_seconds": [round(value, 2) for value in seconds],
        "median_wall_seconds": round(statistics.median(seconds), 2),
        "peak_memory_bytes": max(memory),
        "is_within_aim": statistics.median(seconds) <= most_seconds and max(memory) < most_bytes,
    }


def _run(options: list[str], model: str) -> tuple[float, int]:
    """One fresh process: seconds of wall time, and its own peak of resident memory."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).parent / "manazir"), "generate", PROMPT, "--model", model, "--seed", "7"]
        began = time.perf_counter()
        process = subprocess.Popen([*command, *options, "-o", str(Path(folder) / "clip.mp4")])
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with exit code {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_maxrss * unit


if __name__ == "__main__":
    main()
