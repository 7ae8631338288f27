"""Our guidance is what diffusers' guiders make of the same predictions."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from diffusers.guiders import (
    AdaptiveProjectedGuidance,
    ClassifierFreeGuidance,
    ClassifierFreeZeroStarGuidance,
    LTX2Guidance,
    SkipLayerGuidance,
)
from diffusers.guiders.guider_utils import BaseGuidance
from torch import Tensor

from manazir.diffusion.guidance import (
    adaptive_projected,
    away_from,
    classifier_free,
    is_guided,
    multimodal,
    projected,
    rescaled,
    zero_star,
)

SHAPES = [(1, 6), (2, 3, 5, 4, 3), (3, 7, 5)]


def _predictions(shape: tuple[int, ...], count: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(sum(shape))
    common = torch.randn(shape, generator=generator)
    return [common + 0.5 * torch.randn(shape, generator=generator) for _ in range(count)]


def _assert_same(ours: Tensor, guider: BaseGuidance, *predictions: Tensor) -> None:
    theirs = guider.forward(*predictions).pred
    assert float((ours - theirs).norm()) <= 1e-5 * float(theirs.norm())


each_shape = pytest.mark.parametrize("shape", SHAPES)


@each_shape
@pytest.mark.parametrize("amount", [0.3, 1.0])
def test_classifier_free_and_rescaled(shape: tuple[int, ...], amount: float) -> None:
    conditional, unconditional = _predictions(shape, 2)
    guided = classifier_free(conditional, unconditional, 6.0)
    _assert_same(guided, ClassifierFreeGuidance(6.0), conditional, unconditional)
    with_rescale = ClassifierFreeGuidance(6.0, guidance_rescale=amount)
    _assert_same(rescaled(guided, conditional, amount), with_rescale, conditional, unconditional)


@each_shape
def test_zero_star(shape: tuple[int, ...]) -> None:
    conditional, unconditional = _predictions(shape, 2)
    guider = ClassifierFreeZeroStarGuidance(4.0, zero_init_steps=0)
    guider.set_state(0, 10, torch.tensor(0))
    _assert_same(zero_star(conditional, unconditional, 4.0), guider, conditional, unconditional)


@each_shape
def test_skip_layer_guidance_with_classifier_free_guidance_and_alone(shape: tuple[int, ...]) -> None:
    conditional, unconditional, skipping = _predictions(shape, 3)
    guider = SkipLayerGuidance(5.0, 2.8, 0.0, 1.0, skip_layer_guidance_layers=[0])
    ours = away_from(conditional, [(unconditional, 5.0 - 1), (skipping, 2.8)])
    _assert_same(ours, guider, conditional, unconditional, skipping)
    alone = SkipLayerGuidance(1.0, 2.8, 0.0, 1.0, skip_layer_guidance_layers=[0])
    _assert_same(away_from(conditional, [(skipping, 2.8 - 1)]), alone, conditional, unconditional, skipping)


@each_shape
@pytest.mark.parametrize(
    "scales",
    [
        {"guidance_scale": 4.0},
        {"guidance_scale": 3.0, "stg_scale": 1.0, "modality_scale": 3.0, "guidance_rescale": 0.7},
        {"stg_scale": 1.5, "guidance_rescale": 1.0},
        {},
    ],
)
def test_multimodal_is_ltx2(shape: tuple[int, ...], scales: dict[str, float]) -> None:
    conditional, unconditional, perturbed, isolated = _predictions(shape, 4)
    ours = multimodal(conditional, unconditional=unconditional, perturbed=perturbed, isolated=isolated, **scales)
    _assert_same(ours, LTX2Guidance(**scales), conditional, unconditional, perturbed, isolated)


@each_shape
@pytest.mark.parametrize("eta", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("threshold", [0.0, 0.5, 100.0])
def test_adaptive_projected(shape: tuple[int, ...], eta: float, threshold: float) -> None:
    """As the paper counts, diffusers' scale of its original formulation is ours less 1."""
    conditional, unconditional = _predictions(shape, 2)
    common: dict[str, Any] = {"adaptive_projected_guidance_rescale": threshold, "eta": eta}
    difference = conditional - unconditional
    ours = adaptive_projected(conditional, difference, 5.0, eta=eta, norm_threshold=threshold)
    guider = AdaptiveProjectedGuidance(4.0, use_original_formulation=True, **common)
    _assert_same(ours, guider, conditional, unconditional)
    added = unconditional + 5.0 * projected(difference, conditional, eta, threshold)
    _assert_same(added, AdaptiveProjectedGuidance(5.0, **common), conditional, unconditional)


def test_momentum_of_adaptive_projected_guidance_is_a_sum_that_the_caller_keeps() -> None:
    guider = AdaptiveProjectedGuidance(4.0, -0.5, 2.0, eta=0.0, use_original_formulation=True)
    total: float | Tensor = 0.0
    for step, shape in enumerate([SHAPES[1]] * 3):
        conditional, unconditional = (part * (step + 1) for part in _predictions(shape, 2))
        guider.set_state(step, 3, torch.tensor(0))
        guider.prepare_inputs({})
        total = conditional - unconditional - 0.5 * total
        _assert_same(
            adaptive_projected(conditional, total, 5.0, eta=0.0, norm_threshold=2.0), guider, conditional, unconditional
        )


@pytest.mark.parametrize("guider", [ClassifierFreeGuidance, ClassifierFreeZeroStarGuidance, LTX2Guidance])
@pytest.mark.parametrize(("start", "stop"), [(0.0, 1.0), (0.1, 0.35), (0.29, 0.29), (0.57, 0.99)])
@pytest.mark.parametrize("steps", [1, 7, 100])
def test_interval(guider: Callable[..., Any], start: float, stop: float, steps: int) -> None:
    made = guider(guidance_scale=3.0, start=start, stop=stop)
    for step in range(steps):
        made.set_state(step, steps, torch.tensor(0))
        assert is_guided(step, steps, start, stop) == (made.num_conditions == 2)
