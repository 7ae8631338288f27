"""Schedules: which noise levels a solver visits, and which a network is trained at."""

import torch
from jaxtyping import Float
from torch import Tensor


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
