"""What benchmarks/engine_cpu.py found, against its aims, and as tables for people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Aim:
    """How many times faster than diffusers a measure of ours is to be, and how far it may be from it in float32."""

    measure: str
    times: float
    most_error: float


AIMS = (
    Aim("transformer float32", 0.97, 1e-5),
    Aim("transformer bfloat16", 1.3, 1e-2),
    Aim("decode float32", 4.0, 1e-5),
    Aim("request 96x160", 1.5, 2e-2),
    Aim("request 128x160", 1.5, 2e-2),
)
TITLES = {
    "transformer float32": "A step of the transformer, float32",
    "transformer bfloat16": "A step of the transformer, bfloat16",
    "decode float32": "Decoding, float32",
    "decode bfloat16": "Decoding, bfloat16",
    "request 96x160": "A request: 9 frames of 96x160, four steps with guidance in bfloat16, decoding in float32",
    "request 128x160": "The same of 128x160",
}
NOTES = """\
CPU seconds of one thread, the least of all rounds; rounds of all peers were made in turns, as other work shared the
cores (the load averages say how much). `times` is how many times as fast as diffusers in eager mode. `error` is the
relative distance from what diffusers makes in float32. `first` is loading, compiling, and the first run.

A step is done by each as it does it within a request: diffusers and FastVideo read the words in every step; Manazir,
SGLang and flashdreams once for all steps. Manazir's figure with the words read anew in every step stands beside it. In
a request everything counts. FastVideo, SGLang and flashdreams are made for GPUs: here they run with what needs CUDA
exchanged for PyTorch's own (benchmarks/peers/), and with another PyTorch than they pin; only their transformers do.

A request has the proportions of Wan 2.1 1.3B: a step's work and decoding's, each an eighth or a ninth of the real ones.
How much is gained on it depends on the size: of small pictures PyTorch's three-dimensional convolutions are slow, of
larger ones it takes oneDNN's, and only the products that are left out remain of what decoding gains.
"""


def within(aim: Aim, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """An aim, and whether it is met."""
    found = {row["peer"]: row for row in rows if row["measure"] == aim.measure and "cpu_seconds" in row}
    if not {"manazir", "diffusers"} <= set(found):
        return {**asdict(aim), "is_met": False, "found_times": None}
    times = _times(found["manazir"], found["diffusers"])
    is_met = times >= aim.times and found["manazir"]["relative_error"] <= aim.most_error
    return {**asdict(aim), "found_times": times, "is_met": is_met}


def table(report: dict[str, Any]) -> str:
    """All of it in Markdown."""
    rates = ", ".join(f"{dtype} {rate} GFLOP/s" for dtype, rate in report["matmul_gflops"].items())
    lines = ["# Manazir's engine on a CPU, beside others", ""]
    lines += [f"{report['machine']}. Commit {report['commit'][:12]}, {report['date'][:10]}: `{report['command']}`,"]
    loads = f"{report['load_average_before']} before and {report.get('load_average_after')} after"
    lines += [f"{report['rounds']} rounds (of steps four times as many); load average {loads}. Large products of"]
    lines += [f"matrices: {rates}.", "", NOTES]
    for measure, title in TITLES.items():
        rows = [row for row in report["rows"] if row["measure"].split(",")[0] == measure]
        if rows:
            lines += [f"## {title}", "", *_part(measure, rows, report), ""]
    lines += ["## Aims", "", *(_aim(aim) for aim in report["aims"]), ""]
    left_out = {name: told["left_out"] for name, told in report["peers"].items() if "left_out" in told}
    if left_out:
        lines += ["## Left out", "", *(f"- {name}: {reason}" for name, reason in left_out.items()), ""]
    return "\n".join(lines)


def _part(measure: str, rows: Sequence[dict[str, Any]], report: dict[str, Any]) -> list[str]:
    is_step = measure.startswith("transformer")
    heads = ["", "seconds", "times", "error", "first", *(["of the rate of large products"] if is_step else [])]
    lines = [_line(heads), _line(["---"] * len(heads))]
    base = next((row for row in rows if row["peer"] == "diffusers" and "cpu_seconds" in row), None)
    for row in sorted(rows, key=lambda row: row.get("cpu_seconds", float("inf"))):
        name = f"{row['peer']} {report['peers'][row['peer']]['version']}{row['measure'].removeprefix(measure)}"
        cells = [name, f"left out: {row['error']}"] if "error" in row else [name, *_cells(row, base)]
        if is_step and "error" not in row:
            rate = report["matmul_gflops"][measure.split()[1]]
            cells.append(f"{report['step_gflop'] / row['cpu_seconds'] / rate:.0%}")
        lines.append(_line(cells + [""] * (len(heads) - len(cells))))
    return lines


def _cells(row: dict[str, Any], base: dict[str, Any] | None) -> list[str]:
    times = "" if base is None else f"{_times(row, base):.2f}"
    return [f"{row['cpu_seconds']:.3f}", times, f"{row['relative_error']:.0e}", f"{row['first_cpu_seconds']:.1f}"]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _times(row: dict[str, Any], base: dict[str, Any]) -> float:
    return round(base["cpu_seconds"] / row["cpu_seconds"], 2)


def _aim(aim: dict[str, Any]) -> str:
    found = "not measured" if aim["found_times"] is None else f"{aim['found_times']:.2f}"
    verdict = "met" if aim["is_met"] else "missed"
    return (
        f"- {TITLES[aim['measure']]}: at least {aim['times']} times, error at most {aim['most_error']:.0e}: "
        f"{found}, {verdict}"
    )
