"""How many clips of simulated worlds are rendered each second: 24 frames of scenes as they are drawn to teach with.

    python benchmarks/render.py                     # the CPU: numba with one and two threads, torch
    python benchmarks/render.py --device cuda       # torch.compile on a GPU, many clips at once

Writes benchmarks/results/render-<device>.json with the machine, the commit and the command. `cpu_seconds` says
what a clip costs when other work shares the machine and the clips a second are too few.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from manazir.worlds.families import draw
from manazir.worlds.motion import Motion
from manazir.worlds.pack import pack
from manazir.worlds.raycast_torch import to_display, trace
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Scene

RESULTS = Path(__file__).parent / "results"
SIZES = (64, 128)
Drawn = list[tuple[Scene, Motion]]


def measured(what: str, clips: int, work: Callable[[], object], repeats: int) -> dict[str, str | float]:
    """The best of some runs, after one that compiles and fills caches."""
    work()
    runs = []
    for _ in range(repeats):
        wall, busy = time.perf_counter(), time.process_time()
        work()
        runs.append((time.perf_counter() - wall, time.process_time() - busy))
    wall, busy = min(run[0] for run in runs), min(run[1] for run in runs)
    row = {"what": what, "clips_per_second": round(clips / wall, 2), "cpu_seconds": round(busy / clips, 4)}
    print(f"{what:44} {row['clips_per_second']:9} clips/s {row['cpu_seconds']:9} CPU seconds a clip", flush=True)
    return row


def with_numba(drawn: Drawn, size: int, threads: int) -> None:
    for scene, motion in drawn:
        render_frames(scene, motion, size, size, threads=threads)


def with_torch(drawn: Drawn, size: int, device: str, memory_bytes: int) -> None:
    packs = [pack(scene, motion, size, size) for scene, motion in drawn]
    traced = trace(packs, size, size, device, compiled=device == "cuda", memory_bytes=memory_bytes)
    to_display(traced.radiance)
    if device == "cuda":
        torch.cuda.synchronize()


def on_cpu(drawn: Drawn, repeats: int) -> list[dict[str, str | float]]:
    rows = []
    for size in SIZES:
        for threads in (1, 2):
            name = f"numba, {size} px, {threads} thread{'s' * (threads > 1)}"
            rows.append(measured(name, len(drawn), lambda s=size, n=threads: with_numba(drawn, s, n), repeats))
    few = drawn[:2]
    for threads in (1, 2):
        torch.set_num_threads(threads)
        name = f"torch, 64 px, {threads} thread{'s' * (threads > 1)}, eager"
        rows.append(measured(name, len(few), lambda few=few: with_torch(few, 64, "cpu", 1 << 28), 1))
    return rows


def on_cuda(drawn: Drawn, repeats: int) -> list[dict[str, str | float]]:
    return [
        measured(
            f"torch.compile, {size} px, {len(drawn)} clips at once",
            len(drawn),
            lambda s=size: with_torch(drawn, s, "cuda", 16 << 30),
            repeats,
        )
        for size in SIZES
    ]


def machine(device: str) -> dict[str, str | int | None]:
    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), name)
    gpu = torch.cuda.get_device_name() if device == "cuda" else None
    load = round(os.getloadavg()[0], 1)
    return {"cpu": name, "cores": os.cpu_count(), "gpu": gpu, "load_before": load, "torch": torch.__version__}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--clips", type=int, default=None, help="24 on a CPU, 256 on a GPU")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    clips = options.clips or (24 if options.device == "cpu" else 256)
    about = machine(options.device)
    drawn = [draw(seed) for seed in range(clips)]
    rows = (on_cpu if options.device == "cpu" else on_cuda)(drawn, options.repeats)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    report = {
        "machine": about,
        "commit": commit,
        "command": " ".join(["python", *sys.argv]),
        "clips": clips,
        "rows": rows,
    }
    path = RESULTS / f"render-{options.device}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"written to {path}")


if __name__ == "__main__":
    main()
