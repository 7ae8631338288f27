"""What solvers with a memory share: the axis along which they extrapolate, and sums of parts.

With `noisy = (1 - sigma) clean + sigma noise`, the exact path between two levels is

    x(t) = (sigma_t / sigma_s) x(s) + sigma_t ∫ exp(lambda) clean(lambda) d lambda,   lambda = log((1 - sigma) / sigma),

from lambda_s to lambda_t (arXiv:2211.01095). A solver says how the clean parts go between the places where
they were seen, and the integral is solved for that. So each of its steps is a sum of parts with numbers before them.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch

from manazir.diffusion.solvers import Parts

HIGHEST_SIGMA = 1.0 - 1e-6
"""Levels above it count as this one on the axis of lambda, where 1 lies infinitely far away."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was predicted at a level."""

    sigma: float
    clean: Parts


def log_snr(sigma: float) -> float:
    """Half the logarithm of the signal's power over the noise's: `log((1 - sigma) / sigma)`; sigma above 0.

    >>> log_snr(0.5)
    0.0
    """
    sigma = min(sigma, HIGHEST_SIGMA)
    return math.log(1 - sigma) - math.log(sigma)


def weighted_sum(terms: Iterable[tuple[float, Parts]]) -> Parts:
    """Add up parts, each times its number: in float32 at least, and rounded once to the dtype of the first ones."""
    (first_weight, first), *rest = terms
    sums = [first_weight * part.to(torch.promote_types(part.dtype, torch.float32)) for part in first]
    for weight, parts in rest:
        for total, part in zip(sums, parts, strict=True):
            total.add_(part, alpha=weight)
    return tuple(total.to(part.dtype) for total, part in zip(sums, first, strict=True))
