"""Solvers: generators without state that carry noise to a clean stretch, step by step.

They know no model: `predict(noisy, sigma, next_sigma)` returns the clean parts. `Parts` are the tensors of one
stretch (video, sound …), all at the level sigma; what is known is the caller's to put back.

Here is the simplest; `unipc.py` and `dpm_solver.py` remember earlier predictions, `renoise.py` forgets the noise.
All of them hand `predict` the very floats of `sigmas`, so that a caller can look up what it tells its network at each.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from torch import Tensor

Parts = tuple[Tensor, ...]
Predict = Callable[[Parts, float, float], Parts]
Noise = Callable[[int], Parts]
"""What a solver that draws noise asks for: Gaussian noise of the parts' shapes, fresh for the step of that number.

Steps count from 0. Whoever derives a seed from the number gets the same noise again when a step is run again.
"""


def euler(predict: Predict, noisy: Parts, sigmas: Sequence[float]) -> Iterator[Parts]:
    """Follow the straight path towards each prediction, yielding the parts after each step.

    With `noisy = (1 - sigma) clean + sigma noise`, moving from sigma to the next level keeps the same noise:
    `next = clean + (next_sigma / sigma) (noisy - clean)`. A straight path is recovered exactly.
    """
    for sigma, next_sigma in pairwise(sigmas):
        clean = predict(noisy, sigma, next_sigma)
        ratio = next_sigma / sigma
        noisy = tuple(c + ratio * (x - c) for x, c in zip(noisy, clean, strict=True))
        yield noisy
