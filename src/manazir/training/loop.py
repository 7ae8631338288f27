"""One training loop for every model, on a CPU and on a GPU: resumable to the step, with an average of the weights.

A task says what is trained and what its loss is; the loop does the rest. Everything random in step N follows from
the seed and N, so a run that was interrupted goes on exactly as if it had not been.
"""

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core.errors import CheckpointError
from manazir.core.seeds import derive
from manazir.training.muon import optimizers


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop:
    """How long and how fast to train."""

    steps: int
    warmup_steps: int = 100
    cooldown_steps: int = 400
    """The learning rate falls to zero over the last steps. A run may be resumed with more steps than it had."""
    muon_learning_rate: float = 0.02
    adam_learning_rate: float = 1e-3
    rate_shares: tuple[tuple[str, float], ...] = ()
    """Of the learning rates, for parts of the model whose names begin so."""
    gradient_limit: float = 1.0
    ema_decay: float = 0.998
    log_every: int = 20
    save_every_seconds: float = 300.0
    samples_every: int = 500
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the products inside the loss; weights, their average and the optimisers' states are float32 in any case."""
    seed: int = 0


class Task(Protocol):
    """What is trained."""

    model: nn.Module

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """Return the loss of one batch, and numbers for the log."""

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:
        """Return a picture of what the model does now, if there is one to show."""

    def facts(self) -> dict[str, Any]:
        """Return what a checkpoint must remember: the resolved configuration, the data's hash."""


class Pace(Protocol):
    """Who says how long a run takes while it runs."""

    def plan(self, loop: Loop, step: int) -> Loop:
        """Return the loop with the steps there are to be, as far as is known after `step` of them."""

    def is_over(self) -> bool:
        """Whether to stop here for now: the run is saved, and goes on when it is called again."""


class AsPlanned:
    """The pace of a run whose steps are counted beforehand."""

    def plan(self, loop: Loop, step: int) -> Loop:  # noqa: ARG002
        """The loop as it is."""
        return loop

    def is_over(self) -> bool:
        """Never before its end."""
        return False


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of a run's log."""

    step: int
    steps: int
    loss: float
    seconds_per_step: float
    numbers: dict[str, float]
    picture: NDArray[np.uint8] | None = None


def learning_rate_share(step: int, loop: Loop) -> float:
    """Warm up, stay, cool down: the share of the full learning rate at a step."""
    return min(1.0, (step + 1) / max(loop.warmup_steps, 1), (loop.steps - step) / max(loop.cooldown_steps, 1))


def train(task: Task, loop: Loop, folder: Path, device: torch.device, pace: Pace | None = None) -> Iterator[Progress]:
    """Train until `loop.steps`, from where `folder` stands; yield a line every `log_every` steps.

    Args:
        pace: changes the plan on the way, where time is what is given; None: `loop.steps` it is.

    Raises:
        CheckpointError: the folder holds a run of another model.
    """
    folder.mkdir(parents=True, exist_ok=True)
    task.model.to(device)
    chosen = optimizers(task.model, loop.muon_learning_rate, loop.adam_learning_rate, loop.rate_shares)
    average = {name: value.detach().clone().float() for name, value in task.model.state_dict().items()}
    step = _resume(folder, task.model, average, chosen)
    saved_at = logged_at = time.monotonic()
    losses: list[float] = []
    pace = pace or AsPlanned()
    loop = pace.plan(loop, step)
    while step < loop.steps:
        loss, numbers = _one_step(task, loop, chosen, step, device)
        losses.append(loss)
        step += 1
        _update_average(average, task.model, min(loop.ema_decay, (1 + step) / (10 + step)))
        loop = pace.plan(loop, step)
        is_last = step >= loop.steps
        is_over = is_last or pace.is_over()
        if time.monotonic() - saved_at > loop.save_every_seconds or is_over:
            _save(folder, step, task, average, chosen, loop)
            saved_at = time.monotonic()
        if step % loop.log_every == 0 or is_over:
            now = time.monotonic()
            picture = _picture(task, average) if step % loop.samples_every == 0 or is_last else None
            line = Progress(step, loop.steps, float(np.mean(losses)), (now - logged_at) / len(losses), numbers, picture)
            _log(folder, line)
            yield line
            losses, logged_at = [], time.monotonic()
        if is_over:
            return


def _one_step(
    task: Task, loop: Loop, chosen: list[torch.optim.Optimizer], step: int, device: torch.device
) -> tuple[float, dict[str, float]]:
    generator = torch.Generator(device).manual_seed(derive(loop.seed, "step", step))
    share = learning_rate_share(step, loop)
    for optimizer, full in zip(chosen, _full_rates(chosen, loop), strict=True):
        for group in optimizer.param_groups:
            group["lr"] = full * share * group["share"]
    task.model.train()
    with _products(loop, device):
        loss, numbers = task.loss(task.model, step, generator)
    torch.autograd.backward(loss)
    norm = nn.utils.clip_grad_norm_(task.model.parameters(), loop.gradient_limit)
    for optimizer in chosen:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return float(loss.detach()), numbers | {"gradient": float(norm)}


def _products(loop: Loop, device: torch.device) -> AbstractContextManager[Any]:
    """Within, matrices are multiplied in the loop's precision."""
    if loop.precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def _full_rates(chosen: list[torch.optim.Optimizer], loop: Loop) -> list[float]:
    return [loop.adam_learning_rate if isinstance(o, torch.optim.AdamW) else loop.muon_learning_rate for o in chosen]


@torch.no_grad()
def _update_average(average: dict[str, Tensor], model: nn.Module, decay: float) -> None:
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            average[name].lerp_(value.float(), 1 - decay)
        else:
            average[name].copy_(value)


def _picture(task: Task, average: dict[str, Tensor]) -> NDArray[np.uint8] | None:
    """What the averaged weights make; the trained ones are put back."""
    trained = {name: value.clone() for name, value in task.model.state_dict().items()}
    task.model.load_state_dict(average)
    task.model.eval()
    with torch.no_grad():
        picture = task.samples(task.model)
    task.model.load_state_dict(trained)
    return picture


def _log(folder: Path, line: Progress) -> None:
    entry = {"step": line.step, "loss": line.loss, "seconds_per_step": line.seconds_per_step, **line.numbers}
    with (folder / "log.jsonl").open("a") as log:
        log.write(json.dumps({key: round(value, 5) for key, value in entry.items()}) + "\n")


def _save(
    folder: Path,
    step: int,
    task: Task,
    average: dict[str, Tensor],
    chosen: list[torch.optim.Optimizer],
    loop: Loop,
) -> None:
    state = {
        "step": step,
        "model": task.model.state_dict(),
        "average": average,
        "optimizers": [optimizer.state_dict() for optimizer in chosen],
        "facts": json.dumps(task.facts()),
        "seed": loop.seed,
    }
    temporary = folder / "state.pt.tmp"
    torch.save(state, temporary)
    temporary.replace(folder / "state.pt")


def _resume(folder: Path, model: nn.Module, average: dict[str, Tensor], chosen: list[torch.optim.Optimizer]) -> int:
    path = folder / "state.pt"
    if not path.exists():
        return 0
    state = torch.load(path, map_location=next(model.parameters()).device, weights_only=True)
    try:
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(chosen, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
    except (RuntimeError, ValueError, KeyError) as error:
        raise CheckpointError(f"{folder} holds a run of another model: {error}; choose another folder") from error
    average.update(state["average"])
    return int(state["step"])


def load_average(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The averaged weights of a run, and what its task said of itself.

    Raises:
        CheckpointError: the folder holds no run.
    """
    path = folder / "state.pt"
    if not path.exists():
        raise CheckpointError(f"{folder} holds no run; train first: `manazir train RECIPE --folder {folder}`")
    state = torch.load(path, map_location="cpu", weights_only=True)
    return state["average"], json.loads(state["facts"])
