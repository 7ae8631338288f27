"""Heeding: what geometry is to do because words ask for it, told by heads on a text encoder's slots.

A generator that is sure of where bodies are may still hold its camera still when it is to pan, or let bodies miss each
other: so heads say what words ask for, and filming.py and meeting.py see to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import torch

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
    event: Event | None = None


def heeder(width: int) -> SceneReader:
    """Heads on the slots of a text encoder of a width. The first slot answers for the scene."""
    return SceneReader(width, {name: (0, len(answers) + 1) for name, answers in HEEDED.items()})


@torch.no_grad()
def asked(heads: SceneReader, text: EncodedText) -> Asked:
    """What one text asks for."""
    told: dict[str, Any] = {}
    for name, logits in heads(text).items():
        chance, answer = torch.softmax(logits[0], dim=-1).max(-1)
        is_sure = int(answer) > 0 and float(chance) >= SURELY
        told[name] = HEEDED[name][int(answer) - 1] if is_sure else None
    return Asked(**told)
