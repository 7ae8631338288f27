"""Tensor parallelism: each device holds some heads of every attention and some hidden numbers of every block.

Source: Megatron-LM (arXiv:1909.08053), section 3. Layers that lead into heads or hidden numbers are cut by what they
give, those that lead out by what they take, and their parts are summed. Norms here are over all heads together, so the
mean square is summed too: one number for each token.
"""

from collections.abc import Iterable

import torch
import torch.distributed as dist
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.devices.mesh import Mesh
from manazir.models.linear import FeedForward, Linear
from manazir.models.ltx.attention import Attention as LtxAttention
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.wan.blocks import Attention as WanAttention
from manazir.models.wan.transformer import WanTransformer

_PLAIN = (WanAttention, LtxAttention, nn.ModuleList, nn.Sequential, FeedForward, nn.Linear, Linear, nn.RMSNorm, nn.GELU)


class Summed(nn.Module):
    """A linear layer of which each device has the weights of some inputs."""

    def __init__(self, linear: nn.Linear, bias: nn.Parameter | None, group: dist.ProcessGroup) -> None:
        super().__init__()
        self.linear, self.bias, self.group = linear, bias, group

    def forward(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        """From own inputs to the sum over all; the bias is added once."""
        y: Tensor = self.linear(x)
        dist.all_reduce(y, group=self.group)
        return y if self.bias is None else y + self.bias


class SharedNorm(nn.Module):
    """Root-mean-square norm over numbers of which each device has some."""

    def __init__(self, weight: nn.Parameter, eps: float, width: int, group: dist.ProcessGroup) -> None:
        super().__init__()
        self.weight, self.eps, self.width, self.group = weight, eps, width, group

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """Own numbers, normed over all, in float32."""
        whole = x.float()
        squares = whole.square().sum(-1, keepdim=True)
        dist.all_reduce(squares, group=self.group)
        return (whole * torch.rsqrt(squares / self.width + self.eps) * self.weight.float()).to(x.dtype)


def share_weights(transformer: WanTransformer | LtxTransformer, mesh: Mesh) -> None:
    """Leave this device its part of the blocks' weights; the rest is freed. What stands around the blocks is whole.

    Adapters are merged before, and weights are narrowed to float8 afterwards.

    Raises:
        ShapeError: heads or hidden numbers do not come out even.
        UnsupportedError: layers are not the plain ones they were.
    """
    parts = mesh.parallel.tensor
    if parts == 1:
        return
    mesh.parallel.check_heads(transformer.shape.heads)
    inside = [each for block in transformer.stack for each in block.modules()]
    attentions = [each for each in inside if isinstance(each, WanAttention | LtxAttention)]
    feeds = [each for each in inside if isinstance(each, nn.Sequential)]
    _check_plain([*attentions, *feeds])
    for hidden in {_linear(feed[0]).out_features for feed in feeds}:
        if hidden % parts:
            raise ShapeError(f"{hidden} hidden numbers for tensor={parts} devices; give a divisor")
    for attention in attentions:
        _share_attention(attention, mesh)
    for feed in feeds:
        feed[0], feed[2] = _cut_out(_linear(feed[0]), mesh), _cut_in(_linear(feed[2]), mesh)


def _check_plain(modules: Iterable[nn.Module]) -> None:
    for module in modules:
        for layer in module.modules():
            if type(layer) not in _PLAIN:
                raise UnsupportedError(
                    f"{type(layer).__name__} cannot be shared by tensor; share weights before adapters are attached or "
                    "weights are narrowed"
                )


def _share_attention(attention: WanAttention | LtxAttention, mesh: Mesh) -> None:
    attention.heads //= mesh.parallel.tensor
    for path, layer in list(attention.named_modules()):
        if isinstance(layer, nn.Linear):
            attention.set_submodule(path, _cut_in(layer, mesh) if path == "out" else _cut_out(layer, mesh))
        elif isinstance(layer, nn.RMSNorm):
            weight, width = layer.weight, layer.weight.numel()
            shared = SharedNorm(_cut(weight, 0, mesh), layer.eps or 0.0, width, mesh.tensor_group)
            attention.set_submodule(path, shared)


def _cut_out(layer: nn.Linear, mesh: Mesh) -> nn.Linear:
    """Some of what a layer gives."""
    return _of(_cut(layer.weight, 0, mesh), None if layer.bias is None else _cut(layer.bias, 0, mesh))


def _cut_in(layer: nn.Linear, mesh: Mesh) -> Summed:
    """Some of what a layer takes."""
    return Summed(_of(_cut(layer.weight, 1, mesh), None), layer.bias, mesh.tensor_group)


def _cut(weight: Tensor, axis: int, mesh: Mesh) -> nn.Parameter:
    """A part of its own, so that the whole can go."""
    part = weight.detach().chunk(mesh.parallel.tensor, axis)[mesh.part]
    return nn.Parameter(part.clone(memory_format=torch.contiguous_format), requires_grad=False)


def _of(weight: nn.Parameter, bias: nn.Parameter | None) -> nn.Linear:
    layer = Linear(weight.shape[1], weight.shape[0], bias=bias is not None, device="meta")
    layer.weight = weight
    if bias is not None:
        layer.bias = bias
    return layer


def _linear(layer: nn.Module) -> nn.Linear:
    assert isinstance(layer, nn.Linear)
    return layer
