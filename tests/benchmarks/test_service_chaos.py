"""Kills at random, at small numbers; benchmarks/results/service-chaos.md has the large ones."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "service_chaos.py"


def run(out: Path, *options: str) -> dict[str, Any]:
    """What a run tells; what did not hold is in the message of its failure."""
    done = subprocess.run([sys.executable, SCRIPT, *options, "--out", out], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    told: dict[str, Any] = json.loads((out / "service-chaos.json").read_text())
    return told["runs"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_a_few_kills(tmp_path: Path, store: str):
    told = run(tmp_path, "--store", store, "--jobs", "16", "--jobs-between", "2", "--seed", "5", "--away-seconds", "2")
    assert told[store]["wrong"] == []
    assert told[store]["jobs"] == 16
    assert told[store]["kills"] > 0
    assert "| jobs accepted | 16 |" in (tmp_path / "service-chaos.md").read_text()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_many_kills(tmp_path: Path, store: str):
    told = run(tmp_path, "--store", store, "--jobs", "200", "--jobs-between", "5")
    assert told[store]["wrong"] == []
    assert told[store]["kills"] >= 20


def test_the_stores_times_are_measured_on_both(tmp_path: Path):
    script = SCRIPT.with_name("service_store.py")
    done = subprocess.run([sys.executable, script, "--jobs", "30", "--out", tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    runs = json.loads((tmp_path / "service-store.json").read_text())["runs"]
    assert [told["submit"]["count"] for told in runs.values()] == [24, 24]
    assert "| claim |" in (tmp_path / "service-store.md").read_text()
