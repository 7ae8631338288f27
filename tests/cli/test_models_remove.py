"""`manazir models remove`, and a damaged model that is noticed before a film is made of it."""

import io
import json
import os
from pathlib import Path

import pytest
from tests.open_weights import save_tiny_wan

from manazir.checkpoints.checked import NAME, check_unchanged
from manazir.checkpoints.manifest import load_manifest
from manazir.cli.main import main
from manazir.core.errors import CheckpointError

Said = pytest.CaptureFixture[str]
SMALL = ["--size", "48x32", "--seconds", "0.4", "--steps", "1", "--seed", "1"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an installed Wan, whose files are linked to those it was brought in from."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    assert main(["models", "import", str(save_tiny_wan(tmp_path / "published")), "--name", "tiny"]) == 0
    return tmp_path / "home" / "models" / "tiny"


def _weights(folder: Path) -> Path:
    return next((folder / "transformer").glob("*.safetensors"))


def test_a_model_goes_and_what_it_came_from_stays(folder: Path, tmp_path: Path, capsys: Said) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    (folder / "link").symlink_to(outside)
    (folder / "linked").symlink_to(tmp_path / "published", target_is_directory=True)
    before = sorted(path for path in (tmp_path / "published").rglob("*"))
    capsys.readouterr()
    assert main(["models", "remove", "tiny", "--yes", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["freed_bytes"] < _weights(tmp_path / "published").stat().st_size + 100_000  # links free nothing
    assert list(folder.parent.iterdir()) == []
    assert outside.read_text() == "mine"
    assert sorted(path for path in (tmp_path / "published").rglob("*")) == before
    assert main(["models", "remove", "tiny", "--yes"]) == 2
    assert "'tiny' is not installed" in capsys.readouterr().err


def test_a_folder_that_is_a_link_is_unlinked_alone(folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert main(["models", "remove", "tiny", "--yes"]) == 0
    assert not folder.is_symlink()
    assert load_manifest(tmp_path / "elsewhere").family == "wan"


@pytest.mark.parametrize(("answer", "stays"), [("y\n", False), ("yes\n", False), ("\n", True), ("no\n", True)])
def test_somebody_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said, answer: str, stays: bool
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert main(["models", "remove", "tiny"]) == 0
    assert "remove tiny (" in capsys.readouterr().err
    assert folder.exists() == stays


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tiny"], "nobody is there to be asked; say --yes"),
        (["noor-nano", "--yes"], "noor-nano comes with Manazir"),
        (["../tiny", "--yes"], "is no name for a model"),
        (["nope", "--yes"], "'nope' is not installed"),
    ],
)
def test_what_cannot_be_removed_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said, arguments: list[str], message: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["models", "remove", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert folder.exists()


def test_a_removal_that_was_interrupted_is_finished_by_the_next(folder: Path) -> None:
    left = folder.with_name(".tiny.removing")
    left.mkdir()
    (left / "half").write_text("x")
    assert main(["models", "remove", "tiny", "--yes"]) == 0
    assert list(folder.parent.iterdir()) == []


@pytest.mark.parametrize("damage", ["shorter", "changed", "missing"])
def test_a_damaged_file_is_noticed_before_a_film_is_made(folder: Path, capsys: Said, damage: str) -> None:
    path = _weights(folder)
    data = bytearray(path.read_bytes())
    path.unlink()  # not in the file that it was linked to
    data[-1] ^= 1
    if damage != "missing":
        path.write_bytes(data[:-4] if damage == "shorter" else data)
    capsys.readouterr()
    assert main(["generate", "a red ball", "--model", "tiny", *SMALL]) == 2
    told = capsys.readouterr().err
    assert "tiny is damaged: transformer/" in told
    assert "manazir models remove tiny" in told


def test_only_what_changed_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest, read = load_manifest(folder), list[str]()
    from manazir.checkpoints import checked

    def noted(folder: Path, files: dict[str, object]) -> object:
        read.extend(files)
        return iter(())

    monkeypatch.setattr(checked, "verify", noted)
    check_unchanged(folder, manifest)
    assert read == []
    name = str(_weights(folder).relative_to(folder))
    os.utime(folder / name, ns=(1, 1))
    check_unchanged(folder, manifest)
    assert read == [name]
    (folder / NAME).unlink()
    check_unchanged(folder, manifest)
    assert sorted(read[1:]) == sorted(name for name, _ in manifest.all_files())
    read.clear()
    check_unchanged(folder, manifest)
    assert read == []


def test_a_note_that_cannot_be_kept_is_no_reason_to_stop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from manazir.checkpoints import checked
    from manazir.core.errors import MediaError

    def full(*_: object) -> None:
        raise MediaError("no room")

    (folder / NAME).unlink()
    monkeypatch.setattr(checked, "note_checked", full)
    check_unchanged(folder, load_manifest(folder))
    _weights(folder).unlink()
    with pytest.raises(CheckpointError, match="is missing"):
        check_unchanged(folder, load_manifest(folder))


def test_show_tells_lengths_rates_and_steps_before_and_after_it_is_here(folder: Path, capsys: Said) -> None:
    for name, steps, seconds, rate in (("ltx-2", 40, 5.042, 24.0), ("tiny", 50, 5.062, 16.0)):
        capsys.readouterr()
        assert main(["models", "show", name, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["steps"], told["seconds_at_once"], told["frame_rate"]) == (steps, seconds, rate)
