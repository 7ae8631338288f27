"""What an installed model makes, known before anything of it is loaded. Imports no torch."""

import json
from dataclasses import dataclass, replace
from typing import Any

from manazir.checkpoints.families import GENERIC, honoured, needs_picture
from manazir.checkpoints.library import installed_manifests, model_folder
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.checkpoints.pipeline_call import Call, from_settings
from manazir.core.canvas import Need
from manazir.core.errors import CheckpointError, ManazirError, ShapeError
from manazir.inference.card_file import read_card
from manazir.inference.catalogue import ABILITIES, MODELS, check_is_here, find_bundle, installed_bundle
from manazir.inference.choices import NOOR, choices_of, choices_of_pipeline
from manazir.inference.generic.makes import LONGEST_SECONDS, MULTIPLE, check_size, fixed_rate, usual_rate, usual_size
from manazir.inference.makes import Makes

LARGEST_SIDE = 4096
"""Pixels that a result is enlarged to at most; beyond, an enlargement only costs memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A model's abilities. What a card does not know, loading finds out."""

    name: str
    honours: frozenset[Need]
    sizes: tuple[tuple[int, int], ...] = ()
    """(width, height)s that it was taught at, and makes if nobody asks for one. All that it makes, unless `makes` knows
    of others. Empty: not known."""
    frame_rate: float | None = None
    longest_seconds: float | None = None
    default_seconds: float | None = None
    steps: int | None = None
    """Of denoising, unless somebody chooses."""
    window: int | None = None
    """Frames of the shortest loop; others are longer by halves of it. None: it closes none."""
    actions: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    """What may be chosen beside a canvas, of the names in `choices.EVERY`."""
    guidance_scale: float | None = None
    """Away from unwanted words, unless somebody chooses; None: not known."""
    needs_picture: bool = False
    """Whether it was taught to start from something that is seen, and does not without."""
    makes: Makes | None = None
    """Of open weights: how sizes and latent frames lie."""
    call: Call | None = None
    """Of what runs through diffusers: how its pipeline is called."""

    @property
    def is_generic(self) -> bool:
        """Whether no engine of ours runs it."""
        return self.call is not None

    @property
    def size_multiple(self) -> int | None:
        """What both sides of other sizes are multiples of; None: there are no others, or it is not known."""
        if self.call is not None:
            return MULTIPLE if "width" in self.call.takes else None
        return None if self.makes is None else self.makes.multiple

    @property
    def goes_on(self) -> bool:
        """Whether longer clips are made in parts, as far as its length is concerned."""
        return self.longest_seconds is not None and self.call is None

    def rate_for(self, asked: float | None) -> float | None:
        """Frames a second; None: not known.

        Args:
            asked: what is asked for; None: nothing.
        """
        return self.frame_rate if self.call is None else self.frame_rate or asked or usual_rate(self.call)

    def check_size(self, width: int, height: int) -> None:
        """Raise if the model does not make a size.

        Raises:
            ShapeError: names those that it makes.
        """
        if self.call is not None:
            check_size(self.name, self.call, width, height)
        elif self.makes is not None:
            self.makes.check_size(width, height)
        elif self.sizes and (width, height) not in self.sizes:
            names = ", ".join(f"{w}x{h}" for w, h in self.sizes)
            told = f"{self.name} makes {names}, not {width}x{height}"
            raise ShapeError(told).named("no_such_size", model=self.name, width=width, height=height)

    def is_guided(self, chosen: float | None, of_sound: float | None = None) -> bool | None:
        """Whether it moves away from unwanted words, and so reads them; None: not known.

        Args:
            chosen: a guidance scale; None: its own.
            of_sound: the same of its sound's.
        """
        scale = self.guidance_scale if chosen is None else chosen
        if scale is None or self.call is not None:
            return None
        if self.makes is None:
            return scale != 1.0
        return max(scale, self.makes.kept_guidance_scale if of_sound is None else of_sound) > 1.0

    def is_too_long(self, frames: int, seconds: float | None) -> bool:
        """Whether so many frames are more than it makes; or so many seconds, which pipelines go by."""
        if self.longest_seconds is not None and self.call is not None:
            return (seconds or 0.0) > self.longest_seconds
        if self.longest_seconds is None or self.frame_rate is None:
            return False
        spare = 0 if self.makes is None else 1  # whole latent frames, and one
        return frames > self.longest_seconds * self.frame_rate + spare + 1e-6


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
            steps=int(makes["default_steps"]),
            choices=NOOR,
            guidance_scale=float(makes["guidance_scale"]),
            window=int(makes["window"]),
            actions=tuple(map(str, makes["actions"])),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path} does not describe a Noor model ({error})") from error


def _open(name: str, manifest: Manifest) -> Card:
    transformer = manifest.part("transformer")
    config = {} if transformer is None else transformer.config
    if manifest.family == GENERIC:
        return _generic(name, from_settings(manifest.settings))
    card = Card(
        name=name,
        honours=honoured(manifest.family, manifest.settings, config),
        needs_picture=needs_picture(manifest.family, manifest.settings, config),
        choices=choices_of(manifest),
    )
    makes = read_card(model_folder(name))
    if makes is None:
        return card
    return replace(
        card,
        sizes=makes.sizes,
        frame_rate=makes.frame_rate,
        longest_seconds=makes.longest_seconds,
        default_seconds=makes.frames / makes.frame_rate,
        steps=makes.steps,
        guidance_scale=makes.guidance_scale,
        makes=makes,
    )


def _generic(name: str, call: Call) -> Card:
    """What a call says; what it leaves open, the pipeline knows once it is loaded."""
    size, frames, steps = usual_size(call), call.usual.get("frames"), call.usual.get("steps")
    return Card(
        name=name,
        honours=call.honours,
        sizes=() if size is None else (size,),
        frame_rate=fixed_rate(call),
        longest_seconds=LONGEST_SECONDS,
        default_seconds=None if frames is None else frames / usual_rate(call),
        steps=None if steps is None else int(steps),
        needs_picture=call.needs_picture,
        choices=choices_of_pipeline(call),
        call=call,
    )
