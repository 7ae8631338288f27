import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from manazir.cli.generate import Generate, to_canvas
from manazir.cli.main import main
from manazir.core.canvas import Need, Region
from manazir.core.errors import CanvasError
from manazir.core.hashes import hash_of_file
from manazir.core.rectangles import Rectangle
from manazir.inference.sources import fit
from manazir.media.clip import Clip, Sound
from manazir.media.decode import read_clip, read_picture
from manazir.media.encode import write_clip, write_picture, write_wav
from manazir.media.probe import probe

pytestmark = pytest.mark.usefixtures("home")

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def files(inside: Path) -> Path:
    """A picture, a silent clip and a sound in the working folder."""
    ramp = np.linspace(0, 255, 48 * 96 * 3).reshape(48, 96, 3).astype(np.uint8)
    write_picture(ramp, inside / "start.png")
    write_picture(ramp[::-1], inside / "end.png")
    write_clip(Clip(np.stack([np.roll(ramp, 4 * step, axis=1) for step in range(8)]), 8.0), inside / "silent.mp4")
    write_wav(Sound(np.zeros((16_000, 1), np.float32), 16_000), inside / "hush.wav")
    return inside


def test_every_option_reaches_the_canvas() -> None:
    options = Generate(
        prompt="a ball",
        negative_prompt="a cube",
        first_frame=Path("a.png"),
        keyframe=("0.5=b.png",),
        last_frame=Path("c.png"),
        reference=("e.png",),
        sound=Path("d.wav"),
        actions="left*2",
        size="64x32",
        seconds=1.5,
        seed=7,
    )
    canvas = to_canvas(options)
    assert [(key.image, key.at_seconds) for key in canvas.keyframes] == [
        (Path("a.png"), 0.0),
        (Path("b.png"), 0.5),
        (Path("c.png"), None),
    ]
    assert (canvas.width, canvas.height, canvas.duration_seconds, canvas.seed) == (64, 32, 1.5, 7)
    assert (canvas.prompt, canvas.negative_prompt, canvas.actions) == ("a ball", "a cube", ("left", "left"))
    assert canvas.references == ("e.png",)
    assert Need.VIDEO_FOR_SOUND in canvas.needs()


@pytest.mark.parametrize(
    ("options", "need"),
    [
        (Generate(extend=Path("a.mp4")), Need.EXTEND_AFTER),
        (Generate(extend_before=Path("a.mp4")), Need.EXTEND_BEFORE),
        (Generate(modify=Path("a.mp4"), strength=0.3), Need.MODIFY),
        (Generate(reframe=Path("a.mp4"), size="64x64"), Need.REFRAME),
        (Generate(sound_for=Path("a.mp4")), Need.SOUND_FOR_VIDEO),
    ],
)
def test_an_option_with_a_clip_asks_for_what_it_says(options: Generate, need: Need) -> None:
    assert to_canvas(options).needs() == {need}


def test_options_that_need_each_other_say_so() -> None:
    with pytest.raises(CanvasError, match="give --modify as well"):
        to_canvas(Generate(prompt="a ball", strength=0.5))
    with pytest.raises(CanvasError, match="a region is one of a clip that --modify changes"):
        to_canvas(Generate(prompt="a ball", keep_region=("0,0,0.5,1",)))
    both = Generate(modify=Path("a.mp4"), keep_region=("0,0,0.5,1",), change_region=("0,0,1,0.5",))
    with pytest.raises(CanvasError, match="--keep-region and --change-region both say what stays"):
        to_canvas(both)
    with pytest.raises(CanvasError, match="give one of them"):
        to_canvas(Generate(extend=Path("a.mp4"), extend_before=Path("b.mp4")))


@pytest.mark.parametrize("is_kept", [True, False])
def test_regions_reach_the_canvas(files: Path, is_kept: bool) -> None:
    told = {"keep_region" if is_kept else "change_region": ("0,0,.5,1", "start.png", "0.5, 0.25, 0.5, 0.5")}
    modification = to_canvas(Generate(modify=Path("silent.mp4"), **told)).modification
    assert modification is not None
    places = ((0.0, 0.0, 0.5, 1.0), (0.5, 0.25, 0.5, 0.5))
    rectangles = tuple(Rectangle(left=x, top=y, width=w, height=h) for x, y, w, h in places)
    assert modification.region == Region(rectangles=rectangles, mask=Path("start.png"), is_kept=is_kept)


def test_the_take_tells_the_region_that_was_kept(files: Path, capsys: Said) -> None:
    asked = ["generate", "x", "--modify", "silent.mp4", "--keep-region", "0,0,0.5,1", "--steps", "1", "--json"]
    assert main(asked) == 0
    region = json.loads(capsys.readouterr().out)["canvas"]["modification"]["region"]
    assert region == {"rectangles": [{"left": 0.0, "top": 0.0, "width": 0.5, "height": 1.0}]}


def test_the_same_seed_makes_the_same_file_and_another_seed_another(capsys: Said) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert main(["generate", "a red ball", "--seed", str(seed), "-o", f"{name}.mp4"]) == 0
    assert "a.mp4: 32x32, 1.0 s, seed 3, by noor-nano in " in capsys.readouterr().out
    assert Path("a.mp4").read_bytes() == Path("b.mp4").read_bytes()
    assert Path("a.mp4").read_bytes() != Path("c.mp4").read_bytes()


def test_the_take_says_how_to_make_the_file_again(files: Path, capsys: Said) -> None:
    assert main(["generate", "a ball", "--extend", "silent.mp4", "--steps", "2", "--json"]) == 0
    take = json.loads(capsys.readouterr().out)
    assert take["output"] == "out.mp4"
    assert take["output_hash"] == hash_of_file("out.mp4")
    assert take["parent"] == hash_of_file("silent.mp4")
    assert take["canvas"]["extension"] == {"clip": {"path": "silent.mp4", "sha256": take["parent"]}}
    assert take["settings"] == {"layout_steps": 2, "steps": 2, "guidance_scale": 2.0, "device": "cpu"}
    assert take["frames"] == 16
    assert take["has_sound"]
    again = ["--steps", "2", "--seed", str(take["seed"]), "-o", "again.mp4"]
    assert main(["generate", "a ball", "--extend", "silent.mp4", *again]) == 0
    assert hash_of_file("again.mp4") == take["output_hash"]


def test_a_draft_lays_out_and_draws_in_fewer_steps(files: Path, capsys: Said) -> None:
    assert main(["generate", "a ball", "--draft", "--json"]) == 0
    take = json.loads(capsys.readouterr().out)
    assert (take["settings"]["layout_steps"], take["settings"]["steps"]) == (1, 1)
    assert take["network_calls"] == 2 + 1  # laying out asks with the words and without them


@pytest.mark.parametrize(
    ("arguments", "calls"),
    [([], 2 + 3), (["--negative-prompt", "blue"], 4 + 3), (["--first-frame", "start.png"], 1 + 2 + 3)],
)
def test_a_distilled_model_needs_no_second_pass_but_for_words_to_avoid(
    arguments: list[str], calls: int, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    distilled = tmp_path / "distilled"
    shutil.copytree(os.environ["MANAZIR_HOME"], distilled)
    about = json.loads((distilled / "models" / "noor-nano" / "model.json").read_text())
    about["makes"]["is_distilled"] = True
    (distilled / "models" / "noor-nano" / "model.json").write_text(json.dumps(about))
    monkeypatch.setenv("MANAZIR_HOME", str(distilled))
    assert main(["generate", "a ball", "--json", *arguments]) == 0
    assert json.loads(capsys.readouterr().out)["network_calls"] == calls


@pytest.mark.parametrize(
    ("arguments", "frames", "size"),
    [
        (["--first-frame", "start.png"], 8, (64, 32)),
        (["x", "--first-frame", "start.png", "--last-frame", "end.png"], 8, (64, 32)),
        (["x", "--keyframe", "0.25=start.png", "--keyframe", "0.75=end.png", "--seconds", "2"], 16, (64, 32)),
        (["x", "--extend-before", "silent.mp4", "--seconds", "0.5"], 12, (64, 32)),
        (["x", "--modify", "silent.mp4", "--strength", "0.5"], 8, (64, 32)),
        (["--sound-for", "silent.mp4"], 8, (96, 48)),
        (["--sound", "hush.wav"], 8, (32, 32)),
        (["x", "--loop", "--draft"], 8, (32, 32)),
        (["--actions", "left*5,jump,right*3"], 9, (32, 32)),
        (["x", "--size", "32x64"], 8, (32, 64)),
        (["x", "--size", "100x90", "--resample"], 8, (100, 90)),
    ],
    ids=lambda value: value[-2].strip("-") if isinstance(value, list) else None,
)
def test_every_kind_of_canvas_becomes_a_file_with_sound(
    arguments: list[str], frames: int, size: tuple[int, int], files: Path
) -> None:
    assert main(["generate", *arguments, "-o", "made.mp4"]) == 0
    made = probe("made.mp4")
    assert made.video is not None
    assert made.sound is not None
    assert made.video.frames == frames
    assert (made.width, made.height) == size


def test_a_first_frame_is_seen_first(files: Path) -> None:
    assert main(["generate", "x", "--first-frame", "start.png", "-o", "made.mp4"]) == 0
    given = fit(read_picture("start.png"), 64, 32).astype(float)
    assert np.abs(read_clip("made.mp4").frames[0] - given).mean() < 4


def test_an_enlargement_is_written_into_the_take(capsys: Said) -> None:
    assert main(["generate", "x", "--size", "128x128", "--resample", "--json"]) == 0
    take = json.loads(capsys.readouterr().out)
    assert (take["width"], take["native_width"]) == (128, 32)
    assert "32x32" in take["notes"][0]


def test_a_sheet_is_written_beside_the_clip() -> None:
    assert main(["generate", "كرة حمراء", "--sheet", "sheet.png"]) == 0
    assert read_picture("sheet.png").shape[1] > 6 * 32


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "an empty canvas: give a prompt"),
        ([" "], "only white space"),
        (["x", "--first-frame", "nowhere.png"], "cannot read nowhere.png: No such file"),
        (["x", "--first-frame", "silent.mp4"], "silent.mp4 is MP4 or MOV; give a file that is PNG"),
        (["x", "--first-frame", "."], "cannot read .: Is a directory"),
        (["x", "--extend", "start.png"], "start.png is PNG; give a file that is MP4"),
        (["x", "--size", "256x256"], "noor-nano makes 32x32, 64x32, 32x64, not 256x256"),
        (["x", "--size", "big"], "give width x height in pixels"),
        (["x", "--size", "99x99", "--resample"], "an mp4 takes even sizes, not 99x99"),
        (["x", "--size", "9000x9000", "--resample"], "4096 pixels a side at most"),
        (["x", "--model", "noor-giant"], "no model 'noor-giant'; have noor-nano"),
        (["x", "--model", "noor-mini"], "the weights of noor-mini are not on this machine"),
        (["--reframe", "silent.mp4"], "needs the size of the whole picture; give a width and a height (--size)"),
        (["--reframe", "silent.mp4", "--size", "64x32"], "noor-nano cannot do reframing a clip"),
        (["--actions", "fly"], "no action 'fly'; noor-nano has none, left"),
        (["x", "--seconds", "60"], "ask for 6 s at most"),
        (["x", "--steps", "0"], "0 steps; choose from 1 to 200"),
        (["x", "--steps", "2", "--draft"], "--draft and --steps both say"),
        (["x", "--guidance", "-1"], "choose from 0 to 20"),
        (["x", "--guidance", "1", "--negative-prompt", "y"], "reads a negative prompt only where guidance is above 1"),
        (["x", "--seed", "-1"], "the seed is -1; it must be from 0"),
        (["x", "--keyframe", "5=start.png"], "past the last frame"),
        (["x", "-o", "nowhere/out.mp4"], "there is no folder nowhere"),
        (["x", "-o", "out.gif"], "must end in .mp4"),
        (["x", "--sheet", "sheet.bmp"], "must end in .png"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_one_line_exit_code_2_and_no_file(
    arguments: list[str], message: str, files: Path, capsys: Said
) -> None:
    before = sorted(files.iterdir())
    assert main(["generate", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("manazir: ")
    assert said.err.count("\n") == 1
    assert message in said.err
    assert sorted(files.iterdir()) == before


def test_an_interrupted_generation_leaves_the_older_file_and_nothing_else(inside: Path) -> None:
    Path("out.mp4").write_bytes(b"older")
    with _interrupt_after_cpu_seconds(0.5):
        assert main(["generate", "x", "--steps", "200", "--seconds", "6"]) == 130
    assert [path.name for path in inside.iterdir()] == ["out.mp4"]
    assert Path("out.mp4").read_bytes() == b"older"


class _interrupt_after_cpu_seconds:  # noqa: N801
    """Ctrl-C while the block works, by a timer of its own: pytest-timeout has the one of wall time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.before: Callable[..., object] | int | None = None

    def __enter__(self) -> None:
        self.before = signal.signal(signal.SIGVTALRM, lambda *_: signal.raise_signal(signal.SIGINT))
        signal.setitimer(signal.ITIMER_VIRTUAL, self.seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, self.before)  # type: ignore[arg-type]
