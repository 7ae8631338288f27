"""A whole LTX-2 in one file, as Lightricks publish it, makes the film that diffusers makes of the folder it is from."""

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import LTX2Pipeline
from diffusers.loaders.single_file_utils import convert_ltx2_transformer_to_diffusers, convert_ltx2_vae_to_diffusers
from safetensors.torch import load_file
from tests.lightricks import save_as_lightricks
from tests.open_ltx import LTX_2_3, LTX_2_5, save_tiny_ltx

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.lightricks_survey import survey_single
from manazir.checkpoints.text_folders import words_in
from manazir.inference.ltx.clip import Wanted, compose, draw, frames_of, samples_of
from manazir.inference.ltx.denoising import denoise
from manazir.inference.ltx.model import LtxModel
from manazir.inference.placement import Placement

STEPS = 2
WANTED = Wanted(prompt="a red ball falls", unwanted="still", height=64, width=96, frame_count=9)


@pytest.fixture(scope="module", params=[{}, LTX_2_3, LTX_2_5], ids=["LTX-2", "LTX-2.3", "LTX-2.5"])
def pipeline(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = save_tiny_ltx(tmp_path_factory.mktemp("published"), **request.param)
    return LTX2Pipeline.from_pretrained(folder, dtype=torch.float32)


@pytest.fixture(scope="module")
def file(pipeline: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_as_lightricks(pipeline, tmp_path_factory.mktemp("single") / "ltx-tiny.safetensors")


@pytest.fixture(scope="module")
def imported(pipeline: Any, file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    words = words_in(Path(pipeline.config._name_or_path), check_part)
    survey = survey_single(file, words, check_part)
    assert [part.found.name for part in survey.parts if not part.is_checked and part.parameters] == ["text_encoder"]
    folder = tmp_path_factory.mktemp("home") / "tiny"
    list(bring_in(survey, folder, "a test"))
    return folder


def test_the_names_are_those_that_diffusers_reads(pipeline: Any, file: Path) -> None:
    """What tests write as Lightricks' files is what diffusers takes for them, as far as it knows such files."""
    if pipeline.transformer.config.gated_attn:
        pytest.skip("diffusers reads single files of LTX-2 alone")
    tensors = load_file(file)
    video = {name: tensor for name, tensor in tensors.items() if name.startswith("vae.")}
    assert set(convert_ltx2_vae_to_diffusers(video)) == set(pipeline.vae.state_dict())
    own = {name: tensor for name, tensor in tensors.items() if name.startswith("model.diffusion_model.")}
    named = convert_ltx2_transformer_to_diffusers(own)
    assert all(torch.equal(named[name], tensor) for name, tensor in pipeline.transformer.state_dict().items())
    assert len(named) == len(pipeline.transformer.state_dict())


def test_the_film_and_its_sound_are_those_of_diffusers(pipeline: Any, imported: Path) -> None:
    pipeline.set_progress_bar_config(disable=True)
    made = pipeline(
        prompt=WANTED.prompt,
        negative_prompt=WANTED.unwanted,
        height=64,
        width=96,
        num_frames=9,
        frame_rate=24.0,
        num_inference_steps=STEPS,
        spatio_temporal_guidance_blocks=[1],
        output_type="np",
        generator=torch.Generator().manual_seed(7),
    )
    model = LtxModel(imported, Placement(dtype=torch.float32))
    request = compose(model, WANTED, draw(model, WANTED, torch.Generator().manual_seed(7)))
    *_, last = denoise(model.transformer, request, model.sampling(request.tokens, STEPS))
    true = torch.from_numpy(made.frames[0]) * 2 - 1, made.audio[0].float()
    ours = frames_of(model, last.video) * 2 - 1, samples_of(model, last.sound)
    for part, other in zip(ours, true, strict=True):
        assert part.shape == other.shape
        assert float((part - other).norm() / other.norm()) < 1e-5
