"""Linear layers: on CPUs by oneDNN, which PyTorch itself asks for half precision only.

In float32 PyTorch multiplies matrices by MKL, which on AMD's processors is a quarter slower (experiments/LOG.md); and
oneDNN applies GELU to results that are still in the cache. What is computed is the same, to rounding.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

_FEWEST_ROWS = 32
"""Below, what it takes to begin outweighs what is gained."""


def linear(
    x: Float[Tensor, "*n i"], weight: Float[Tensor, "o i"], bias: Float[Tensor, " o"] | None, *, has_gelu: bool = False
) -> Float[Tensor, "*n o"]:
    """`x` times the weight, and the bias; then, where it is asked for, GELU by its approximation with tanh."""
    if why_not(x, weight) is None:
        activation, algorithm = ("gelu", "tanh") if has_gelu else ("none", "")
        made: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, activation, [], algorithm)
        return made
    plain = F.linear(x, weight, bias)
    return F.gelu(plain, approximate="tanh") if has_gelu else plain


def why_not(x: Tensor, weight: Tensor) -> str | None:
    """Why oneDNN is not asked for such a product; None: it is."""
    if torch.compiler.is_compiling():
        return "PyTorch's compiler chooses by itself, and knows this call for constant weights only"
    if x.device.type != "cpu" or x.dtype not in (torch.float32, torch.bfloat16):
        return "it takes float32 and bfloat16 on CPUs only"
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return "this PyTorch was built without it"
    if type(weight) not in (Tensor, nn.Parameter) or weight.dtype != x.dtype:
        return "the weight is stored in another way"
    if torch.is_grad_enabled() and (x.requires_grad or weight.requires_grad):
        return "it computes no gradients"
    return "there are too few rows" if x[..., 0].numel() < _FEWEST_ROWS else None
