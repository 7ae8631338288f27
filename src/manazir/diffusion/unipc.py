"""UniPC: a solver that extrapolates from what was predicted before, and mends each step with what is predicted next.

Zhao et al., arXiv:2302.04867, for networks that predict clean parts. The mended parts are where the next step starts;
the network is not asked again for them, so a step costs one prediction.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Literal

import torch

from manazir.diffusion.multistep import Seen, log_snr, weighted_sum
from manazir.diffusion.solvers import Parts, Predict

SolverType = Literal["bh1", "bh2"]


def unipc(
    predict: Predict,
    noisy: Parts,
    sigmas: Sequence[float],
    *,
    solver_order: int = 2,
    solver_type: SolverType = "bh2",
    lower_order_final: bool = True,
    disable_corrector: Collection[int] = (),
) -> Iterator[Parts]:
    """Yield the parts after each step, as they are before the next prediction mends them.

    Parts keep the dtype of `noisy`. A step to 0 is always of first order, which there gives the clean parts themselves.

    Args:
        sigmas: as `schedules.unipc_sigmas` makes them; a first level of 1 counts as `multistep.HIGHEST_SIGMA`.
        solver_order: how many predictions a step uses at most; the mended steps are exact one order beyond.
        solver_type: the paper's B(h): "bh1" is h, "bh2" is exp(h) - 1, with h the step in log-SNR, counted backwards.
        lower_order_final: whether a step uses no more predictions than there are steps left.
        disable_corrector: the numbers of the steps, counted from 0, that are not mended.
    """
    start, seen, order, last = noisy, list[Seen](), 0, len(sigmas) - 1
    for step, (sigma, next_sigma) in enumerate(pairwise(sigmas)):
        here = Seen(sigma, predict(noisy, sigma, next_sigma))
        is_mended = step > 0 and step - 1 not in disable_corrector
        start = _carried(start, seen[:order], here, sigma, solver_type) if is_mended else noisy
        seen = [here, *seen[: solver_order - 1]]
        order = min(len(seen), last - step) if lower_order_final else len(seen)
        noisy = _carried(start, seen[:order], None, next_sigma, solver_type)
        yield noisy


def _carried(start: Parts, seen: Sequence[Seen], ahead: Seen | None, sigma: float, solver_type: SolverType) -> Parts:
    """Go from the level of `seen[0]` to `sigma`, by predictions there, before there, and perhaps at the end."""
    here, *others = seen
    if sigma == 0:
        return weighted_sum([(0.0, start), (1.0, here.clean)])
    if ahead is not None:
        others.append(ahead)
    h = log_snr(sigma) - log_snr(here.sigma)
    places = [(log_snr(other.sigma) - log_snr(here.sigma)) / h for other in others]
    scale = -(1 - sigma) * _b(h, solver_type)
    slopes = [scale * share / place for share, place in zip(_shares(places, h, solver_type), places, strict=True)]
    gain = -(1 - sigma) * math.expm1(-h)
    return weighted_sum(
        [
            (sigma / here.sigma, start),
            (gain - sum(slopes), here.clean),
            *((slope, other.clean) for slope, other in zip(slopes, others, strict=True)),
        ]
    )


def _b(h: float, solver_type: SolverType) -> float:
    return -h if solver_type == "bh1" else math.expm1(-h)


def _shares(places: Sequence[float], h: float, solver_type: SolverType) -> list[float]:
    """How much each prediction's difference from the one at the start counts (the paper's a_m).

    Args:
        places: where they were made: 0 is the step's start and 1 its end.
    """
    if len(places) < 2:  # one unknown: the paper takes its limit for small steps
        return [0.5] * len(places)
    powers = torch.vander(torch.tensor(places, dtype=torch.float64), increasing=True).T
    moments = torch.tensor(_moments(len(places), -h), dtype=torch.float64) / _b(h, solver_type)
    shares: list[float] = torch.linalg.solve(powers, moments).tolist()
    return shares


def _moments(count: int, z: float) -> list[float]:
    """`n! z phi_(n+1)(z)` for n of 1 to `count`: what n-th powers add up to along the step."""
    moments, phi = [], math.expm1(z) / z
    for n in range(1, count + 1):
        z_phi = phi - 1 / math.factorial(n)
        moments.append(math.factorial(n) * z_phi)
        phi = z_phi / z
    return moments
