"""Attention as plain matrix products over blocks of queries: for bfloat16 on CPUs.

PyTorch's fused kernel is half as fast there as its matrix products are. A block's scores stay in the cache.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from manazir.kernels.attention.spans import Span

_BLOCK = 128
"""Queries."""


def blocked(query: Tensor, key: Tensor, value: Tensor, spans: Sequence[Span]) -> Tensor:
    """Block by block, all heads at once."""
    result = torch.empty_like(query)
    scaled = query * query.shape[-1] ** -0.5
    for span in spans:
        k = key[span.keys].permute(1, 2, 0).contiguous()
        v = value[span.keys].transpose(0, 1).contiguous()
        for first in range(span.queries.start, span.queries.stop, _BLOCK):
            block = slice(first, min(first + _BLOCK, span.queries.stop))
            weights = (scaled[block].transpose(0, 1) @ k).softmax(-1)
            result[block] = (weights @ v).transpose(0, 1)
    return result
