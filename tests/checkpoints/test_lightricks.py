"""Single files of LTX-2: what is taken from one, where its Gemma comes from, and what is refused before it lands."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import LTX2Pipeline
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tests.lightricks import save_as_lightricks
from tests.open_ltx import save_tiny_ltx

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.library import verify
from manazir.checkpoints.lightricks_survey import survey_single
from manazir.checkpoints.manifest import load_manifest
from manazir.checkpoints.parts import part_of, tensors_of
from manazir.checkpoints.survey import Survey, survey_file, survey_installed
from manazir.checkpoints.text_folders import words_in, words_of
from manazir.core.errors import CheckpointError, ManazirError

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_ltx(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def file(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pipeline = LTX2Pipeline.from_pretrained(published, dtype=torch.bfloat16)
    return save_as_lightricks(pipeline, tmp_path_factory.mktemp("single") / "ltx-tiny.safetensors")


def _survey(file: Path, published: Path) -> Survey:
    return survey_single(file, words_in(published, check_part), check_part)


def _rewritten(
    file: Path,
    folder: Path,
    *,
    config: Callable[[dict[str, Any]], Any] = lambda told: told,
    tensors: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]] = lambda own: own,
) -> Path:
    with safe_open(file, framework="pt") as opened:
        told = json.loads(opened.metadata()["config"])
    changed = config(told)
    metadata = None if changed is None else {"config": changed if isinstance(changed, str) else json.dumps(changed)}
    save_file(tensors(load_file(file)), folder / file.name, metadata)
    return folder / file.name


def test_a_file_is_linked_once_and_each_part_reads_its_own(published: Path, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "tiny"
    list(bring_in(_survey(file, published), folder, "a test"))
    manifest = load_manifest(folder)
    assert (manifest.family, manifest.pipeline) == ("ltx", "LTX2Pipeline")
    assert (folder / file.name).stat().st_ino == file.stat().st_ino
    paths = [name for name, _ in manifest.all_files()]
    assert paths.count(file.name) == 1
    assert manifest.size_bytes == sum((folder / name).stat().st_size for name in paths)
    assert list(verify(folder, dict(manifest.all_files())))[-1].problems == ()
    theirs = LTX2Pipeline.from_pretrained(published, dtype=torch.bfloat16)
    for name in ("transformer", "connectors", "vae", "audio_vae", "vocoder"):
        part = part_of(manifest, name)
        count = len(getattr(theirs, name).state_dict())
        assert (part.library, part.dtype) == ("lightricks", "bfloat16")
        assert len(tensors_of(folder, part, CPU)) == count + (name == "vae")  # a statistic that nobody reads
    assert sum(part.parameters for part in manifest.parts if part.library == "lightricks") == sum(
        tensor.numel() for tensor in load_file(file).values()
    )


def test_gemma_comes_from_its_own_folder_or_from_an_installed_model(
    published: Path, file: Path, tmp_path: Path
) -> None:
    flat = tmp_path / "gemma-3-12b-it"
    for part in ("text_encoder", "tokenizer"):
        shutil.copytree(published / part, flat, dirs_exist_ok=True)
    for folder in (published, flat):
        survey = _survey(file, folder)
        names = {part.found.name: part.found.class_name for part in survey.parts}
        assert (names["text_encoder"], names["tokenizer"]) == ("Gemma3ForConditionalGeneration", "GemmaTokenizer")
        assert {"text_encoder/model.safetensors", "tokenizer/tokenizer.json"} <= set(survey.sources)
    installed = tmp_path / "home" / "tiny"
    list(bring_in(_survey(file, flat), installed, "a test"))
    base = survey_installed(installed, load_manifest(installed))
    again = survey_single(file, words_of(base, "tiny"), check_part)
    assert set(again.sources) == set(_survey(file, flat).sources)
    assert [part.found for part in again.parts] == [part.found for part in _survey(file, flat).parts]
    with pytest.raises(CheckpointError, match=r"there is no folder .*; give that of Gemma 3 12B"):
        words_in(tmp_path / "nowhere", check_part)
    (flat / "tokenizer.json").unlink()
    with pytest.raises(CheckpointError, match=r"has no tokenizer \(tokenizer.json or tokenizer.model\)"):
        words_in(flat, check_part)
    (flat / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"]}))
    with pytest.raises(CheckpointError, match="is a LlamaForCausalLM, and LTX-2 reads Gemma3"):
        words_in(flat, check_part)
    (flat / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"has no config.json of a text encoder"):
        words_in(flat, check_part)
    with pytest.raises(CheckpointError, match="tiny has no text encoder that LTX-2 reads"):
        words_of(Survey(family="ltx", found=base.found, parts=(), sources={}, licence=None), "tiny")


def test_another_gemma_is_refused(published: Path, file: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "other")
    config = tmp_path / "other" / "text_encoder" / "config.json"
    told = json.loads(config.read_text())
    told["text_config"]["num_hidden_layers"] = 4
    config.write_text(json.dumps(told))
    with pytest.raises(CheckpointError, match="has 4 layers of 12 numbers, and this LTX-2 was taught with one of 3 "):
        _survey(file, tmp_path / "other")


def test_a_part_of_it_may_be_another(published: Path, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "tiny"
    list(bring_in(_survey(file, published), folder, "a test"))
    tuned = published / "transformer" / "diffusion_pytorch_model.safetensors"  # by diffusers' names, without prefixes
    survey = survey_file(tuned, folder, load_manifest(folder), "transformer", check_part)
    list(bring_in(survey, folder.with_name("tuned"), "a test"))
    manifest = load_manifest(folder.with_name("tuned"))
    own = tensors_of(folder.with_name("tuned"), part_of(manifest, "transformer"), CPU)
    assert own.keys() == load_file(tuned).keys()
    assert tensors_of(folder.with_name("tuned"), part_of(manifest, "vocoder"), CPU)
    with pytest.raises(CheckpointError, match=r"other architecture|not of its kind"):
        survey_file(tuned, folder, load_manifest(folder), "vocoder", check_part)


def test_what_a_file_lacks_or_cannot_be_read_is_named(published: Path, file: Path, tmp_path: Path) -> None:
    def without(prefix: str) -> Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]:
        return lambda own: {name: each for name, each in own.items() if not name.startswith(prefix)}

    def scaled(own: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return own | {"model.diffusion_model.patchify_proj.weight_scale": torch.ones(1)}

    cases: list[tuple[dict[str, Any], str]] = [
        ({"config": lambda _: None}, "does not say what it is: there is no `config` in its metadata"),
        ({"config": lambda _: "{"}, "the configuration in .* is not JSON"),
        ({"config": lambda _: "[]"}, "holds a list, not an object"),
        ({"config": lambda told: {"vae": told["vae"]}}, "its configuration tells of no transformer"),
        ({"tensors": without("vocoder.")}, "holds no vocoder; give a file that holds a whole LTX-2"),
        ({"tensors": without("text_embedding_projection.")}, "it lacks the connectors, or what they start from"),
        ({"tensors": scaled}, "holds weights in float8 or float4 with scales beside them .* take the bfloat16 file"),
        ({"tensors": without("vae.encoder.conv_in.conv.bias")}, "vae in .*: the weights of an LtxVideoCodec .* 1 miss"),
    ]
    for changes, says in cases:
        with pytest.raises(CheckpointError, match=says):
            _survey(_rewritten(file, tmp_path, **changes), published)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("num_layers", 3),
        ("num_layers", 10**9),
        ("num_layers", "many"),
        ("rope_type", "interleaved"),
        ("frequencies_precision", "float32"),
        ("use_prompt_adaln_single", False),
        ("num_attention_heads", 4),
        ("audio_num_attention_heads", 4),
        ("caption_channels", 0),
        ("caption_channels", None),
        ("positional_embedding_max_pos", 20),
        ("positional_embedding_max_pos", [30, 2048, 2048]),
        ("connector_positional_embedding_max_pos", []),
        ("caption_proj_before_connector", True),
        ("audio_connector_num_layers", 3),
    ],
)
def test_a_configuration_of_another_model_is_refused(
    published: Path, file: Path, tmp_path: Path, field: str, value: object
) -> None:
    def changed(told: dict[str, Any]) -> dict[str, Any]:
        return told | {"transformer": told["transformer"] | {field: value}}

    with pytest.raises(ManazirError) as told:
        _survey(_rewritten(file, tmp_path, config=changed), published)
    assert "\n" not in str(told.value)
