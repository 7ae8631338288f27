"""PyTorch's own attention; neighbouring spans of the same sizes go as one batch."""

from collections.abc import Sequence
from itertools import groupby, pairwise

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from manazir.kernels.attention.spans import Span


def sdpa(query: Tensor, key: Tensor, value: Tensor, spans: Sequence[Span]) -> Tensor:
    """By whatever PyTorch chooses for the device."""
    parts = []
    for _, group in groupby(spans, key=lambda span: span.sizes):
        same = list(group)
        q, k, v = _queries(query, same), _keys(key, same), _keys(value, same)
        out = F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
        parts.append(out.transpose(1, 2).flatten(0, 1))
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def cudnn(query: Tensor, key: Tensor, value: Tensor, spans: Sequence[Span]) -> Tensor:
    """By cuDNN, and by nothing else."""
    with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
        return sdpa(query, key, value, spans)


def _queries(query: Tensor, same: Sequence[Span]) -> Tensor:
    part = query[same[0].queries.start : same[-1].queries.stop]
    return part.view(len(same), -1, *query.shape[1:])


def _keys(part: Tensor, same: Sequence[Span]) -> Tensor:
    """Rows `[b m h d]`, without a copy where they lie one after the other."""
    follow = all(one.keys.stop == other.keys.start for one, other in pairwise(same))
    if follow:
        return part[same[0].keys.start : same[-1].keys.stop].view(len(same), -1, *part.shape[1:])
    return torch.stack([part[span.keys] for span in same])
