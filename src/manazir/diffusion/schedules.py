"""Schedules: which noise levels a solver visits, which a network is trained at, and what it is told of them.

A schedule is a list of floats that falls from at most 1 to 0; a network is told `1000 * sigma` unless said otherwise.
Noor's is `shifted_sigmas`. The others are those that published checkpoints are sampled at, made as diffusers makes
them, to the bit where a solver is sensitive to it; each is put together from `evenly`, `shifted`, `stretched` and
`ending_in_zero`:

    made by                                           here
    FlowMatchEulerDiscreteScheduler, static shift     flow_match_sigmas(steps, shift)
    the same, dynamic shift                           ending_in_zero(shifted(evenly(steps, 1 / 1000), amount))
    the same, given 1 … 1 / steps                     ending_in_zero(shifted(evenly(steps), amount))
    the same, with shift_terminal                     … stretched(shifted(evenly(steps), amount), terminal) …
    the same, for LTX-2, in its arithmetic            ltx2_sigmas(steps, shift_by_length(tokens))
    the same, given a distilled network's list        ending_in_zero(levels)
    UniPCMultistepScheduler (Wan)                     unipc_sigmas(steps, shift), unipc_timesteps(steps, shift)
    DPMSolverMultistepScheduler                       dpm_solver_sigmas(steps, shift), dpm_solver_timesteps(…)
    Self-Forcing's list of timesteps, "warped"        ending_in_zero(shifted([t / 1000 for t in timesteps], shift))
    FastVideo's DMD timesteps                         nearest_sigmas(timesteps, shift)

Dynamic shifts are ordinary ones: with time_shift_type "exponential" the amount is exp(mu), with "linear" it is mu.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import ShapeError
from manazir.diffusion.multistep import HIGHEST_SIGMA

TRAINED_LEVELS = 1000
"""How many levels there are in the grid that published checkpoints were trained on, and the highest timestep."""


def shift(sigma: Float[Tensor, "*b"], amount: float) -> Float[Tensor, "*b"]:
    """Move noise levels towards 1: a clip's frames repeat each other, so it takes more noise to hide what they show.

    Source: Stable Diffusion 3 (arXiv:2403.03206), eq. 23. `amount` 1.0 leaves levels as they are.
    """
    return amount * sigma / (1 + (amount - 1) * sigma)


def shifted_sigmas(steps: int, amount: float, start: float = 1.0) -> list[float]:
    """A decreasing schedule of `steps + 1` levels from `start` to 0, evenly spaced before the shift.

    >>> shifted_sigmas(2, 1.0)
    [1.0, 0.5, 0.0]
    """
    even = torch.linspace(1.0, 0.0, steps + 1, dtype=torch.float64)
    return [float(level) * start for level in shift(even, amount)]


def logit_normal(
    count: int, amount: float, generator: torch.Generator, mean: float = 0.0, spread: float = 1.0
) -> Float[Tensor, " count"]:
    """Draw training levels: a logit-normal, then the same shift as the schedule's (arXiv:2403.03206, eq. 19)."""
    normal = torch.randn(count, generator=generator, device=generator.device)
    return shift(torch.sigmoid(mean + spread * normal), amount)


def evenly(steps: int, lowest: float | None = None, highest: float = 1.0) -> list[float]:
    """`steps` levels at equal distances from `highest` to `lowest`, which is 1 / steps unless said otherwise.

    Raises:
        ShapeError: there is not one step.

    >>> evenly(4)
    [1.0, 0.75, 0.5, 0.25]
    """
    if steps < 1:
        raise ShapeError(f"a schedule has one step or more, not {steps}")
    levels: list[float] = np.linspace(highest, 1 / steps if lowest is None else lowest, steps).tolist()
    return levels


def shifted(levels: Sequence[float], amount: float) -> list[float]:
    """`shift` for a list.

    >>> shifted([1.0, 0.5], 3.0)
    [1.0, 0.75]
    """
    return [amount * level / (1 + (amount - 1) * level) for level in levels]


def shift_by_length(
    length: int,
    *,
    base_length: int = 1024,
    max_length: int = 4096,
    base_shift: float = 0.95,
    max_shift: float = 2.05,
) -> float:
    """The mu of a dynamic shift: on the line through what it is at two lengths. Defaults are LTX-2's.

    Args:
        length: how many tokens the noisy video is in the network.

    >>> shift_by_length(1024), round(shift_by_length(4096), 6)
    (0.95, 2.05)
    """
    slope = (max_shift - base_shift) / (max_length - base_length)
    return length * slope + (base_shift - slope * base_length)


def stretched(levels: Sequence[float], terminal: float) -> list[float]:
    """Spread levels so that the last is `terminal` and a first one of 1 stays (diffusers: shift_terminal; LTX).

    A single level of 1 has nothing below it to spread and stays as it is.

    >>> stretched([1.0, 0.75, 0.5], 0.25)
    [1.0, 0.625, 0.25]
    """
    if levels[-1] == 1.0:
        return list(levels)
    scale = (1 - terminal) / (1 - levels[-1])
    return [1 - (1 - level) * scale for level in levels]


def karras(steps: int, highest: float, lowest: float, rho: float = 7.0) -> list[float]:
    """`steps` levels whose rho-th roots lie evenly (arXiv:2206.00364, eq. 5)."""
    return [root**rho for root in evenly(steps, lowest ** (1 / rho), highest ** (1 / rho))]


def exponential(steps: int, highest: float, lowest: float) -> list[float]:
    """`steps` levels whose logarithms lie evenly."""
    return [math.exp(level) for level in evenly(steps, math.log(lowest), math.log(highest))]


def ending_in_zero(levels: Sequence[float]) -> list[float]:
    """The schedule that visits these levels and then 0, each rounded to float32, in which diffusers holds them.

    Raises:
        ShapeError: there are none, or they rise, or some are not above 0 and at most 1.

    >>> ending_in_zero([1.0, 0.75, 0.5])
    [1.0, 0.75, 0.5, 0.0]
    """
    sigmas = [float(np.float32(level)) for level in levels]
    falls = all(higher >= lower for higher, lower in pairwise(sigmas))
    if not sigmas or not falls or not 0 < sigmas[-1] <= sigmas[0] <= 1:
        raise ShapeError(f"noise levels are to fall from at most 1 to above 0, at least one of them; got {sigmas}")
    return [*sigmas, 0.0]


def flow_match_sigmas(steps: int, amount: float) -> list[float]:
    """What FlowMatchEulerDiscreteScheduler makes of a number of steps and a static shift.

    It spaces levels evenly down to the lowest that was trained at, which was shifted already, and shifts them again.

    >>> [round(sigma, 4) for sigma in flow_match_sigmas(3, 3.0)]
    [1.0, 0.7511, 0.0089, 0.0]
    """
    (lowest,) = shifted([1 / TRAINED_LEVELS], amount)
    return ending_in_zero(shifted(evenly(steps, lowest), amount))


def ltx2_sigmas(steps: int, mu: float, terminal: float = 0.1) -> list[float]:
    """What FlowMatchEulerDiscreteScheduler makes for LTX-2: dynamic shift, then the last level at `terminal`.

    It reckons in float32, where for long videos little is left of how far levels lie below 1: at 32,000 tokens they
    move by 2e-4, and from 36,000 on the first ones fall together, and steps between them do nothing. What was meant is
    `stretched(shifted(evenly(steps), exp(mu)), terminal)`, which is the same for short ones.

    >>> [round(sigma, 4) for sigma in ltx2_sigmas(4, shift_by_length(5120))]
    [1.0, 0.8769, 0.6509, 0.1, 0.0]
    """
    given = np.array(evenly(steps), dtype=np.float32)
    share = 1 - math.exp(mu) / (math.exp(mu) + (1 / given - 1))
    if steps > 1:
        share = share / (share[-1] / (1 - terminal))
    return ending_in_zero((1 - share).tolist())


def unipc_sigmas(steps: int, amount: float) -> list[float]:
    """What UniPCMultistepScheduler makes of a number of steps, with flow sigmas and a static shift.

    It starts a little below 1, so that the signal's share is above 0.

    >>> [round(sigma, 6) for sigma in unipc_sigmas(2, 3.0)]
    [0.999999, 0.750375, 0.0]
    """
    return ending_in_zero(_unipc_levels(steps, amount))


def unipc_timesteps(steps: int, amount: float) -> list[int]:
    """What networks are told at `unipc_sigmas`: diffusers cuts off what `1000 * sigma` has after the point.

    That is before levels are rounded to float32, so it cannot be told from them; `zip` both to look one up.

    >>> unipc_timesteps(2, 3.0)
    [999, 750]
    """
    return _whole_timesteps(_unipc_levels(steps, amount))


def dpm_solver_sigmas(steps: int, amount: float) -> list[float]:
    """What DPMSolverMultistepScheduler makes of a number of steps, with flow sigmas and a static shift.

    >>> [round(sigma, 4) for sigma in dpm_solver_sigmas(2, 3.0)]
    [0.9997, 0.7496, 0.0]
    """
    return ending_in_zero(_dpm_solver_levels(steps, amount))


def dpm_solver_timesteps(steps: int, amount: float) -> list[int]:
    """What networks are told at `dpm_solver_sigmas`, cut off as in `unipc_timesteps`.

    >>> dpm_solver_timesteps(2, 3.0)
    [999, 749]
    """
    return _whole_timesteps(_dpm_solver_levels(steps, amount))


def nearest_sigmas(timesteps: Sequence[float], amount: float) -> list[float]:
    """The schedule for a network that was distilled at these timesteps by DMD (FastVideo): it is told them as they are.

    Noise stands at the level nearest to each in the shifted grid of training, which is a little beside t / 1000.

    >>> [round(sigma, 4) for sigma in nearest_sigmas([1000, 757, 522], 8.0)]
    [1.0, 0.7568, 0.5217, 0.0]
    """
    grid = shifted(evenly(TRAINED_LEVELS), amount)
    return ending_in_zero([min(grid, key=lambda level: abs(level * TRAINED_LEVELS - told)) for told in timesteps])


def _unipc_levels(steps: int, amount: float) -> list[float]:
    levels = shifted(evenly(steps + 1, 1 / TRAINED_LEVELS)[:-1], amount)
    return [min(level, HIGHEST_SIGMA) for level in levels]


def _dpm_solver_levels(steps: int, amount: float) -> list[float]:
    return shifted([1 - level for level in evenly(steps + 1, 1 / TRAINED_LEVELS)], amount)[:0:-1]


def _whole_timesteps(levels: Sequence[float]) -> list[int]:
    return [int(level * TRAINED_LEVELS) for level in levels]
