"""Teaching the text encoder to read, before any picture: from captions to what the scene holds.

Captions cost no rendering, so hundreds of thousands pass by in minutes; the generator then starts with words that
already mean colours, bodies and events, in both languages. Slot 0 of the encoder answers for the scene, slot 1 for the
body that acts, slot 2 for the one that it happens to, the next for the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core.seeds import derive
from manazir.models.text.encoder import SceneReader, TextEncoder, TextEncoderShape
from manazir.models.text.words import WordLimits, Words, read_words
from manazir.worlds.captions import (
    LANGUAGES,
    Caption,
    draw_caption,
    draw_whole_caption,
    is_held_out,
    vocabularies,
)
from manazir.worlds.captions.facts import BODY_VOCABULARIES, LABELLED_BODIES
from manazir.worlds.families import MIXTURE, draw_scene
from manazir.worlds.scene import Scene

IGNORE = -100
"""What cross entropy passes over: facts that a caption does not state."""

POSITIONS = ("actor", "patient")
"""Labels that say a place in the order of mention; slots have an order of their own, so nothing is left to ask."""


def questions() -> dict[str, tuple[int, int]]:
    """Every label: the slot that answers it, and how many answers there are."""
    result = {}
    for key, values in vocabularies().items():
        if key not in POSITIONS:
            slot = int(key[4 : key.index("_")]) if key.startswith("body") else 0
            result[key] = (slot, len(values) + 1)
    return result


def answers(caption: Caption) -> dict[str, int]:
    """Labels of a caption with the bodies in the order of a layout's slots; IGNORE where it does not say."""
    labels = caption.facts.labels()
    told = {key: labels[key] if key in caption.mentioned else IGNORE for key in labels if key not in POSITIONS}
    bodies = {}
    for role, place in enumerate(caption.slots[:LABELLED_BODIES], start=1):
        for attribute in BODY_VOCABULARIES:
            bodies[f"body{role}_{attribute}"] = told.get(f"body{place + 1}_{attribute}", IGNORE)
    return told | bodies


Lesson = tuple[Words, dict[str, Tensor]]
"""Captions as words, and the answer of each to each question, IGNORE where it does not say."""


class ReadingTask:
    """Cross entropy over every fact that a caption states. The model's two parts: the encoder, and its reader.

    Args:
        lessons: where a batch comes from, on the generator's device; None: captions drawn on the spot.
    """

    def __init__(
        self,
        shape: TextEncoderShape,
        *,
        batch: int = 96,
        lessons: Callable[[int, torch.Generator], Lesson] | None = None,
    ) -> None:
        self.encoder = TextEncoder(shape)
        self.model: nn.Module = nn.ModuleDict(
            {"encoder": self.encoder, "reader": SceneReader(shape.width, questions())}
        )
        self.shape, self.batch, self.lessons = shape, batch, lessons

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """One batch of captions."""
        assert isinstance(model, nn.ModuleDict)
        if self.lessons is None:
            words, told = draw_lesson(self.batch, derive(generator.initial_seed(), "captions", step), self.shape.limits)
        else:
            words, told = self.lessons(self.batch, generator)
        loss, right = marked(model["reader"](model["encoder"](words.to(generator.device))), told)
        return loss, {"right": right}

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:  # noqa: ARG002
        """There is nothing to look at."""
        return None

    def facts(self) -> dict[str, Any]:
        """The encoder's shape."""
        return {"text": asdict(self.shape)}


def marked(logits: dict[str, Tensor], told: dict[str, Tensor]) -> tuple[Tensor, float]:
    """Cross entropy of what was answered, and the share that is right."""
    losses, right, asked = [], 0, 0
    for key, answer in logits.items():
        target = told[key].to(answer.device)
        if (target != IGNORE).any():
            losses.append(F.cross_entropy(answer, target, ignore_index=IGNORE, reduction="sum"))
            right += int((answer.argmax(-1) == target).sum())
            asked += int((target != IGNORE).sum())
    return torch.stack(losses).sum() / asked, right / asked


def stacked(told: Sequence[dict[str, int]]) -> dict[str, Tensor]:
    """Answers of several captions, label by label."""
    return {key: torch.tensor([labels[key] for labels in told]) for key in told[0]}


def draw_lesson(count: int, seed: int, limits: WordLimits) -> Lesson:
    """Fresh captions, and what they say."""
    captions = draw_captions(count, seed)
    told = stacked([answers(caption) for caption in captions])
    return read_words([caption.text for caption in captions], limits), told


def draw_captions(count: int, seed: int) -> list[Caption]:
    """Captions of scenes drawn from the teaching mixture, half in each language; none of a held-out combination.

    All are of one level of detail, so that they are about equally long and little of the batch is padding. Half of
    them speak of every body, as those do that teach the generator.
    """
    rng = np.random.default_rng(seed)
    detail = int(rng.integers(4))
    events, weights = list(MIXTURE), np.array(list(MIXTURE.values()))
    result: list[Caption] = []
    while len(result) < count:
        event = events[int(rng.choice(len(events), p=weights / weights.sum()))]
        scene: Scene = draw_scene(event, int(rng.integers(2**62)))
        if not is_held_out(scene):
            language, draw = LANGUAGES[len(result) % 2], (draw_caption, draw_whole_caption)[len(result) // 2 % 2]
            result.append(draw(scene, language, int(rng.integers(2**62)), detail))
    return result
