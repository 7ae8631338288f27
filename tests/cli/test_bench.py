import json
from pathlib import Path

import pytest
from tests.open_ltx import save_tiny_ltx
from tests.open_weights import save_tiny_wan_vace

from manazir.cli.main import main
from manazir.inference import measuring


@pytest.fixture(autouse=True)
def _a_small_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_SIDES", {"cpu": 64})
    monkeypatch.setattr(measuring, "_COPIES", {"cpu": 1 << 16})


@pytest.mark.usefixtures("home")
def test_noor_is_measured_stage_by_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--runs", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["model"], told["device"], set(told["flop_per_second"])) == ("noor-nano", "cpu", {"float32"})
    stages = {stage["name"]: stage for stage in told["stages"]}
    assert list(stages)[:3] == ["reading the words", "a step of laying out", "a step of drawing"]
    assert all(stage["flop"] > 0 and stage["share"] > 0 for stage in told["stages"])
    drawing = stages["a step of drawing"]
    assert drawing["flop"] > stages["a step of laying out"]["flop"]
    assert drawing["weight_bytes"] > 0
    assert told["clip_seconds"] == pytest.approx(sum(one["seconds"] * one["calls"] for one in told["stages"]))


@pytest.mark.usefixtures("home")
def test_a_person_reads_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "noor-nano", "--runs", "1", "--size", "64x32"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("noor-nano: ")
    assert " frames of 64x32 on cpu" in lines[0]
    assert "share of what the machine can do" in lines[3]
    assert lines[4].startswith("reading the words")
    assert lines[4].endswith("%")
    assert lines[-1].startswith("a clip from words: about ")


def test_a_wan_of_the_library_is_measured(
    tiny_wan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    assert main(["models", "import", str(tiny_wan)]) == 0
    capsys.readouterr()
    assert main(["bench", "tiny-wan", "--size", "32x48", "--frames", "9", "--runs", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    names = ["encoding the words", "words for every layer", "a step with guidance", "decoding"]
    assert [stage["name"] for stage in told["stages"]] == names
    assert {stage["name"]: stage["dtype"] for stage in told["stages"]}["decoding"] == "float32"
    assert told["stages"][2]["calls"] == 50
    assert main(["bench", "tiny-wan", "--size", "33x48", "--frames", "8"]) == 2
    assert "not 8 frames of 33x48; try 9 frames of 32x48" in capsys.readouterr().err


def test_an_ltx_of_the_library_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    assert main(["models", "import", str(save_tiny_ltx(tmp_path / "published")), "--name", "tiny-ltx"]) == 0
    capsys.readouterr()
    asked = ["bench", "tiny-ltx", "--size", "64x64", "--runs", "1", "--precision", "float32"]
    assert main([*asked, "--frames", "9", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    names = ["reading the words", "a step with guidance", "decoding video", "decoding sound"]
    assert [stage["name"] for stage in told["stages"]] == names
    assert all(stage["flop"] > 0 for stage in told["stages"])
    assert told["stages"][1]["calls"] == 40
    assert main([*asked, "--frames", "8"]) == 2
    assert "8 frames; tiny-ltx makes 8 n + 1: try 1 or 9" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["noor-giant"], "no model 'noor-giant'"),
        (["--runs", "0"], "--runs and --frames are 1 or more"),
        (["--frames", "9"], "noor-nano makes clips of its own length; leave out --frames"),
        (["--size", "9x9"], "noor-nano makes 32x32"),
    ],
)
def test_what_cannot_be_measured_is_refused(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *words]) == 2
    assert message in capsys.readouterr().err


def test_a_vace_of_the_library_is_measured_with_its_context(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    assert main(["models", "import", str(save_tiny_wan_vace(tmp_path / "published")), "--name", "tiny-vace"]) == 0
    capsys.readouterr()
    assert main(["bench", "tiny-vace", "--size", "32x48", "--frames", "9", "--runs", "1", "--json"]) == 0
    assert "a step with guidance" in [stage["name"] for stage in json.loads(capsys.readouterr().out)["stages"]]
