"""Places: where each token of a stretch stands, in time and in the picture, and what it may see."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.layers import rotary_angles
from manazir.models.noor.stretch import Guide, repeated


@dataclass(frozen=True, slots=True)
class Places:
    """Of `n` tokens: those of the video, of the layout, of the sound."""

    rows: Int[Tensor, " n"]
    """Which row of conditions belongs to each: there is one for each group of frames, each group of a layout and each
    sound token."""
    rotary: tuple[Float[Tensor, "n half"], Float[Tensor, "n half"]]
    """Cosines and sines of each token's place."""
    seen: Bool[Tensor, "b 1 n_or_1 keys"]
    """Which words and tokens each may see."""


def places(
    grid: tuple[int, int, int], layouts: int, sounds: int, items: int, guide: Guide, rotary_dims: tuple[int, int, int]
) -> Places:
    """Places of so many tokens in each of so many items. All share the axis of time (arXiv:2510.01284).

    Rows and columns count from the middle, so that pictures of different shapes agree about where the middle is.
    """
    device, groups = guide.text.tokens.device, grid[0]
    t, h, w = (torch.arange(size, device=device, dtype=torch.float32) for size in grid)
    middle = (grid[1] - 1) / 2, (grid[2] - 1) / 2
    video = torch.stack(torch.meshgrid(t + 0.5, h - middle[0], w - middle[1], indexing="ij"), dim=-1).reshape(-1, 3)
    rows = torch.arange(groups, device=device).repeat_interleave(grid[1] * grid[2])
    if guide.drawn is not None:
        video, rows = video.index_select(0, guide.drawn), rows.index_select(0, guide.drawn)
    layout, layout_ends = _spread(layouts, groups, at.SLOTS, device)
    sound, sound_ends = _spread(sounds, groups, 1, device)
    of_layout = torch.arange(groups, groups + layouts, device=device).repeat_interleave(at.SLOTS)
    rows = torch.cat([rows, of_layout, torch.arange(sounds, device=device) + groups + layouts])
    angles = rotary_angles(torch.cat([video, layout, sound]), rotary_dims)
    ends = torch.cat([video[:, 0] + 0.5, layout_ends, sound_ends])
    return Places(rows, (angles.cos(), angles.sin()), _seen(guide, items, ends))


def _seen(guide: Guide, b: int, ends: Float[Tensor, " n"]) -> Bool[Tensor, "b 1 n_or_1 keys"]:
    """Text is seen where it is present; other tokens always, or only if they end no later (causal)."""
    n = len(ends)
    text = repeated(guide.text.present, b // len(guide.text.present))[:, None, None, :]
    if not guide.is_causal:
        return torch.cat([text, text.new_ones(b, 1, 1, n)], dim=-1)
    earlier = (ends[None, :] <= ends[:, None] + 1e-3).expand(b, 1, n, n)
    return torch.cat([text.expand(b, 1, n, -1), earlier], dim=-1)


def _spread(
    count: int, groups: int, copies: int, device: torch.device
) -> tuple[Float[Tensor, "n 3"], Float[Tensor, " n"]]:
    """Positions of tokens without a place in the picture that share the time of `groups` evenly, and their ends."""
    length = groups / max(count, 1)
    start = torch.arange(count, device=device).repeat_interleave(copies) * length
    positions = torch.zeros(len(start), 3, device=device)
    positions[:, 0] = start + length / 2
    return positions, start + length
