"""Models come into the library whole, from folders and files as others publish them."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.open_weights import TRANSFORMER

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.library import installed_manifests, verify
from manazir.checkpoints.manifest import load_manifest
from manazir.checkpoints.survey import Survey, survey_file, survey_folder
from manazir.checkpoints.wan import wan_shape
from manazir.core.errors import CheckpointError


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "models").mkdir(parents=True)
    return tmp_path / "home" / "models"


@pytest.fixture
def copied(tiny_wan: Path, tmp_path: Path) -> Path:
    """One that may be changed."""
    return Path(shutil.copytree(tiny_wan, tmp_path / "copied"))


def _survey(folder: Path) -> Survey:
    return survey_folder(folder, check_part)


def _bring(survey: Survey, folder: Path) -> list[tuple[int, int]]:
    return list(bring_in(survey, folder, "a test"))


def _problems(folder: Path) -> tuple[str, ...]:
    return list(verify(folder, dict(load_manifest(folder).all_files())))[-1].problems


def test_a_manifest_says_what_is_in_a_model_and_each_hash_is_right(tiny_wan: Path, library: Path) -> None:
    steps = _bring(_survey(tiny_wan), library / "tiny")
    assert steps[-1][0] == steps[-1][1]
    manifest = load_manifest(library / "tiny")
    assert (manifest.family, manifest.pipeline, manifest.source) == ("wan", "WanPipeline", "a test")
    assert manifest.settings == {"boundary_ratio": None, "expand_timesteps": False}
    assert {part.name for part in manifest.parts} == {"scheduler", "text_encoder", "tokenizer", "transformer", "vae"}
    transformer = manifest.part("transformer")
    assert transformer is not None
    weights = {}
    for name in transformer.files:
        if name.endswith(".safetensors"):
            weights |= load_file(library / "tiny" / name)
    assert transformer.parameters == sum(weight.numel() for weight in weights.values())
    assert (transformer.dtype, transformer.config["ffn_dim"]) == ("bfloat16", 32)
    on_disk = {str(path.relative_to(library / "tiny")) for path in (library / "tiny").glob("**/*") if path.is_file()}
    assert on_disk == {"manazir.json", "checked.json", *(name for name, _ in manifest.all_files())}
    for name, facts in manifest.all_files():
        data = (tiny_wan / name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (facts.size_bytes, facts.sha256)
    assert _problems(library / "tiny") == ()


def test_what_is_in_the_library_is_loaded_by_the_libraries_that_wrote_it(tiny_wan: Path, library: Path) -> None:
    from diffusers import AutoencoderKLWan, WanTransformer3DModel
    from transformers import T5TokenizerFast, UMT5EncoderModel

    _bring(_survey(tiny_wan), library / "tiny")
    for kind, part in ((WanTransformer3DModel, "transformer"), (AutoencoderKLWan, "vae")):
        ours, theirs = (kind.from_pretrained(root, subfolder=part) for root in (library / "tiny", tiny_wan))
        assert all(torch.equal(ours.state_dict()[name], each) for name, each in theirs.state_dict().items())
    UMT5EncoderModel.from_pretrained(library / "tiny", subfolder="text_encoder")
    tokenizer = T5TokenizerFast.from_pretrained(library / "tiny" / "tokenizer")
    assert tokenizer("a red ball")["input_ids"] == [3, 4, 5, 1]


def test_files_are_linked_not_copied_and_links_are_followed(tiny_wan: Path, library: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for path in tiny_wan.glob("**/*"):  # as the hub's cache has it: links to what may go
        if path.is_file():
            name = path.relative_to(tiny_wan)
            shutil.copy(path, cache / "-".join(name.parts))
            (tmp_path / "linked" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "linked" / name).symlink_to(cache / "-".join(name.parts))
    _bring(_survey(tmp_path / "linked"), library / "tiny")
    index = library / "tiny" / "model_index.json"
    assert not index.is_symlink()
    assert index.stat().st_ino == (cache / "model_index.json").stat().st_ino
    shutil.rmtree(cache)
    assert _problems(library / "tiny") == ()


def test_files_are_copied_where_they_cannot_be_linked(
    tiny_wan: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    _bring(_survey(tiny_wan), library / "tiny")
    assert (library / "tiny" / "model_index.json").stat().st_nlink == 1
    assert _problems(library / "tiny") == ()


def test_an_interrupted_import_leaves_no_half_model_and_goes_on(copied: Path, library: Path) -> None:
    survey = _survey(copied)
    whole = len(_bring(survey, library / "first"))
    for stop in (0, 1, 3, whole - 1):
        steps = bring_in(survey, library / "second", "a test")
        for _ in range(stop):
            next(steps)
        steps.close()
        assert not (library / "second").exists()
        assert set(installed_manifests()) == {"first"}
    left = {path.name: path.stat().st_ino for path in library.glob(".second.importing/**/*.safetensors")}
    assert left
    assert len(_bring(survey, library / "second")) < whole  # what had landed is not read again
    assert _problems(library / "second") == ()
    assert {path.name for path in library.iterdir()} == {"first", "second"}


def test_a_source_that_changed_in_between_is_read_again(copied: Path, library: Path) -> None:
    steps = bring_in(_survey(copied), library / "tiny", "a test")
    for _ in range(6):
        next(steps)
    steps.close()
    licence = copied / "LICENSE"
    licence.write_text("new")
    (copied / "model_index.json").unlink()
    shutil.copy(library / ".tiny.importing" / "model_index.json", copied / "model_index.json")
    text = (copied / "model_index.json").read_text().replace("false", "true")
    (copied / "model_index.json").write_text(text)
    _bring(_survey(copied), library / "tiny")
    assert load_manifest(library / "tiny").settings["expand_timesteps"] is True
    assert (library / "tiny" / "LICENSE").read_text() == "new"
    assert _problems(library / "tiny") == ()


def test_two_processes_do_not_bring_in_one_model(tiny_wan: Path, library: Path) -> None:
    survey = _survey(tiny_wan)
    first = bring_in(survey, library / "tiny", "a test")
    next(first)
    with pytest.raises(CheckpointError, match="another process is importing"):
        _bring(survey, library / "tiny")
    list(first)
    with pytest.raises(CheckpointError, match=r"tiny is installed in .*; give --name another"):
        _bring(survey, library / "tiny")


def test_only_what_a_model_needs_is_taken(copied: Path, library: Path) -> None:
    (copied / "run.py").write_text("raise SystemExit('ran')")
    (copied / "transformer" / "modeling.py").write_text("raise SystemExit('ran')")
    (copied / "text_encoder" / "pytorch_model.bin").write_bytes(b"\x80\x02")
    save_file({"x": torch.zeros(1)}, copied / "vae" / "diffusion_pytorch_model.fp16.safetensors")
    (copied / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    (copied / "LICENSE.txt").write_text("Apache")
    _bring(_survey(copied), library / "tiny")
    names = {str(path.relative_to(library / "tiny")) for path in (library / "tiny").glob("**/*")}
    assert not any(name.endswith((".py", ".bin", ".fp16.safetensors", ".md")) for name in names)
    assert "LICENSE.txt" in names
    assert load_manifest(library / "tiny").licence == "apache-2.0"


def _only_pickle(folder: Path) -> None:
    (folder / "text_encoder" / "model.safetensors").rename(folder / "text_encoder" / "pytorch_model.bin")


def _pickle_in_disguise(folder: Path) -> None:
    (folder / "text_encoder" / "model.safetensors").write_bytes(b"PK\x03\x04" + bytes(100))


def _no_index(folder: Path) -> None:
    (folder / "model_index.json").unlink()
    (folder / "Wan2.1_VAE.pth").write_bytes(b"PK")


def _shard_gone(folder: Path) -> None:
    next((folder / "transformer").glob("*-00002-of-*")).unlink()


def _part_gone(folder: Path) -> None:
    shutil.rmtree(folder / "vae")


def _other_size(folder: Path) -> None:
    path = folder / "transformer" / "config.json"
    path.write_text(path.read_text().replace('"ffn_dim": 32', '"ffn_dim": 48'))


def _other_names(folder: Path) -> None:
    path = next((folder / "transformer").glob("*-00001-of-*"))
    save_file({f"other.{name}": each for name, each in load_file(path).items()}, path)


def _own_code(folder: Path) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"transformer": ["my_code", "MyTransformer"]}))


def _auto_map(folder: Path) -> None:
    path = folder / "text_encoder" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"auto_map": {"AutoModel": "modeling.Mine"}}))


def _other_pipeline(folder: Path) -> None:
    path = folder / "model_index.json"
    path.write_text(path.read_text().replace("WanPipeline", "FluxPipeline"))


def _no_transformer(folder: Path) -> None:
    path = folder / "model_index.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"transformer": [None, None], "vae": "AutoencoderKLWan"}))


def _other_network(folder: Path) -> None:
    path = folder / "model_index.json"
    path.write_text(path.read_text().replace("WanTransformer3DModel", "SD3Transformer2DModel"))


def _outside(folder: Path) -> None:
    path = folder / "model_index.json"
    path.write_text(path.read_text().replace('"vae"', '"../vae"'))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_only_pickle, r"weights of text_encoder only as a pickle \(text_encoder/pytorch_model.bin\)"),
        (_pickle_in_disguise, "is a pickle under a false name"),
        (_no_index, r"has no model_index.json, and Wan2.1_VAE.pth is a pickle.*manazir models pull"),
        (_shard_gone, "has 1 of 2 files of weights"),
        (_part_gone, "has no weights in vae/"),
        (_other_size, "the weights of .*/transformer are of another architecture"),
        (_other_names, "of a Wan transformer have names that are not of its kind"),
        (_own_code, "needs code of its own"),
        (_auto_map, "needs code of its own"),
        (_other_pipeline, "FluxPipeline of diffusers makes no video; give a model of another pipeline"),
        (_outside, "has a part '../vae' that makes no sense"),
        (_no_transformer, "names no transformer and no vae; get the whole model"),
        (_other_network, "transformer is of class SD3Transformer2DModel, which no WanPipeline that runs here has"),
    ],
)
def test_what_cannot_be_used_is_refused_before_a_file_is_taken(
    damage, message: str, copied: Path, library: Path
) -> None:  # type: ignore[no-untyped-def]
    damage(copied)
    with pytest.raises(CheckpointError, match=message):
        _bring(_survey(copied), library / "tiny")
    assert list(library.iterdir()) == []


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
def test_a_file_stands_in_for_a_part_of_an_installed_model(
    prefix: str, tiny_wan: Path, library: Path, tmp_path: Path
) -> None:
    _bring(_survey(tiny_wan), library / "tiny")
    base = load_manifest(library / "tiny")
    weights = {}
    for path in (tiny_wan / "transformer").glob("*.safetensors"):
        weights |= {f"{prefix}{name}": 2 * each for name, each in load_file(path).items()}
    save_file(weights, tmp_path / "tuned.safetensors")
    _bring(
        survey_file(tmp_path / "tuned.safetensors", library / "tiny", base, "transformer", check_part),
        library / "tuned",
    )
    tuned = load_manifest(library / "tuned")
    part, other = tuned.part("transformer"), tuned.part("vae")
    assert part is not None
    assert other == base.part("vae")
    assert set(part.files) == {"transformer/config.json", "transformer/diffusion_pytorch_model.safetensors"}
    assert _problems(library / "tuned") == ()


def test_a_file_of_another_model_or_kind_is_refused(tiny_wan: Path, library: Path, tmp_path: Path) -> None:
    _bring(_survey(tiny_wan), library / "tiny")
    base = load_manifest(library / "tiny")
    save_file({"x": torch.zeros(1)}, tmp_path / "x.safetensors")
    for name, part, message in (
        ("x.safetensors", "transformer", "names that are not of its kind"),
        ("x.safetensors", "vocoder", "tiny has no weights called 'vocoder'; have text_encoder, transformer, vae"),
        ("x.ckpt", "transformer", "is a pickle, which can run code"),
        ("x.gguf", "transformer", "is no safetensors file"),
    ):
        with pytest.raises(CheckpointError, match=message):
            survey_file(tmp_path / name, library / "tiny", base, part, check_part)


def test_damaged_manifests_are_told(tiny_wan: Path, library: Path) -> None:
    _bring(_survey(tiny_wan), library / "tiny")
    path = library / "tiny" / "manazir.json"
    text = path.read_text()
    for changed, message in (
        (text[:200], "is damaged"),
        (text.replace('"format": 1', '"format": 2'), "has format 2; this version reads format 1"),
        (text.replace('"vae/config.json"', '"../config.json"'), "lies outside"),
        (text.replace('"family"', '"clan"'), "is damaged"),
        (text.replace('"family": "wan"', '"family": "won"'), "nothing here runs the family 'won'"),
        (text.replace('"family": "wan"', '"family": 5'), "5 is no str"),
        (text.replace('"size_bytes": ', '"size_bytes": 0.'), "is no int"),
        (text.replace('"parameters": ', '"parameters": 0.'), "is no int"),
        (text.replace('"config": {', '"config": [], "other": {'), "is damaged"),
        ("[" * 100_000, "is damaged"),
    ):
        path.write_text(changed)
        with pytest.raises(CheckpointError, match=message):
            load_manifest(library / "tiny")
        assert isinstance(installed_manifests()["tiny"], CheckpointError)


def test_a_model_is_called_as_its_folder_is(tiny_wan: Path, library: Path) -> None:
    _bring(_survey(tiny_wan), library / "tiny")
    (library / "tiny").rename(library / "moved")
    assert load_manifest(library / "moved").name == "moved"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("num_layers", "two", "num_layers = 'two'"),
        ("in_channels", None, "in_channels = None"),
        ("patch_size", None, "patch_size = None"),
        ("patch_size", [1, 0, 0], "patch_size = 0"),
    ],
)
def test_a_transformer_whose_sizes_are_none_is_refused(field: str, value: object, message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        wan_shape(TRANSFORMER | {"patch_size": [1, 2, 2]} | {field: value})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"patch_size": -1}, "patches of -1 pixels a side; give 1 or more"),
        ({"latents_std": [1.0, 1.0, 0.0, 1.0]}, "deviations of latents are above 0, and one is 0"),
    ],
)
def test_an_autoencoder_whose_sizes_are_none_is_refused(copied: Path, changed: dict[str, Any], message: str) -> None:
    config = copied / "vae" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | changed))
    with pytest.raises(CheckpointError, match=message):
        _survey(copied)


def test_json_without_an_end_is_refused(copied: Path) -> None:
    (copied / "transformer" / "config.json").write_text("[" * 100_000)
    with pytest.raises(CheckpointError, match="is not JSON"):
        _survey(copied)
