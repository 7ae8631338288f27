"""The segmenter: a small convolutional network that says of every pixel whose it is, of which colour and which shape.

Taught on rendered truth, made worse as generated clips are, by `benchmarks/fit_detectors.py`; nothing of any generating
model goes into it. (Fine and coarse views joined again: U-Net, arXiv:1505.04597.)
"""

import functools
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from manazir.core.errors import CheckpointError
from manazir.evaluation.detectors.readout import FITTED
from manazir.models.noor.stages import BroadStage
from manazir.worlds.palette import COLOURS
from manazir.worlds.scene import Shape

BACKGROUND = "background"
CLASSES = (BACKGROUND, *COLOURS)
RAMP = "ramp"
KINDS_OF_PIXEL = (BACKGROUND, *(shape.value for shape in Shape), RAMP)
FILE = "pixels.safetensors"
_WIDTHS = (20, 40, 64)
_COARSEST = 8
"""Pixels along the side of a square of the coarsest view."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Logits of what each pixel is."""

    colours: Float[Tensor, "b c h w"]
    """Of `CLASSES`."""
    kinds: Float[Tensor, "b k h w"]
    """Of `KINDS_OF_PIXEL`."""


class Segmenter(nn.Module):
    """Pictures, -1 to 1 → segments."""

    def __init__(self, widths: tuple[int, int, int] = _WIDTHS) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.enter = nn.Conv2d(3 * 4, fine, 3, padding=1)
        self.fine_stages = nn.ModuleList(BroadStage(fine) for _ in range(2))
        self.middle_stages = nn.ModuleList(BroadStage(middle) for _ in range(2))
        self.coarse_stages = nn.ModuleList(BroadStage(coarse) for _ in range(3))
        self.shrink = nn.ModuleList([nn.Conv2d(fine, middle, 2, stride=2), nn.Conv2d(middle, coarse, 2, stride=2)])
        self.grow = nn.ModuleList(
            [nn.ConvTranspose2d(coarse, middle, 2, stride=2), nn.ConvTranspose2d(middle, fine, 2, stride=2)]
        )
        self.leave = nn.Conv2d(fine, 4 * (len(CLASSES) + len(KINDS_OF_PIXEL)), 1)

    def forward(self, pictures: Float[Tensor, "b 3 h w"]) -> Segments:
        """Segment pictures of any size."""
        h, w = pictures.shape[2:]
        margin = (0, -w % _COARSEST, 0, -h % _COARSEST)
        squares = F.pixel_unshuffle(F.pad(pictures, margin, mode="replicate"), 2)
        fine = self.fine_stages[0](self.enter(squares.contiguous(memory_format=torch.channels_last)))
        middle = self.middle_stages[0](self.shrink[0](F.silu(fine)))
        coarse = self.shrink[1](F.silu(middle))
        for stage in self.coarse_stages:
            coarse = stage(coarse)
        middle = self.middle_stages[1](middle + self.grow[0](F.silu(coarse)))
        fine = self.fine_stages[1](fine + self.grow[1](F.silu(middle)))
        logits = F.pixel_shuffle(self.leave(F.silu(fine)), 2)[..., :h, :w]
        return Segments(*torch.split(logits, [len(CLASSES), len(KINDS_OF_PIXEL)], dim=1))


@functools.cache
def load_segmenter() -> Segmenter:
    """Read the taught segmenter.

    Raises:
        CheckpointError: there is none, or it is damaged.
    """
    path = FITTED / FILE
    network = Segmenter()
    try:
        network.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    except FileNotFoundError:
        raise CheckpointError(f"no {FILE} in {FITTED}; benchmarks/fit_detectors.py makes it") from None
    except (SafetensorError, RuntimeError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); benchmarks/fit_detectors.py makes it anew") from error
    return network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
