"""A transformer's blocks by PyTorch's compiler: one compilation for all of them, whatever the number of layers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from manazir.models.packing import Document, KeysValues
from manazir.models.wan.blocks import Block, Packed
from manazir.models.wan.transformer import WanTransformer

_Run = Callable[[Tensor, Tensor, Packed, int], tuple[Tensor, KeysValues]]


def compile_blocks(transformer: WanTransformer, **options: Any) -> None:
    """Have each block compiled when it is first asked; weights and their names stay as they are.

    Args:
        options: for `torch.compile`.
    """
    for block in transformer.stack:
        assert isinstance(block, Block)
        block.forward = partial(_of_one_layer, torch.compile(block.forward, **options))  # type: ignore[method-assign]


def _of_one_layer(run: _Run, x: Tensor, rows: Tensor, packed: Packed, layer: int) -> tuple[Tensor, KeysValues]:
    """What is compiled sees its own layer's conditions and past alone: the layer's number would be built into it."""
    return run(x, rows, replace(packed, documents=_at(packed.documents, layer)), 0)


def _at(documents: Sequence[Document], layer: int) -> list[Document]:
    return [
        replace(
            document,
            conditions=(document.conditions[layer],),
            past=None if document.past is None else (document.past[layer],),
        )
        for document in documents
    ]
