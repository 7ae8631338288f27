"""FlashAttention 3 from the hub's compiled kernels: for packed documents on Hopper GPUs."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from manazir.kernels.attention.spans import Span

REPOSITORY = "kernels-community/flash-attn3"


def why_not(query: Tensor) -> str | None:
    """What is missing for it here."""
    if query.device.type != "cuda":
        return "it needs a CUDA device"
    if torch.cuda.get_device_capability(query.device) < (9, 0):
        return "it needs a GPU of compute capability 9.0 (Hopper) or later"
    if query.dtype not in (torch.bfloat16, torch.float16):
        return "it takes bfloat16 and float16 only"
    if find_spec("kernels") is None:
        return "the package `kernels` is not installed (pip install kernels)"
    return None


def flash(query: Tensor, key: Tensor, value: Tensor, spans: Sequence[Span]) -> Tensor:
    """All spans in one call; keys are gathered where spans share them."""
    kernel: Any = import_module("kernels").get_kernel(REPOSITORY)
    sizes = torch.tensor([span.sizes for span in spans], device=query.device, dtype=torch.int32)
    ends = torch.cat([sizes.new_zeros(1, 2), sizes.cumsum(0, dtype=torch.int32)])
    k, v = (torch.cat([part[span.keys] for span in spans]) for part in (key, value))
    longest = [max(size) for size in zip(*(span.sizes for span in spans), strict=True)]
    out: Any = kernel.flash_attn_varlen_func(query, k, v, ends[:, 0].contiguous(), ends[:, 1].contiguous(), *longest)
    result: Tensor = out[0] if isinstance(out, tuple) else out
    return result
