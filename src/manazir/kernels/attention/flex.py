"""FlexAttention: one call for all spans, whatever their sizes, on any device that PyTorch compiles for."""

import shutil
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention

from manazir.kernels.attention.spans import Span


def flex(query: Tensor, key: Tensor, value: Tensor, spans: Sequence[Span]) -> Tensor:
    """Every query sees its span's keys; blocks without any are skipped."""
    mask = _mask(spans, len(query), len(key), query.device)
    q, k, v = (part.transpose(0, 1)[None] for part in (query, key, value))
    out: Tensor = _compiled()(q, k, v, block_mask=mask)
    return out[0].transpose(0, 1)


def why_not(query: Tensor) -> str | None:
    """What is missing for it here."""
    if query.device.type == "cpu" and shutil.which("c++") is None and shutil.which("g++") is None:
        return "it is compiled when it is first used, and there is no C++ compiler"
    return None


@cache
def _compiled() -> Callable[..., Any]:
    """Uncompiled it would hold all scores at once. Sizes are left open: one compilation serves all documents."""
    return torch.compile(flex_attention, dynamic=True)


def _mask(spans: Sequence[Span], queries: int, keys: int, device: torch.device) -> BlockMask:
    first, last = torch.zeros(2, queries, dtype=torch.long, device=device)
    for span in spans:
        first[span.queries], last[span.queries] = span.keys.start, span.keys.stop

    def sees(batch: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:  # noqa: ARG001
        seen: Tensor = (key >= first[query]) & (key < last[query])
        return seen

    return create_block_mask(sees, None, None, queries, keys, device=str(device))
