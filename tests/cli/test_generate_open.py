"""`manazir generate` with open weights that were brought in."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.lightricks import save_as_lightricks, save_upsampler_as_lightricks
from tests.open_ltx import save_tiny_ltx, tiny_ltx, tiny_upsampler
from tests.open_weights import (
    save_tiny_wan,
    save_tiny_wan_of_each_frame,
    save_tiny_wan_of_pictures,
    save_tiny_wan_vace,
)

from manazir.cli.main import main
from manazir.media.clip import Clip, Sound
from manazir.media.decode import read_clip
from manazir.media.encode import write_clip, write_picture, write_wav

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


@pytest.mark.parametrize(("extend", "made"), [("--extend", (0.6, 0.9)), ("--extend-before", (0.0, 0.3))])
def test_what_is_added_to_a_clip_with_sound_is_silent_and_told(
    inside: Path, bring: Callable[[Path], None], capsys: Said, extend: str, made: tuple[float, float]
) -> None:
    bring(save_tiny_wan_of_each_frame(inside / "published"))
    film, tone = read_clip(Path("film.mp4")), np.sin(np.arange(8_000) / 9).astype(np.float32)[:, None] / 2
    write_clip(Clip(film.frames, film.frame_rate, Sound(tone, 16_000)), Path("loud.mp4"))
    capsys.readouterr()
    assert main(["generate", "a red ball", "--model", "tiny", *SMALL, extend, "loud.mp4"]) == 0
    told = capsys.readouterr().err
    assert "note: the clip has sound, and this model makes none: what was added to it is silent" in told
    sound = read_clip(Path("out.mp4")).sound
    assert sound is not None
    first, last = (round(seconds * sound.sample_rate) for seconds in made)
    assert np.abs(sound.samples[first:last]).max() < 0.01 < 0.3 < np.abs(sound.samples).max()
    assert main(["generate", "a red ball", "--model", "tiny", *SMALL, extend, "film.mp4"]) == 0
    assert "silent" not in capsys.readouterr().err
    change = ["--modify", "loud.mp4", "--size", "48x32", "--steps", "1"]
    assert main(["generate", "a red ball", "--model", "tiny", *change]) == 0
    assert "silent" not in capsys.readouterr().err


def test_vace_honours_nearly_all_that_a_canvas_can_say(
    inside: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    bring(save_tiny_wan_vace(inside / "published"))
    for asked in (
        [],
        ["--first-frame", "start.png", "--last-frame", "start.png"],
        ["--keyframe", "0.2=start.png"],
        ["--extend", "film.mp4"],
        ["--extend-before", "film.mp4"],
        ["--modify", "film.mp4", "--strength", "0.5"],
        ["--modify", "film.mp4", "--keep-region", "0,0,0.5,1"],
    ):
        length = [] if "--modify" in asked else SMALL[2:4]  # what is changed keeps its own
        assert main(["generate", "a red ball", "--model", "tiny", *SMALL[:2], *length, *SMALL[4:], *asked]) == 0
        assert read_clip(Path("out.mp4")).frames.shape[1:] == (32, 48, 3)
    capsys.readouterr()
    wide = ["--reframe", "film.mp4", "--size", "96x32", "--steps", "1", "--json"]
    assert main(["generate", "--model", "tiny", *wide]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["width"], told["height"], told["frames"], told["notes"]) == (96, 32, 8, [])
    inner, source = read_clip(Path("out.mp4")).frames[:, :, 24:72].astype(int), read_clip(Path("film.mp4")).frames
    assert np.abs(inner - source).mean() < 6  # an mp4 is not exact
    tall = ["--reframe", "film.mp4", "--size", "32x64", "--steps", "1", "--json"]
    assert main(["generate", "--model", "tiny", *tall]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["notes"] == ["the clip was scaled from 48x32 to 32x21 (Lanczos) to fit in"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ([], "needs the size of the whole picture; give a width and a height (--size)"),
        (["--size", "32x16"], "a clip of 48x32 in a picture of 32x16: that is smaller in both directions"),
        (["--size", "48x32"], "a clip of 48x32 in a picture of 48x32 leaves nothing to make around it"),
        (["--size", "64x32", "--seconds", "1"], "lasts as long as it does; leave the duration out"),
    ],
)
def test_a_clip_that_cannot_be_reframed_so_is_refused(
    inside: Path, bring: Callable[[Path], None], capsys: Said, asked: list[str], says: str
) -> None:
    bring(save_tiny_wan_vace(inside / "published"))
    assert main(["generate", "--model", "tiny", "--reframe", "film.mp4", *asked]) == 2
    assert says in capsys.readouterr().err


def test_a_negative_prompt_that_would_not_be_read_is_refused(
    tiny_wan: Path, inside: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    bring(tiny_wan)
    assert main(["models", "import", str(save_tiny_ltx(inside / "ltx")), "--name", "ltx"]) == 0
    asked = ["a red ball", "--negative-prompt", "a cube", "--guidance", "1", "--size", "64x64"]
    assert main(["generate", *asked, "--model", "tiny"]) == 2
    assert "tiny reads a negative prompt only where guidance is above 1" in capsys.readouterr().err
    assert main(["generate", *asked, "--model", "ltx", "--seconds", "0.1", "--steps", "1"]) == 0  # its sound is guided


def test_a_size_of_too_few_cells_is_refused_before_anything_is_made(
    inside: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    bring(save_tiny_ltx(inside / "published"))
    assert main(["generate", "x", "--model", "tiny", "--size", "64x32", "--seconds", "0.1"]) == 2
    assert "multiples of 32 from 64 on, not 64x32; choose 64x64" in capsys.readouterr().err
    asked = ["--size", "64x32", "--resample", "--seconds", "0.1", "--steps", "1"]
    assert main(["generate", "x", "--model", "tiny", *asked]) == 0


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
        (["--guidance-rule", "nope"], "no guidance rule 'nope'; have classifier-free, zero-star, apg"),
        (["--guidance-rule", "zero-star", "--guidance", "1"], "follows a guidance rule only where guidance is above 1"),
        (["--cache", "magic"], "no step cache 'magic'; have first-block, tea"),
        (["--precision", "int4"], "no precision 'int4'; have float32, bfloat16, float8"),
    ],
)
def test_what_a_model_cannot_do_is_said_before_its_weights_are_read(
    tiny_wan: Path,
    bring: Callable[[Path], None],
    capsys: Said,
    inside: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[str],
    says: str,
) -> None:
    bring(tiny_wan)
    monkeypatch.setattr("manazir.inference.engines.check_unchanged", lambda *_: None)  # else that is said first
    for weights in (inside / "home" / "models" / "tiny").glob("*/*.safetensors"):
        weights.unlink()
    assert main(["generate", "a red ball", "--model", "tiny", *SMALL[2:], *asked]) == 2
    assert says in capsys.readouterr().err
    assert not Path("out.mp4").exists()


@pytest.mark.parametrize(
    "asked",
    [
        [],
        ["--first-frame", "start.png"],
        ["--extend", "film.mp4"],
        ["--keyframe", "0.2=start.png"],
        ["--sound", "s.wav"],
    ],
)
def test_ltx_makes_films_with_sound(
    inside: Path, bring: Callable[[Path], None], capsys: Said, asked: list[str]
) -> None:
    write_wav(Sound(np.full((8_000, 1), 0.1, np.float32), 16_000), Path("s.wav"))
    bring(save_tiny_ltx(inside / "published"))
    capsys.readouterr()
    small = ["--size", "64x64", "--seconds", "0.5", "--steps", "2", "--json"]
    assert main(["generate", "a red ball", "--model", "tiny", *small, *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    film = read_clip(Path("out.mp4"))
    assert (told["has_sound"], told["frame_rate"], told["network_calls"]) == (True, 24.0, 2)
    assert film.sound is not None
    assert abs(film.sound.duration_seconds - film.duration_seconds) < 0.05


def test_a_whole_ltx_in_one_file_makes_the_same_film(inside: Path, bring: Callable[[Path], None], capsys: Said) -> None:
    folder = save_tiny_ltx(inside / "published")
    save_as_lightricks(tiny_ltx().to(torch.bfloat16), inside / "ltx-one.safetensors")
    bring(folder)
    assert main(["models", "import", "ltx-one.safetensors"]) == 2
    said = capsys.readouterr().err
    assert "ltx-one.safetensors is a whole LTX-2 but for what reads prompts; give --text-encoder FOLDER" in said
    assert "or --base NAME, an installed LTX-2" in said
    assert main(["models", "import", "ltx-one.safetensors", "--text-encoder", str(folder)]) == 0
    small = ["--size", "64x64", "--seconds", "0.3", "--steps", "1", "--seed", "2"]
    films = []
    for name in ("tiny", "ltx-one"):
        assert main(["generate", "a red ball", "--model", name, *small, "-o", f"{name}.mp4"]) == 0
        films.append(Path(f"{name}.mp4").read_bytes())
    assert films[0] == films[1]


def test_ltx_in_two_stages_with_an_upsampler_from_elsewhere(
    inside: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    bring(save_tiny_ltx(inside / "published"))
    save_upsampler_as_lightricks(tiny_upsampler(), inside / "upscaler.safetensors")
    tiny_upsampler().save_pretrained(inside / "latent_upsampler")
    asked = ["--size", "128x128", "--seconds", "0.1", "--steps", "1", "--two-stages"]
    assert main(["generate", "x", "--model", "tiny", *asked]) == 2
    said = capsys.readouterr().err
    assert "tiny has no upsampler, from which a second stage starts; bring one in: `manazir models import FILE" in said
    assert main(["models", "import", "upscaler.safetensors", "--base", "tiny", "--name", "large"]) == 0
    assert main(["models", "import", "latent_upsampler", "--base", "tiny", "--name", "also"]) == 0
    films = []
    for name in ("large", "also"):
        capsys.readouterr()
        assert main(["generate", "x", "--model", name, "--json", "--seed", "1", *asked]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["width"], told["settings"]["two_stages"], told["network_calls"]) == (128, True, 4)
        films.append(read_clip(Path("out.mp4")).frames)
    np.testing.assert_array_equal(films[0], films[1])
    wrong = ["--two-stages", "--size", "96x128", "--resample"]
    assert main(["generate", "x", "--model", "large", *wrong]) == 2
    assert "large in two stages makes widths and heights that are multiples of 64 from 128" in capsys.readouterr().err
    assert main(["models", "show", "large"]) == 0
    (takes,) = re.findall("^takes: (.*)$", capsys.readouterr().out, re.MULTILINE)
    assert "two stages" in takes.split(", ")


def test_ltx_changes_a_clip_and_keeps_a_part_of_it(inside: Path, bring: Callable[[Path], None], capsys: Said) -> None:
    bring(save_tiny_ltx(inside / "published"))
    rows = np.linspace(0, 255, 96 * 64 * 3).reshape(64, 96, 3).astype(np.uint8)
    tone = np.sin(np.arange(9_000) / 9).astype(np.float32)[:, None] / 2
    write_clip(Clip(np.stack([rows] * 9), 24.0, Sound(tone, 24_000)), Path("clip.mp4"))
    asked = ["--modify", "clip.mp4", "--keep-region", "0,0,0.34,1", "--size", "96x64", "--steps", "2", "--json"]
    capsys.readouterr()
    assert main(["generate", "a red ball", "--model", "tiny", "--strength", "0.5", *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["frames"], told["network_calls"], told["has_sound"]) == (9, 1, True)
    made, own = read_clip(Path("out.mp4")), read_clip(Path("clip.mp4"))
    apart = np.abs(made.frames.astype(int) - own.frames).mean(axis=(0, 1, 3))
    assert apart[:24].max() < 8 < apart[64:].mean()  # an mp4 is not exact
    assert made.sound is not None
    assert own.sound is not None
    assert np.corrcoef(made.sound.samples[:8000, 0], own.sound.samples[:8000, 0])[0, 1] > 0.9


def test_a_guidance_rule_changes_the_film_and_is_told(
    inside: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    bring(save_tiny_wan_vace(inside / "published"))
    films = []
    for asked in ([], ["--guidance-rule", "classifier-free"], ["--guidance-rule", "zero-star"]):
        capsys.readouterr()
        small = [*SMALL[:4], "--steps", "3", "--seed", "1", "--json"]
        assert main(["generate", "a red ball", "--model", "tiny", *small, *asked]) == 0
        told = json.loads(capsys.readouterr().out)
        films.append(read_clip(Path("out.mp4")).frames)
    np.testing.assert_array_equal(films[0], films[1])
    assert (films[0] != films[2]).any()
    assert (told["settings"]["guidance_rule"], told["network_calls"]) == ("zero-star", 2)  # the first step asks none


@pytest.mark.parametrize("save", [save_tiny_wan_of_each_frame, save_tiny_ltx])
def test_a_step_cache_says_what_it_left_out(
    inside: Path, bring: Callable[[Path], None], capsys: Said, save: Callable[[Path], Path]
) -> None:
    bring(save(inside / "published"))
    capsys.readouterr()
    asked = ["--size", "64x64", "--seconds", "0.3", "--steps", "6", "--cache", "tea=0.9", "--json"]
    assert main(["generate", "a red ball", "--model", "tiny", *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["settings"]["cache"] == "tea=0.9"
    (note,) = told["notes"]
    assert re.fullmatch(r"the step cache left out [1-9]\d* of \d+ blocks \(\d+%\)", note)


def test_a_model_that_was_brought_in_anew_is_not_the_one_that_is_kept(
    inside: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    """Under the same name, in the same process."""
    bring(save_tiny_wan(inside / "published"))
    capsys.readouterr()
    hashes = []
    for again in (False, True):
        if again:
            assert main(["models", "remove", "tiny", "--yes"]) == 0
            bring(save_tiny_wan(inside / "other", num_layers=1))
            capsys.readouterr()
        assert main(["generate", "a red ball", "--model", "tiny", *SMALL, "--json"]) == 0
        hashes.append(json.loads(capsys.readouterr().out)["weights_hash"])
    assert hashes[0] != hashes[1]


def _adapter(path: Path, extra: bool = False) -> Path:
    torch.manual_seed(3)
    layer = "transformer.blocks.0.attn1.to_q"
    pair = {f"{layer}.lora_A.weight": torch.randn(2, 24), f"{layer}.lora_B.weight": torch.randn(24, 2)}
    more = {"transformer.blocks.7.attn1.to_q.lora_A.weight": torch.randn(2, 24)} if extra else {}
    other = {"transformer.blocks.7.attn1.to_q.lora_B.weight": torch.randn(24, 2)} if extra else {}
    save_file(pair | more | other, path)
    return path


def test_an_adapter_changes_the_film_as_much_as_it_is_weighted(
    tiny_wan: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    bring(tiny_wan)
    _adapter(Path("style.safetensors"), extra=True)
    films = []
    for asked in ([], ["--lora", "style.safetensors=0"], ["--lora", "style.safetensors=0.5"]):
        capsys.readouterr()
        assert main(["generate", "a red ball", "--model", "tiny", "--json", *SMALL, *asked]) == 0
        said = capsys.readouterr()
        films.append(read_clip(Path("out.mp4")).frames)
    np.testing.assert_array_equal(films[0], films[1])
    assert (films[0] != films[2]).any()
    (used,) = json.loads(said.out)["settings"]["adapters"]
    assert (used["name"], used["weight"], used["part"]) == ("style", 0.5, "transformer")
    assert "note: 2 keys of style have no place in transformer and are not applied; for one, " in said.err


@pytest.mark.parametrize(
    ("lora", "says"),
    [
        ("nope.safetensors", "there is no file nope.safetensors"),
        ("style.safetensors=50", "a weight of 50"),
        ("low:style.safetensors", "is for low noise levels, and this model has one transformer for all"),
        ("high:style.safetensors", "is for high noise levels, and this model has one transformer for all"),
        ("second:style.safetensors", "style.safetensors is for a second stage, and this model has none"),
        ("start.png", "start.png is no safetensors file"),
    ],
)
def test_adapters_that_cannot_be_put_in_are_refused(
    tiny_wan: Path, bring: Callable[[Path], None], capsys: Said, lora: str, says: str
) -> None:
    bring(tiny_wan)
    _adapter(Path("style.safetensors"))
    assert main(["generate", "x", "--model", "tiny", *SMALL, "--lora", lora]) == 2
    assert says in capsys.readouterr().err


def _quick(path: Path, width: int = 32) -> Path:
    layer = "transformer.transformer_blocks.0.attn1.to_q"
    save_file({f"{layer}.lora_A.weight": torch.ones(2, width), f"{layer}.lora_B.weight": torch.ones(width, 2)}, path)
    return path


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--lora", "second:quick.safetensors"], "quick is for a second stage; ask for it (--two-stages)"),
        (["--two-stages", "--lora", "second:nope.safetensors"], "there is no file nope.safetensors"),
        (["--two-stages", "--lora", "second:"], "there is no file second:"),
        (["--two-stages", "--lora", "second:quick.safetensors=many"], "there is no file quick.safetensors=many"),
        (["--two-stages", "--lora", "second:quick.safetensors=50"], "a weight of 50 for quick.safetensors"),
        (["--two-stages", "--lora", "third:quick.safetensors"], "there is no file third:quick.safetensors"),
        (["--two-stages", "--lora", "second:high:quick.safetensors"], "there is no file high:quick.safetensors"),
        (["--two-stages", "--lora", "low:quick.safetensors"], "and this model has one transformer for all"),
        (["--two-stages", "--lora", "second:start.png"], "start.png is no safetensors file"),
        (["--two-stages", "--lora", "second:style.safetensors"], "style.safetensors matches no layer of this model"),
        (["--two-stages", "--lora", "second:wide.safetensors"], "wide.safetensors"),
        (
            ["--two-stages", "--lora", "second:quick.safetensors", "--devices", "tensor=2"],
            "tiny is too large here to have adapters for its second stage alone",
        ),
    ],
)
def test_adapters_of_a_second_stage_that_cannot_be_are_refused(
    inside: Path, bring: Callable[[Path], None], capsys: Said, asked: list[str], says: str
) -> None:
    bring(save_tiny_ltx(inside / "published", has_upsampler=True))
    _quick(Path("quick.safetensors"))
    _quick(Path("wide.safetensors"), 48)
    _adapter(Path("style.safetensors"))
    capsys.readouterr()
    film = ["--size", "128x128", "--seconds", "0.04", "--steps", "1"]
    assert main(["generate", "waves", "--model", "tiny", *film, *asked]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.splitlines()[-1].startswith("manazir: ")
    assert not Path("out.mp4").exists()


def test_a_second_stage_that_a_model_lacks_has_no_adapters(
    inside: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    bring(save_tiny_ltx(inside / "published"))
    _quick(Path("quick.safetensors"))
    for asked in ([], ["--two-stages"]):
        assert main(["generate", "waves", "--model", "tiny", *asked, "--lora", "second:quick.safetensors"]) == 2
        said = capsys.readouterr().err
        assert "quick.safetensors is for a second stage, and this model has none; give it without second:" in said


def test_an_adapter_for_one_of_two_transformers(inside: Path, bring: Callable[[Path], None], capsys: Said) -> None:
    bring(save_tiny_wan_of_pictures(inside / "published", has_experts=True))
    _adapter(Path("style.safetensors"))
    capsys.readouterr()
    asked = ["--first-frame", "start.png", "--lora", "low:style.safetensors", "--lora", "style.safetensors=0.2"]
    assert main(["generate", "a red ball", "--model", "tiny", "--json", *SMALL, *asked]) == 0
    used = json.loads(capsys.readouterr().out)["settings"]["adapters"]
    assert [(each["part"], each["weight"]) for each in used] == [
        ("transformer_2", 1.0),
        ("transformer_2", 0.2),
        ("transformer", 0.2),
    ]


@pytest.mark.parametrize(
    ("save", "part"),
    [
        (save_tiny_wan_of_each_frame, "transformer"),
        (save_tiny_wan_of_each_frame, "vae"),
        (save_tiny_ltx, "transformer"),
        (save_tiny_ltx, "vae"),
        (save_tiny_ltx, "vocoder"),
    ],
)
def test_a_film_of_numbers_that_are_none_is_not_written(
    save: Callable[[Path], Path], part: str, inside: Path, bring: Callable[[Path], None], capsys: Said
) -> None:
    weights = next((save(inside / "published") / part).glob("*.safetensors"))
    save_file({name: torch.full_like(each, torch.nan) for name, each in load_file(weights).items()}, weights)
    bring(inside / "published")
    small = ["--size", "64x64", "--seconds", "0.2", "--steps", "2"]
    assert main(["generate", "a red ball", "--model", "tiny", *small]) == 2
    assert "tiny made numbers that are none" in capsys.readouterr().err
    assert not Path("out.mp4").exists()


def test_models_that_are_not_here_are_refused_with_what_to_do(capsys: Said) -> None:
    assert main(["generate", "x", "--model", "wan2.1-t2v-14b"]) == 2
    assert "fetch them with `manazir models pull wan2.1-t2v-14b`" in capsys.readouterr().err
    assert main(["generate", "x", "--model", "wan9"]) == 2
    assert "no model 'wan9'; have noor-nano" in capsys.readouterr().err
    assert main(["generate", "x", "--solver", "euler"]) == 2
    assert "noor-nano takes no solver; leave it out" in capsys.readouterr().err
    assert main(["generate", "x", "--guidance-rule", "zero-star"]) == 2
    assert "noor-nano takes no guidance rule; leave it out" in capsys.readouterr().err
    assert main(["generate", "x", "--lora", str(_adapter(Path("style.safetensors")))]) == 2
    assert "noor-nano takes no adapters; leave style.safetensors out" in capsys.readouterr().err
