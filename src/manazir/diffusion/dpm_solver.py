"""DPM-Solver++ (2M): a solver that goes on as the last two predictions went.

Lu et al., arXiv:2211.01095 (algorithm 2), for networks that predict clean parts; with noise, its section on SDEs.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from manazir.diffusion.multistep import Seen, log_snr, weighted_sum
from manazir.diffusion.solvers import Noise, Parts, Predict

SolverType = Literal["midpoint", "heun"]


def dpm_solver(
    predict: Predict,
    noisy: Parts,
    sigmas: Sequence[float],
    *,
    solver_type: SolverType = "midpoint",
    noise: Noise | None = None,
) -> Iterator[Parts]:
    """Yield the parts after each step. The first step and one to 0 are of first order, the others of second.

    Parts keep the dtype of `noisy`.

    Args:
        sigmas: as `schedules.dpm_solver_sigmas` makes them; a first level of 1 counts as `multistep.HIGHEST_SIGMA`.
        solver_type: what the clean parts are along a step: those in its middle, or a straight line.
        noise: makes it the SDE's solver, which forgets old noise as fast as it adds this.
    """
    before: Seen | None = None
    for step, (sigma, next_sigma) in enumerate(pairwise(sigmas)):
        here = Seen(sigma, predict(noisy, sigma, next_sigma))
        drawn = noise(step) if noise and next_sigma > 0 else None
        noisy = _carried(noisy, here, before, next_sigma, solver_type, drawn)
        before = here
        yield noisy


def _carried(
    noisy: Parts, here: Seen, before: Seen | None, sigma: float, solver_type: SolverType, noise: Parts | None
) -> Parts:
    if sigma == 0:
        return weighted_sum([(0.0, noisy), (1.0, here.clean)])
    h = log_snr(sigma) - log_snr(here.sigma)
    pace = h if noise is None else 2 * h  # noise forgets the start twice as fast
    gain = -(1 - sigma) * math.expm1(-pace)
    terms = [(sigma / here.sigma * math.exp(h - pace), noisy), (gain, here.clean)]
    if before is not None:
        middle = gain / 2 if solver_type == "midpoint" else (1 - sigma) * (1 + math.expm1(-pace) / pace)
        slope = middle * h / (log_snr(here.sigma) - log_snr(before.sigma))
        terms[1:] = [(gain + slope, here.clean), (-slope, before.clean)]
    if noise is not None:
        terms.append((sigma * math.sqrt(-math.expm1(-2 * h)), noise))
    return weighted_sum(terms)
