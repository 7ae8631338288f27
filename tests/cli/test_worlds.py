import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from manazir.cli.main import main
from manazir.data.latents import LatentShard
from manazir.data.shards import read_shard
from manazir.media.decode import read_picture
from manazir.media.probe import probe
from manazir.worlds.scene_json import scene_from_json


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sample_is_a_clip_with_sound_captions_and_truth(capsys: pytest.CaptureFixture[str]) -> None:
    sample = ["worlds", "sample", "--event", "drop", "--seed", "5", "--size", "48x32"]
    assert main([*sample, "--seconds", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    scene = scene_from_json(told["truth"]["scene"])
    assert scene.event == "drop"
    assert scene.frames == 12
    assert len(told["truth"]["positions"]) == 12
    assert {len(lines) for lines in told["captions"].values()} == {4}
    assert any("\u0600" < letter < "\u06ff" for letter in told["captions"]["ar"][0])
    made = probe(told["output"])
    assert (made.width, made.height) == (48, 32)
    assert made.sound is not None


def test_the_same_seed_is_the_same_sample(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        assert main(["worlds", "sample", "--seed", "1", "--size", "32x32", "-o", f"{name}.mp4"]) == 0
    assert Path("a.mp4").read_bytes() == Path("b.mp4").read_bytes()
    first, second = capsys.readouterr().out.split("b.mp4")
    assert first.removeprefix("a.mp4") == second


def test_a_sheet_has_a_row_for_each_family_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worlds", "sheet", "--events", "drop", "roll", "--size", "32x32", "-o", "two.png"]) == 0
    assert capsys.readouterr().out == "two.png: drop, roll\n"
    assert main(["worlds", "sheet", "--events", "drop", "--size", "32x32", "-o", "one.png", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["captions"]) == ["drop"]
    assert read_picture("two.png").shape[0] > 1.5 * read_picture("one.png").shape[0]


def test_scenes_are_simulated_once(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    simulate = ["worlds", "simulate", "--out", "scenes", "--scenes", "3", "--per-shard", "2", "--workers", "1"]
    assert main([*simulate, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"folder": "scenes", "scenes": 3, "shards": 2}
    shards = [LatentShard.load(path) for path in sorted((inside / "scenes").glob("*.safetensors"))]
    assert sorted(len(shard.scenes) for shard in shards) == [1, 2]
    assert all(shard.video.shape[2] == 0 for shard in shards)
    assert all(float(shard.sound.std()) > 0 for shard in shards)
    before = {path: path.stat().st_mtime_ns for path in (inside / "scenes").glob("*.safetensors")}
    assert main(simulate) == 0
    assert before == {path: path.stat().st_mtime_ns for path in (inside / "scenes").glob("*.safetensors")}
    assert main([*simulate[:4], "--scenes", "0"]) == 2
    assert "--scenes" in capsys.readouterr().err


def test_shards_are_rendered_once(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    render = ["worlds", "render", "--out", "scenes", "--clips", "3", "--per-shard", "2", "--size", "32x32"]
    assert main([*render, "--workers", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"folder": "scenes", "clips": 3, "shards": 2}
    shards = sorted((inside / "scenes").glob("*.tar"))
    assert [sample.clip.frames.shape[1:3] for shard in shards for sample in read_shard(shard)] == [(32, 32)] * 3
    before = [shard.stat().st_mtime_ns for shard in shards]
    assert main(render) == 0
    assert [shard.stat().st_mtime_ns for shard in shards] == before
    assert main([*render, "--seed", "1"]) == 2
    assert "holds shards of another rendering" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sample", "--event", "explode"], "no scenes of 'explode'; have drop, roll"),
        (["sample", "--seed", "-1"], "the seed is -1"),
        (["sample", "--seconds", "0"], "a scene lasts from 0.08 to 60 s"),
        (["sample", "--size", "33x33"], "H.264 takes even sizes"),
        (["sample", "-o", "scene.avi"], "must end in .mp4"),
        (["sheet", "-o", "sheet.mp4"], "must end in .png"),
        (["sheet", "--events", "drop", "explode"], "no scenes of 'explode'"),
        (["render", "--out", "scenes", "--clips", "0"], "--clips is 0; give 1 or more"),
        (["render", "--out", "taken/scenes", "--clips", "1"], "cannot write to taken/scenes: Not a directory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, inside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (inside / "taken").write_text("a file")
    assert main(["worlds", *arguments]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert message in said.err
    assert [path.name for path in inside.iterdir()] == ["taken"]


def test_an_interrupted_rendering_leaves_whole_shards_only(inside: Path) -> None:
    command = [sys.executable, "-m", "manazir.cli", "worlds", "render", "--out", "scenes", "--clips", "4000"]
    size = ["--size", "64x64", "--per-shard", "400", "--workers", "1"]
    with subprocess.Popen([*command, *size], start_new_session=True, stderr=subprocess.PIPE, text=True) as rendering:
        while not list(inside.glob("scenes/*.tmp")):
            assert rendering.poll() is None
            time.sleep(0.05)
        os.killpg(rendering.pid, signal.SIGINT)  # as a terminal does: the whole group is told
        assert rendering.stderr is not None
        assert rendering.stderr.read() == "manazir: interrupted\n"
    assert rendering.returncode == 130
    assert [path.name for path in (inside / "scenes").iterdir()] == ["rendering.json"]
