"""The eye: what is where in a picture, each frame by itself.

The painter the other way round, and learnt in the same way, by regression on single frames. Every square of eight
pixels votes: whether a thing covers it, and all that a layout says of that thing, its places counted from there.
`gathering.py` makes things of votes that agree. (Votes for centres: Hough voting as in arXiv:1904.09664.) It looks at
pixels: latents hold what a picture shows, but not an edge finer than a voter's square where it must be found.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.noor.sketch import PLACE_WIDTH, place_features, places_of
from manazir.models.noor.stages import BroadStage

FINE = 2
"""Votes along each side of a latent cell: one for every eight pixels."""
SQUARE = 4
"""Pixels along each side of the squares that are taken in."""
PLACES = [at.ACROSS, at.UP, at.SHADOW_ACROSS, at.SHADOW_UP, at.ROD_ACROSS, at.ROD_UP]
"""Features that are places in the picture: across, up, across, up, ..."""


@dataclass(frozen=True, slots=True)
class Votes:
    """What an eye says of `b` frames, at `n` places row by row: FINE along each side of a latent cell."""

    covered: Float[Tensor, "b n"]
    """Logits of whether a thing is seen there."""
    things: Float[Tensor, "b n f"]
    """The features of that thing; see core/layout.py."""
    scenery: Float[Tensor, "b f"]
    """The features of the set."""


class Eye(nn.Module):
    """Pictures of single frames → votes.

    Args:
        widths: of the stages at squares of 4, 8 and 16 pixels.
    """

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.enter = nn.Conv2d(3 * SQUARE**2 + PLACE_WIDTH, fine, 3, padding=1)
        self.fine_stages = nn.ModuleList([BroadStage(fine)])
        self.middle_stages = nn.ModuleList([BroadStage(middle) for _ in range(3)])
        self.coarse_stages = nn.ModuleList([BroadStage(coarse) for _ in range(3)])
        self.shrink = nn.ModuleList([nn.Conv2d(fine, middle, 2, stride=2), nn.Conv2d(middle, coarse, 2, stride=2)])
        self.grow = nn.ConvTranspose2d(coarse, middle, 2, stride=2)
        self.leave = nn.Conv2d(middle, 1 + at.FEATURES, 1)
        self.scenery = nn.Sequential(nn.Linear(2 * coarse, coarse), nn.SiLU(), nn.Linear(coarse, at.FEATURES))

    def forward(self, pictures: Float[Tensor, "b 3 h w"]) -> Votes:
        """Look at frames, -1 to 1, of sides that are multiples of 16."""
        first, *others = self.middle_stages
        middle = first(self.shrink[0](F.silu(self.fine_stages[0](self.enter(_squares(pictures))))))
        coarse = self.shrink[1](F.silu(middle))
        for stage in self.coarse_stages:
            coarse = stage(coarse)
        coarse = F.silu(coarse)
        middle = middle + self.grow(coarse)
        for stage in others:
            middle = stage(middle)
        votes = self.leave(F.silu(middle))
        here = places_of(votes.shape[2], votes.shape[3], votes.device) * at.PLACE_SCALE
        votes = votes.flatten(2).mT
        things = votes[..., 1:].clone()
        things[..., PLACES] += here.repeat(1, len(PLACES) // 2)
        scenery = self.scenery(torch.cat([coarse.mean((2, 3)), coarse.amax((2, 3))], dim=1))
        return Votes(votes[..., 0], _chances(things, at.KINDS), _chances(scenery, at.SET_KINDS))


def _squares(pictures: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b c h w"]:
    """The pixels of each square, and where it lies."""
    squares = F.pixel_unshuffle(pictures, SQUARE)
    b, _, rows, columns = squares.shape
    places = place_features(rows, columns, squares.device).T.view(1, PLACE_WIDTH, rows, columns)
    told = torch.cat([squares, places.to(squares.dtype).expand(b, -1, -1, -1)], dim=1)
    return told.contiguous(memory_format=torch.channels_last)


def _chances(features: Float[Tensor, "*b f"], groups: tuple[slice, ...]) -> Float[Tensor, "*b f"]:
    """Features of which one is KIND and the others are 0, as how likely each is, times KIND."""
    result = features.clone()
    for kinds in groups:
        result[..., kinds] = at.KIND * features[..., kinds].softmax(-1)
    return result
