"""One call of noor-mini's run: what it works with, and how long it teaches a stage."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import torch

from manazir.checkpoints.bundle import fill
from manazir.models.noor.transformer import Noor
from manazir.recipes.noor_mini import Learning, NoorMini
from manazir.training.export import load_trained
from manazir.training.fresh_clips import FreshClips
from manazir.training.ledger import Ledger
from manazir.training.loop import Progress, Task, train
from manazir.training.pace import Timed

LEAST_SECONDS = 5.0
"""A stage that begins late gets at least this."""


class Call:
    """A call, from when it began; its time is shared out among stages by what is left of the whole."""

    def __init__(
        self,
        mini: NoorMini,
        folder: Path,
        device: torch.device,
        ledger: Ledger,
        clips: FreshClips,
        began: float,
        tell: Callable[[str], None],
    ) -> None:
        """Take up the clips of the call before."""
        self.mini, self.folder, self.device = mini, folder, device
        self.ledger, self.clips, self.began, self.tell = ledger, clips, began, tell
        if (folder / "clips.pt").exists():
            clips.load(folder / "clips.pt")
            tell(f"{len(clips)} clips of the last call are taken up at {self.spent:.0f} s")

    @property
    def spent(self) -> float:
        """Seconds of this call."""
        return time.monotonic() - self.began

    @property
    def call_ends(self) -> float:
        """By `time.monotonic`: when teaching is over, so that there is time to leave what there is."""
        return self.began + self.mini.call_seconds - self.mini.closing_seconds

    def teach(self, name: str, task: Task, learning: Learning, seconds: float) -> bool:
        """Teach a stage for so long, and render meanwhile. Whether the stage is done."""
        stage, began = self.ledger.stage(name), time.monotonic()
        before, seconds = stage["seconds"], max(seconds, LEAST_SECONDS)
        pace = Timed(
            time.monotonic,
            stage_ends=began + seconds,
            call_ends=self.call_ends,
            cooldown_seconds=learning.cooldown_share * (before + seconds),
            most_steps=self.mini.most_steps,
        )
        loop, refilled = learning.loop(self.mini.precision, self.mini.log_every), began
        for line in train(task, loop, self.folder / name, self.device, pace):
            share = self.mini.render_share / (1 - self.mini.render_share)
            self.clips.refill(share * (time.monotonic() - refilled))
            refilled = time.monotonic()
            stage.update(seconds=before + refilled - began, steps=line.step, is_done=line.step >= line.steps)
            self._note(name, line)
        return bool(stage["is_done"])

    def _note(self, name: str, line: Progress) -> None:
        self.ledger.drawn = self.clips.workers.drawn
        self.ledger.write(self.spent)
        numbers = ", ".join(f"{key} {value:.3f}" for key, value in line.numbers.items())
        self.tell(
            f"{self.spent:6.0f} s  {name} {line.step} of {line.steps}: loss {line.loss:.4f}, {numbers}; "
            f"{1000 * line.seconds_per_step:.0f} ms a step, {self.clips.rendered} clips"
        )

    def share(self, name: str, share: float) -> float:
        """Seconds that a stage has left of its share of the whole."""
        return share * self.mini.total_seconds - float(self.ledger.stage(name)["seconds"])

    def rest(self) -> float:
        """Seconds of training that are left of the whole, without the ends and beginnings of calls."""
        left = self.mini.total_seconds - self.ledger.seconds - self.spent
        later = left - max(0.0, self.mini.call_seconds - self.spent)
        more_calls = math.ceil(max(0.0, later) / max(self.mini.call_seconds, 1.0))
        closing, opening = self.mini.closing_seconds, self.mini.opening_seconds
        return left - closing - more_calls * (opening + closing)

    def generator(self, run: str, animator: Path | None = None) -> Noor:
        """The generator of a stage of this run."""
        weights, _ = load_trained(self.folder / run, animator)
        network = Noor(self.mini.shape)
        fill(network, weights, f"the run in {self.folder / run}")
        return network.to(self.device)
