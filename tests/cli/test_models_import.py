"""`manazir models import`, and what list, show and verify say of what it brought in."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import WanTransformer3DModel
from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers
from safetensors.torch import save_file
from tests.open_weights import TRANSFORMER

from manazir.checkpoints import importing
from manazir.checkpoints.manifest import load_manifest
from manazir.checkpoints.parts import part_of, tensors_of
from manazir.checkpoints.wan import DIFFUSERS, ORIGINAL, wan_weights
from manazir.cli.main import main
from manazir.inference import placement


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def installed(own_home: Path, tiny_wan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A model whose files may be damaged: they are links to no others."""
    source = Path(shutil.copytree(tiny_wan, tmp_path / "Tiny Wan"))
    assert main(["models", "import", str(source)]) == 0
    folder = own_home / "models" / "tiny-wan"
    assert capsys.readouterr().out == f"tiny-wan: {_size(folder) / 1e6:.1f} MB in {folder}\n"
    return folder


def _size(folder: Path) -> int:
    files = [
        path
        for path in folder.glob("**/*")
        if path.is_file() and path.name not in ("manazir.json", "card.json", "checked.json")
    ]
    return sum(path.stat().st_size for path in files)


def test_a_model_that_was_brought_in_is_listed_and_shown(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("tiny-wan"))
    assert "  installed  " in line
    assert "licence not told" in line
    assert main(["models", "list", "--json"]) == 0
    told = next(told for told in json.loads(capsys.readouterr().out) if told["name"] == "tiny-wan")
    assert (told["folder"], told["size_bytes"], told["honours"]) == (
        str(installed),
        _size(installed),
        ["a prompt", "modifying a clip", "keeping a region of a clip"],
    )
    assert set(told["needs_bytes"]) == {"reading words", "denoising", "decoding"}
    assert main(["models", "show", "tiny-wan", "--memory", "0.00001"]) == 0
    said = capsys.readouterr().out
    with torch.device("meta"):
        count = sum(weight.numel() for weight in WanTransformer3DModel(**TRANSFORMER).parameters())
    assert f"transformer: class WanTransformer3DModel, parameters {count}, dtype bfloat16" in said
    assert "on that device: it does not fit: " in said
    assert main(["models", "show", "tiny-wan", "--memory", "10", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["on_that_device"].startswith("all of it stays on the device")
    assert "a first frame" in told["refuses"]


def test_what_a_film_takes_is_told_as_it_is_counted_when_it_is_made(
    installed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown(*asked: str) -> dict[str, Any]:
        capsys.readouterr()
        assert main(["models", "show", "tiny-wan", "--json", *asked]) == 0
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    assert "film" not in shown()
    own, small = shown("--memory", "10"), shown("--size", "64x32", "--seconds", "0.3")
    assert (own["film"], small["film"]) == (
        "832x480, 5.06 s at once, in bfloat16",
        "64x32, 0.31 s at once, in bfloat16",
    )
    for stage in ("denoising", "decoding"):
        assert small["needs_bytes"][stage] < small["film_needs_bytes"][stage] < own["film_needs_bytes"][stage] / 50
    least = max(small["film_needs_bytes"].values())
    asked = ["--size", "64x32", "--seconds", "0.3", "--memory"]
    assert "needs the most" in shown(*asked, str((least + 1) / 1e9))["on_that_device"]
    assert "it does not fit: decoding needs" in shown(*asked, str((least - 1) / 1e9))["on_that_device"]
    monkeypatch.setattr(placement, "free_bytes", lambda _: least - 1)
    film = ["--size", "64x32", "--seconds", "0.3", "--steps", "1", "--precision", "bfloat16"]
    assert main(["generate", "a red ball", "--model", "tiny-wan", *film]) == 2
    assert "tiny-wan on cpu: it does not fit: decoding needs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["tiny-wan", "--size", "65x32"], "multiples of 16, not 65x32; choose 64x32"),
        (["tiny-wan", "--size", "99984x99984"], "99984x99984 is too large; a clip is enlarged to 4096 pixels a side"),
        (["tiny-wan", "--size", "big"], "the size is 'big'; give width x height"),
        (["tiny-wan", "--seconds", "-3"], "duration_seconds is -3.0; it must be above 0"),
        (["tiny-wan", "--seconds", "900"], "900 s is more than tiny-wan makes; ask for 60 s at most"),
        (["ltx-2", "--seconds", "3"], "ltx-2 is not here, so only its weights are counted; leave --size and --seconds"),
        (["noor-nano", "--memory", "3"], "--memory, --size and --seconds are of open weights"),
    ],
)
@pytest.mark.usefixtures("installed")
def test_films_whose_memory_cannot_be_told_are_refused(
    asked: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "show", *asked]) == 2
    assert says in capsys.readouterr().err


def test_a_model_that_could_be_pulled_is_shown(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "wan2.2-i2v-a14b", "--memory", "24"]) == 0
    said = capsys.readouterr().out
    assert "source: Wan-AI/Wan2.2-I2V-A14B-Diffusers" in said
    assert "denoising at low noise: 28.6 GB" in said
    assert "smaller models that fit: wan2.1-t2v-1.3b, wan2.1-vace-1.3b, wan2.2-ti2v-5b" in said
    assert main(["models", "show", "wan9"]) == 2
    assert "no model 'wan9'; have noor-nano" in capsys.readouterr().err


def test_a_byte_that_changed_is_found(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify", "tiny-wan"]) == 0
    assert capsys.readouterr().out.startswith("tiny-wan: 14 files")
    weights = installed / "vae" / "diffusion_pytorch_model-00002-of-00002.safetensors"
    data = bytearray(weights.read_bytes())
    data[-7] ^= 1
    weights.write_bytes(data)
    (installed / "tokenizer" / "tokenizer.json").unlink()
    assert main(["models", "verify", "tiny-wan"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("manazir: tiny-wan is damaged: 2 of 14 files")
    assert said.err.count("\n") == 1
    assert main(["models", "verify", "tiny-wan", "--json"]) == 2
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert "tokenizer/tokenizer.json is missing" in problems
    assert any("00002-of-00002.safetensors is not the file that was installed" in problem for problem in problems)


@pytest.mark.usefixtures("home")
def test_noors_own_bundles_are_verified_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify"]) == 0
    assert "are as they were installed" in capsys.readouterr().out
    assert main(["models", "verify", "noor-mini"]) == 2
    assert main(["models", "verify", "../noor-nano"]) == 2
    assert "is not installed" in capsys.readouterr().err.splitlines()[-1]


def test_an_interrupted_import_is_exit_code_130_and_goes_on(
    own_home: Path, tiny_wan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hashed, calls = importing._hashed, 0

    def interrupted(*arguments):  # type: ignore[no-untyped-def]
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt
        return (yield from hashed(*arguments))

    monkeypatch.setattr(importing, "_hashed", interrupted)
    command = ["models", "import", str(tiny_wan), "--name", "tiny", "--licence", "mine", "--json"]
    assert main(command) == 130
    assert main(["models", "show", "tiny"]) == 2
    capsys.readouterr()
    assert main(command) == 0
    assert calls == 5 + 10  # the four that had landed are not read again
    assert json.loads(capsys.readouterr().out)["folder"] == str(own_home / "models" / "tiny")
    assert main(["models", "verify", "tiny"]) == 0
    assert main(["models", "show", "tiny"]) == 0
    assert "licence: mine" in capsys.readouterr().out


def test_the_name_of_a_known_model_and_its_licence_are_taken(
    own_home: Path, tiny_wan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny_wan, tmp_path / "Wan2.1-T2V-1.3B-Diffusers")
    assert main(["models", "import", str(tmp_path / "Wan2.1-T2V-1.3B-Diffusers")]) == 0
    assert main(["models", "list", "--json"]) == 0
    listed = [told for told in json.loads(capsys.readouterr().out.splitlines()[-1]) if "t2v-1.3b" in told["name"]]
    assert [(told["name"], told["licence"], told["about"]) for told in listed] == [
        ("wan2.1-t2v-1.3b", "Apache-2.0", "words to video; the smallest Wan")
    ]


def test_a_damaged_manifest_does_not_hide_other_models(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (installed / "manazir.json").write_text("{")
    assert main(["models", "list"]) == 0
    said = capsys.readouterr().out
    assert "damaged: " in next(line for line in said.splitlines() if line.startswith("tiny-wan"))
    assert main(["models", "show", "tiny-wan"]) == 2
    assert "is damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "there is no nowhere"),
        (["x.ckpt"], "is a pickle, which can run code"),
        (["x.safetensors"], "give --base NAME"),
        (["x.safetensors", "--base", "wan2.1-t2v-14b"], "--base wan2.1-t2v-14b is none of the models that were"),
        (["x.safetensors", "--base", "../x"], "--base ../x is none of the models that were brought in"),
        (
            ["empty", "--base", "wan2.1-t2v-14b"],
            "--base wan2.1-t2v-14b is none of the models that were brought in",
        ),
        (["empty", "--part", "vae"], "is a folder, a whole model; --base, --part and --text-encoder are for parts"),
        (["x.safetensors", "--text-encoder", "empty"], "x.safetensors is no whole LTX-2; --text-encoder is for one"),
        (["empty"], "has no model_index.json; give the folder of a diffusers model"),
        (["empty", "--name", "noor-nano"], "is a model of Manazir's own"),
        (["empty", "--name", "../x"], "is no name for a model"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    arguments: list[str],
    message: str,
    own_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.ckpt").write_bytes(b"")
    save_file({"patch_embedding.weight": torch.zeros(1)}, tmp_path / "x.safetensors")
    assert main(["models", "import", *arguments]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1


def test_a_folder_as_wan_publishes_it_brings_its_transformer_in(
    installed: Path, tiny_wan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "Wan2.1-T2V-1.3B"
    folder.mkdir()
    theirs = _by_wans_names(WanTransformer3DModel.from_pretrained(tiny_wan, subfolder="transformer").state_dict())
    names = sorted(theirs)
    for index, half in enumerate((names[::2], names[1::2]), start=1):
        shard = folder / f"diffusion_pytorch_model-{index:05d}-of-00002.safetensors"
        save_file({name: theirs[name].contiguous() for name in half}, shard)
    (folder / "config.json").write_text(json.dumps({"_class_name": "WanModel", "dim": 24}))
    for pickle in ("Wan2.1_VAE.pth", "models_t5_umt5-xxl-enc-bf16.pth"):
        (folder / pickle).write_bytes(b"PK")
    assert main(["models", "import", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "has no model_index.json, and Wan2.1_VAE.pth is a pickle, which can run code when it is read" in said
    assert "its safetensors alone come in with --base NAME" in said
    assert main(["models", "import", str(folder), "--base", "tiny-wan", "--name", "again"]) == 0
    manifest = load_manifest(installed.with_name("again"))
    own = tensors_of(installed.with_name("again"), part_of(manifest, "transformer"), torch.device("cpu"))
    assert own.keys() == theirs.keys()
    assert wan_weights(own).keys() == wan_weights(convert_wan_transformer_to_diffusers(dict(own))).keys()
    assert manifest.source == str(folder)
    assert main(["models", "verify", "again"]) == 0
    (folder / "diffusion_pytorch_model-00002-of-00002.safetensors").unlink()
    capsys.readouterr()
    assert main(["models", "import", str(folder), "--base", "tiny-wan", "--name", "half"]) == 2
    assert "has 1 of 2 files of weights" in capsys.readouterr().err


def _by_wans_names(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    named = {}
    for name, tensor in tensors.items():
        found = ((own, entry.pattern.fullmatch(name)) for own, entry in zip(ORIGINAL, DIFFUSERS, strict=True))
        own, match = next((own, match) for own, match in found if match)
        named[own.theirs.replace("{p}", "{}").format(*match.groups())] = tensor
    return named
