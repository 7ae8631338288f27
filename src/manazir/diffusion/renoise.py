"""Solvers that put fresh noise on what was predicted: how networks that were distilled to a few steps are sampled.

Their levels are fixed by how they were taught: see `schedules.ending_in_zero` and `schedules.nearest_sigmas`.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from manazir.diffusion.multistep import weighted_sum
from manazir.diffusion.solvers import Noise, Parts, Predict


def renoise(predict: Predict, noisy: Parts, sigmas: Sequence[float], noise: Noise) -> Iterator[Parts]:
    """Predict the clean parts, put all new noise on them at the next level, and so on; yield the parts after each step.

    Consistency sampling (arXiv:2303.01469, algorithm 1), as LCM, DMD2, Self-Forcing and FastWan do it. For the step to
    0 no noise is asked for.
    """
    for step, (sigma, next_sigma) in enumerate(pairwise(sigmas)):
        clean = predict(noisy, sigma, next_sigma)
        noisy = clean if next_sigma == 0 else weighted_sum([(next_sigma, noise(step)), (1 - next_sigma, clean)])
        yield noisy


def ancestral(
    predict: Predict, noisy: Parts, sigmas: Sequence[float], noise: Noise, *, eta: float = 1.0
) -> Iterator[Parts]:
    """Go further down than the next level, as `euler` does, and back up to it by new noise; yield each step's parts.

    LTX-2's temporal refinement is sampled so. Unlike `renoise` it keeps some of the old noise.

    Args:
        eta: how much further down: 0.0 is `euler`, and 1.0 as far below the next level as that is below the last.
    """
    for step, (sigma, next_sigma) in enumerate(pairwise(sigmas)):
        clean = predict(noisy, sigma, next_sigma)
        down = next_sigma * (1 + (next_sigma / sigma - 1) * eta)
        ratio, back = down / sigma, (1 - next_sigma) / (1 - down)
        terms = [(back * ratio, noisy), (back * (1 - ratio), clean)]
        if down < next_sigma:
            terms.append((math.sqrt(next_sigma**2 - (back * down) ** 2), noise(step)))
        noisy = weighted_sum(terms)
        yield noisy
