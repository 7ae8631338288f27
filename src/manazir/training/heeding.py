"""Teaching heads on a finished text encoder what words ask of geometry, and when they ask for nothing."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core.seeds import derive
from manazir.inference.noor.heeding import heeder
from manazir.models.text.encoder import SceneReader, TextEncoder
from manazir.training.reading import IGNORE, Lesson, draw_lesson


class HeedingTask:
    """Cross entropy of what captions ask, or do not; the text encoder stays as it is.

    Args:
        lessons: where a batch comes from, on the generator's device; None: captions drawn on the spot.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        *,
        batch: int = 192,
        lessons: Callable[[int, torch.Generator], Lesson] | None = None,
    ) -> None:
        self.model: nn.Module = heeder(encoder.shape.width)
        self.encoder, self.batch, self.lessons = encoder.eval().requires_grad_(False), batch, lessons

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """One batch of captions; in the log, the share of answers that are right."""
        assert isinstance(model, SceneReader)
        words, told = self._lesson(step, generator)
        self.encoder.to(generator.device)
        with torch.no_grad():
            text = self.encoder(words.to(generator.device))
        losses, right = [], []
        for name, logits in model(text).items():
            wanted = asked_of(told[name]).to(generator.device)
            losses.append(F.cross_entropy(logits, wanted))
            right.append((logits.argmax(-1) == wanted).float().mean())
        return torch.stack(losses).sum(), {"right": float(torch.stack(right).mean())}

    def samples(self, model: nn.Module) -> NDArray[Any] | None:  # noqa: ARG002
        """There is nothing to look at."""
        return None

    def facts(self) -> dict[str, Any]:
        """How many captions a step there are."""
        return {"heeder": {"width": self.encoder.shape.width}, "batch": self.batch}

    def _lesson(self, step: int, generator: torch.Generator) -> Lesson:
        if self.lessons is not None:
            return self.lessons(self.batch, generator)
        return draw_lesson(self.batch, derive(generator.initial_seed(), "heeding", step), self.encoder.shape.limits)


def asked_of(answers: Int[Tensor, " n"]) -> Int[Tensor, " n"]:
    """What is asked, from what captions state: answer 0 where one does not."""
    return torch.where(answers == IGNORE, 0, answers)
