"""Figures with their 95 % intervals, by the bootstrap: as many draws with replacement as there are observations."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 4000
TAILS = (2.5, 97.5)
"""Percentiles that hold 95 % between them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """An estimate, between `low` and `high` in 95 % of worlds; all NaN where there was nothing to see."""

    estimate: float
    low: float
    high: float
    count: int
    """Observations."""

    def plain(self) -> dict[str, float | int | None]:
        """As JSON holds it; None for NaN."""
        numbers = {"estimate": self.estimate, "low": self.low, "high": self.high}
        rounded = {name: None if np.isnan(value) else round(value, 4) for name, value in numbers.items()}
        return {**rounded, "count": self.count}

    def __str__(self) -> str:
        """With its interval."""
        return "–" if np.isnan(self.estimate) else f"{self.estimate:.3f} [{self.low:.3f}, {self.high:.3f}]"


def mean_figure(values: Floats, seed: int = 0) -> Figure:
    """Return the mean; NaN observations do not count."""
    return _figure(values[~np.isnan(values)], lambda drawn: drawn.mean(axis=-1), seed)


def median_figure(values: Floats, seed: int = 0) -> Figure:
    """Return the median; NaN observations do not count."""
    return _figure(values[~np.isnan(values)], lambda drawn: np.median(drawn, axis=-1), seed)


def ratio_figure(above: Floats, below: Floats, seed: int = 0) -> Figure:
    """Return mean over mean of paired observations; pairs with a NaN do not count.

    Pairs are drawn together, so that what makes both hard or easy does not widen the interval.
    """
    paired = ~(np.isnan(above) | np.isnan(below))
    pairs = np.stack([above[paired], below[paired]], axis=-1)
    if not len(pairs) or not pairs[:, 1].any():
        return Figure(estimate=np.nan, low=np.nan, high=np.nan, count=len(pairs))
    drawn = pairs[_draws(len(pairs), seed)].mean(axis=1)
    ratios = drawn[drawn[:, 1] > 0]
    low, high = np.percentile(ratios[:, 0] / ratios[:, 1], TAILS)
    means = pairs.mean(axis=0)
    return Figure(estimate=float(means[0] / means[1]), low=float(low), high=float(high), count=len(pairs))


def _figure(values: Floats, statistic: Callable[[Floats], Floats], seed: int) -> Figure:
    if not len(values):
        return Figure(estimate=np.nan, low=np.nan, high=np.nan, count=0)
    low, high = np.percentile(statistic(values[_draws(len(values), seed)]), TAILS)
    return Figure(estimate=float(statistic(values)), low=float(low), high=float(high), count=len(values))


def _draws(count: int, seed: int) -> NDArray[np.int64]:
    """Return `[DRAWS, count]` indices."""
    return np.random.default_rng(seed).integers(count, size=(DRAWS, count))
