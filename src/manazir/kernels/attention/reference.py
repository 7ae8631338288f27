"""What every backend computes, as plainly as it can be written."""

from collections.abc import Sequence

import torch
from torch import Tensor

from manazir.kernels.attention.spans import Span


def reference(query: Tensor, key: Tensor, value: Tensor, spans: Sequence[Span]) -> Tensor:
    """Softmax(q k / sqrt(d)) v, in float32."""
    result = torch.empty_like(query)
    for span in spans:
        q, k, v = query[span.queries].float(), key[span.keys].float(), value[span.keys].float()
        weights = torch.einsum("nhd,mhd->hnm", q, k).mul(q.shape[-1] ** -0.5).softmax(-1)
        result[span.queries] = torch.einsum("hnm,mhd->nhd", weights, v).to(result.dtype)
    return result
