"""Whole requests: known pictures and clips, guidance and schedules give what diffusers' LTX-2 pipelines give."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    FlowMatchEulerDiscreteScheduler,
    LTX2ConditionPipeline,
    LTX2ImageToVideoPipeline,
    LTX2LatentUpsamplePipeline,
    LTX2Pipeline,
)
from diffusers.pipelines.ltx2 import LTX2LatentUpsamplerModel
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from PIL import Image
from tests.open_ltx import save_tiny_ltx
from tests.random_weights import randomised
from torch import Tensor

from manazir.checkpoints import ltx_codecs
from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.survey import survey_folder
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.inference.ltx.clip import Known, Wanted, compose, draw
from manazir.inference.ltx.denoising import denoise
from manazir.inference.ltx.model import LtxModel
from manazir.inference.ltx.refining import enlarged, refining
from manazir.inference.ltx.request import Latents, Request
from manazir.inference.ltx.sampling import DISTILLED_SIGMAS, REFINING_SIGMAS, Guidance, LtxSampling
from manazir.inference.placement import Placement

CPU = torch.device("cpu")
STEPS = 3
WANTED = Wanted(prompt="a red ball", unwanted="still", height=64, width=96, frame_count=17, frame_rate=24.0)
FIRST, LAST = torch.rand(2, 64, 96, 3, generator=torch.Generator().manual_seed(5)).mul(255).round() / 255
CLIP = torch.rand(9, 64, 96, 3, generator=torch.Generator().manual_seed(6)).mul(255).round() / 255


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = save_tiny_ltx(tmp_path_factory.mktemp("published"))
    return LTX2Pipeline.from_pretrained(folder, dtype=torch.float32)


@pytest.fixture(scope="module")
def model(pipeline: Any, tmp_path_factory: pytest.TempPathFactory) -> LtxModel:
    folder = tmp_path_factory.mktemp("home") / "tiny"
    list(bring_in(survey_folder(Path(pipeline.config._name_or_path), check_part), folder, "a test"))
    return LtxModel(folder, Placement(dtype=torch.float32))


def _theirs(pipeline: Any, kind: Any = LTX2Pipeline, **others: Any) -> tuple[Tensor, Tensor]:
    """Latents as the codecs' encoders say them."""
    of_kind = pipeline if kind is LTX2Pipeline else kind(**pipeline.components)
    of_kind.set_progress_bar_config(disable=True)
    asked: dict[str, Any] = {
        "prompt": WANTED.prompt,
        "negative_prompt": WANTED.unwanted,
        "height": 64,
        "width": 96,
        "num_frames": 17,
        "num_inference_steps": STEPS,
        "spatio_temporal_guidance_blocks": [1],
        "generator": torch.Generator().manual_seed(7),
        "output_type": "latent",
    }
    made = of_kind(**asked | others)
    return made.frames[0], made.audio[0]


def _drawn(model: LtxModel, wanted: Wanted) -> Latents:
    return draw(model, wanted, torch.Generator().manual_seed(7))


def _ours(model: LtxModel, request: Request, sampling: LtxSampling | None = None) -> tuple[Tensor, Tensor]:
    *_, last = denoise(model.transformer, request, sampling or model.sampling(request.tokens, STEPS))
    return model.video.restore(last.video[None])[0], model.audio.restore(last.sound[None])[0]


def _check(made: Sequence[Tensor], true: Sequence[Tensor], most: float = 1e-5) -> None:
    for part, one in zip(made, true, strict=True):
        assert part.shape == one.shape
        assert float((part - one).norm() / one.norm()) < most


def _picture(pixels: Tensor) -> Image.Image:
    return Image.fromarray((pixels * 255).round().to(torch.uint8).numpy())


def test_image_to_video(pipeline: Any, model: LtxModel) -> None:
    wanted = replace(WANTED, known=[Known(FIRST[None])])
    request = compose(model, wanted, _drawn(model, wanted))
    true = _theirs(pipeline, LTX2ImageToVideoPipeline, image=_picture(FIRST), image_crf=0)
    made = _ours(model, request)
    _check(made, true)
    assert request.video.known is not None
    torch.testing.assert_close(made[0][:, :1], model.video.restore(request.video.known[None])[0, :, :1])


def _packed(model: LtxModel, wanted: Wanted) -> Latents:
    """Noise as diffusers' pipeline for conditions draws it: token by token."""
    like, generator = _drawn(model, wanted), torch.Generator().manual_seed(7)
    c, *size = like.video.shape
    video = torch.randn(int(np.prod(size)), c, generator=generator).T.reshape(c, *size)
    channels, frames, bands = like.sound.shape
    sound = torch.randn(frames, channels * bands, generator=generator).view(frames, channels, bands).transpose(0, 1)
    return Latents(video, sound)


@pytest.mark.parametrize(
    ("known", "conditions"),
    [
        ([], []),
        ([Known(FIRST[None], strength=0.6)], [(FIRST[None], 0, 0.6)]),
        ([Known(FIRST[None]), Known(LAST[None], 9)], [(FIRST[None], 0, 1.0), (LAST[None], -1, 1.0)]),
        ([Known(LAST[None], 1, 0.7)], [(LAST[None], 1, 0.7)]),
        ([Known(CLIP)], [(CLIP, 0, 1.0)]),
        (
            [Known(CLIP, 1), Known(FIRST[None], 0, 0.9), Known(LAST[None], 9, 0.5)],
            [(CLIP, 1, 1.0), (FIRST[None], 0, 0.9), (LAST[None], 2, 0.5)],
        ),
    ],
    ids=["none", "first", "first and last", "later", "clip", "three"],
)
def test_pictures_and_clips_at_any_time(
    pipeline: Any, model: LtxModel, known: list[Known], conditions: list[tuple[Tensor, int, float]]
) -> None:
    wanted = replace(WANTED, known=known)
    given = [
        LTX2VideoCondition([_picture(one) for one in pixels], index, strength, crf=0)
        for pixels, index, strength in conditions
    ]
    request = compose(model, wanted, _packed(model, wanted))
    _check(_ours(model, request), _theirs(pipeline, LTX2ConditionPipeline, conditions=given))


NONE: dict[str, float] = {"guidance_scale": 1.0, "stg_scale": 0.0, "modality_scale": 1.0, "guidance_rescale": 0.0}


@pytest.mark.parametrize(
    ("video", "sound"),
    [
        ({}, {}),
        ({"guidance_scale": 4.0}, {}),
        ({}, {"guidance_scale": 3.0, "guidance_rescale": 0.5}),
        ({"stg_scale": 1.5}, {"stg_scale": 0.5}),
        ({"modality_scale": 2.0, "guidance_rescale": 1.0}, {"modality_scale": 1.0}),
        ({"guidance_scale": 3.0, "modality_scale": 3.0}, {"guidance_scale": 0.5, "stg_scale": 1.0}),
    ],
)
def test_every_kind_of_guidance(
    pipeline: Any, model: LtxModel, video: dict[str, float], sound: dict[str, float]
) -> None:
    request = compose(model, WANTED, _drawn(model, WANTED))
    sampling = LtxSampling(
        sigmas=model.schedule.sigmas(STEPS, request.tokens),
        video=Guidance(**NONE | video),
        sound=Guidance(**NONE | sound),
        blind_layers=frozenset({1}),
    )
    asked = NONE | video | {f"audio_{name}": value for name, value in (NONE | sound).items()}
    _check(_ours(model, request, sampling), _theirs(pipeline, **asked))


def test_a_distilled_model_in_eight_steps_without_guidance(pipeline: Any, model: LtxModel) -> None:
    request = compose(model, replace(WANTED, unwanted=None), _drawn(model, WANTED))
    unguided = NONE | {f"audio_{name}": value for name, value in NONE.items()}
    true = _theirs(_unshifted(pipeline), **unguided, sigmas=list(DISTILLED_SIGMAS[:-1]), num_inference_steps=8)
    distilled = copy(model)
    distilled.is_distilled = True
    _check(_ours(model, request, distilled.sampling(request.tokens)), true)
    with pytest.raises(UnsupportedError, match="guidance moves away from unwanted words"):
        _ours(model, request)


def _unshifted(pipeline: Any) -> Any:
    return LTX2Pipeline(**pipeline.components | {"scheduler": FlowMatchEulerDiscreteScheduler()})


@pytest.mark.parametrize("known", [(), (Known(torch.cat([FIRST, LAST[:, :32]], 1)[None]),)], ids=["words", "picture"])
def test_a_draft_is_enlarged_and_refined(pipeline: Any, model: LtxModel, known: tuple[Known, ...]) -> None:
    upsampler = _upsampler()
    enlarging = LTX2LatentUpsamplePipeline(vae=pipeline.vae, latent_upsampler=upsampler)
    draft, sound = _theirs(pipeline, height=32, width=64)
    larger = enlarging(latents=draft[None], output_type="latent", height=32, width=64)[0]
    true = _theirs(
        _unshifted(pipeline),
        LTX2ConditionPipeline,
        width=128,
        conditions=[LTX2VideoCondition(_picture(one.pixels[0]), crf=0) for one in known],
        latents=larger,
        audio_latents=sound[None],
        sigmas=list(REFINING_SIGMAS[:-1]),
    )
    ours = ltx_codecs.upsampler(dict(upsampler.config), upsampler.state_dict(), "diffusers")
    first = Latents(model.video.normalise(draft[None])[0], model.audio.normalise(sound[None])[0])
    wanted = replace(WANTED, width=128, known=known)
    request = compose(model, wanted, _packed(model, wanted))
    refined = refining(request, replace(first, video=enlarged(ours, model.video, first.video)))
    _check(_ours(model, refined, replace(model.sampling(request.tokens, STEPS), sigmas=REFINING_SIGMAS)), true)
    with pytest.raises(ShapeError, match=r"a draft of \(8, 3, 1, 2\) .* latents are \(8, 3, 2, 4\)"):
        refining(request, first)


def _upsampler() -> Any:
    torch.manual_seed(2)
    config = {"in_channels": 8, "mid_channels": 32, "num_blocks_per_stage": 1, "use_rational_resampler": False}
    return randomised(LTX2LatentUpsamplerModel(**config))


def test_what_cannot_be_made_is_refused(model: LtxModel) -> None:
    noise = _drawn(model, WANTED)
    for wanted, said in (
        (replace(WANTED, width=100), "100x64 pixels; tiny makes multiples of 32"),
        (replace(WANTED, frame_count=20), r"20 frames; tiny makes 8 n \+ 1: try 17 or 25"),
        (replace(WANTED, known=[Known(FIRST[None], 17)]), "1 known frames from frame 17 on, in a clip of 17"),
        (replace(WANTED, known=[Known(FIRST[None, :32])]), "known frames of 96x32 in a clip of 96x64"),
        (replace(WANTED, known=[Known(FIRST[None], 0, 0.0)]), "known frames of strength 0.0"),
        (replace(WANTED, known=[Known(CLIP[:5])]), "5 frames do not fill whole latents"),
        (replace(WANTED, known=[Known(LAST[None], 9)]), "3 latent frames of noise and 4 times"),
    ):
        with pytest.raises(ShapeError, match=said):
            compose(model, wanted, noise)
    stretch = compose(model, WANTED, noise).video
    with pytest.raises(ShapeError, match="known latents come with their strengths"):
        replace(stretch, known=stretch.noise)
    with pytest.raises(ShapeError, match="2 strengths for 3 latent frames"):
        replace(stretch, known=stretch.noise, strengths=torch.ones(2))
    with pytest.raises(ShapeError, match="have the shape of the noise"):
        replace(stretch, draft=stretch.noise[:, 1:])
    with pytest.raises(ShapeError, match="no layer is blind"):
        LtxSampling(sigmas=(1.0, 0.0), video=Guidance(stg_scale=1.0))
