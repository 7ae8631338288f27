"""Solvers are right, not only equal to others: on clean data with a normal distribution every path is known."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from manazir.diffusion.dpm_solver import dpm_solver
from manazir.diffusion.multistep import log_snr
from manazir.diffusion.renoise import ancestral, renoise
from manazir.diffusion.schedules import shifted_sigmas
from manazir.diffusion.solvers import Parts, euler
from manazir.diffusion.unipc import unipc

MEAN, SPREAD = 0.7, 0.4
Solver = Callable[..., Iterator[Parts]]


def _spread(sigma: float) -> float:
    """The standard deviation of what is noisy at a level."""
    return math.hypot((1 - sigma) * SPREAD, sigma)


def _denoised(parts: Parts, sigma: float, next_sigma: float) -> Parts:
    """The mean of all that may be clean: what a perfect network predicts."""
    gain = (1 - sigma) * SPREAD**2 / _spread(sigma) ** 2
    return tuple(MEAN + gain * (part - (1 - sigma) * MEAN) for part in parts)


def _on_path(sigma: float) -> Tensor:
    """Where seven paths are at a level: each keeps its distance from the mean, in standard deviations."""
    return (1 - sigma) * MEAN + _spread(sigma) * torch.linspace(-2, 2, 7, dtype=torch.float64)


def _error(solver: Solver, steps: int, **options: Any) -> float:
    places = torch.linspace(log_snr(0.9), log_snr(0.05), steps + 1, dtype=torch.float64)
    sigmas = torch.sigmoid(-places).tolist()
    *_, (made,) = solver(_denoised, (_on_path(sigmas[0]),), sigmas, **options)
    return float((made - _on_path(sigmas[-1])).norm())


@pytest.mark.parametrize(
    ("solver", "options", "order"),
    [
        (euler, {}, 1),
        (dpm_solver, {"solver_type": "midpoint"}, 2),
        (dpm_solver, {"solver_type": "heun"}, 2),
        (unipc, {"solver_order": 1, "solver_type": "bh1"}, 2),
        (unipc, {"solver_order": 1, "solver_type": "bh2"}, 2),
        (unipc, {"solver_order": 2, "solver_type": "bh1"}, 3),
        (unipc, {"solver_order": 2, "solver_type": "bh2"}, 3),
        (unipc, {"solver_order": 3, "solver_type": "bh1"}, 4),
        (unipc, {"solver_order": 3, "solver_type": "bh2"}, 4),
        (unipc, {"solver_order": 2, "disable_corrector": range(400)}, 2),
    ],
)
def test_half_the_step_divides_the_error_by_two_to_the_order(
    solver: Solver, options: dict[str, Any], order: int
) -> None:
    if solver is unipc:  # a last step of lower order is for schedules that end in 0
        options = {"lower_order_final": False, **options}
    rate = math.log2(_error(solver, 120, **options) / _error(solver, 240, **options))
    assert order - 0.25 < rate < order + 0.5


@pytest.mark.parametrize("solver", [dpm_solver, unipc])
def test_steps_down_to_zero_are_better_with_a_memory(solver: Solver) -> None:
    def error(kind: Solver) -> float:
        sigmas = shifted_sigmas(32, 3.0)
        *_, (made,) = kind(_denoised, (_on_path(1.0),), sigmas)
        return float((made - _on_path(0.0)).norm())

    assert error(solver) < 0.1 * error(euler)


@pytest.mark.parametrize("solver", [euler, dpm_solver, unipc])
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_a_straight_path_from_all_noise_is_recovered_by_all(solver: Solver, steps: int) -> None:
    clean, noise = torch.randn(2, 5, dtype=torch.float64), torch.randn(2, 5, dtype=torch.float64)
    for (made,), sigma in zip(
        solver(lambda *_: (clean,), (noise,), shifted_sigmas(steps, 2.0)), shifted_sigmas(steps, 2.0)[1:], strict=True
    ):
        torch.testing.assert_close(made, (1 - sigma) * clean + sigma * noise, atol=1e-5, rtol=0)


def _draws(count: int) -> Callable[[int], Parts]:
    return lambda step: (torch.randn(count, dtype=torch.float64, generator=torch.Generator().manual_seed(step)),)


@pytest.mark.parametrize(
    ("solver", "options"),
    [(dpm_solver, {"solver_type": "heun"}), (dpm_solver, {}), (ancestral, {"eta": 0.5}), (ancestral, {})],
)
def test_with_noise_what_is_made_has_the_spread_of_the_data(solver: Solver, options: dict[str, Any]) -> None:
    start, *_ = _draws(20_000)(999)
    *_, (made,) = solver(_denoised, (start,), shifted_sigmas(400, 3.0), noise=_draws(20_000), **options)
    assert float(made.mean()) == pytest.approx(MEAN, abs=0.015)
    assert float(made.std()) == pytest.approx(SPREAD, rel=0.03)


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_renoise_with_a_perfectly_distilled_network_is_right_in_any_number_of_steps(steps: int) -> None:
    def distilled(parts: Parts, sigma: float, next_sigma: float) -> Parts:
        return tuple(MEAN + SPREAD * (part - (1 - sigma) * MEAN) / _spread(sigma) for part in parts)

    start, *_ = _draws(20_000)(999)
    *_, (made,) = renoise(distilled, (start,), shifted_sigmas(steps, 5.0), _draws(20_000))
    assert float(made.mean()) == pytest.approx(MEAN, abs=0.01)
    assert float(made.std()) == pytest.approx(SPREAD, rel=0.02)


@pytest.mark.parametrize("solver", [dpm_solver, ancestral, renoise])
def test_noise_is_asked_for_once_a_step_and_not_for_the_last(solver: Solver) -> None:
    asked = []

    def noise(step: int) -> Parts:
        asked.append(step)
        return (torch.zeros(3),)

    list(solver(_denoised, (torch.ones(3),), [0.9, 0.5, 0.2, 0.0], noise=noise))
    assert asked == [0, 1]


@pytest.mark.parametrize("solver", [dpm_solver, unipc])
def test_two_samplings_at_once_do_not_see_each_other(solver: Solver) -> None:
    sigmas, starts = shifted_sigmas(5, 3.0), [torch.full((3,), value) for value in (-1.0, 1.0)]
    alone = [[parts[0] for parts in solver(_denoised, (start,), sigmas)] for start in starts]
    together = zip(*(solver(_denoised, (start,), sigmas) for start in starts), strict=True)
    for step, (first, second) in enumerate(together):
        assert torch.equal(first[0], alone[0][step])
        assert torch.equal(second[0], alone[1][step])
