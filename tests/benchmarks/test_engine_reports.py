"""What the engine's benchmarks make of their figures; whether they run at all is rehearsed at tiny sizes."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
CPU_ROW = {"measure": "request 128x160", "first_cpu_seconds": 2.0, "relative_error": 1e-3}


@pytest.fixture(autouse=True)
def _benchmarks_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def _cpu_report(rows: list[dict[str, Any]]) -> dict[str, Any]:
    from engine_report import AIMS, within

    return {
        "machine": "a machine",
        "commit": "0" * 40,
        "date": "2026-11-22",
        "command": "python benchmarks/engine_cpu.py",
        "rounds": 2,
        "load_average_before": 1.0,
        "matmul_gflops": {"float32": 100, "bfloat16": 200},
        "step_gflop": 40.0,
        "peers": {"diffusers": {"version": "1"}, "manazir": {"version": "2"}, "sglang": {"left_out": "no network"}},
        "rows": rows,
        "aims": [within(aim, rows) for aim in AIMS],
    }


def test_an_aim_is_met_when_it_is_fast_enough_and_right() -> None:
    rows = [CPU_ROW | {"peer": "diffusers", "cpu_seconds": 3.0}, CPU_ROW | {"peer": "manazir", "cpu_seconds": 2.0}]
    aims = {aim["measure"]: aim for aim in _cpu_report(rows)["aims"]}
    assert (aims["request 128x160"]["found_times"], aims["request 128x160"]["is_met"]) == (1.5, True)
    assert (aims["decode float32"]["found_times"], aims["decode float32"]["is_met"]) == (None, False)
    rows[1]["relative_error"] = 0.5
    assert not next(aim for aim in _cpu_report(rows)["aims"] if aim["measure"] == "request 128x160")["is_met"]


def test_the_table_has_what_was_measured_and_why_something_was_not() -> None:
    from engine_report import table

    step = {"measure": "transformer float32", "first_cpu_seconds": 1.0, "relative_error": 0.0}
    rows = [
        step | {"peer": "diffusers", "cpu_seconds": 1.0},
        step | {"peer": "manazir", "cpu_seconds": 0.8},
        step | {"measure": "transformer float32, words read anew", "peer": "manazir", "cpu_seconds": 0.9},
        CPU_ROW | {"peer": "manazir", "error": "RuntimeError: too small"},
    ]
    text = table(_cpu_report(rows))
    assert "| manazir 2 | 0.800 | 1.25 | 0e+00 | 1.0 | 50% |" in text
    assert "| manazir 2, words read anew | 0.900 | 1.11 | 0e+00 | 1.0 | 44% |" in text
    assert "left out: RuntimeError: too small" in text
    assert "- sglang: no network" in text


def test_a_stage_that_fails_or_is_too_late_is_written_down_with_its_reason(tmp_path: Path) -> None:
    from gpu_report import Report

    report = Report(tmp_path / "report.json", torch.device("cpu"), time.monotonic() + 60, {"gpu": None})

    def fail() -> dict[str, Any]:
        raise RuntimeError("no such\nkernel")

    def wait() -> dict[str, Any]:
        time.sleep(5)
        return {}

    report.stage("a step", "that fails", 10, fail)
    report.stage("a step", "that hangs", 0.2, wait)
    report.stage("a step", "that works", 10, lambda: report.timed(lambda: None))
    report.ends = time.monotonic()
    report.stage("a step", "that comes too late", 10, dict)
    told = json.loads((tmp_path / "report.json").read_text())
    reasons = [row.get("left_out") for row in told["rows"]]
    assert reasons[0] == "RuntimeError: no such kernel"
    assert reasons[1] == "TooLateError: it took longer than 0 s"
    assert reasons[2] is None
    assert reasons[3] is not None
    assert reasons[3].startswith("TooLateError: only 0 s were left")


def test_aims_take_the_fastest_way_and_whole_requests() -> None:
    from gpu_report import aims, table

    rows = [
        {"stage": "1.3B step", "way": "manazir, sdpa", "dtype": "bfloat16", "seconds": 0.6, "share": 0.5},
        {"stage": "1.3B step", "way": "manazir, cudnn, compiled", "dtype": "bfloat16", "seconds": 0.4, "share": 0.8},
        {"stage": "1.3B step", "way": "diffusers", "dtype": "bfloat16", "seconds": 0.7},
        {"stage": "request", "way": "manazir, words are given", "dtype": "bfloat16", "seconds": 1.9},
        {"stage": "request", "way": "manazir", "dtype": "bfloat16", "seconds": 2.1},
        {"stage": "1.3B step", "way": "manazir, float8", "left_out": "not available"},
    ]
    found = {(aim["stage"], aim["dtype"]): aim for aim in aims(rows)}
    step = found["1.3B step", "bfloat16"]
    assert (step["seconds"], step["diffusers_seconds"], step["is_met"]) == (0.4, 0.7, True)
    assert (found["request", "bfloat16"]["seconds"], found["request", "bfloat16"]["is_met"]) == (2.1, False)
    assert found["1.3B step", "float8"]["seconds"] is None
    assert "0.8" in table(list(found.values()))


def test_environments_name_versions_of_the_engines_they_are_made_for() -> None:
    from peer_environments import ENVIRONMENTS

    for name, environment in ENVIRONMENTS.items():
        packages = (*environment.packages, *environment.alone)
        assert any(package.startswith(f"{name}==") for package in packages)
        assert not any(package.startswith("torch==") for package in packages)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["engine_gpu.py", "--rehearse"],
        ["engine_cpu.py", "--rehearse", "--here", "--rounds", "1", "--peers", "diffusers"],
    ],
    ids=["gpu", "cpu"],
)
def test_all_of_it_runs_at_tiny_sizes(words: list[str], tmp_path: Path) -> None:
    command = [sys.executable, str(BENCHMARKS / words[0]), *words[1:], "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    (report,) = [json.loads(path.read_text()) for path in tmp_path.glob("*.json")]
    lacking = [row for row in report["rows"] if "left_out" in row or "error" in row]
    expected = {"manazir, cudnn", "manazir, flash"} if words[0] == "engine_gpu.py" else set()
    assert {row["way"] for row in lacking} == expected
