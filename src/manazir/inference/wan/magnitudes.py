"""What MagCache has to know of a checkpoint: how large what its blocks add is, from step to step.

It differs little from prompt to prompt, and much from checkpoint to checkpoint and from schedule to schedule; so it is
measured once on any request, and kept in a small file.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import torch

from manazir.core.errors import CheckpointError
from manazir.inference.wan.denoising import Expert, Request, denoise
from manazir.inference.wan.sampling import CLASSIFIER_FREE, WanSampling
from manazir.models.step_cache import Memory, Parts, Seen, StepCache


@dataclass(frozen=True, kw_only=True, slots=True)
class Magnitudes:
    """Of a checkpoint under a schedule."""

    model: str
    shift: float
    ratios: tuple[float, ...]
    """For each step, the mean size of what blocks add to a token, over that in the step before; 1 in an expert's first
    step. Branches of guidance are averaged."""


def measure_magnitudes(name: str, experts: Sequence[Expert], request: Request, sampling: WanSampling) -> Magnitudes:
    """Measure them on a request, with every block of every step computed."""
    measuring = _Measuring(threshold=0.0)
    for _ in denoise(experts, request, replace(sampling, cache=measuring, guidance_rule=CLASSIFIER_FREE)):
        pass
    steps = [
        [memory.ratios[step] for memory in measuring.begun if step in memory.ratios] for step in range(sampling.steps)
    ]
    return Magnitudes(model=name, shift=sampling.shift, ratios=tuple(sum(step) / len(step) for step in steps))


def save_magnitudes(magnitudes: Magnitudes, path: Path) -> None:
    """Write them down."""
    path.write_text(json.dumps(asdict(magnitudes), indent=1) + "\n")


def load_magnitudes(path: Path) -> Magnitudes:
    """Read them.

    Raises:
        CheckpointError: there are none, or the file is damaged.
    """
    try:
        about = json.loads(path.read_text())
        ratios = tuple(float(ratio) for ratio in about["ratios"])
        return Magnitudes(model=str(about["model"]), shift=float(about["shift"]), ratios=ratios)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CheckpointError(f"cannot read magnitudes from {path} ({error}); measure them again") from error


@dataclass(frozen=True, kw_only=True)
class _Measuring(StepCache):
    """Leaves nothing out, and keeps its memories at hand."""

    begun: list["_MeasuringMemory"] = field(default_factory=list)

    lead: ClassVar[int] = 0

    def begin(self, steps: int, first_step: int = 0) -> Memory:
        """See `StepCache`."""
        self.begun.append(_MeasuringMemory(self, steps, first_step))
        return self.begun[-1]


class _MeasuringMemory(Memory):
    def __init__(self, cache: StepCache, steps: int, first_step: int) -> None:
        super().__init__(cache, steps, first_step)
        self.ratios: dict[int, float] = {}
        self._sizes: torch.Tensor | None = None

    def learn(self, before: Parts, after: Parts) -> None:
        """Note how much larger this is than what was learned before."""
        added = [last - first for first, last in zip(before, after, strict=True)]
        sizes = torch.cat([torch.linalg.vector_norm(part, dim=-1, dtype=torch.float32) for part in added])
        last = sizes if self._sizes is None else self._sizes
        self.ratios[self.step - 1] = float((sizes / last.clamp(min=1e-8)).mean())
        self._sizes = sizes

    def _error(self, seen: Seen) -> float:  # noqa: ARG002
        return torch.inf

    def _note(self, seen: Seen, error: float | None) -> None:
        pass
