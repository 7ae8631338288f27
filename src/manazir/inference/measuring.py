"""How long the stages of a model take, beside what the machine could do: its products and its copies."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from manazir.inference.counting import count
from manazir.kernels.linear import linear

_COPIES = {"cpu": 1 << 26, "cuda": 1 << 30}
"""Bytes that are copied: more than caches hold."""
_SIDES = {"cpu": 1536, "cuda": 8192}
"""Of matrices."""
_TIMES = 5


@dataclass(frozen=True, slots=True)
class Rates:
    """What a device can do, in a second."""

    flop: float
    """Products and sums in large products of matrices."""
    bytes: float
    """Read, and as many written, in large copies: both are counted."""

    def best(self, other: "Rates") -> "Rates":
        """Of two measurements: what else the machine does makes either too low."""
        return Rates(max(self.flop, other.flop), max(self.bytes, other.bytes))


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of making a clip."""

    name: str
    work: Callable[[], object]
    weights: Sequence[Tensor]
    """That it may read."""
    dtype: torch.dtype = torch.float32
    """That it computes in."""
    calls: int = 1
    """How often a usual clip asks for it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One stage, once."""

    name: str
    dtype: torch.dtype
    seconds: float
    """The least of all runs."""
    calls: int
    flop: int
    weight_bytes: int

    def share(self, rates: Rates) -> float:
        """Of what the device can do; 1.0 is all of it: its products at the device's rate, or reading its weights once.

        What takes longer of these two counts.
        """
        return max(self.flop / rates.flop, self.weight_bytes / rates.bytes) / self.seconds


@torch.no_grad()
def measure_rates(device: torch.device, dtype: torch.dtype) -> Rates:
    """Measure a device: the best of some tries, of all ways to multiply that are used here. A second on a CPU."""
    side, size = _SIDES[device.type], _COPIES[device.type]
    a, b = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    source, target = (torch.zeros(size, dtype=torch.uint8, device=device) for _ in range(2))
    product = min(_least_seconds(work, device, _TIMES) for work in (lambda: a @ b, lambda: linear(a, b, None)))
    copy = _least_seconds(lambda: target.copy_(source), device, _TIMES)
    return Rates(2 * side**3 / product, 2 * size / copy)


@torch.no_grad()
def measure(stages: Sequence[Stage], device: torch.device, runs: int) -> Iterator[Measured]:
    """Measure one stage after the other, each after one run that warms up and is counted."""
    for stage in stages:
        asked = count(stage.work, stage.weights)
        seconds = _least_seconds(stage.work, device, runs)
        yield Measured(stage.name, stage.dtype, seconds, stage.calls, asked.flop, asked.weight_bytes)


def _least_seconds(work: Callable[[], object], device: torch.device, runs: int) -> float:
    least = float("inf")
    for _ in range(runs):
        _wait(device)
        began = time.perf_counter()
        work()
        _wait(device)
        least = min(least, time.perf_counter() - began)
    return least


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
