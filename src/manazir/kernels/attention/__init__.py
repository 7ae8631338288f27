"""Attention over packed documents: one call, several backends, each of which says why it cannot be used.

Tokens of many documents lie one after the other. Each span of queries sees one span of keys, so that clips of several
sizes, both branches of guidance, and causal chunks with a past are one call; nothing is padded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import UnsupportedError
from manazir.kernels.attention import flex, hub
from manazir.kernels.attention.blocked import blocked
from manazir.kernels.attention.native import cudnn, sdpa
from manazir.kernels.attention.reference import reference
from manazir.kernels.attention.spans import Compute, Span

__all__ = ["BACKENDS", "Backend", "Span", "attend", "check_backend", "usual_backend"]


@dataclass(frozen=True, slots=True)
class Backend:
    """One way to compute attention."""

    compute: Compute
    why_not: Callable[[Tensor], str | None]
    """Why it cannot take such queries here; None: it can."""


def attend(
    query: Float[Tensor, "n h d"],
    key: Float[Tensor, "m h d"],
    value: Float[Tensor, "m h d"],
    spans: Sequence[Span],
    backend: str,
) -> Float[Tensor, "n h d"]:
    """Attention of each span's queries over its keys. Spans cover all queries, in order; none: there is no query.

    Args:
        backend: one of BACKENDS.

    Raises:
        UnsupportedError: there is no such backend, or it cannot be used here.
    """
    check_backend(backend, query)
    if not spans:
        return torch.empty_like(query)
    return BACKENDS[backend].compute(query, key, value, spans)


def check_backend(name: str, query: Tensor) -> None:
    """Refuse a backend that cannot take such queries.

    Raises:
        UnsupportedError: says why, and which can.
    """
    if name not in BACKENDS:
        raise UnsupportedError(f"no attention backend {name!r}; have {', '.join(BACKENDS)}")
    reason = BACKENDS[name].why_not(query)
    if reason is not None:
        able = [other for other, backend in BACKENDS.items() if backend.why_not(query) is None]
        raise UnsupportedError(f"the attention backend {name!r} cannot be used here: {reason}; have {', '.join(able)}")


def usual_backend(device: torch.device, dtype: torch.dtype) -> str:
    """The fastest that is there wherever PyTorch is."""
    return "blocked" if device.type == "cpu" and dtype is torch.bfloat16 else "sdpa"


def _always(query: Tensor) -> str | None:  # noqa: ARG001
    return None


def _needs_cudnn(query: Tensor) -> str | None:
    if query.device.type != "cuda":
        return "it needs a CUDA device"
    return None if query.dtype in (torch.bfloat16, torch.float16) else "it takes bfloat16 and float16 only"


BACKENDS: Mapping[str, Backend] = MappingProxyType(
    {
        "sdpa": Backend(sdpa, _always),
        "blocked": Backend(blocked, _always),
        "flex": Backend(flex.flex, flex.why_not),
        "cudnn": Backend(cudnn, _needs_cudnn),
        "flash": Backend(hub.flash, hub.why_not),
        "reference": Backend(reference, _always),
    }
)
