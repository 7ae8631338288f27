"""Adapters put into weights: as fast as the model alone. What was there is kept, so that it comes back to the bit."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from manazir.checkpoints.lora import Change, Weighted, changes_by_name, check_shapes
from manazir.core.errors import UnsupportedError


def merged(tensors: Mapping[str, Tensor], stack: Sequence[Weighted]) -> dict[str, Tensor]:
    """Weights with adapters in them; those that are not changed are the same tensors.

    Raises:
        CheckpointError: an adapter is of another model.
        UnsupportedError: weights are of a kind that nothing can be added to.
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    for weighted in stack:
        check_shapes(weighted.adapter.changes, shapes, weighted.adapter.name)
    changes = changes_by_name(stack)
    return {name: _changed(name, tensor, changes.get(name, ())) for name, tensor in tensors.items()}


def merge_for_good(module: nn.Module, stack: Sequence[Weighted]) -> None:
    """Put adapters into the weights of a module, one weight at a time; nothing of what was there is kept.

    Raises:
        CheckpointError: an adapter is of another model.
        UnsupportedError: weights are of a kind that nothing can be added to.
    """
    shapes = {name: tuple(parameter.shape) for name, parameter in module.named_parameters()}
    for weighted in stack:
        check_shapes(weighted.adapter.changes, shapes, weighted.adapter.name)
    for name, changes in changes_by_name(stack).items():
        parameter = module.get_parameter(name)
        parameter.data = _changed(name, parameter.data, changes)


class Merge:
    """Adapters in the weights of a live module, until it is undone."""

    def __init__(self, module: nn.Module, stack: Sequence[Weighted]) -> None:
        own = {name: parameter.data for name, parameter in module.named_parameters()}
        new = merged(own, stack)
        self._module = module
        self._originals = {name: tensor for name, tensor in own.items() if new[name] is not tensor}
        for name in self._originals:
            module.get_parameter(name).data = new[name]

    def undo(self) -> None:
        """Put back what was there."""
        for name, original in self._originals.items():
            self._module.get_parameter(name).data = original
        self._originals = {}


def _changed(name: str, tensor: Tensor, changes: Sequence[tuple[Change, float]]) -> Tensor:
    if not changes:
        return tensor
    if type(tensor) not in (Tensor, nn.Parameter) or tensor.dtype not in (torch.float32, torch.bfloat16, torch.float16):
        raise UnsupportedError(
            f"{name} is kept as {tensor.dtype}, and nothing can be added to that exactly; attach the adapter beside it"
        )
    total = tensor.detach().float()
    for change, weight in changes:
        total = total + weight * change.delta(tensor.device)
    return total.to(tensor.dtype)
