"""Samplers by name: a solver with the schedule that it is used with, and what networks are told at each level."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from manazir.core.errors import UnsupportedError
from manazir.diffusion.dpm_solver import dpm_solver
from manazir.diffusion.renoise import renoise
from manazir.diffusion.schedules import (
    TRAINED_LEVELS,
    dpm_solver_sigmas,
    dpm_solver_timesteps,
    ending_in_zero,
    evenly,
    flow_match_sigmas,
    nearest_sigmas,
    shifted,
    unipc_sigmas,
    unipc_timesteps,
)
from manazir.diffusion.solvers import Noise, Parts, Predict, euler
from manazir.diffusion.unipc import unipc

SOLVERS = ("unipc", "dpm++", "euler", "renoise")
"""`renoise` is for networks that were distilled to a few steps; the others are for all."""

DISTILLED_TIMESTEPS = (1000, 757, 522)
"""That Wan was distilled at by DMD (FastVideo); `renoise` takes them where three steps are asked for."""


@dataclass(frozen=True, slots=True)
class Sampler:
    """How to walk from noise to what is clean."""

    sigmas: tuple[float, ...]
    """From the first level to 0."""
    timesteps: tuple[float, ...]
    """What the network is told at each but the last."""
    walk: Callable[[Predict, Parts, Noise], Iterator[Parts]]
    """Predictions, noisy parts, and noise for solvers that want more of it → the parts after each step."""

    @property
    def steps(self) -> int:
        """How many there are."""
        return len(self.timesteps)


def make_sampler(solver: str, steps: int, shift: float, strength: float = 1.0) -> Sampler:
    """A sampler.

    Args:
        strength: share of the steps that are taken; the walk starts that far up, with noise on what is to be changed.

    Raises:
        UnsupportedError: there is no such solver.
    """
    check_solver(solver)
    sigmas, timesteps = _levels(solver, steps, shift)
    skipped = steps - max(1, min(int(steps * strength), steps))
    sigmas, timesteps = sigmas[skipped:], timesteps[skipped:]
    return Sampler(tuple(sigmas), tuple(timesteps), partial(_walk, solver, sigmas))


def check_solver(name: str) -> None:
    """Refuse a name that is none.

    Raises:
        UnsupportedError: names those there are.
    """
    if name not in SOLVERS:
        raise UnsupportedError(f"no solver {name!r}; have {', '.join(SOLVERS)}")


def _levels(solver: str, steps: int, shift: float) -> tuple[list[float], list[float]]:
    if solver == "unipc":
        return unipc_sigmas(steps, shift), [float(told) for told in unipc_timesteps(steps, shift)]
    if solver == "dpm++":
        return dpm_solver_sigmas(steps, shift), [float(told) for told in dpm_solver_timesteps(steps, shift)]
    if solver == "renoise" and steps == len(DISTILLED_TIMESTEPS):
        return nearest_sigmas(DISTILLED_TIMESTEPS, shift), [float(told) for told in DISTILLED_TIMESTEPS]
    sigmas = flow_match_sigmas(steps, shift) if solver == "euler" else ending_in_zero(shifted(evenly(steps), shift))
    return sigmas, [sigma * TRAINED_LEVELS for sigma in sigmas[:-1]]


def _walk(solver: str, sigmas: list[float], predict: Predict, noisy: Parts, noise: Noise) -> Iterator[Parts]:
    if solver == "unipc":
        return unipc(predict, noisy, sigmas)
    if solver == "dpm++":
        return dpm_solver(predict, noisy, sigmas)
    return euler(predict, noisy, sigmas) if solver == "euler" else renoise(predict, noisy, sigmas, noise)
