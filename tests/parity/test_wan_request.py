"""Whole requests: our denoising and decoding give what diffusers' pipelines give, from the same noise."""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from diffusers.guiders import ClassifierFreeZeroStarGuidance
from tests.open_weights import TRANSFORMER
from tests.random_weights import randomised
from torch import Tensor

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.wan import wan_shape, wan_weights
from manazir.checkpoints.wan_vae import shape_from_diffusers, weights_from_diffusers
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.inference.wan.denoising import Expert, Request, boundary_timestep, denoise, known_channels
from manazir.inference.wan.sampling import WanSampling
from manazir.models.codecs.wan_vae import WanVae
from manazir.models.wan.transformer import WanTransformer

STEPS, SHIFT, SCALE = 4, 5.0, 3.0
FRAMES, HEIGHT, WIDTH = 9, 32, 48


def _transformer(seed: int, **others: Any) -> tuple[Any, WanTransformer]:
    torch.manual_seed(seed)
    theirs = randomised(WanTransformer3DModel(**TRANSFORMER | {"text_dim": 10} | others))
    ours = WanTransformer(wan_shape(dict(theirs.config))).eval()
    fill(ours, wan_weights(theirs.state_dict()), "a tiny Wan")
    return theirs, ours


def _vae() -> tuple[Any, WanVae]:
    torch.manual_seed(9)
    theirs = AutoencoderKLWan(
        base_dim=8,
        z_dim=4,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        latents_mean=[0.1, -0.2, 0.3, 0.0],
        latents_std=[1.5, 0.7, 2.0, 1.0],
    )
    shape = shape_from_diffusers(dict(theirs.config))
    ours = WanVae(shape).eval()
    fill(ours, weights_from_diffusers(shape, randomised(theirs).state_dict()), "a tiny Wan VAE")
    return theirs, ours


def _pipeline(kind: Any, transformer: Any, vae: Any, **others: Any) -> Any:
    scheduler = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=SHIFT)
    pipeline = kind(tokenizer=None, text_encoder=None, vae=vae, scheduler=scheduler, transformer=transformer, **others)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _words() -> tuple[Tensor, Tensor]:
    torch.manual_seed(3)
    return torch.randn(1, 512, 10), torch.randn(1, 512, 10)


def _noise() -> Tensor:
    torch.manual_seed(4)
    return torch.randn(1, 4, 3, HEIGHT // 8, WIDTH // 8)


def _made(experts: list[Expert], sampling: Mapping[str, Any] = MappingProxyType({}), **others: Any) -> Tensor:
    wanted, unwanted = _words()
    request = Request(noise=_noise()[0], words=wanted[0], unwanted=unwanted[0], **others)
    *_, last = denoise(experts, request, WanSampling(steps=STEPS, shift=SHIFT, **sampling))
    return last


def _true(pipeline: Any, **others: Any) -> Any:
    wanted, unwanted = _words()
    return pipeline(
        prompt_embeds=wanted,
        negative_prompt_embeds=unwanted,
        height=HEIGHT,
        width=WIDTH,
        num_frames=FRAMES,
        num_inference_steps=STEPS,
        guidance_scale=SCALE,
        latents=_noise(),
        **others,
    ).frames


def _error(made: Tensor, true: Tensor) -> float:
    return float((made - true).norm() / true.norm())


@torch.no_grad()
def test_text_to_video_from_noise_to_pixels() -> None:
    (theirs, ours), (their_vae, our_vae) = _transformer(0), _vae()
    pipeline = _pipeline(WanPipeline, theirs, their_vae)
    made = _made([Expert(lambda: ours, SCALE)])
    assert _error(made, _true(pipeline, output_type="latent")[0]) < 1e-5
    video = our_vae.decode(made[None])[0].permute(1, 2, 3, 0)
    assert _error((video + 1) / 2, torch.from_numpy(_true(pipeline, output_type="np")[0])) < 1e-5


@torch.no_grad()
def test_two_experts_share_the_levels() -> None:
    (their_high, our_high), (their_low, our_low) = _transformer(0), _transformer(1)
    pipeline = _pipeline(WanPipeline, their_high, _vae()[0], transformer_2=their_low, boundary_ratio=0.875)
    experts = [Expert(lambda: our_high, SCALE, boundary_timestep(0.875)), Expert(lambda: our_low, 2.0)]
    true = _true(pipeline, output_type="latent", guidance_scale_2=2.0)[0]
    assert _error(_made(experts), true) < 1e-5
    assert _error(_made([Expert(lambda: our_high, SCALE)]), true) > 1e-2


@torch.no_grad()
def test_without_guidance_the_unwanted_words_are_not_read() -> None:
    _, ours = _transformer(0)
    made = _made([Expert(lambda: ours, 1.0)])
    sampling = WanSampling(steps=STEPS, shift=SHIFT)
    for unwanted in (None, torch.full((512, 10), torch.nan)):
        other = Request(noise=_noise()[0], words=_words()[0][0], unwanted=unwanted)
        *_, last = denoise([Expert(lambda: ours, 1.0)], other, sampling)
        assert torch.equal(made, last)


@torch.no_grad()
def test_guidance_without_unwanted_words_is_refused_before_a_step_is_taken() -> None:
    _, ours = _transformer(0)
    alone = Request(noise=_noise()[0], words=_words()[0][0])
    later = [Expert(lambda: ours, 1.0, 900.0), Expert(lambda: ours, SCALE)]
    with pytest.raises(UnsupportedError, match="guidance moves away from unwanted words; give some, or empty ones"):
        next(denoise(later, alone, WanSampling(steps=STEPS, shift=SHIFT)))


@torch.no_grad()
def test_zero_star_is_diffusers_guider_within_its_solver() -> None:
    theirs, ours = _transformer(0)
    scheduler = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=SHIFT)
    scheduler.set_timesteps(STEPS)
    guider, latents = ClassifierFreeZeroStarGuidance(SCALE, zero_init_steps=1), _noise()
    for step, timestep in enumerate(scheduler.timesteps):
        predicted = [theirs(latents, timestep[None], words, return_dict=False)[0] for words in _words()]
        guider.set_state(step, STEPS, timestep)
        latents = scheduler.step(guider.forward(*predicted).pred, timestep, latents, return_dict=False)[0]
    assert _error(_made([Expert(lambda: ours, SCALE)], {"guidance_rule": "zero-star"}), latents[0]) < 1e-5
    assert _error(_made([Expert(lambda: ours, SCALE)]), latents[0]) > 1e-2


@pytest.mark.parametrize("window", [3, 2])
@torch.no_grad()
def test_zero_star_is_the_papers_formula_in_each_window_and_step(window: int) -> None:
    theirs, ours = _transformer(0)
    sampling = {"solver": "euler", "guidance_rule": "zero-star", "window": window, "overlap": 1}
    sigmas = WanSampling(steps=STEPS, shift=SHIFT, solver="euler").sampler().sigmas
    latents, share = _noise(), {3: [[1.0] * 3], 2: [[1.0, 0.5], [0.5, 1.0]]}[window]
    for sigma, lower in list(pairwise(sigmas))[1:]:  # in the first step the velocity is zero
        velocity = torch.zeros_like(latents)
        for first, taken in enumerate(share):
            shown = latents[:, :, first : first + window]
            wanted, unwanted = (
                theirs(shown, torch.tensor([sigma * 1000]), each, return_dict=False)[0] for each in _words()
            )
            scale = float((wanted * unwanted).sum() / unwanted.square().sum())
            guided = scale * unwanted + SCALE * (wanted - scale * unwanted)
            velocity[:, :, first : first + window] += torch.tensor(taken)[:, None, None] * guided
        latents = latents + (lower - sigma) * velocity
    assert _error(_made([Expert(lambda: ours, SCALE)], sampling), latents[0]) < 1e-5


@torch.no_grad()
def test_zero_star_asks_no_network_while_noise_is_held() -> None:
    _, ours = _transformer(0)
    opened: list[WanTransformer] = []
    experts = [Expert(lambda: opened.append(ours) or ours, SCALE)]
    request = Request(noise=_noise()[0], words=_words()[0][0], unwanted=_words()[1][0])
    steps = denoise(experts, request, WanSampling(steps=STEPS, solver="euler", guidance_rule="zero-star"))
    torch.testing.assert_close(next(steps), request.noise)
    assert not opened
    assert not torch.equal(next(steps), request.noise)
    assert opened


def test_zero_star_holds_pure_noise_alone() -> None:
    assert WanSampling(guidance_rule="zero-star").held_steps == 1
    assert WanSampling(guidance_rule="zero-star", strength=0.9).held_steps == 0
    assert WanSampling().held_steps == 0
    with pytest.raises(UnsupportedError, match="no guidance rule 'nope'; have classifier-free, zero-star, apg"):
        WanSampling(guidance_rule="nope")
    with pytest.raises(UnsupportedError, match="renoise draws the noise anew"):
        WanSampling(guidance_rule="zero-star", solver="renoise")
    with pytest.raises(ShapeError, match="give 2 steps or more"):
        WanSampling(guidance_rule="zero-star", steps=1)


def _picture() -> tuple[Any, Tensor]:
    picture = np.random.default_rng(5).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    video = torch.from_numpy(picture).permute(2, 0, 1).float() / 127.5 - 1
    return picture, video


@pytest.mark.parametrize("is_last_given", [False, True])
@torch.no_grad()
def test_image_to_video_with_known_frames_as_channels(is_last_given: bool) -> None:
    from PIL import Image

    (theirs, ours), (their_vae, our_vae) = _transformer(2, in_channels=12), _vae()
    picture, video = _picture()
    pipeline = _pipeline(WanImageToVideoPipeline, theirs, their_vae, image_processor=None, image_encoder=None)
    shown, given = Image.fromarray(picture), torch.zeros(FRAMES, dtype=torch.bool)
    clip = torch.zeros(1, 3, FRAMES, HEIGHT, WIDTH)
    given[0], clip[0, :, 0] = True, video
    others: dict[str, Any] = {"image": shown}
    if is_last_given:
        others["last_image"], given[-1], clip[0, :, -1] = shown, True, video
    true = _true(pipeline, output_type="latent", **others)[0]
    channels = known_channels(our_vae.encode(clip)[0], given)
    assert _error(_made([Expert(lambda: ours, SCALE)], channels=channels), true) < 1e-5


@torch.no_grad()
def test_image_to_video_with_the_noise_of_each_frame() -> None:
    from PIL import Image

    (theirs, ours), (their_vae, our_vae) = _transformer(0), _vae()
    picture, video = _picture()
    pipeline = _pipeline(
        WanImageToVideoPipeline, theirs, their_vae, image_processor=None, image_encoder=None, expand_timesteps=True
    )
    true = _true(pipeline, output_type="latent", image=Image.fromarray(picture))[0]
    known, is_known = torch.zeros(4, 3, HEIGHT // 8, WIDTH // 8), torch.tensor([True, False, False])
    known[:, :1] = our_vae.encode(video[None, :, None])[0]
    made = _made([Expert(lambda: ours, SCALE)], known=known, is_known=is_known)
    assert _error(made, true) < 1e-5
    assert torch.equal(made[:, 0], known[:, 0])


def test_half_of_a_condition_is_refused() -> None:
    with pytest.raises(ShapeError, match="come with the mask"):
        Request(noise=_noise()[0], words=torch.zeros(1, 1), unwanted=torch.zeros(1, 1), known=_noise()[0])
    with pytest.raises(ShapeError, match=r"8 frames for 3 latent ones; those hold 1 \+ 4 n"):
        known_channels(torch.zeros(4, 3, 2, 2), torch.ones(8, dtype=torch.bool))
