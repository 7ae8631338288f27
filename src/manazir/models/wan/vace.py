"""Wan VACE: a Wan beside whose tokens run those of a context, which tells what is known, pixel by pixel.

Context blocks are made as the others are. Each looks at the context's tokens, which began as the film's noisy ones
plus what is known, and adds a little to the film's own. Source: VACE (arXiv:2503.07598), section 3.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.packing import Document, Pack, keep
from manazir.models.wan.blocks import Block, Packed
from manazir.models.wan.transformer import Carried, WanShape, WanTransformer, passed_by, patchified


@dataclass(frozen=True, kw_only=True, slots=True)
class VaceShape(WanShape):
    """Sizes of a Wan VACE; the defaults are those of 14B."""

    context_layers: tuple[int, ...] = (0, 5, 10, 15, 20, 25, 30, 35)
    """Blocks behind which a context block adds its part."""
    context_channels: int = 96
    """Latents of what stays and of what is changed, and for each pixel of a latent cell whether it is made."""

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        WanShape.__post_init__(self)
        within = range(self.layers)
        if not self.context_layers or any(layer not in within for layer in self.context_layers):
            raise ShapeError(f"context blocks behind {list(self.context_layers)} of {self.layers} blocks; give some")
        if list(self.context_layers) != sorted(set(self.context_layers)):
            raise ShapeError(f"context blocks behind {list(self.context_layers)}; give each once, in their order")


@dataclass(frozen=True, slots=True)
class ContextDocument(Document):
    """A document with its context."""

    context: Float[Tensor, "k t h w"] | None = None
    """As large as the latents; every document of a Wan VACE has one."""
    strengths: tuple[float, ...] | None = None
    """How much of each context block's part is added; None: all, which is 1."""


class ContextReader(nn.Module):
    """Patches of a context → tokens, to which the film's are added."""

    def __init__(self, patch_numbers: int, width: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(patch_numbers, width), nn.Linear(width, width)

    def forward(self, patches: Float[Tensor, "n p"], tokens: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """Token by token."""
        read: Tensor = self.second(self.first(patches))
        return read + tokens


class ContextBlock(Block):
    """A block for the tokens of contexts.

    `leave` gives from those what is added to the film's.
    """

    def __init__(self, width: int, heads: int, hidden_width: int, conditions: int) -> None:
        super().__init__(width, heads, hidden_width, conditions)
        self.leave = nn.Linear(width, width)


class VaceTransformer(WanTransformer):
    """Documents with contexts → their velocities."""

    shape: VaceShape

    def __init__(self, shape: VaceShape) -> None:
        super().__init__(shape)
        self.context = ContextReader(shape.context_channels * shape.patch_size, shape.width)
        conditions = 1 if self.picture is None else 2
        self.context_blocks = nn.ModuleList(
            ContextBlock(shape.width, shape.heads, shape.hidden_width, conditions) for _ in shape.context_layers
        )

    @property
    def stack(self) -> list[nn.Module]:
        """A context block comes right behind the block to whose tokens it adds."""
        beside = dict(zip(self.shape.context_layers, self.context_blocks, strict=True))
        laid = ((block, beside.get(layer)) for layer, block in enumerate(self.blocks))
        return [block for pair in laid for block in pair if block is not None]

    def _run(
        self,
        x: Float[Tensor, "n d"],
        packed: Packed,
        time: Float[Tensor, "r d"],
        carried: Sequence[Carried],
        layers: range,
    ) -> Float[Tensor, "n d"]:
        rows, kept = self.time.rows(time), [each.kept for each in carried]
        context = self._entered(x, packed) if layers.start == 0 else _together(carried)
        stack = self.stack
        places = {id(block): place for place, block in enumerate(self.context_blocks)}
        numbers = {id(block): number for number, block in enumerate(self.blocks)}
        for layer in layers:
            block = stack[layer]
            if isinstance(block, ContextBlock):
                context, keys_values = block(context, rows, packed, layer)
                x = _added(x, block.leave(context), packed, places[id(block)])
            else:
                came = x
                x, keys_values = block(x, rows, packed, layer)
                x = passed_by(came, x, packed, numbers[id(block)])
            keep(kept, keys_values, packed.pack.ranges)
        for each, tokens in zip(carried, packed.ranges, strict=True):
            each.context = context[tokens]
        return x

    def _entered(self, x: Float[Tensor, "n d"], packed: Packed) -> Float[Tensor, "n d"]:
        """Tokens of all contexts, as the first context block takes them."""
        contexts = [document.context for document in packed.documents if isinstance(document, ContextDocument)]
        patches = [patchified(context, self.shape.patch) for context in contexts if context is not None]
        entered: Tensor = self.context(torch.cat(patches)[packed.share.own], x)
        return entered

    def _check(self, documents: Sequence[Document], laid: Pack) -> None:
        super()._check(documents, laid)
        for document in documents:
            context = document.context if isinstance(document, ContextDocument) else None
            wanted = (self.shape.context_channels, *document.latents.shape[1:])
            if context is None or tuple(context.shape) != wanted:
                given = "none" if context is None else f"one of {tuple(context.shape)}"
                raise ShapeError(f"this Wan takes a context of {wanted} with each document, not {given}")
            strengths = _strengths(document)
            if strengths is not None and len(strengths) != len(self.context_blocks):
                count = len(self.context_blocks)
                raise ShapeError(f"{len(strengths)} strengths for {count} context blocks; give one for each")


def _together(carried: Sequence[Carried]) -> Float[Tensor, "n d"]:
    return torch.cat([each.context for each in carried if each.context is not None])


def _added(x: Float[Tensor, "n d"], part: Float[Tensor, "n d"], packed: Packed, place: int) -> Float[Tensor, "n d"]:
    """The film's tokens with what a context block adds, as much of it as each document says."""
    told = [_strengths(document) for document in packed.documents]
    strengths = [1.0 if each is None else each[place] for each in told]
    if len(set(strengths)) == 1:
        return torch.add(x, part, alpha=strengths[0])
    pairs = zip(packed.ranges, strengths, strict=True)
    return torch.cat([torch.add(x[tokens], part[tokens], alpha=strength) for tokens, strength in pairs])


def _strengths(document: Document) -> tuple[float, ...] | None:
    return document.strengths if isinstance(document, ContextDocument) else None
