"""Narrow weights: linear layers in float8, with a scale for each of what they give and for each token.

By PyTorch's own product rather than torchao, whose float8 refuses CPUs: here tests compute what a GPU does, weights
stay plain tensors that offloading can move in one piece, and adapters lie beside them as beside others. Its older name,
`torch._scaled_mm`, is the one that the compiler of every PyTorch from 2.11 on takes into a graph.
"""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import UnsupportedError
from manazir.models.linear import Linear

_NARROW = torch.float8_e4m3fn
_LARGEST = torch.finfo(_NARROW).max
_STEP = 16
"""What kernels want both sizes of a layer to be multiples of."""
_CAPABILITY = (8, 9)


class Float8Linear(nn.Linear):
    """A linear layer whose weights, and what it is given, are multiplied in float8."""

    scale: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__(linear.in_features, linear.out_features, linear.bias is not None, device="meta")
        narrow, scale = narrowed(linear.weight.detach())
        self.weight = nn.Parameter(narrow, requires_grad=False)
        self.bias = linear.bias
        self.register_buffer("scale", scale.T.contiguous())

    def forward(self, x: Float[Tensor, "*n i"]) -> Float[Tensor, "*n o"]:
        """Row by row; the sums are as precise as `x`."""
        if not x.numel():
            return x.new_zeros(*x.shape[:-1], self.out_features)
        rows, scale = narrowed(x.reshape(-1, self.in_features))
        is_fused = self.bias is not None and x.dtype == self.bias.dtype == torch.bfloat16
        bias = self.bias if is_fused else None
        y = torch._scaled_mm(rows, self.weight.T, scale, self.scale, bias, out_dtype=x.dtype)
        if self.bias is not None and not is_fused:
            y = (y + self.bias).to(x.dtype)
        return y.view(*x.shape[:-1], self.out_features)


def narrowed(rows: Float[Tensor, "n i"]) -> tuple[Float[Tensor, "n i"], Float[Tensor, "n 1"]]:
    """Rows in float8, and what to multiply each by: its largest number becomes the largest that there is."""
    whole = rows.float()
    scale = whole.abs().amax(-1, keepdim=True).clamp(min=torch.finfo(torch.float32).tiny * _LARGEST) / _LARGEST
    return (whole / scale).to(_NARROW), scale


def narrow(network: nn.Module, blocks: Iterable[nn.Module], device: torch.device, ends: int = 0) -> list[str]:
    """Have a network's blocks keep their linear layers in float8; tell which.

    What stands around the blocks stays as it is, and so do norms, tables of modulation, and the gates of heads.

    Args:
        blocks: of the network, in their order.
        device: that will compute. Weights may be elsewhere as yet.
        ends: blocks that stay as they are, at the beginning and at the end: those that suffer the most.

    Raises:
        UnsupportedError: the device cannot multiply float8, or a layer's sizes are not for it.
    """
    reason = why_not(device)
    if reason is not None:
        raise UnsupportedError(f"weights cannot be float8 here: {reason}; keep them in bfloat16")
    laid = list(blocks)
    chosen = _chosen(network, laid[ends : len(laid) - ends])
    if not chosen:
        raise UnsupportedError(f"{ends} blocks at each end of {len(laid)} are to stay as they are, which leaves none")
    for name, layer in chosen.items():
        if layer.in_features % _STEP or layer.out_features % _STEP:
            sizes = f"{layer.in_features} numbers to {layer.out_features}"
            raise UnsupportedError(f"{name} leads from {sizes}; float8 takes multiples of {_STEP}: keep bfloat16")
    for name, layer in chosen.items():
        network.set_submodule(name, Float8Linear(layer))
    return list(chosen)


def why_not(device: torch.device) -> str | None:
    """Why a device cannot multiply float8; None: it can. A CPU can, three times slower than in bfloat16, for tests."""
    if device.type == "cpu":
        return None
    if device.type != "cuda" or torch.version.hip is not None:
        return f"it is written for CUDA devices and CPUs, and this is {device.type}"
    if not torch.cuda.is_available():
        return "there is no CUDA device"
    major, minor = torch.cuda.get_device_capability(device)
    if (major, minor) < _CAPABILITY:
        return f"it needs a GPU of compute capability 8.9 (Ada) or later, and this one has {major}.{minor}"
    return None


def _chosen(network: nn.Module, blocks: Iterable[nn.Module]) -> dict[str, nn.Linear]:
    """Linear layers of some blocks, by their names in the network."""
    inside = {id(layer) for block in blocks for layer in block.modules()}
    return {
        name: layer
        for name, layer in network.named_modules()
        if id(layer) in inside and type(layer) in (nn.Linear, Linear) and not name.endswith(".gates")
    }
