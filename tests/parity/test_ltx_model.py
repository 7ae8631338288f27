"""From a folder in the library to pixels and sound: a prompt gives what diffusers makes of the folder it came from."""

import json
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import LTX2Pipeline
from tests.open_ltx import LTX_2_3, LTX_2_5, save_tiny_ltx
from torch import Tensor

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.survey import survey_folder
from manazir.core.errors import CheckpointError, ShapeError
from manazir.inference.ltx.clip import Wanted, compose, draw, frames_of, samples_of
from manazir.inference.ltx.denoising import denoise
from manazir.inference.ltx.model import LtxModel
from manazir.inference.ltx.sampling import DISTILLED_SIGMAS, SOUND_GUIDANCE, VIDEO_GUIDANCE, Guidance
from manazir.inference.placement import Placement

CPU = torch.device("cpu")
STEPS = 3
WANTED = Wanted(prompt="a red ball falls", unwanted="still", height=64, width=96, frame_count=9, frame_rate=20.0)
ASKED: dict[str, Any] = {
    "prompt": WANTED.prompt,
    "negative_prompt": WANTED.unwanted,
    "height": 64,
    "width": 96,
    "num_frames": 9,
    "frame_rate": 20.0,
    "num_inference_steps": STEPS,
    "spatio_temporal_guidance_blocks": [1],
    "output_type": "np",
}


@pytest.fixture(scope="module", params=[{}, LTX_2_3, LTX_2_5], ids=["LTX-2", "LTX-2.3", "LTX-2.5"])
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_ltx(tmp_path_factory.mktemp("published"), **request.param)


@pytest.fixture(scope="module")
def imported(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "models" / "tiny"
    folder.parent.mkdir()
    survey = survey_folder(published, check_part)
    checked = {part.found.name for part in survey.parts if part.is_checked}
    assert checked == {"transformer", "connectors", "vae", "audio_vae", "vocoder"}
    list(bring_in(survey, folder, "a test"))
    return folder


@pytest.fixture(scope="module")
def precise(published: Path) -> tuple[Tensor, Tensor]:
    return _theirs(published, torch.float32)


def _theirs(published: Path, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    pipeline = LTX2Pipeline.from_pretrained(published, dtype=dtype)
    pipeline.set_progress_bar_config(disable=True)
    made = pipeline(**ASKED, generator=torch.Generator().manual_seed(7))
    return torch.from_numpy(made.frames[0]) * 2 - 1, made.audio[0].float()


def _ours(model: LtxModel) -> tuple[Tensor, Tensor]:
    request = compose(model, WANTED, draw(model, WANTED, torch.Generator().manual_seed(7)))
    *_, last = denoise(model.transformer, request, model.sampling(request.tokens, STEPS))
    return frames_of(model, last.video) * 2 - 1, samples_of(model, last.sound)


def _error(made: Tensor, true: Tensor) -> float:
    assert made.shape == true.shape
    return float((made - true).norm() / true.norm())


def test_a_prompt_and_a_seed_become_the_film_and_the_sound_that_diffusers_makes(
    imported: Path, precise: tuple[Tensor, Tensor]
) -> None:
    made = _ours(LtxModel(imported, Placement(dtype=torch.float32)))
    for part, true in zip(made, precise, strict=True):
        assert _error(part, true) < 1e-5


def test_in_bfloat16_it_is_about_as_near_to_it_as_diffusers_is(
    published: Path, imported: Path, precise: tuple[Tensor, Tensor]
) -> None:
    model = LtxModel(imported, Placement(dtype=torch.bfloat16))
    assert model.transformer.video.enter.weight.dtype is model.video.latent_mean.dtype is torch.bfloat16
    assert model.audio.latent_mean.dtype is torch.float32
    for part, theirs, true in zip(_ours(model), _theirs(published, torch.bfloat16), precise, strict=True):
        assert _error(part, true) < 1.5 * _error(theirs, true)


def test_how_it_is_sampled_follows_from_what_it_is(imported: Path) -> None:
    model = LtxModel(imported, Placement(dtype=torch.float32))
    is_later = model.shape.modulates_words
    usual = model.sampling(tokens=6)
    assert (model.name, model.is_distilled, model.sample_rate) == ("tiny", False, 48000 if is_later else 24000)
    assert (len(usual.sigmas), usual.blind_layers) == (31 if is_later else 41, {1})
    assert (usual.video, usual.sound) == (VIDEO_GUIDANCE, SOUND_GUIDANCE)
    assert model.sampling(6, 3, guidance_scale=2.0).video == replace(VIDEO_GUIDANCE, guidance_scale=2.0)
    distilled = copy(model)
    distilled.is_distilled = True
    assert distilled.sampling(6).sigmas == DISTILLED_SIGMAS
    assert distilled.sampling(6).video == distilled.sampling(6).sound == Guidance()
    with pytest.raises(ShapeError, match="4 steps for tiny, which was distilled to 8"):
        distilled.sampling(6, 4)


def test_another_family_and_a_missing_part_are_refused(imported: Path, tmp_path: Path) -> None:
    manifest = json.loads((imported / "manazir.json").read_text())
    (tmp_path / "manazir.json").write_text(json.dumps(manifest | {"family": "wan"}))
    with pytest.raises(CheckpointError, match="is of the family wan; an LTX-2 is wanted"):
        LtxModel(tmp_path, Placement(dtype=torch.float32))
    (tmp_path / "manazir.json").write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match="no text encoder of LTX-2"):
        LtxModel(tmp_path, Placement(dtype=torch.float32)).read("x")
    others = [part for part in manifest["parts"] if part["name"] != "scheduler"]
    (tmp_path / "manazir.json").write_text(json.dumps(manifest | {"parts": others}))
    with pytest.raises(CheckpointError, match="has no scheduler; import it again"):
        LtxModel(tmp_path, Placement(dtype=torch.float32))


def test_parts_take_turns_where_not_all_of_them_fit(imported: Path) -> None:
    model = LtxModel(imported, Placement(dtype=torch.float32, all_stay=False))
    for ask in (lambda: model.read("x"), lambda: model.transformer, lambda: model.video, lambda: model.vocoder):
        ask()
        assert len(model.loaded) == 1
    assert model.audio is model.audio
