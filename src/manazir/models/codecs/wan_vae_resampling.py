"""How the Wan video autoencoders halve and double sizes and rates; parts of a `Chain` over `b t h w c`.

A video's first frame stands for itself and never has a partner: it is neither halved nor doubled in time, and the
convolutions over time that do so begin behind it.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.models.codecs.causal_conv import CausalConv, Past, side_by_side, to_frames, to_pictures


class Downsample(nn.Module):
    """Half the height and width, and half the rate if `halves_time`."""

    def __init__(self, width: int, *, halves_time: bool) -> None:
        super().__init__()
        self.space = nn.Conv2d(width, width, 3, stride=2)
        self.time = nn.Linear(3 * width, width) if halves_time else None

    def forward(self, x: Float[Tensor, "b t h w c"], past: Past = None) -> tuple[Float[Tensor, "b u i j c"], Past]:
        """Read frames of even sides; a stretch has an odd number of frames at the start and an even one later."""
        padded = F.pad(x, (0, 0, 0, 1, 0, 1))  # zeros at the right and below
        x = to_frames(self.space(to_pictures(padded)), x.shape[0])
        return (x, None) if self.time is None else self._halved(x, past)

    def _halved(self, x: Float[Tensor, "b t i j c"], past: Past) -> tuple[Float[Tensor, "b u i j c"], Past]:
        """One frame out of each two and the one before them; the past is that frame."""
        assert self.time is not None
        assert not isinstance(past, tuple)
        kept = x[:, -1:].clone()
        seen = x if past is None else torch.cat([past, x], dim=1)
        pairs = [self.time(side_by_side(seen, 3, stride=2))] if seen.shape[1] > 1 else []
        first = [x[:, :1]] if past is None else []
        return torch.cat(first + pairs, dim=1), kept


class Upsample(nn.Module):
    """Twice the height and width, and twice the rate if `doubles_time`."""

    def __init__(self, width_in: int, width_out: int, *, doubles_time: bool) -> None:
        super().__init__()
        self.time = CausalConv(width_in, 2 * width_in, side=1) if doubles_time else None
        self.space = nn.Conv2d(width_in, width_out, 3, padding=1)

    def forward(self, x: Float[Tensor, "b t h w c"], past: Past = None) -> tuple[Float[Tensor, "b u i j d"], Past]:
        """Double the rate, then the size."""
        if self.time is not None:
            x, past = self._doubled(x, past)
        return self._enlarged(x), past

    def _doubled(self, x: Float[Tensor, "b t h w c"], past: Past) -> tuple[Float[Tensor, "b u h w c"], Past]:
        """Two frames of each; behind the first frame, the past begins without any."""
        assert self.time is not None
        alone = 1 if past is None else 0
        first, rest = x[:, :alone], x[:, alone:]
        if not rest.shape[1]:
            return first, rest
        pairs, past = self.time(rest, past)
        doubled = torch.unflatten(pairs, -1, (2, -1)).movedim(-2, 2).flatten(1, 2)
        return torch.cat([first, doubled], dim=1), past

    def _enlarged(self, x: Float[Tensor, "b t h w c"]) -> Float[Tensor, "b t i j d"]:
        """The 3x3 convolution of each pixel taken four times, without taking any four times.

        Of a row and column of three neighbours, two are the same pixel, so that 2x2 kernels do, one for each of the
        four: less than half of the products.
        """
        batch, frames, height, width, _ = x.shape
        kernel, bias = _quartered(self.space.weight), self.space.bias
        assert bias is not None
        made = to_frames(F.conv2d(to_pictures(x), kernel, bias.repeat(4), padding=1), batch)
        corners = torch.unflatten(made, -1, (2, 2, -1))
        enlarged = x.new_empty(batch, frames, height, 2, width, 2, corners.shape[-1])
        for down in range(2):
            for right in range(2):
                part = corners[:, :, down : height + down, right : width + right, down, right]
                enlarged[:, :, :, down, :, right] = part
        return enlarged.flatten(4, 5).flatten(2, 3)


class AverageShortcut(nn.Module):
    """Halves by averaging, beside a stage of the encoder: pixels become channels, of which groups are averaged."""

    def __init__(self, width_out: int, *, by_time: int, by_space: int) -> None:
        super().__init__()
        self.by_time, self.by_space = by_time, by_space
        self.width_out = width_out

    def forward(self, x: Float[Tensor, "b t h w c"]) -> Float[Tensor, "b u i j d"]:
        """A start has an odd number of frames: the first one's partner is zero."""
        x = F.pad(x, (0, 0, 0, 0, 0, 0, x.shape[1] % self.by_time, 0))
        batch, frames, height, width, _ = x.shape
        time, space = self.by_time, self.by_space
        boxes = x.reshape(batch, frames // time, time, height // space, space, width // space, space, -1)
        cells = boxes.permute(0, 1, 3, 5, 7, 2, 4, 6)  # b t h w, then channel, time, down, right
        return cells.reshape(*cells.shape[:4], self.width_out, -1).mean(-1)


class RepeatShortcut(nn.Module):
    """Doubles by repeating, beside a stage of the decoder: channels are repeated and become pixels."""

    def __init__(self, repeats: int, *, by_time: int) -> None:
        super().__init__()
        self.repeats = repeats
        self.by_time = by_time

    def forward(self, x: Float[Tensor, "b t h w c"]) -> Float[Tensor, "b u i j d"]:
        """Every frame is doubled; at the start, whoever adds this drops the first."""
        cells = torch.unflatten(x.repeat_interleave(self.repeats, dim=-1), -1, (-1, self.by_time, 2, 2))
        grown = cells.permute(0, 1, 5, 2, 6, 3, 7, 4)  # b, t and time, h and down, w and right, channel
        return grown.flatten(5, 6).flatten(3, 4).flatten(1, 2)


def _quartered(weight: Float[Tensor, "d c 3 3"]) -> Float[Tensor, "d4 c 2 2"]:
    """2x2 kernels of the upper left, upper right, lower left and lower right of each four pixels."""
    whole = weight.float()  # sums are rounded once
    above, here, below = whole.unbind(2)
    rows = torch.stack([torch.stack([above, here + below], 2), torch.stack([above + here, below], 2)])
    left, here, right = rows.unbind(4)
    corners = torch.stack([torch.stack([left, here + right], 4), torch.stack([left + here, right], 4)], 1)
    return corners.flatten(0, 2).to(weight.dtype).contiguous(memory_format=torch.channels_last)
