"""When sound is loud, finer than the frames that its levels were measured in: what keeps blows sharp.

A blow raises every frame that reaches it. Undoing that spread (Richardson and Lucy's deconvolution) gives back its
time to a few milliseconds; sounds found from magnitudes alone are then held to it, so that nothing is heard before.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from manazir.models.codecs.short_time import HOP, WINDOW

STEP = 50
"""Samples in a step of the curve: 3 ms."""

STEPS_PER_HOP = HOP // STEP
SHARPENING_ITERATIONS = 200
LARGEST_GAIN = 2.0
INAUDIBLE = 1e-10
"""Power below which a step is silent."""


def sharpen(energies: Float[Tensor, "b hops"], window: Float[Tensor, " window"]) -> Float[Tensor, "b steps"]:
    """Return the power (mean square of samples) in each step that explains the frames' energies."""
    beside = (WINDOW - HOP) // 2 // STEP
    reach = window.square().view(-1, STEP).sum(1)[None, None]
    frames = energies[:, None]

    def spread(power: Tensor) -> Tensor:
        return F.conv1d(power, reach, stride=STEPS_PER_HOP, padding=beside)

    def gather(ratio: Tensor) -> Tensor:
        return F.conv_transpose1d(ratio, reach, stride=STEPS_PER_HOP, padding=beside)

    weight = gather(torch.ones_like(frames))
    power = (frames.mean(-1, keepdim=True) / reach.sum() + 1e-12).repeat(1, 1, frames.shape[-1] * STEPS_PER_HOP)
    for _ in range(SHARPENING_ITERATIONS):
        power = power * gather(frames / (spread(power) + 1e-12)) / weight
    steps: Tensor = power[:, 0]
    return steps


def amplitudes(power: Float[Tensor, "b steps"]) -> Float[Tensor, "b samples"]:
    """Return the curve as a smooth amplitude for every sample."""
    return _smooth(power.sqrt())


def impose(samples: Float[Tensor, "b samples"], power: Float[Tensor, "b steps"]) -> Float[Tensor, "b samples"]:
    """Return the samples, made as loud as the curve: silent where it is, never much louder than they were."""
    now = samples.square().view(len(samples), -1, STEP).mean(-1)
    around = F.conv1d(F.pad(now[:, None], (1, 1)), now.new_tensor([[[0.25, 0.5, 0.25]]]))[:, 0]
    gain = ((power + 1e-12) / (around + 1e-12)).sqrt().clamp_max(LARGEST_GAIN)
    return samples * _smooth(torch.where(power < INAUDIBLE, 0.0, gain))


def _smooth(steps: Float[Tensor, "b steps"]) -> Float[Tensor, "b samples"]:
    """Repeat each step over its samples and average over one step's length: straight lines, no corners that click."""
    samples = F.pad(steps.repeat_interleave(STEP, -1)[:, None], (STEP // 2, STEP - STEP // 2 - 1))
    return F.conv1d(samples, samples.new_full((1, 1, STEP), 1 / STEP))[:, 0]
