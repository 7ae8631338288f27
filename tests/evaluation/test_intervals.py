import numpy as np
import pytest

from manazir.evaluation.intervals import mean_figure, median_figure, ratio_figure


def test_the_interval_of_a_mean_is_about_two_standard_errors_each_side() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, 400)
    figure = mean_figure(values)
    assert figure.estimate == pytest.approx(values.mean())
    assert figure.high - figure.low == pytest.approx(4 * 2.0 / 20, rel=0.15)
    assert figure.count == 400


def test_intervals_hold_the_truth_nineteen_times_of_twenty() -> None:
    rng = np.random.default_rng(2)
    figures = [mean_figure(rng.random(120) < 0.8) for _ in range(200)]
    assert 0.90 <= np.mean([figure.low <= 0.8 <= figure.high for figure in figures]) <= 0.99


def test_what_was_not_observed_does_not_count() -> None:
    assert mean_figure(np.array([1.0, np.nan, 0.0])).count == 2
    nothing = median_figure(np.array([np.nan]))
    assert (nothing.count, np.isnan(nothing.estimate)) == (0, True)
    assert nothing.plain() == {"estimate": None, "low": None, "high": None, "count": 0}
    assert str(nothing) == "–"


def test_a_median_is_not_moved_by_an_outlier() -> None:
    assert median_figure(np.array([1.0, 2.0, 3.0, 4.0, 1000.0])).estimate == 3.0


def test_pairs_that_are_hard_together_give_a_narrow_ratio() -> None:
    rng = np.random.default_rng(3)
    hard = rng.random(200) < 0.5
    paired = ratio_figure(hard.astype(float), hard.astype(float))
    assert (paired.low, paired.estimate, paired.high) == (1.0, 1.0, 1.0)
    apart = ratio_figure(hard.astype(float), rng.permutation(hard).astype(float))
    assert apart.high - apart.low > 0.2


def test_a_ratio_needs_both_of_a_pair_and_something_below() -> None:
    assert ratio_figure(np.array([1.0, np.nan, 1.0]), np.array([np.nan, 1.0, 0.5])).count == 1
    assert np.isnan(ratio_figure(np.ones(3), np.zeros(3)).estimate)
