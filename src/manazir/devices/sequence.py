"""Ulysses: the tokens of a pack shared evenly among devices, and in attention the heads.

Source: DeepSpeed-Ulysses (arXiv:2309.14509). Two exchanges of all with all for each attention over a pack, whatever
its documents; attention to words stays on the device, for each has its own queries and all words.
"""

from dataclasses import dataclass

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

from manazir.models.sharing import Share


@dataclass(frozen=True, kw_only=True, slots=True)
class Ulysses(Share):
    """This device's share of a row of tokens, when others have the rest."""

    group: dist.ProcessGroup

    def to_heads(self, *parts: Tensor) -> tuple[Tensor, ...]:
        """All parts in one exchange: to each device go its heads of the tokens here."""
        stacked = torch.stack(parts, dim=2)
        count, heads = stacked.shape[:2]
        devices = len(self.sizes)
        sent = stacked.view(count, devices, heads // devices, *stacked.shape[2:]).transpose(0, 1).flatten(0, 1)
        got = sent.new_empty(sum(self.sizes), *sent.shape[1:])
        dist.all_to_all_single(got, sent.contiguous(), list(self.sizes), [count] * devices, group=self.group)
        return got.unbind(2)

    def to_tokens(self, part: Tensor) -> Tensor:
        """To each device go its tokens of the heads here."""
        count, devices = self.sizes[self.place], len(self.sizes)
        got = part.new_empty(devices * count, *part.shape[1:])
        dist.all_to_all_single(got, part.contiguous(), [count] * devices, list(self.sizes), group=self.group)
        return got.view(devices, count, *part.shape[1:]).transpose(0, 1).flatten(1, 2)

    def whole(self, x: Tensor) -> Tensor:
        """Shares are padded to the longest on their way."""
        longest = max(self.sizes)
        got = [x.new_empty(longest, *x.shape[1:]) for _ in self.sizes]
        dist.all_gather(got, F.pad(x, (0, 0, 0, longest - len(x))), group=self.group)
        return torch.cat([part[:size] for part, size in zip(got, self.sizes, strict=True)])


def even(tokens: int, devices: int) -> tuple[int, ...]:
    """Sizes that differ by one token at most.

    >>> even(10, 4)
    (3, 3, 2, 2)
    """
    return tuple(tokens // devices + (place < tokens % devices) for place in range(devices))
