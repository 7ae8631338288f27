"""CPU time of Manazir's engine beside that of others: the same weights, inputs and steps, one thread.

    python benchmarks/engine_cpu.py                                     # everything: half an hour, and 10 GB of disk
    python benchmarks/engine_cpu.py --peers diffusers,compiled          # without the other engines
    python benchmarks/engine_cpu.py --venvs ~/peers --rounds 9          # environments there; made if they are not
    python benchmarks/engine_cpu.py --peers diffusers --here --rehearse --out /tmp/out    # tiny, in a minute

Each peer is a process with an environment of its own, and is asked for one round at a time, in turns with the others:
whatever else the machine does, it does to all. The least of all rounds counts. A peer that cannot be installed, or
cannot do a measure, is left out with its reason. Results are held against diffusers' in float32.

Peers: diffusers (eager), compiled (diffusers by torch.compile), fastvideo, sglang, flashdreams (their transformers,
with what needs CUDA exchanged; see benchmarks/peers/), manazir, and manazir-compiled (its blocks by torch.compile).

Writes benchmarks/results/engine-cpu.json and engine-cpu.md.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from engine_cases import CASES, TINY, WORDS, Case, save_cases
from engine_report import AIMS, table, within
from matmul_rate import matmul_rate
from peer_environments import NoEnvironmentError, environment
from peer_process import Peer, PeerError
from peers.protocol import REQUESTS
from provenance import provenance

RESULTS = Path(__file__).parent / "results"
SOURCES = Path(__file__).parent.parent / "src"
BASE = "diffusers"
"""Whom all others are held against."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """How a peer is started."""

    script: str
    environment: str | None = None
    """None: this one."""
    options: tuple[str, ...] = ()


PEERS = {
    "diffusers": Kind(script="run_diffusers.py", environment="diffusers"),
    "compiled": Kind(script="run_diffusers.py", environment="diffusers", options=("--compiled",)),
    "fastvideo": Kind(script="run_fastvideo.py", environment="fastvideo"),
    "sglang": Kind(script="run_sglang.py", environment="sglang"),
    "flashdreams": Kind(script="run_flashdreams.py", environment="flashdreams"),
    "manazir": Kind(script="run_manazir.py"),
    "manazir-compiled": Kind(script="run_manazir.py", options=("--compiled",)),
}
MEASURES = ("transformer float32", "transformer bfloat16", "decode float32", "decode bfloat16", *REQUESTS)
"""What comes behind a comma in a peer's own names is a way to do it: measured along with it."""
SHORT = MEASURES[:2]
"""These have four times as many rounds."""

tell = partial(print, flush=True)


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    cases = TINY if options.rehearse else CASES
    report: dict[str, Any] = {
        **provenance(),
        "threads": 1,
        "rounds": options.rounds,
        "load_average_before": round(os.getloadavg()[0], 1),
        "matmul_gflops": {str(dtype)[6:]: round(matmul_rate(dtype)) for dtype in (torch.float32, torch.bfloat16)},
        "step_gflop": round(_step_flop(cases["step"]) / 1e9, 1),
        "peers": {},
        "rows": [],
    }
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as running:
        folder = options.cases or Path(scratch)
        tell("making the cases")
        save_cases(folder, cases)
        peers = _started(options, folder, running, report["peers"])
        for measure in MEASURES:
            report["rows"] += _measured(measure, peers, folder, options.rounds * (4 if measure in SHORT else 1))
            _write(report, options.out)
    tell(f"\n{table(report)}\nwritten to {options.out}")
    if not options.rehearse and not all(aim["is_met"] for aim in report["aims"]):
        sys.exit(1)


def _started(
    options: argparse.Namespace, folder: Path, running: ExitStack, told: dict[str, dict[str, Any]]
) -> dict[str, Peer]:
    peers = {}
    for name in dict.fromkeys([BASE, *options.peers, "manazir"]):
        kind, log = PEERS[name], folder / f"{name}.log"
        try:
            python = Path(sys.executable)
            if kind.environment and not options.here:
                python = environment(kind.environment, options.venvs, tell)
            paths = [] if kind.environment else [SOURCES]
            peers[name] = running.enter_context(Peer(kind.script, python, folder, log, kind.options, paths))
            told[name] = {key: peers[name].about[key] for key in ("version", "torch")}
            tell(f"{name} {told[name]['version']} runs, with torch {told[name]['torch']}")
        except (NoEnvironmentError, PeerError, OSError) as error:
            told[name] = {"left_out": str(error)}
            tell(f"{name} is left out: {error}")
    if BASE not in peers:
        sys.exit(f"without {BASE} there is nothing to compare with")
    return peers


def _measured(measure: str, peers: Mapping[str, Peer], folder: Path, rounds: int) -> list[dict[str, Any]]:
    """All peers that have this measure, in turns; one that fails at it is left out of it."""
    rows = [
        _begun(way, name, peers, folder)
        for name, peer in peers.items()
        for way in peer.about["measures"]
        if way.split(",")[0] == measure
    ]
    able = [row for row in rows if "error" not in row]
    for _ in range(rounds):
        for row in able:
            answer = peers[row["peer"]].ask(row["measure"], None)
            row["all_cpu_seconds"].append(round(answer["cpu_seconds"], 4))
    for row in able:
        row["cpu_seconds"] = min(row["all_cpu_seconds"])
        tell(f"{row['measure']:37} {row['peer']:17} {row['cpu_seconds']:8.3f} s   error {row['relative_error']:.0e}")
    return rows


def _begun(measure: str, name: str, peers: Mapping[str, Peer], folder: Path) -> dict[str, Any]:
    """What the first time took, and how far its result is from diffusers'."""
    answer = peers[name].ask(measure, _kept(folder, name, measure))
    row = {"measure": measure, "peer": name}
    if "error" in answer:
        tell(f"{measure}: {name} is left out: {answer['error']}")
        return row | answer
    error = _error(measure, name, peers[BASE], folder)
    first = round(answer["first_cpu_seconds"], 2)
    return row | {"first_cpu_seconds": first, "relative_error": error, "all_cpu_seconds": []}


def _error(measure: str, name: str, base: Peer, folder: Path) -> float:
    """How far a result is from diffusers' in float32; a request's is made for this alone."""
    reference = f"{measure} float32" if measure in REQUESTS else f"{measure.split()[0]} float32"
    if not _kept(folder, BASE, reference).exists():
        base.ask(reference, _kept(folder, BASE, reference))
    true = load_file(_kept(folder, BASE, reference))["made"]
    made = load_file(_kept(folder, name, measure))["made"]
    return float(f"{float((made - true).norm() / true.norm()):.1e}")


def _kept(folder: Path, name: str, measure: str) -> Path:
    return folder / f"{name} {measure}.safetensors"


def _step_flop(case: Case) -> float:
    """Products and sums of a step, without reading its words."""
    frames, rows, columns = case.latents
    tokens, width = frames * rows * columns // 4, case.heads * 128
    linear = 2 * tokens * case.layers * (6 * width**2 + 2 * width * case.hidden_width)
    return linear + 4 * tokens * (tokens + WORDS) * width * case.layers


def _write(report: dict[str, Any], folder: Path) -> None:
    report |= {
        "load_average_after": round(os.getloadavg()[0], 1),
        "aims": [within(aim, report["rows"]) for aim in AIMS],
    }
    (folder / "engine-cpu.json").write_text(json.dumps(report, indent=1) + "\n")
    (folder / "engine-cpu.md").write_text(table(report))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=_names, default=list(PEERS), metavar="A,B", help="of those above; all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--venvs", type=Path, default=Path.home() / ".cache/manazir/peers", metavar="FOLDER")
    parser.add_argument("--here", action="store_true", help="no environments: peers run in this one")
    parser.add_argument("--cases", type=Path, default=None, metavar="FOLDER", help="keep the cases and logs there")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="FOLDER")
    parser.add_argument("--rehearse", action="store_true", help="tiny sizes: whether all of it runs")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    unknown = set(names := text.split(",")) - set(PEERS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no peer {', '.join(sorted(unknown))}; have {', '.join(PEERS)}")
    return names


if __name__ == "__main__":
    main()
