"""The eye: what is where in a picture, from its latents alone, each frame by itself.

The painter the other way round, and learnt in the same way, by regression on single frames. Every quarter of a latent
cell votes: whether a thing covers it, and all that a layout says of that thing, its places counted from there.
`gathering.py` makes things of votes that agree. (Votes for centres: Hough voting as in arXiv:1904.09664.)
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
"""Votes along each side of a latent cell."""
PLACES = [at.ACROSS, at.UP, at.SHADOW_ACROSS, at.SHADOW_UP, at.ROD_ACROSS, at.ROD_UP]
"""Features that are places in the picture: across, up, across, up, ..."""
_STAGES = 5


@dataclass(frozen=True, slots=True)
class Votes:
    """What an eye says of `b` frames, at `n` places row by row."""

    covered: Float[Tensor, "b n"]
    """Logits of whether a thing is seen there."""
    things: Float[Tensor, "b n f"]
    """The features of that thing; see core/layout.py."""
    scenery: Float[Tensor, "b f"]
    """The features of the set."""


class Eye(nn.Module):
    """Latents of single frames → votes."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(channels + PLACE_WIDTH, width, 3, padding=1)
        self.stages = nn.ModuleList(BroadStage(width) for _ in range(_STAGES))
        self.leave = nn.Conv2d(width, FINE**2 * (1 + at.FEATURES), 1)
        self.scenery = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, at.FEATURES))

    def forward(self, latents: Float[Tensor, "b c h w"]) -> Votes:
        """Look at frames."""
        b, _, rows, columns = latents.shape
        places = place_features(rows, columns, latents.device).T.view(1, PLACE_WIDTH, rows, columns)
        x = torch.cat([latents, places.to(latents.dtype).expand(b, -1, -1, -1)], dim=1)
        x = self.enter(x.contiguous(memory_format=torch.channels_last))
        for stage in self.stages:
            x = stage(x)
        x = F.silu(x)
        scenery = self.scenery(torch.cat([x.mean((2, 3)), x.amax((2, 3))], dim=1))
        votes = F.pixel_shuffle(self.leave(x), FINE).flatten(2).mT
        here = places_of(FINE * rows, FINE * columns, latents.device) * at.PLACE_SCALE
        things = votes[..., 1:].clone()
        things[..., PLACES] += here.repeat(1, len(PLACES) // 2)
        return Votes(votes[..., 0], _chances(things, at.KINDS), _chances(scenery, at.SET_KINDS))


def _chances(features: Float[Tensor, "*b f"], groups: tuple[slice, ...]) -> Float[Tensor, "*b f"]:
    """Features of which one is KIND and the others are 0, as how likely each is, times KIND."""
    result = features.clone()
    for kinds in groups:
        result[..., kinds] = at.KIND * features[..., kinds].softmax(-1)
    return result
