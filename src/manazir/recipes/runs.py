"""What recipes take up from runs and bundles: trained networks, and weights that a generator starts with."""

from pathlib import Path

import torch
from torch import nn

from manazir.checkpoints.bundle import fill, load_about, load_part
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.noor.painter import Painter
from manazir.models.noor.transformer import Noor, NoorShape
from manazir.training.export import load_noor
from manazir.training.loop import load_average


def load_codec(folder: Path) -> PictureCodec:
    """The codec of a run, or of a bundle."""
    if (folder / "model.json").exists():
        about = load_about(folder)
        codec = PictureCodec(PictureCodecShape(**about["codec"]))
        fill(codec, load_part(folder, about, "codec"), f"the codec of {folder}")
        return codec.eval()
    weights, facts = load_average(folder)
    codec = PictureCodec(PictureCodecShape(**facts["codec"]))
    fill(codec, weights, f"the codec of {folder}")
    return codec.eval()


def load_generator(folder: Path, shape: NoorShape) -> tuple[Noor, bool]:
    """The generator of a run, or of a bundle, and whether it was distilled."""
    if (folder / "model.json").exists():
        about = load_about(folder)
        weights, is_distilled = load_part(folder, about, "noor"), bool(about["makes"]["is_distilled"])
    else:
        weights, facts = load_noor(folder)
        is_distilled = "distillation" in facts
    noor = Noor(shape)
    fill(noor, weights, f"the generator of {folder}")
    return noor, is_distilled


def load_painter(folder: Path, shape: NoorShape) -> Painter:
    """The painter of a run."""
    painter = Painter(shape.channels, shape.painter_widths)
    _fill_part(painter, folder, "painter")
    return painter


def start_from_reader(model: Noor, folder: Path) -> None:
    """Give a generator the text encoder of a run."""
    weights, _ = load_average(folder)
    encoder = {name.removeprefix("encoder."): value for name, value in weights.items() if name.startswith("encoder.")}
    with torch.no_grad():
        model.text_encoder.load_state_dict(encoder)


def start_from_painter(model: Noor, folder: Path) -> None:
    """Give a generator the painter of a run."""
    _fill_part(model.painter, folder, "painter")


def start_from_eye(model: Noor, folder: Path) -> None:
    """Give a generator the eye of a run."""
    _fill_part(model.eye, folder, "eye")


def start_from_foley(model: Noor, folder: Path) -> None:
    """Give a generator the foley of a run."""
    _fill_part(model.foley, folder, "foley")


def start_from_finisher(model: Noor, folder: Path) -> None:
    """Give a generator the finisher of a run."""
    _fill_part(model.finisher, folder, "finisher")


def _fill_part(part: nn.Module, folder: Path, name: str) -> None:
    weights, _ = load_average(folder)
    fill(part, weights, f"the {name} of {folder}")
