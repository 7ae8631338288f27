"""Heeding: what geometry is to do because words ask for it, told by heads on a text encoder's slots.

A generator that is sure of where bodies are may still hold its camera still when it is to pan, or let bodies miss each
other: so heads say what words ask for, and filming.py and meeting.py see to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.models.text.encoder import EncodedText, SceneReader
from manazir.worlds.scene import CameraMove, Event

HEEDED: Mapping[str, tuple[StrEnum, ...]] = {"camera": tuple(CameraMove), "event": tuple(Event)}
"""What is asked; answer 0: words do not say, 1: the first of these."""
SURELY = 0.7
"""How likely an answer must be for something to be done for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What words ask for. None: they do not say, or not clearly."""

    camera: CameraMove | None = None
    camera_speed: float = 1.0
    """1.0: as far in a window as scenes that teach have."""
    event: Event | None = None


def heeder(width: int) -> SceneReader:
    """Heads on the slots of a text encoder of a width. The first slot answers for the scene."""
    return SceneReader(width, {name: (0, len(answers) + 1) for name, answers in HEEDED.items()})


@torch.no_grad()
def asked(heads: SceneReader, text: EncodedText) -> Asked:
    """What one text asks for."""
    told = {name: _sure(logits[0]) for name, logits in heads(text).items()}
    camera, event = told["camera"], told["event"]
    return Asked(
        camera=None if camera is None else tuple(CameraMove)[camera],
        event=None if event is None else tuple(Event)[event],
    )


def _sure(logits: Float[Tensor, " answers"]) -> int | None:
    """Which of the answers is clearly given, counted from the first that says something."""
    chance, answer = torch.softmax(logits, dim=-1).max(-1)
    return int(answer) - 1 if int(answer) > 0 and float(chance) >= SURELY else None
