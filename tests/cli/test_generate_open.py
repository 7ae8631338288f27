"""`manazir generate` with open weights that were brought in."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.open_weights import save_tiny_wan_of_each_frame, save_tiny_wan_of_pictures

from manazir.cli.main import main
from manazir.media.clip import Clip
from manazir.media.decode import read_clip
from manazir.media.encode import write_clip, write_picture

Said = pytest.CaptureFixture[str]
SMALL = ["--size", "48x32", "--seconds", "0.4", "--steps", "2", "--seed", "1"]


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a picture and a clip, and an empty home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    ramp = np.linspace(0, 255, 32 * 48 * 3).reshape(32, 48, 3).astype(np.uint8)
    write_picture(ramp, Path("start.png"))
    write_clip(Clip(np.stack([np.roll(ramp, step, axis=1) for step in range(8)]), 16.0), Path("film.mp4"))
    return tmp_path


@pytest.fixture
def bring() -> Callable[[Path], None]:
    def brought(folder: Path) -> None:
        assert main(["models", "import", str(folder), "--name", "tiny"]) == 0

    return brought


def test_words_become_a_file_and_a_take_that_says_how(
    tiny_wan: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    bring(tiny_wan)
    capsys.readouterr()
    assert main(["generate", "a red ball", "--model", "tiny", "--json", *SMALL]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["model"], told["width"], told["height"], told["frames"], told["frame_rate"]) == ("tiny", 48, 32, 6, 16)
    assert told["settings"]["solver"] == "unipc"
    assert (told["settings"]["steps"], told["network_calls"], told["has_sound"]) == (2, 2, False)
    first = read_clip(Path("out.mp4")).frames
    assert main(["generate", "a red ball", "--model", "tiny", *SMALL]) == 0
    np.testing.assert_array_equal(read_clip(Path("out.mp4")).frames, first)


@pytest.mark.parametrize(
    "asked",
    [
        ["--first-frame", "start.png"],
        ["--first-frame", "start.png", "--last-frame", "start.png"],
        ["--keyframe", "0.2=start.png"],
        ["--extend", "film.mp4"],
        ["--extend-before", "film.mp4"],
        ["--negative-prompt", "a cube"],
        ["--solver", "euler", "--shift", "5", "--guidance", "1"],
    ],
)
def test_what_is_known_is_taken_by_a_model_that_is_told_each_frame(
    inside: Path, bring: Callable[[Path], None], asked: list[str]
) -> None:
    bring(save_tiny_wan_of_each_frame(inside / "published"))
    assert main(["generate", "a red ball", "--model", "tiny", *SMALL, *asked]) == 0
    assert read_clip(Path("out.mp4")).frames.shape[1:] == (32, 48, 3)


def test_a_film_longer_than_a_model_makes_at_once(inside: Path, bring: Callable[[Path], None], capsys: Said) -> None:
    bring(save_tiny_wan_of_pictures(inside / "published", has_experts=True))
    capsys.readouterr()
    asked = ["--first-frame", "start.png", "--seconds", "6", "--size", "16x16", "--steps", "1", "--json"]
    assert main(["generate", "a red ball", "--model", "tiny", *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["frames"], told["network_calls"]) == (96, 2)  # 81 frames at once, and then the others


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--first-frame", "start.png"], "tiny cannot do a first frame"),
        (["--actions", "left*3"], "tiny cannot do actions"),
        (["--size", "50x32"], "choose 48x32 or 64x32"),
        (["--solver", "heun"], "no solver 'heun'"),
        (["--seconds", "90"], "90 s is more than tiny makes"),
        (["--shift", "0"], "a shift of 0"),
    ],
)
def test_what_a_model_cannot_do_is_said_before_its_weights_are_read(
    tiny_wan: Path, bring: Callable[[Path], None], capsys: Said, inside: Path, asked: list[str], says: str
) -> None:
    bring(tiny_wan)
    for weights in (inside / "home" / "models" / "tiny").glob("*/*.safetensors"):
        weights.unlink()
    assert main(["generate", "a red ball", "--model", "tiny", *SMALL[2:], *asked]) == 2
    assert says in capsys.readouterr().err
    assert not Path("out.mp4").exists()


def test_models_that_are_not_here_are_refused_with_what_to_do(capsys: Said) -> None:
    assert main(["generate", "x", "--model", "wan2.1-t2v-14b"]) == 2
    assert "fetch them with `manazir models pull wan2.1-t2v-14b`" in capsys.readouterr().err
    assert main(["generate", "x", "--model", "wan9"]) == 2
    assert "no model 'wan9'; have noor-nano" in capsys.readouterr().err
    assert main(["generate", "x", "--solver", "euler"]) == 2
    assert "noor-nano takes no solver; leave it out" in capsys.readouterr().err
