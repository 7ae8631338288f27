"""Adapter files on a model: which of its networks each changes, and how much of it is taken."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.lora import Weighted
from manazir.checkpoints.lora_read import read_adapter
from manazir.checkpoints.names import Name
from manazir.core.errors import UnsupportedError
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.wan.transformer import WanTransformer

PARTS = {"high": "transformer", "low": "transformer_2"}
"""By the noise levels at which Wan 2.2 A14B asks them."""
SECOND_STAGE = "second stage"
"""What a stack is called that is put beside an LTX-2's transformer while it refines."""


@dataclass(frozen=True, slots=True)
class Target:
    """A network that adapters change; its weights are not needed to read them."""

    make: Callable[[], WanTransformer | LtxTransformer]
    layouts: Sequence[Sequence[Name]]
    """Names under which its weights are published; diffusers' first."""

    def sizes(self) -> dict[str, tuple[int, ...]]:
        """Of its weights, by our names."""
        with torch.device("meta"):
            empty = self.make()
        return {name: tuple(weight.shape) for name, weight in empty.named_parameters()}


def read_stacks(
    files: Sequence[AdapterFile], targets: Mapping[str, Target], *, has_second_stage: bool = False
) -> dict[str, tuple[Weighted, ...]]:
    """What is to be put into each network, by its name; what is for a second stage, by `SECOND_STAGE`.

    Args:
        targets: the model's transformers by the names of their parts.

    Raises:
        UnsupportedError: a file is for a transformer that the model has not.
        CheckpointError: a file is no adapter, or of another model.
    """
    stacks: dict[str, tuple[Weighted, ...]] = {}
    sizes = {part: target.sizes() for part, target in targets.items()} if files else {}
    for file in files:
        if file.levels == "second":
            if not has_second_stage:
                raise UnsupportedError(
                    f"{file.path} is for a second stage, and this model has none; give it without second:"
                )
            read = read_adapter(file.path, targets["transformer"].layouts, sizes["transformer"], "transformer")
            stacks[SECOND_STAGE] = (*stacks.get(SECOND_STAGE, ()), Weighted(read, file.weight))
            continue
        if file.levels is not None and PARTS["low"] not in targets:
            raise UnsupportedError(
                f"{file.path} is for {file.levels} noise levels, and this model has one transformer for all; "
                f"give it without {file.levels}:"
            )
        for part, target in targets.items():
            if file.levels is None or PARTS[file.levels] == part:
                read = read_adapter(file.path, target.layouts, sizes[part], part)
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
