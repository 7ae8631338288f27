"""Our solvers step as diffusers' schedulers do: the same small nonlinear network, two parts of different shapes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import torch
from diffusers import (
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    FlowMatchLCMScheduler,
    LTXEulerAncestralRFScheduler,
    UniPCMultistepScheduler,
)
from torch import Tensor

from manazir.diffusion.dpm_solver import dpm_solver
from manazir.diffusion.noising import clean_from_velocity
from manazir.diffusion.renoise import ancestral, renoise
from manazir.diffusion.schedules import dpm_solver_sigmas, ending_in_zero, flow_match_sigmas, unipc_sigmas
from manazir.diffusion.solvers import Noise, Parts, euler
from manazir.diffusion.unipc import unipc

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning:diffusers")

STEPS = [1, 2, 3, 4, 5, 6, 7, 8, 20, 50]
FLOW = {"prediction_type": "flow_prediction", "use_flow_sigmas": True}
Solver = Callable[..., Iterator[Parts]]


def _randn(shape: tuple[int, ...], seed: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


MATRICES = (_randn((3, 3), 1), _randn((5, 5), 2))


def _noise(dtype: torch.dtype) -> Parts:
    return _randn((2, 3, 4, 3), 3).to(dtype), _randn((2, 7, 5), 4).to(dtype)


def _velocities(parts: Parts, sigma: float) -> Parts:
    """A network in which each part sees the other."""
    video = torch.tanh(torch.einsum("ij,bj...->bi...", MATRICES[0].to(parts[0].dtype), parts[0]) + sigma)
    sound = torch.tanh(parts[1] @ MATRICES[1].to(parts[1].dtype) - 2 * sigma + parts[0].mean())
    return video + 0.1 * parts[1].mean(), sound


def _predict(parts: Parts, sigma: float, next_sigma: float) -> Parts:
    return tuple(clean_from_velocity(x, v, sigma) for x, v in zip(parts, _velocities(parts, sigma), strict=True))


def _stepped(schedulers: Sequence[Any], parts: Parts, draws: Noise | None = None) -> list[Parts]:
    """The parts after each step of diffusers' schedulers, one for each part."""
    made = []
    for scheduler in schedulers:
        scheduler.set_begin_index(0)
    for step, timestep in enumerate(schedulers[0].timesteps[: len(schedulers[0].sigmas) - 1]):
        velocities = _velocities(parts, float(schedulers[0].sigmas[step]))
        noises = [{"variance_noise": noise} for noise in draws(step)] if draws else [{}, {}]
        parts = tuple(
            scheduler.step(v, timestep, x, return_dict=False, **noise)[0]
            for scheduler, v, x, noise in zip(schedulers, velocities, parts, noises, strict=True)
        )
        made.append(parts)
    return made


def _assert_same(ours: Iterator[Parts], theirs: list[Parts], tolerance: float = 1e-5) -> None:
    for step, (made, expected) in enumerate(zip(ours, theirs, strict=True)):
        for part, reference in zip(made, expected, strict=True):
            assert part.dtype == reference.dtype
            error = float((part - reference).norm() / reference.norm())
            assert error <= tolerance, f"step {step}: {error:.1e}"


def _pair(kind: Any, steps: int, **options: Any) -> list[Any]:
    schedulers = [kind(**options) for _ in range(2)]
    for scheduler in schedulers:
        scheduler.set_timesteps(steps)
    return schedulers


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("shift", [1.0, 3.0, 8.0])
def test_euler_is_flow_match_euler(steps: int, shift: float) -> None:
    theirs = _stepped(_pair(FlowMatchEulerDiscreteScheduler, steps, shift=shift), _noise(torch.float32))
    _assert_same(euler(_predict, _noise(torch.float32), flow_match_sigmas(steps, shift)), theirs)


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("shift", [1.0, 3.0, 8.0])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_unipc_is_unipc(steps: int, shift: float, order: int) -> None:
    schedulers = _pair(UniPCMultistepScheduler, steps, flow_shift=shift, solver_order=order, **FLOW)
    theirs = _stepped(schedulers, _noise(torch.float32))
    ours = unipc(_predict, _noise(torch.float32), unipc_sigmas(steps, shift), solver_order=order)
    _assert_same(ours, theirs)


@pytest.mark.parametrize(("steps", "order", "kind"), [(6, 2, "bh1"), (6, 3, "bh2"), (50, 3, "bh1"), (50, 2, "bh2")])
def test_unipc_is_unipc_to_the_last_digits_of_float64(steps: int, order: int, kind: str) -> None:
    """Diffusers holds levels in float32; held in float64 they show that the formulas are the same, not only close."""
    schedulers = _pair(UniPCMultistepScheduler, steps, flow_shift=5.0, solver_order=order, solver_type=kind, **FLOW)
    for scheduler in schedulers:
        scheduler.sigmas = scheduler.sigmas.double()
        scheduler.sigmas[-1] = 0.002
    sigmas = [*unipc_sigmas(steps, 5.0)[:-1], 0.002]
    theirs = _stepped(schedulers, _noise(torch.float64))
    ours = unipc(_predict, _noise(torch.float64), sigmas, solver_order=order, solver_type=kind)  # type: ignore[arg-type]
    _assert_same(ours, theirs, tolerance=1e-12)


@pytest.mark.parametrize("order", [2, 3])
def test_unipc_with_bh1_is_theirs_but_for_a_last_step_that_theirs_cannot_make(order: int) -> None:
    schedulers = _pair(UniPCMultistepScheduler, 7, flow_shift=3.0, solver_order=order, solver_type="bh1", **FLOW)
    *theirs, last = _stepped(schedulers, _noise(torch.float32))
    assert last[0].isnan().all()
    *ours, made = unipc(_predict, _noise(torch.float32), unipc_sigmas(7, 3.0), solver_order=order, solver_type="bh1")
    _assert_same(iter(ours), theirs)
    _assert_same(iter([made]), [_predict(ours[-1], unipc_sigmas(7, 3.0)[-2], 0.0)], tolerance=0)


@pytest.mark.parametrize("steps", [2, 5, 12])
@pytest.mark.parametrize("unmended", [[0], [0, 1, 4], list(range(12))])
@pytest.mark.parametrize("lower_order_final", [True, False])
def test_unipc_options_are_theirs(steps: int, unmended: list[int], lower_order_final: bool) -> None:
    """On a schedule that ends above 0, since theirs cannot make a step to 0 of higher order."""
    options = {"solver_order": 3, "lower_order_final": lower_order_final, "disable_corrector": unmended}
    schedulers = _pair(UniPCMultistepScheduler, steps, flow_shift=3.0, **options, **FLOW)
    for scheduler in schedulers:
        scheduler.sigmas[-1] = 0.01
    sigmas = [*unipc_sigmas(steps, 3.0)[:-1], 0.01]
    theirs = _stepped(schedulers, _noise(torch.float32))
    _assert_same(unipc(_predict, _noise(torch.float32), sigmas, **options), theirs)  # type: ignore[arg-type]


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("shift", [1.0, 3.0, 8.0])
@pytest.mark.parametrize("kind", ["midpoint", "heun"])
def test_dpm_solver_is_dpm_solver_multistep(steps: int, shift: float, kind: Any) -> None:
    schedulers = _pair(DPMSolverMultistepScheduler, steps, flow_shift=shift, solver_type=kind, **FLOW)
    theirs = _stepped(schedulers, _noise(torch.float32))
    ours = dpm_solver(_predict, _noise(torch.float32), dpm_solver_sigmas(steps, shift), solver_type=kind)
    _assert_same(ours, theirs)


def _draws(step: int) -> Parts:
    return _randn((2, 3, 4, 3), 100 + step).float(), _randn((2, 7, 5), 200 + step).float()


@pytest.mark.parametrize("steps", [1, 2, 3, 6, 20])
@pytest.mark.parametrize("kind", ["midpoint", "heun"])
def test_dpm_solver_with_noise_is_their_sde_solver(steps: int, kind: Any) -> None:
    options = {"flow_shift": 3.0, "solver_type": kind, "algorithm_type": "sde-dpmsolver++"}
    schedulers = _pair(DPMSolverMultistepScheduler, steps, **options, **FLOW)
    theirs = _stepped(schedulers, _noise(torch.float32), _draws)
    sigmas = dpm_solver_sigmas(steps, 3.0)
    _assert_same(dpm_solver(_predict, _noise(torch.float32), sigmas, solver_type=kind, noise=_draws), theirs)


class _Seeded:
    """Noise as diffusers draws it: one part's steps one after the other from one generator."""

    def __init__(self) -> None:
        self.generators = [torch.Generator().manual_seed(seed) for seed in (5, 6)]

    def __call__(self, _: int) -> Parts:
        return tuple(
            torch.randn(part.shape, generator=generator)
            for part, generator in zip(_noise(torch.float32), self.generators, strict=True)
        )


def _with_generators(schedulers: Sequence[Any]) -> list[Parts]:
    for scheduler, generator in zip(schedulers, _Seeded().generators, strict=True):
        step = scheduler.step
        scheduler.step = lambda *args, step=step, generator=generator, **more: step(*args, generator=generator, **more)
    return _stepped(schedulers, _noise(torch.float32))


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 8])
@pytest.mark.parametrize(
    ("kind", "options"), [(FlowMatchEulerDiscreteScheduler, {"stochastic_sampling": True}), (FlowMatchLCMScheduler, {})]
)
def test_renoise_is_stochastic_flow_match_euler_and_flow_match_lcm(
    steps: int, kind: Any, options: dict[str, Any]
) -> None:
    theirs = _with_generators(_pair(kind, steps, shift=5.0, **options))
    _assert_same(renoise(_predict, _noise(torch.float32), flow_match_sigmas(steps, 5.0), _Seeded()), theirs)


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_ancestral_is_ltx_euler_ancestral(eta: float) -> None:
    levels = [1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875]
    schedulers = [LTXEulerAncestralRFScheduler(eta=eta) for _ in range(2)]
    for scheduler in schedulers:
        scheduler.set_timesteps(sigmas=[*levels, 0.0])
    theirs = _with_generators(schedulers)
    _assert_same(ancestral(_predict, _noise(torch.float32), ending_in_zero(levels), _Seeded(), eta=eta), theirs)


@pytest.mark.parametrize(
    ("solver", "kind", "sigmas"),
    [
        (unipc, UniPCMultistepScheduler, unipc_sigmas(8, 3.0)),
        (dpm_solver, DPMSolverMultistepScheduler, dpm_solver_sigmas(8, 3.0)),
    ],
)
def test_solvers_round_no_more_than_theirs_in_bfloat16(solver: Solver, kind: Any, sigmas: list[float]) -> None:
    *_, exact = solver(_predict, _noise(torch.float32), sigmas)
    *_, ours = solver(_predict, _noise(torch.bfloat16), sigmas)
    theirs = _stepped(_pair(kind, 8, flow_shift=3.0, **FLOW), _noise(torch.bfloat16))[-1]
    for part, reference, right in zip(ours, theirs, exact, strict=True):
        assert part.dtype == torch.bfloat16
        assert (part - right).norm() <= 1.3 * (reference - right).norm() < 0.02 * right.norm()
