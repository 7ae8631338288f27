"""What a piece of work asks of a chip: its products and sums, and the weights that it reads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry, sdpa_flop_count


@dataclass(frozen=True, slots=True)
class Asked:
    """Of one piece of work."""

    flop: int
    """Products and sums in products of matrices, convolutions and attention; the rest is small beside them."""
    weight_bytes: int
    """Of weights that take part, each once."""


@torch.no_grad()
def count(work: Callable[[], object], weights: Iterable[Tensor]) -> Asked:
    """Do some work, and count.

    Args:
        weights: that it may read.
    """
    with _Counting(weights) as counting:
        work()
    return Asked(counting.flop, sum(counting.seen.values()))


class _Counting(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees every operation while it is on."""

    def __init__(self, weights: Iterable[Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flop = 0
        self.seen: dict[int, int] = {}
        """Bytes of weights by where they lie."""
        self._weights = {_place(weight): weight.nbytes for weight in weights}
        self._formulas = {**flop_registry, **_formulas()}

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Do it, and count."""
        result = func(*args, **(kwargs or {}))
        formula = self._formulas.get(func._overloadpacket)
        if formula is not None:
            self.flop += int(formula(*args, **(kwargs or {}), out_val=result))
        for part in tree_leaves(args):
            if isinstance(part, Tensor) and (place := _place(part)) in self._weights:
                self.seen[place] = self._weights[place]
        return result


def _place(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _formulas() -> dict[Any, Callable[..., int]]:
    """Of operations that PyTorch's own list lacks."""

    def attention(query: Tensor, key: Tensor, value: Tensor, *_: Any, **__: Any) -> int:
        return int(sdpa_flop_count(query.shape, key.shape, value.shape))  # type: ignore[no-untyped-call]

    def product(x: Tensor, weight: Tensor, *_: Any, **__: Any) -> int:
        return 2 * x.numel() * weight.shape[0]

    formulas: dict[Any, Callable[..., int]] = {
        torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: attention,
    }
    if torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        formulas[torch.ops.mkldnn._linear_pointwise] = product
    return formulas
