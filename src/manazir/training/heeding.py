"""Teaching heads on a finished text encoder what words ask of geometry, and when they ask for nothing."""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core.seeds import derive
from manazir.inference.noor.heeding import HEEDED, heeder
from manazir.models.text.encoder import SceneReader, TextEncoder
from manazir.models.text.words import read_words
from manazir.training.reading import draw_captions
from manazir.worlds.captions import Caption


@dataclass(frozen=True, kw_only=True, slots=True)
class Heeding:
    """How the heads are taught."""

    batch: int = 192


class HeedingTask:
    """Fresh captions; the text encoder stays as it is."""

    def __init__(self, encoder: TextEncoder, heeding: Heeding) -> None:
        self.model: nn.Module = heeder(encoder.shape.width)
        self.encoder, self.heeding = encoder.eval().requires_grad_(False), heeding

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """Cross entropy; in the log, the share of answers that are right."""
        assert isinstance(model, SceneReader)
        said = draw_captions(self.heeding.batch, derive(generator.initial_seed(), "heeding", step))
        words = read_words([caption.text for caption in said], self.encoder.shape.limits).to(generator.device)
        self.encoder.to(generator.device)
        with torch.no_grad():
            text = self.encoder(words)
        losses, right = [], []
        for name, logits in model(text).items():
            asked = torch.tensor([asked_for(caption, name) for caption in said], device=generator.device)
            losses.append(F.cross_entropy(logits, asked))
            right.append((logits.argmax(-1) == asked).float().mean())
        return torch.stack(losses).sum(), {"right": float(torch.stack(right).mean())}

    def samples(self, model: nn.Module) -> NDArray[Any] | None:  # noqa: ARG002
        """There is nothing to look at."""
        return None

    def facts(self) -> dict[str, Any]:
        """How many captions a step there are."""
        return {"heeder": {"width": self.encoder.shape.width}, "batch": self.heeding.batch}


def asked_for(caption: Caption, name: str) -> int:
    """The answer's number; 0 where the caption does not state it."""
    if name not in caption.mentioned:
        return 0
    return 1 + HEEDED[name].index(getattr(caption.facts, name))
