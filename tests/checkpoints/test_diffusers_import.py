"""Models of other families come in if diffusers has their pipeline, and it makes video of what a canvas has."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import diffusers
import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.other_pipelines import save_tiny_cogvideox, save_tiny_hunyuan, save_tiny_ltx_video

from manazir.checkpoints.diffusers_classes import pipeline_class
from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.pipeline_call import Call, from_settings
from manazir.checkpoints.pipeline_signature import call_of
from manazir.checkpoints.survey import survey_folder
from manazir.core.canvas import Need
from manazir.core.errors import CheckpointError, ManazirError, UnsupportedError


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_cogvideox(tmp_path_factory.mktemp("hub") / "CogVideoX")


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "copied"))


def _call(name: str) -> Call:
    return call_of(pipeline_class(name))


@pytest.mark.parametrize("save", [save_tiny_cogvideox, save_tiny_hunyuan, save_tiny_ltx_video])
def test_each_is_surveyed_with_its_call_and_its_networks_are_checked(
    save: Callable[[Path], Path], tmp_path: Path
) -> None:
    survey = survey_folder(save(tmp_path), check_part)
    assert survey.family == "diffusers"
    assert from_settings(survey.found.settings) == _call(survey.found.pipeline)
    checked = {part.found.class_name for part in survey.parts if part.is_checked}
    with_weights = {part.found.class_name for part in survey.parts if part.found.weights}
    assert with_weights - checked <= {"Qwen2_5_VLTextModel"}  # whose names transformers changes when it loads


@pytest.mark.parametrize(
    ("name", "honours", "usual", "needs_picture"),
    [
        ("CogVideoXImageToVideoPipeline", {Need.TEXT, Need.FIRST_FRAME}, {"frame_rate": 8, "frames": 49}, True),
        ("HunyuanVideo15Pipeline", {Need.TEXT}, {"frame_rate": 24, "frames": 121, "steps": 50}, False),
        ("HunyuanVideoFramepackPipeline", {Need.TEXT, Need.FIRST_FRAME, Need.LAST_FRAME}, {"frame_rate": 30}, True),
        ("LTXPipeline", {Need.TEXT}, {"frame_rate": 25, "width": 704, "height": 512}, False),
        ("Cosmos2VideoToWorldPipeline", {Need.TEXT, Need.FIRST_FRAME}, {"frame_rate": 16}, True),
        ("CosmosTextToWorldPipeline", {Need.TEXT}, {"frame_rate": 30}, False),
        ("StableVideoDiffusionPipeline", {Need.FIRST_FRAME}, {"frame_rate": 7}, True),
        ("MochiPipeline", {Need.TEXT}, {"frame_rate": 30}, False),
        ("SkyReelsV2ImageToVideoPipeline", {Need.TEXT, Need.FIRST_FRAME, Need.LAST_FRAME}, {"frame_rate": 24}, True),
    ],
)
def test_what_a_signature_says(name: str, honours: set[Need], usual: dict[str, float], needs_picture: bool) -> None:
    call = _call(name)
    assert call.honours == honours
    assert usual.items() <= call.usual.items()
    assert call.needs_picture == needs_picture


def test_a_negative_prompt_that_would_not_be_heeded_is_not_taken() -> None:
    assert "negative_prompt" not in _call("HunyuanVideoPipeline").takes
    assert "negative_prompt" in _call("LTXPipeline").takes


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("FluxPipeline", "FluxPipeline of diffusers makes no video"),
        ("LucyEditPipeline", "LucyEditPipeline of diffusers wants video, which no canvas has"),
        ("WanAnimatePipeline", "wants pose_video and face_video and mask_video"),
        ("CogVideoXFunControlPipeline", "wants control_video"),
        ("CogVideoXVideoToVideoPipeline", "takes no num_frames"),
        ("LTX2LatentUpsamplePipeline", "takes neither a prompt nor a picture"),
        ("WanModularPipeline", "which is no pipeline of diffusers .*; have WanPipeline"),
        ("MyPipeline", "which is no pipeline of diffusers"),
        ("AutoencoderKL", "which is no pipeline of diffusers"),
        ("utils", "which is no pipeline of diffusers"),
    ],
)
def test_a_pipeline_that_cannot_fill_in_a_canvas_is_refused_with_why(name: str, says: str, copied: Path) -> None:
    path = copied / "model_index.json"
    path.write_text(path.read_text().replace("CogVideoXPipeline", name))
    with pytest.raises(CheckpointError, match=says):
        survey_folder(copied, check_part)


def _only_pickle(folder: Path) -> None:
    (folder / "text_encoder" / "model.safetensors").rename(folder / "text_encoder" / "pytorch_model.bin")


def _own_class(folder: Path) -> None:
    _replace(folder / "model_index.json", "CogVideoXTransformer3DModel", "MyTransformer")


def _own_code(folder: Path) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"_class_name": ["my_code", "MyPipeline"]}))


def _auto_map(folder: Path) -> None:
    path = folder / "tokenizer" / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"auto_map": {"AutoTokenizer": ["mine.Mine", None]}}))


def _packed(folder: Path) -> None:
    path = folder / "transformer" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"quantization_config": {"quant_method": "some"}}))


def _other_size(folder: Path) -> None:
    _replace(folder / "transformer" / "config.json", '"num_layers": 1', '"num_layers": 2')


def _no_configuration(folder: Path) -> None:
    _replace(folder / "transformer" / "config.json", '"num_attention_heads": 2', '"num_attention_heads": "two"')


def _a_weight_gone(folder: Path) -> None:
    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    del weights["decoder.conv_in.conv.weight"]
    save_file(weights | {"x": torch.zeros(1)}, path)


def _replace(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_only_pickle, "weights of text_encoder only as a pickle"),
        (_own_class, "a part of class MyTransformer, which diffusers"),
        (_own_code, "needs code of its own"),
        (_auto_map, r"tokenizer needs code of its own \(auto_map in its tokenizer_config.json\)"),
        (_packed, "packed by a quantizer"),
        (_other_size, "the weights of .*/transformer are of another architecture: .* missing, 0 unknown"),
        (_no_configuration, "has a configuration that is none of CogVideoXTransformer3DModel"),
        (_a_weight_gone, "1 missing, 1 unknown, 0 of another shape"),
    ],
)
def test_what_cannot_be_used_is_refused_before_a_file_is_taken(
    damage: Callable[[Path], None], says: str, copied: Path
) -> None:
    damage(copied)
    with pytest.raises(ManazirError, match=says):
        survey_folder(copied, check_part)


@pytest.mark.parametrize("library", ["diffusers", "accelerate"])
def test_a_library_that_is_not_here_is_named_with_how_to_get_it(
    library: str, published: Path, tiny_wan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UnsupportedError, match=rf"{library}.* is not here; install it with .*manazir\[diffusers\]"):
        survey_folder(published, check_part)
    assert survey_folder(tiny_wan, check_part).family == "wan"  # ours need it not


def test_a_library_that_a_pipeline_needs_is_named() -> None:
    kind = next(name for name in dir(diffusers) if "Onnx" in name and name.endswith("Pipeline"))
    with pytest.raises(UnsupportedError, match=f"{kind} of diffusers needs .*onnx"):
        pipeline_class(kind)
