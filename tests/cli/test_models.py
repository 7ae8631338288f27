import json
import shutil
from pathlib import Path

import pytest

from manazir.cli.main import main


@pytest.mark.usefixtures("home")
def test_models_are_listed_with_whether_they_are_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    cells = [[cell.strip() for cell in line.split("  ") if cell] for line in lines]
    assert [row[1] for row in cells] == ["installed"] + ["not installed"] * (len(cells) - 1)
    assert cells[0][2] == "Apache-2.0"
    large = next(row for row in cells if row[0] == "wan2.1-t2v-14b")
    assert large[2:] == ["Apache-2.0", "up to 80.4 GB", "needs 28.6 GB", "words to video"]


def test_the_list_for_programs_says_where_they_are(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "--json"]) == 0
    nano, mini, *known = json.loads(capsys.readouterr().out)
    assert (nano["name"], nano["folder"], nano["is_default"]) == ("noor-nano", str(home / "models" / "noor-nano"), True)
    assert (mini["name"], mini["folder"], mini["is_default"]) == ("noor-mini", None, False)
    assert nano["size_bytes"] > 1000
    ltx = next(told for told in known if told["name"] == "ltx-2")
    assert (ltx["folder"], ltx["licence"]) == (None, "LTX-2 Community License")
    assert "keyframes" in ltx["honours"]
    assert ltx["needs_bytes"]["denoising"] == 2 * 18_876_174_592


@pytest.mark.usefixtures("home")
def test_a_model_is_shown_with_its_sizes_and_what_it_honours(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "noor-nano"]) == 0
    said = capsys.readouterr().out
    assert "sizes: 32x32, 64x32, 32x64" in said
    assert "licence: Apache-2.0" in said
    assert main(["models", "show", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "keyframes" in told["honours"]
    assert "reframing a clip" in told["refuses"]
    assert told["size_bytes"] > 1000


@pytest.mark.usefixtures("home")
def test_what_is_not_there_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "wan2.1-t2v-1.3b"]) == 0
    said = capsys.readouterr().out
    assert "folder: not on this machine; `manazir models pull` fetches it" in said
    assert "is default: no" in said
    assert "None" not in said
    assert main(["models", "show", "wan2.1-t2v-1.3b", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["folder"] is None


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("name", "message"), [("noor-giant", "no model 'noor-giant'"), ("noor-mini", "are not on this machine")]
)
def test_a_model_that_is_not_there_cannot_be_shown(name: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", name]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("memory", ["-3", "0", "nan", "inf"])
def test_a_memory_that_no_device_has_is_refused(memory: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "wan2.1-t2v-14b", f"--memory={memory}"]) == 2
    assert "give the gigabytes that are free" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["cut", "lacking"])
def test_a_damaged_bundle_says_what_is_wrong(
    damage: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "models" / "noor-nano"
    shutil.copytree(home / "models" / "noor-nano", folder)
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path))
    text = (folder / "model.json").read_text()
    (folder / "model.json").write_text(text[:100] if damage == "cut" else text.replace('"makes"', '"bakes"'))
    assert main(["models", "show"]) == 2
    assert ("is damaged" if damage == "cut" else "it lacks 'makes'") in capsys.readouterr().err


def test_weights_that_were_cut_short_make_no_clip(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "models" / "noor-nano"
    shutil.copytree(home / "models" / "noor-nano", folder)
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path))
    weights = next(folder.glob("noor-*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-10])
    assert main(["generate", "x", "-o", str(tmp_path / "x.mp4")]) == 2
    assert "it was cut short or replaced; install the model again" in capsys.readouterr().err
