"""Adapters beside weights: attached to a live module and taken off again while its weights stay as they are.

A linear layer gets a branch beside it, so what it computes with may be of any kind, quantised ones too. Norms, tables
and biases of other layers, which are small, are exchanged for changed ones and put back as they were.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.checkpoints.lora import Change, Full, Kronecker, LowRank, Weighted, changes_by_name, check_shapes
from manazir.core.errors import UnsupportedError

_Changes = Sequence[tuple[Change, float]]


class Branched(nn.Module):
    """A linear layer with branches beside it.

    Low-rank changes of all adapters are one pair of matrices, so a second adapter costs no second pass.

    Args:
        base: the layer; it is neither changed nor copied.
        weights: changes of its weight, and how much of each.
        biases: changes of its bias.
        dtype: that branches compute in.
    """

    down: Tensor | None
    up: Tensor | None
    full: Tensor | None
    shift: Tensor | None

    def __init__(self, base: nn.Module, weights: _Changes, biases: _Changes, dtype: torch.dtype) -> None:
        super().__init__()
        self.base = base
        device = self.weight.device
        thin = [(change, weight) for change, weight in weights if isinstance(change, LowRank)]
        downs = [change.down.to(device, dtype) for change, _ in thin]
        ups = [(weight * change.scale * change.up.to(device, torch.float32)).to(dtype) for change, weight in thin]
        self._keep("down", torch.cat(downs) if downs else None)
        self._keep("up", torch.cat(ups, dim=1) if ups else None)
        self._keep(
            "full", _summed([(change, weight) for change, weight in weights if isinstance(change, Full)], device, dtype)
        )
        self._keep("shift", _summed(biases, device, dtype))
        products = [(change, weight) for change, weight in weights if isinstance(change, Kronecker)]
        self.products = len(products)
        for index, (change, weight) in enumerate(products):
            self._keep(f"left_{index}", (weight * change.scale * change.w1.to(device, torch.float32)).to(dtype))
            self._keep(f"right_{index}", change.w2.to(device, dtype))

    @property
    def weight(self) -> Tensor:
        """The layer's own."""
        weight: Tensor = self.base.weight  # type: ignore[assignment]
        return weight

    @property
    def bias(self) -> Tensor | None:
        """The layer's own."""
        bias: Tensor | None = self.base.bias  # type: ignore[assignment]
        return bias

    def forward(self, x: Float[Tensor, "*n i"]) -> Float[Tensor, "*n o"]:
        """The layer's result, and what the branches add to it."""
        y: Tensor = self.base(x)
        if self.down is not None and self.up is not None:
            y = y + F.linear(F.linear(x.to(self.down.dtype), self.down), self.up).to(y.dtype)
        if self.full is not None:
            y = y + F.linear(x.to(self.full.dtype), self.full).to(y.dtype)
        for index in range(self.products):
            y = y + _kronecker(x, self.get_buffer(f"left_{index}"), self.get_buffer(f"right_{index}")).to(y.dtype)
        return y if self.shift is None else y + self.shift.to(y.dtype)

    def _keep(self, name: str, tensor: Tensor | None) -> None:
        self.register_buffer(name, tensor, persistent=False)  # so that it goes along to another device


class Attachment:
    """Adapters on a module, until they are taken off. As a context: until its end.

    While they are on, names of changed layers in the module's `state_dict` have `.base` in them.
    """

    def __init__(self, module: nn.Module, stack: Sequence[Weighted], dtype: torch.dtype | None = None) -> None:
        self._module, self._dtype = module, dtype
        self._layers: dict[str, nn.Module] = {}
        self._parameters: dict[str, nn.Parameter] = {}
        self.replace(stack)

    def replace(self, stack: Sequence[Weighted]) -> None:
        """Exchange the adapters for others; none: the module is as it was.

        Raises:
            CheckpointError: an adapter is of another model; those before stay on.
            UnsupportedError: others are attached already by somebody else.
        """
        if any(isinstance(each, Branched) and path not in self._layers for path, each in self._module.named_modules()):
            raise UnsupportedError("adapters are attached to this module already; detach those, or give all together")
        shapes = {
            name.replace(".base.", ".") if self._owns(name) else name: tuple(parameter.shape)
            for name, parameter in self._module.named_parameters()
        }
        for weighted in stack:
            check_shapes(weighted.adapter.changes, shapes, weighted.adapter.name)
        self.detach()
        self._attach(changes_by_name(stack))

    def detach(self) -> None:
        """Take all off: every layer and parameter is again the one that was there."""
        for path, layer in self._layers.items():
            _put(self._module, path, layer)
        for name, parameter in self._parameters.items():
            _put(self._module, name, parameter)
        self._layers, self._parameters = {}, {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.detach()

    def _owns(self, name: str) -> bool:
        return name.rpartition(".base.")[0] in self._layers

    def _attach(self, changes: dict[str, list[tuple[Change, float]]]) -> None:
        linear: dict[str, dict[str, _Changes]] = {}
        for name, each in changes.items():
            path, _, leaf = name.rpartition(".")
            if leaf in ("weight", "bias") and isinstance(self._module.get_submodule(path), nn.Linear):
                linear.setdefault(path, {})[leaf] = each
            else:
                self._exchange(name, each)
        for path, leaves in linear.items():
            layer = self._module.get_submodule(path)
            dtype = self._dtype or _computing(layer)
            self._layers[path] = layer
            _put(self._module, path, Branched(layer, leaves.get("weight", ()), leaves.get("bias", ()), dtype))

    def _exchange(self, name: str, changes: _Changes) -> None:
        original = self._module.get_parameter(name)
        total = original.detach().float()
        for change, weight in changes:
            total = total + weight * change.delta(total.device)
        self._parameters[name] = original
        _put(self._module, name, nn.Parameter(total.to(original.dtype), requires_grad=original.requires_grad))


def attach(module: nn.Module, stack: Sequence[Weighted], dtype: torch.dtype | None = None) -> Attachment:
    """Put adapters beside a module's weights.

    Args:
        dtype: that branches compute in; None: that of each layer's weights, bfloat16 for quantised ones.

    Raises:
        CheckpointError: an adapter is of another model.
        UnsupportedError: adapters are attached already.
    """
    return Attachment(module, stack, dtype)


def _kronecker(x: Float[Tensor, "*n i"], left: Float[Tensor, "a b"], right: Float[Tensor, "c d"]) -> Tensor:
    """Multiply by a Kronecker product without making it."""
    square = x.to(left.dtype).reshape(*x.shape[:-1], left.shape[1], right.shape[1])
    return (left @ F.linear(square, right)).flatten(-2)


def _summed(changes: _Changes, device: torch.device, dtype: torch.dtype) -> Tensor | None:
    deltas = [weight * change.delta(device) for change, weight in changes]
    return torch.stack(deltas).sum(0).to(dtype) if deltas else None


def _computing(layer: nn.Module) -> torch.dtype:
    """What a layer's results are of."""
    weight: Tensor = layer.weight  # type: ignore[assignment]
    return weight.dtype if weight.is_floating_point() and weight.element_size() > 1 else torch.bfloat16


def _put(module: nn.Module, path: str, what: nn.Module | nn.Parameter) -> None:
    parent, _, name = path.rpartition(".")
    setattr(module.get_submodule(parent), name, what)
