"""What an installed model makes, known before anything of it is loaded. Imports no torch."""

import json
import math
from dataclasses import dataclass
from typing import Any

from manazir.checkpoints.families import honoured
from manazir.checkpoints.library import installed_manifests, model_folder
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.core.canvas import Canvas, Need
from manazir.core.errors import CheckpointError, ManazirError, ShapeError
from manazir.inference.catalogue import ABILITIES, MODELS, check_is_here, find_bundle, installed_bundle

LARGEST_SIDE = 4096
"""Pixels that a result is enlarged to at most; beyond, an enlargement only costs memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A model's abilities. What a card does not know, loading finds out."""

    name: str
    honours: frozenset[Need]
    sizes: tuple[tuple[int, int], ...] = ()
    """All (width, height)s that it makes; empty: not known, or more than can be listed."""
    frame_rate: float | None = None
    longest_seconds: float | None = None
    default_seconds: float | None = None

    def check(self, canvas: Canvas) -> None:
        """Raise if a canvas asks for a size, a rate or a length that the model does not make.

        Raises:
            ShapeError: names those that it makes.
        """
        if self.sizes and canvas.width is not None and (canvas.width, canvas.height) not in self.sizes:
            names = ", ".join(f"{w}x{h}" for w, h in self.sizes)
            raise ShapeError(f"{self.name} makes {names}, not {canvas.width}x{canvas.height}")
        if None not in (self.frame_rate, canvas.frame_rate) and canvas.frame_rate != self.frame_rate:
            raise ShapeError(f"{self.name} makes {self.frame_rate:g} frames/s, not {canvas.frame_rate:g}")
        seconds = canvas.duration_seconds or 0.0
        if seconds > (self.longest_seconds or math.inf) + 1e-6:
            most = f"{self.longest_seconds:g} s"
            raise ShapeError(f"{seconds:g} s is more than {self.name} makes; ask for {most} at most")


def card_of(name: str) -> Card:
    """The card of a model that is on this machine.

    Raises:
        UnsupportedError: no model has that name.
        CheckpointError: its weights are not here, or damaged.
    """
    check_is_here(name)
    return _noor(name) if name in MODELS else _open(name, load_manifest(model_folder(name)))


def installed_cards() -> tuple[Card, ...]:
    """Of all models on this machine that are whole, the one that ships first."""
    cards = []
    names = [name for name in MODELS if installed_bundle(name) is not None]
    names += [name for name, told in installed_manifests().items() if isinstance(told, Manifest) and name not in MODELS]
    for name in names:
        try:
            cards.append(card_of(name))
        except ManazirError:
            continue  # damaged: `manazir models list` says so, and whoever asks for it by name is told why
    return tuple(cards)


def _noor(name: str) -> Card:
    path = find_bundle(name) / "model.json"
    try:
        makes: dict[str, Any] = json.loads(path.read_text())["makes"]
        return Card(
            name=name,
            honours=ABILITIES,
            sizes=tuple((int(width), int(height)) for width, height in makes["sizes"]),
            frame_rate=float(makes["frame_rate"]),
            longest_seconds=float(makes["longest_seconds"]),
            default_seconds=makes["window"] / makes["frame_rate"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path} does not describe a Noor model ({error})") from error


def _open(name: str, manifest: Manifest) -> Card:
    transformer = manifest.part("transformer")
    config = {} if transformer is None else transformer.config
    return Card(name=name, honours=honoured(manifest.family, manifest.settings, config))
