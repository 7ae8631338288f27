"""Our schedules are the levels and timesteps that diffusers' schedulers make."""

import math
from typing import Any

import numpy as np
import pytest
from diffusers import DPMSolverMultistepScheduler, FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler
from diffusers.pipelines.ltx2.pipeline_ltx2 import calculate_shift

from manazir.diffusion.schedules import (
    TRAINED_LEVELS,
    dpm_solver_sigmas,
    dpm_solver_timesteps,
    ending_in_zero,
    evenly,
    exponential,
    flow_match_sigmas,
    karras,
    ltx2_sigmas,
    nearest_sigmas,
    shift_by_length,
    shifted,
    stretched,
    unipc_sigmas,
    unipc_timesteps,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning:diffusers")

STEPS = [*range(1, 9), 20, 25, 30, 40, 50, 100]
SHIFTS = [1.0, 1.5, 3.0, 5.0, 7.0, 8.0, 12.0]
FLOW = {"prediction_type": "flow_prediction", "use_flow_sigmas": True}


def _assert_same(ours: list[float], scheduler: Any) -> None:
    assert ours == pytest.approx(scheduler.sigmas.tolist(), abs=1e-6)
    told = [TRAINED_LEVELS * sigma for sigma in ours[:-1]]
    assert told == pytest.approx(scheduler.timesteps.tolist(), abs=1e-3)


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("shift", SHIFTS)
def test_unipc_and_dpm_solver_are_the_same_to_the_bit(steps: int, shift: float) -> None:
    """Near 1 the signal's share is some 1e-6, and steps depend on its logarithm."""
    unipc = UniPCMultistepScheduler(flow_shift=shift, **FLOW)
    unipc.set_timesteps(steps)
    assert unipc_sigmas(steps, shift) == unipc.sigmas.tolist()
    assert unipc_timesteps(steps, shift) == unipc.timesteps.tolist()
    dpm_solver = DPMSolverMultistepScheduler(flow_shift=shift, **FLOW)
    dpm_solver.set_timesteps(steps)
    assert dpm_solver_sigmas(steps, shift) == dpm_solver.sigmas.tolist()
    assert dpm_solver_timesteps(steps, shift) == dpm_solver.timesteps.tolist()


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("shift", SHIFTS)
def test_flow_match_with_a_static_shift(steps: int, shift: float) -> None:
    scheduler = FlowMatchEulerDiscreteScheduler(shift=shift)
    scheduler.set_timesteps(steps)
    _assert_same(flow_match_sigmas(steps, shift), scheduler)
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / steps, steps))
    _assert_same(ending_in_zero(shifted(evenly(steps), shift)), scheduler)


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("mu", [0.5, 1.1, 2.05])
@pytest.mark.parametrize("kind", ["exponential", "linear"])
def test_flow_match_with_a_dynamic_shift(steps: int, mu: float, kind: Any) -> None:
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, time_shift_type=kind)
    scheduler.set_timesteps(steps, mu=mu)
    amount = math.exp(mu) if kind == "exponential" else mu
    _assert_same(ending_in_zero(shifted(evenly(steps, 1 / TRAINED_LEVELS), amount)), scheduler)


@pytest.mark.parametrize("steps", [2, 3, 8, 30, 40])
@pytest.mark.parametrize("length", [77, 1024, 5120, 14080, 32640])
def test_ltx2(steps: int, length: int) -> None:
    mu = shift_by_length(length)
    assert mu == pytest.approx(calculate_shift(length, 1024, 4096, 0.95, 2.05), rel=1e-12)
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift_terminal=0.1)
    scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu)
    assert ltx2_sigmas(steps, mu) == scheduler.sigmas.tolist()
    meant = ending_in_zero(stretched(shifted(evenly(steps), math.exp(mu)), 0.1))
    assert meant == pytest.approx(scheduler.sigmas.tolist(), abs=2e-6 if length < 10_000 else 2e-3)


def test_unipc_with_a_dynamic_shift_is_one_with_its_exponential() -> None:
    scheduler = UniPCMultistepScheduler(use_dynamic_shifting=True, **FLOW)
    scheduler.set_timesteps(20, mu=1.3)
    assert unipc_sigmas(20, math.exp(1.3)) == pytest.approx(scheduler.sigmas.tolist(), abs=1e-6)


def test_distilled_levels_stay_as_they_are() -> None:
    levels = [1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875]
    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(sigmas=levels)
    assert ending_in_zero(levels) == scheduler.sigmas.tolist()


@pytest.mark.parametrize("timesteps", [[1000, 757, 522], [1000, 850, 700, 550, 350, 275, 200, 125]])
@pytest.mark.parametrize("shift", [5.0, 8.0])
def test_timesteps_of_dmd_stand_at_their_nearest_levels(timesteps: list[int], shift: float) -> None:
    """FastVideo looks timesteps up in a scheduler that was just made."""
    scheduler = FlowMatchEulerDiscreteScheduler(shift=shift)
    places = [int((scheduler.timesteps - timestep).abs().argmin()) for timestep in timesteps]
    expected = [*scheduler.sigmas[places].tolist(), 0.0]
    assert nearest_sigmas(timesteps, shift) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("steps", [2, 5, 20])
def test_karras_and_exponential(steps: int) -> None:
    even = shifted(evenly(steps, *shifted([1 / TRAINED_LEVELS], 3.0)), 3.0)
    for kind, made in (("karras", karras), ("exponential", exponential)):
        scheduler = FlowMatchEulerDiscreteScheduler(shift=3.0, **{f"use_{kind}_sigmas": True})
        scheduler.set_timesteps(steps)
        _assert_same(ending_in_zero(made(steps, even[0], even[-1])), scheduler)
