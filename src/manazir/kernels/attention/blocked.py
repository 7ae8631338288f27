"""Attention as plain matrix products over blocks of queries: for bfloat16 on CPUs.

PyTorch's fused kernel is half as fast there as its matrix products are. A block's scores stay in the cache.
"""

from collections.abc import Sequence
from itertools import product

import torch
from torch import Tensor

from manazir.kernels.attention.spans import Span

_BLOCK = 256
"""Queries."""
_SCORES = 1 << 22
"""Of a block, over as many heads as they allow. Both were tried out on one core of an AMD EPYC."""


def blocked(query: Tensor, key: Tensor, value: Tensor, spans: Sequence[Span]) -> Tensor:
    """Block by block, several heads at once."""
    result = torch.empty_like(query)
    for span in spans:
        q, out = query[span.queries].transpose(0, 1), result[span.queries].transpose(0, 1)
        k = key[span.keys].permute(1, 2, 0).contiguous()
        v = value[span.keys].transpose(0, 1).contiguous()
        at_once = max(1, _SCORES // (_BLOCK * k.shape[2]))
        for heads, block in product(_parts(len(q), at_once), _parts(q.shape[1], _BLOCK)):
            scores = torch.baddbmm(q.new_empty(1, 1, 1), q[heads, block], k[heads], beta=0, alpha=q.shape[-1] ** -0.5)
            out[heads, block] = scores.softmax(-1) @ v[heads]
    return result


def _parts(length: int, step: int) -> list[slice]:
    return [slice(first, min(first + step, length)) for first in range(0, length, step)]
