"""Wan's video transformer, for packs of documents.

Sources: Wan (arXiv:2503.20314), section 4; per-frame noise levels as in Wan 2.2 TI2V-5B. It predicts velocities:
noise - clean.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.conditions import TextReader, TimeReader
from manazir.models.modulation import Modulation, by_runs, layer_normed
from manazir.models.packing import Document, KeysValues, Pack, keep, pack, self_spans
from manazir.models.rotary import rotary
from manazir.models.sharing import Share, Sharing, alone, ranges_within, runs_within
from manazir.models.skipping import refuse_shares, remembers, through
from manazir.models.step_cache import Parts
from manazir.models.wan.blocks import Block, Packed
from manazir.models.wan.conditions import PictureReader

Kept = list[KeysValues] | None
"""Of each layer, where the document is kept."""


@dataclass(slots=True)
class Carried:
    """What a pass takes along of a document beside its tokens, from layer to layer."""

    kept: Kept
    context: Float[Tensor, "n d"] | None = None
    """Tokens of its context, in Wans that have one (`vace`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WanShape:
    """Sizes of a Wan transformer; the defaults are Wan 2.1 14B's."""

    patch: tuple[int, int, int] = (1, 2, 2)
    heads: int = 40
    head_width: int = 128
    channels_in: int = 16
    """More than `channels_out` where known frames come as channels (image to video of 2.1 and of 2.2 A14B)."""
    channels_out: int = 16
    text_width: int = 4096
    time_width: int = 256
    """Waves that tell a timestep."""
    hidden_width: int = 13824
    layers: int = 40
    picture_width: int | None = None
    """Of a picture's encoding, which Wan 2.1's image to video reads beside the words."""
    picture_places: int | None = None
    """Learned places of that encoding, where a first and a last picture are read."""
    longest: int = 1024
    """Places along an axis."""

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        if self.head_width % 2 or self.head_width < 6:
            raise ShapeError(f"heads of {self.head_width} numbers; give an even number from 6 on")

    @property
    def width(self) -> int:
        """Of a token."""
        return self.heads * self.head_width

    @property
    def rotary_dims(self) -> tuple[int, int, int]:
        """Of a head's numbers: how many turn with time, with height, with width."""
        side = 2 * (self.head_width // 6)
        return self.head_width - 2 * side, side, side

    @property
    def patch_size(self) -> int:
        """Latent cells in a token."""
        t, h, w = self.patch
        return t * h * w


@dataclass(frozen=True, slots=True)
class Predicted:
    """Of one document."""

    velocity: Float[Tensor, "c t h w"]
    keys_values: Kept


class WanTransformer(nn.Module):
    """Documents → their velocities."""

    def __init__(self, shape: WanShape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.enter = nn.Linear(shape.channels_in * shape.patch_size, width)
        self.time = TimeReader(shape.time_width, width, kinds=6)
        self.text = TextReader(shape.text_width, width)
        self.picture = None
        if shape.picture_width is not None:
            self.picture = PictureReader(shape.picture_width, width, shape.picture_places)
        conditions = 1 if self.picture is None else 2
        self.blocks = nn.ModuleList(
            Block(width, shape.heads, shape.hidden_width, conditions) for _ in range(shape.layers)
        )
        self.leave = nn.Linear(width, shape.channels_out * shape.patch_size)
        self.modulation = Modulation(2, width)

    @property
    def stack(self) -> list[nn.Module]:
        """All blocks, in the order in which they compute; layers are counted in it."""
        return list(self.blocks)

    def read(self, text: Float[Tensor, "m d"], picture: Float[Tensor, "k e"] | None = None) -> list[list[KeysValues]]:
        """What every block's attention to conditions reads: once for a request, not once for a step.

        Args:
            text: an encoded prompt, padded as the model was taught.
            picture: encoded, for models that read one.

        Raises:
            ShapeError: a picture for a model that reads none, or none for one that does.
        """
        if (picture is None) != (self.picture is None):
            reads = "reads no picture" if self.picture is None else "reads a picture beside the words"
            raise ShapeError(f"this Wan {reads}; give {'none' if self.picture is None else 'its encoding'}")
        sources = [self.text(text)]
        if picture is not None and self.picture is not None:
            sources.append(self.picture(picture))
        attentions = [block.condition_attention for block in self.stack if isinstance(block, Block)]
        return [[attention.read(source, kind) for kind, source in enumerate(sources)] for attention in attentions]

    def forward(
        self, documents: Sequence[Document], backend: str = "sdpa", sharing: Sharing = alone
    ) -> list[Predicted]:
        """Predict all documents in one pass.

        Args:
            backend: of attention; see `kernels.attention`.
            sharing: of the tokens among devices, each of which calls this with the same documents. All get all
                velocities; keys and values of documents that are kept are of own heads.
        """
        patch = self.shape.patch
        laid = pack(documents, patch)
        self._check(documents, laid)
        share = sharing(len(laid.positions))
        x = self.enter(torch.cat([patchified(document.latents, patch) for document in documents])[share.own])
        packed, time = self._told(documents, laid, share, x.dtype, backend)
        carried = [Carried([] if document.is_kept else None) for document in documents]
        x = self._through(x, packed, time, carried)
        shift, scale = self.modulation(time[:, None])
        made = share.whole(self.leave(by_runs(x, (shift, scale), packed.runs, layer_normed)))
        return [
            Predicted(_unpatchified(made[tokens], grid, patch), each.kept)
            for tokens, grid, each in zip(laid.ranges, laid.grids, carried, strict=True)
        ]

    def _told(
        self, documents: Sequence[Document], laid: Pack, share: Share, dtype: torch.dtype, backend: str
    ) -> tuple[Packed, Float[Tensor, "r d"]]:
        """What blocks are told of a pack, and the timesteps that modulations follow from."""
        packed = Packed(
            documents=documents,
            pack=laid,
            spans=self_spans(laid.ranges, [document.past for document in documents]),
            share=share,
            ranges=ranges_within(laid.ranges, share.own),
            runs=runs_within(laid.runs, share.own),
            rotary=rotary(laid.positions[share.own], self.shape.rotary_dims, theta=10_000.0),
            backend=backend,
        )
        return packed, self.time(laid.timesteps, dtype)

    def _through(
        self, x: Float[Tensor, "n d"], packed: Packed, time: Float[Tensor, "r d"], carried: Sequence[Carried]
    ) -> Float[Tensor, "n d"]:
        """All blocks, but for those that documents' memories answer for."""
        documents, ranges, every = packed.documents, packed.pack.ranges, range(len(self.stack))
        if not remembers(documents):
            return self._run(x, packed, time, carried, every)
        refuse_shares(packed.share)

        def run(chosen: Sequence[int], parts: Sequence[Parts], layers: range) -> list[Parts]:
            going, when = packed, time
            if len(chosen) < len(documents):
                some = [documents[place] for place in chosen]
                laid = pack(some, self.shape.patch)
                share = replace(packed.share, sizes=(len(laid.positions),))
                going, when = self._told(some, laid, share, x.dtype, packed.backend)
            theirs = [carried[place] for place in chosen]
            made = self._run(torch.cat([own for (own,) in parts]), going, when, theirs, layers)
            return [(made[tokens],) for tokens in going.pack.ranges]

        def shown() -> list[Parts]:
            whole = cast(Block, self.blocks[0]).shown(x, self.time.rows(time), packed)
            return [(whole[tokens],) for tokens in ranges]

        entered = [(x[tokens],) for tokens in ranges]
        return torch.cat([own for (own,) in through(documents, entered, len(every), run, shown)])

    def _run(
        self,
        x: Float[Tensor, "n d"],
        packed: Packed,
        time: Float[Tensor, "r d"],
        carried: Sequence[Carried],
        layers: range,
    ) -> Float[Tensor, "n d"]:
        """Some of the blocks."""
        rows, kept = self.time.rows(time), [each.kept for each in carried]
        for layer in layers:
            came = x
            x, keys_values = self.blocks[layer](x, rows, packed, layer)
            x = passed_by(came, x, packed, layer)
            keep(kept, keys_values, packed.pack.ranges)
        return x

    def _check(self, documents: Sequence[Document], laid: Pack) -> None:
        for document in documents:
            if document.latents.shape[0] != self.shape.channels_in:
                raise ShapeError(
                    f"latents of {document.latents.shape[0]} channels for a Wan that takes {self.shape.channels_in}"
                )
        if int(laid.positions.max()) >= self.shape.longest:
            longest = self.shape.longest
            told = f"this Wan tells {longest} places along an axis apart; give shorter or smaller clips"
            raise ShapeError(told).named("too_many_places")


def passed_by(
    came: Float[Tensor, "n d"], left: Float[Tensor, "n d"], packed: Packed, block: int
) -> Float[Tensor, "n d"]:
    """Tokens that leave a block, but for documents that pass it by: theirs as they came."""
    for document, tokens in zip(packed.documents, packed.ranges, strict=True):
        if block in document.passed_layers:
            left = torch.cat([left[: tokens.start], came[tokens], left[tokens.stop :]])
    return left


def patchified(latents: Float[Tensor, "c t h w"], patch: tuple[int, int, int]) -> Float[Tensor, "n p"]:
    """Latents → tokens, channels first within a token."""
    c, (t, h, w) = len(latents), (length // step for length, step in zip(latents.shape[1:], patch, strict=True))
    cut = latents.reshape(c, t, patch[0], h, patch[1], w, patch[2])
    return cut.permute(1, 3, 5, 0, 2, 4, 6).reshape(t * h * w, -1)


def _unpatchified(
    tokens: Float[Tensor, "n p"], grid: tuple[int, int, int], patch: tuple[int, int, int]
) -> Float[Tensor, "c t h w"]:
    """Tokens → latents; channels come last within a token."""
    cut = tokens.view(*grid, *patch, -1).permute(6, 0, 3, 1, 4, 2, 5)
    sizes = (length * step for length, step in zip(grid, patch, strict=True))
    return cut.reshape(cut.shape[0], *sizes)
