"""Causal convolution over video: each frame is made from itself and the frames before it, never from later ones.

The kernel over time, height and width is folded into one over height and width alone, whose channels are those of
neighbouring frames side by side: two-dimensional convolutions are fast everywhere, three-dimensional ones are not.
Frames stand channels-last, `b t h w c`, so that folding is one copy and every norm runs over neighbouring numbers.

What came before is a value that goes in and comes out (`Past`), so that a video can be made stretch by stretch and two
videos at once: nothing is kept on a module. A part that goes into a `Chain` maps `(frames, past)` to `(frames, past)`.
"""

from typing import TypeAlias

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

Past: TypeAlias = "Tensor | tuple[Past, ...] | None"
"""What a part knows of earlier stretches: None at the start of a video (and always, where nothing is to be known), the
last frames it read, or what each of its own parts knows."""


class CausalConv(nn.Conv2d):
    """A causal convolution of stride one with odd sides; the frame keeps its size, as zeros lie around it.

    Before the first frame lie zeros too, of which no product is computed.
    """

    def __init__(self, channels_in: int, channels_out: int, *, frames: int = 3, side: int = 3) -> None:
        super().__init__(frames * channels_in, channels_out, side, padding=side // 2)
        self.frames = frames

    def forward(  # type: ignore[override]
        self, x: Float[Tensor, "b t h w c"], past: Past = None
    ) -> tuple[Float[Tensor, "b t h w d"], Past]:
        """Read a stretch of one frame or more; the past is the frames before it, as many as the kernel sees."""
        assert not isinstance(past, tuple)
        seen = x if past is None else torch.cat([past, x], dim=1)
        known, count = seen.shape[1] - x.shape[1], seen.shape[1]
        made = [self._convolved(seen[:, :some], some) for some in range(known + 1, min(self.frames, count + 1))]
        if count >= self.frames:
            made.append(self._convolved(seen, self.frames))
        kept = seen[:, max(0, count - self.frames + 1) :].clone()  # a view would hold the whole stretch
        return torch.cat(made, dim=1) if len(made) > 1 else made[0], kept

    def _convolved(self, seen: Float[Tensor, "b n h w c"], taps: int) -> Float[Tensor, "b t h w d"]:
        """One frame out of each `taps` neighbours, by that many of the kernel's newest taps."""
        sides = side_by_side(seen, taps)
        weight = self.weight[:, -sides.shape[-1] :]
        return to_frames(F.conv2d(to_pictures(sides), weight, self.bias, padding=self.padding), seen.shape[0])


class Chain(nn.Sequential):
    """Parts one after another, each with its own past."""

    def forward(self, input: Float[Tensor, "b t h w c"], past: Past = None) -> tuple[Float[Tensor, "b t h w d"], Past]:
        """Go through all of them."""
        kept = []
        for part, before in zip(self, _split(past, len(self)), strict=True):
            input, after = part(input, before)
            kept.append(after)
        return input, tuple(kept)


def side_by_side(frames: Float[Tensor, "b n h w c"], count: int, stride: int = 1) -> Float[Tensor, "b t h w d"]:
    """The channels of each `count` neighbours, the oldest first; a group begins every `stride` frames."""
    if count == 1 and stride == 1:
        return frames
    ends = frames.shape[1] - count + 1
    return torch.cat([frames[:, first : first + ends : stride] for first in range(count)], dim=-1)


def folded(weight: Float[Tensor, "d c t h w"]) -> Float[Tensor, "d tc h w"]:
    """A kernel over time, height and width as one over neighbouring frames side by side."""
    return weight.movedim(2, 1).flatten(1, 2)


def to_pictures(frames: Float[Tensor, "b t h w c"]) -> Float[Tensor, "bt c h w"]:
    """Frames as a batch of pictures that lie channels-last in memory; no copy."""
    return frames.flatten(0, 1).movedim(-1, 1)


def to_frames(pictures: Float[Tensor, "bt c h w"], batch: int) -> Float[Tensor, "b t h w c"]:
    """The inverse of `to_pictures`."""
    return torch.unflatten(pictures.movedim(1, -1), 0, (batch, -1))


def _split(past: Past, count: int) -> tuple[Past, ...]:
    """What each of `count` parts knows."""
    if past is None:
        return (None,) * count
    assert isinstance(past, tuple)
    return past
