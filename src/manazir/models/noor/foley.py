"""The foley: how a layout sounds, from the layout alone.

Bodies that touch sound in one way: a convolutional network over time learns it by plain regression. It is told
what a network would need many clips to work out: how fast each thing goes and turns, how sharply it changes its course,
how far it is from the ground and from each other thing. Hops lie between two frames: a blow is heard
when it happens. Levels are logarithms, so that their mean is a sound too.
"""

from itertools import combinations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.noor.layers import fourier
from manazir.models.noor.sketch import nearness, radius_of

_THINGS = at.SLOTS - 1
_MOVES = [at.ACROSS, at.UP, at.BULK, at.HEIGHT]
_LOOKS = [at.ROD, *range(at.SHAPE.start, at.MATERIAL.stop), at.SIZE, at.FIXED]
_PAIRS = list(combinations(range(_THINGS), 2))
_WIDTH = _THINGS * (2 + 3 * len(_MOVES) + 6 + len(_LOOKS)) + 3 * len(_PAIRS)
"""Numbers of a frame."""
_PHASE = 16
"""Numbers that say where between two frames a hop lies."""
_DILATIONS = (1, 2, 4, 8, 16)
"""In hops: a body rings for a second."""


class _Stage(nn.Module):
    """A residual block over time."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(width, width, 5, dilation=dilation)
        self.second = nn.Conv1d(width, width, 1)
        for weight in self.second.parameters():
            nn.init.zeros_(weight)

    def forward(self, x: Float[Tensor, "b c n"]) -> Float[Tensor, "b c n"]:
        earlier = F.pad(F.silu(x), (4 * self.first.dilation[0], 0))  # nothing is heard before it happens
        added: Tensor = self.second(F.silu(self.first(earlier)))
        return x + added


class Foley(nn.Module):
    """Layouts → sound tokens.

    Args:
        sound_width: numbers in a sound token.
        hops: how many hops a token has.
        width: of the network.
    """

    def __init__(self, sound_width: int, hops: int, width: int) -> None:
        super().__init__()
        self.hops = hops
        self.enter = nn.Conv1d(_WIDTH, width, 5)
        self.between = nn.Conv1d(2 * width + _PHASE, width, 1)
        self.stages = nn.ModuleList(_Stage(width, dilation) for dilation in _DILATIONS)
        self.leave = nn.Conv1d(width, sound_width // hops, 1)
        for weight in self.leave.parameters():
            nn.init.zeros_(weight)

    def forward(self, layout: Float[Tensor, "b t s f"], tokens: int) -> Float[Tensor, "b a n"]:
        """Say what `tokens` sound tokens hold that share the layout's time evenly.

        A hop is told of the two frames after it at most: only then does a thing's change of course show.
        """
        frames = self.enter(F.pad(happenings(layout).mT, (4, 0)))
        x = self.between(_between(frames, tokens * self.hops))
        for stage in self.stages:
            x = stage(x)
        sound: Tensor = self.leave(F.silu(x)).mT.reshape(len(layout), tokens, -1)
        return sound


def _between(frames: Float[Tensor, "b c t"], hops: int) -> Float[Tensor, "b c2 hops"]:
    """For the middle of each hop, the frame before, the frame after, and how far the one is left behind."""
    count = frames.shape[2]
    times = (torch.arange(hops, device=frames.device) + 0.5) * (count / max(hops, 1))
    before = times.long().clamp(max=count - 1)
    phase = fourier(times - before, _PHASE).T.expand(len(frames), -1, -1).to(frames.dtype)
    return torch.cat([frames[:, :, before], frames[:, :, (before + 1).clamp(max=count - 1)], phase], dim=1)


def happenings(layout: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t n"]:
    """What of each frame may be heard: where things are, how they move, what they are, how near they are."""
    things = layout[:, :, at.SET + 1 :]
    there = (things[..., at.PRESENT, None] > 0).to(layout.dtype)
    moves, turns = things[..., _MOVES], things[..., at.TURN]
    speeds, spins = change(moves), change(turns)
    bends = speeds - torch.cat([speeds[:, :1], speeds[:, :-1]], dim=1)
    alone = [there, moves, 4.0 * speeds, 8.0 * bends, 2.0 * spins, things[..., _LOOKS], above_ground(things)]
    of_each = (torch.cat(alone, dim=-1) * there).flatten(2)
    return torch.cat([of_each, _pairs(things, there)], dim=-1)


def change(values: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t s f"]:
    """What each frame's next has more."""
    return torch.cat([values[:, 1:] - values[:, :-1], torch.zeros_like(values[:, :1])], dim=1)


def above_ground(things: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t s 1"]:
    """How far a thing's lowest point is above the ground, in its sizes, were it a ball."""
    height = (things[..., at.HEIGHT] - at.HEIGHT_LEAST) / at.HEIGHT_SCALE
    size = torch.exp(things[..., at.SIZE] / at.SIZE_SCALE + at.SIZE_CENTRE)
    return (height / size - 1.0).clamp(-1.0, 3.0)[..., None]


def _pairs(things: Float[Tensor, "b t s f"], there: Float[Tensor, "b t s 1"]) -> Float[Tensor, "b t n"]:
    """Of each two things: the gap between their outlines, were they balls, how it changes, and which is nearer."""
    first, second = (list(side) for side in zip(*_PAIRS, strict=True))
    places, radius = things[..., [at.ACROSS, at.UP]] / at.PLACE_SCALE, radius_of(things)
    apart = (places[:, :, first] - places[:, :, second]).square().sum(-1).add(1e-4).sqrt()
    gap = (apart / (radius[:, :, first] + radius[:, :, second]) - 1.0).clamp(-1.0, 3.0)
    depth = nearness(things)
    of_pair = torch.stack(
        [gap, 4.0 * change(gap[..., None])[..., 0], 4.0 * (depth[:, :, first] - depth[:, :, second])], -1
    )
    return (of_pair * there[:, :, first] * there[:, :, second]).flatten(2)
