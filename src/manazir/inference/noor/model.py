"""A Noor model ready for use: its networks, and what it was made for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from manazir.checkpoints.bundle import fill, load_about, load_part, weights_hash
from manazir.core.errors import CheckpointError, ShapeError
from manazir.inference.catalogue import DEFAULT, find_bundle
from manazir.inference.noor.heeding import heeder
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.noor.steerer import Steerer
from manazir.models.noor.transformer import Noor, NoorShape
from manazir.models.text.encoder import SceneReader, TextEncoderShape
from manazir.models.text.words import WordLimits


@dataclass(frozen=True, slots=True)
class NoorModel:
    """Networks on a device, and the facts of their bundle."""

    name: str
    noor: Noor
    codec: PictureCodec
    steerer: Steerer
    heeder: SceneReader | None
    """Says what words ask of geometry; None: nothing is done for them but what the generator does."""
    sizes: tuple[tuple[int, int], ...]
    """Native (width, height)s."""
    window: int
    """Frames that are made at once."""
    frame_rate: float
    longest_seconds: float
    shift: float
    guidance_scale: float
    layout_steps: int
    is_distilled: bool
    default_steps: int
    draft_layout_steps: int
    draft_steps: int
    actions: tuple[str, ...]
    weights_hash: str

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return next(self.noor.parameters()).device

    def native_size(self, width: int, height: int) -> tuple[int, int]:
        """The native size nearest in shape to a wanted one."""
        return min(self.sizes, key=lambda size: abs(_log_ratio(size, (width, height))))

    def check_size(self, width: int, height: int) -> None:
        """Raise unless a size is native.

        Raises:
            ShapeError: names the native sizes.
        """
        if (width, height) not in self.sizes:
            names = ", ".join(f"{w}x{h}" for w, h in self.sizes)
            told = f"{self.name} makes {names}, not {width}x{height}; choose one of them, "
            told += "or let the result be enlarged (--resample)"
            raise ShapeError(told).named("no_such_size", model=self.name, width=width, height=height)


def load_model(name: str = DEFAULT, device: torch.device | None = None, folder: Path | None = None) -> NoorModel:
    """Load a model by name, or from a folder.

    Raises:
        UnsupportedError: no model has that name.
        CheckpointError: weights are absent, damaged, or of another architecture.
    """
    folder = folder or find_bundle(name)
    about = load_about(folder)
    try:
        return _build(name, folder, about, device or torch.device("cpu"))
    except (KeyError, TypeError) as error:
        raise CheckpointError(f"{folder / 'model.json'} does not describe a Noor model ({error})") from error


def shape_from(about: dict[str, Any]) -> NoorShape:
    """A Noor shape from its plain data."""
    text = dict(about["text"])
    limits = WordLimits(**text.pop("limits"))
    tuples = {name: tuple(about[name]) for name in ("rotary_dims", "painter_widths", "eye_widths", "finisher_widths")}
    return NoorShape(**{**about, "text": TextEncoderShape(**text, limits=limits), **tuples})


def _build(name: str, folder: Path, about: dict[str, Any], device: torch.device) -> NoorModel:
    noor, codec = Noor(shape_from(about["noor"])), PictureCodec(PictureCodecShape(**about["codec"]))
    fill(noor, load_part(folder, about, "noor"), name)
    fill(codec, load_part(folder, about, "codec"), f"{name}'s picture codec")
    makes = about["makes"]
    steerer = Steerer(about["steerer"]["width"], makes["frame_rate"])
    fill(steerer, load_part(folder, about, "steerer"), f"{name}'s steerer")
    heads = heeder(noor.shape.text.width) if "heeder" in about else None
    if heads is not None:
        fill(heads, load_part(folder, about, "heeder"), f"{name}'s heeder")
    return NoorModel(
        name=name,
        noor=noor.to(device).eval(),
        codec=codec.to(device).eval(),
        steerer=steerer.to(device).eval(),
        heeder=None if heads is None else heads.to(device).eval(),
        sizes=tuple((w, h) for w, h in makes["sizes"]),
        window=makes["window"],
        frame_rate=makes["frame_rate"],
        longest_seconds=makes["longest_seconds"],
        shift=makes["shift"],
        guidance_scale=makes["guidance_scale"],
        layout_steps=makes["layout_steps"],
        is_distilled=makes["is_distilled"],
        default_steps=makes["default_steps"],
        draft_layout_steps=makes["draft_layout_steps"],
        draft_steps=makes["draft_steps"],
        actions=tuple(makes["actions"]),
        weights_hash=weights_hash(about),
    )


def _log_ratio(a: tuple[int, int], b: tuple[int, int]) -> float:
    return float(torch.log(torch.tensor(a[0] / a[1] * b[1] / b[0])))
