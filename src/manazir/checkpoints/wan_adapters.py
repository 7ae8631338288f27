"""Adapter files on a Wan: which of its transformers each changes, and how much of it is taken."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.lora import Weighted
from manazir.checkpoints.lora_read import read_adapter
from manazir.checkpoints.wan import LAYOUTS
from manazir.core.errors import UnsupportedError
from manazir.models.wan.transformer import WanShape, WanTransformer

PARTS = {"high": "transformer", "low": "transformer_2"}
"""By the noise levels at which Wan 2.2 A14B asks them."""


def read_stacks(files: Sequence[AdapterFile], shapes: Sequence[WanShape]) -> dict[str, tuple[Weighted, ...]]:
    """What is to be put into each transformer, by its name; weights are not needed for that.

    Args:
        shapes: of the model's transformers, from high noise levels to low ones.

    Raises:
        UnsupportedError: a file is for a transformer that the model has not.
        CheckpointError: a file is no adapter, or of another model.
    """
    stacks: dict[str, tuple[Weighted, ...]] = {}
    for file in files:
        if file.levels == "low" and len(shapes) < 2:
            raise UnsupportedError(f"{file.path} is for low noise levels, and this model has one transformer for all")
        for part, shape in zip(PARTS.values(), shapes, strict=False):
            if file.levels is None or PARTS[file.levels] == part:
                read = read_adapter(file.path, LAYOUTS, _sizes(shape), part)
                stacks[part] = (*stacks.get(part, ()), Weighted(read, file.weight))
    return stacks


def adapters_used(stacks: dict[str, tuple[Weighted, ...]]) -> Iterator[dict[str, Any]]:
    """For a take: which, of which hash, and how much of it."""
    for part, stack in stacks.items():
        for weighted in stack:
            adapter = weighted.adapter
            yield {"name": adapter.name, "sha256": adapter.sha256, "weight": weighted.weight, "part": part}


def unmatched(stacks: dict[str, tuple[Weighted, ...]]) -> Iterator[str]:
    """For a person: what of which file is not applied."""
    for part, stack in stacks.items():
        for adapter in (weighted.adapter for weighted in stack):
            if adapter.unmatched:
                yield (
                    f"{len(adapter.unmatched)} keys of {adapter.name} have no place in {part} and are not applied; "
                    f"for one, {adapter.unmatched[0]}"
                )


def _sizes(shape: WanShape) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        empty: nn.Module = WanTransformer(shape)
    return {name: tuple(weight.shape) for name, weight in empty.named_parameters()}
