"""From a folder in the library to pixels: a prompt gives the film that diffusers makes of the folder it came from."""

import json
from pathlib import Path

import pytest
import torch
from diffusers import WanPipeline
from tests.open_weights import save_tiny_wan
from torch import Tensor

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.survey import survey_folder
from manazir.core.errors import CheckpointError
from manazir.inference.placement import Placement
from manazir.inference.wan.denoising import Request, denoise
from manazir.inference.wan.model import WanModel
from manazir.inference.wan.sampling import WanSampling

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_wan(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def imported(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "models" / "tiny"
    folder.parent.mkdir()
    list(bring_in(survey_folder(published, check_part), folder, "a test"))
    return folder


def _film(model: WanModel, noise: Tensor) -> Tensor:
    words, unwanted = model.prompts.encode(["a red ball", ""])
    request = Request(noise=noise[0], words=words, unwanted=unwanted)
    *_, latents = denoise(model.experts(4.0), request, WanSampling(steps=3, shift=model.shift))
    return model.vae.decode(latents[None].float())[0].permute(1, 2, 3, 0)


# In bfloat16 errors of one prediction, within 1e-2, are guided away from each other, four times, in three steps.
@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-5), (torch.bfloat16, 3e-2)])
@torch.no_grad()
def test_a_prompt_becomes_the_film_that_diffusers_makes(
    published: Path, imported: Path, dtype: torch.dtype, most: float
) -> None:
    torch.manual_seed(0)
    noise = torch.randn(1, 4, 3, 4, 6)
    pipeline = WanPipeline.from_pretrained(published, dtype={"default": dtype, "vae": torch.float32})
    pipeline.set_progress_bar_config(disable=True)
    asked = {"height": 32, "width": 48, "num_frames": 9, "num_inference_steps": 3, "guidance_scale": 4.0}
    true = torch.from_numpy(pipeline("a red ball", latents=noise, **asked).frames[0]) * 2 - 1
    model = WanModel(imported, Placement(dtype=dtype))
    assert (model.name, model.shift, model.boundary_ratio, model.tells_frames_apart) == ("tiny", 3.0, None, False)
    assert float((_film(model, noise) - true).norm() / true.norm()) < most


def test_what_tells_noise_levels_stays_precise(imported: Path) -> None:
    transformer = WanModel(imported, Placement(dtype=torch.bfloat16)).transformer()
    kinds = {name: weight.dtype for name, weight in transformer.named_parameters()}
    assert kinds["blocks.0.modulation.table"] is kinds["modulation.table"] is torch.float32
    assert kinds["time.first.weight"] is kinds["blocks.0.condition_norm.weight"] is torch.float32
    assert kinds["time.leave.weight"] is kinds["blocks.0.attention.query.weight"] is torch.bfloat16


def test_another_family_and_a_missing_part_are_refused(imported: Path, tmp_path: Path) -> None:
    manifest = json.loads((imported / "manazir.json").read_text())
    (tmp_path / "manazir.json").write_text(json.dumps(manifest | {"family": "ltx"}))
    with pytest.raises(CheckpointError, match="is of the family ltx; a Wan is wanted"):
        WanModel(tmp_path, Placement(dtype=torch.float32))
    (tmp_path / "manazir.json").write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match="no text encoder of Wan"):
        _ = WanModel(tmp_path, Placement(dtype=torch.float32)).prompts


def test_parts_take_turns_where_not_all_of_them_fit(imported: Path) -> None:
    model = WanModel(imported, Placement(dtype=torch.float32, all_stay=False))
    for ask in (lambda: model.prompts, model.transformer, lambda: model.vae):
        first, again = ask(), ask()
        assert first is again
        assert len(model.loaded) == 1
    assert model.loaded == ("vae",)
