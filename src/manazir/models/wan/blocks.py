"""The blocks of Wan's transformer: attention over a pack, attention to conditions, and a feed-forward layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.kernels.attention import Span, attend
from manazir.models.linear import FeedForward, Linear
from manazir.models.modulation import Modulation, Runs, added, by_runs, layer_normed
from manazir.models.packing import Document, KeysValues, Pack, reading_spans, stacked, with_past
from manazir.models.rotary import Rotary, turned
from manazir.models.sharing import Share

_EPSILON = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """What every block is told of a pack."""

    documents: Sequence[Document]
    pack: Pack
    spans: Sequence[Span]
    """Of all tokens, like the pack; what follows is of those that are computed here."""
    share: Share
    ranges: Sequence[slice]
    """Each document's."""
    runs: Runs
    rotary: Rotary
    backend: str


class Attention(nn.Module):
    """Projections of one attention; norms are over all heads together.

    Args:
        conditions: how many kinds of conditions it reads; 0: it reads its own tokens.
    """

    def __init__(self, width: int, heads: int, conditions: int = 0) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.out = Linear(width, width), Linear(width, width)
        self.keys = nn.ModuleList(Linear(width, width) for _ in range(max(conditions, 1)))
        self.values = nn.ModuleList(Linear(width, width) for _ in range(max(conditions, 1)))
        self.query_norm = nn.RMSNorm(width, eps=_EPSILON)
        self.key_norms = nn.ModuleList(nn.RMSNorm(width, eps=_EPSILON) for _ in range(max(conditions, 1)))

    def queries(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h e"]:
        """Queries of tokens."""
        return self._split(self.query_norm(self.query(x)))

    def read(self, x: Float[Tensor, "m d"], kind: int = 0) -> KeysValues:
        """Keys and values of what is attended to."""
        return self._split(self.key_norms[kind](self.keys[kind](x))), self._split(self.values[kind](x))

    def _split(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h e"]:
        return x.view(len(x), self.heads, x.shape[1] // self.heads)


class Block(nn.Module):
    """One block.

    Args:
        conditions: how many kinds of conditions it reads: words, or words and a picture.
    """

    def __init__(self, width: int, heads: int, hidden_width: int, conditions: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.condition_norm = nn.LayerNorm(width, eps=_EPSILON)
        self.condition_attention = Attention(width, heads, conditions)
        self.feed_forward = FeedForward(width, hidden_width)
        self.modulation = Modulation(6, width)

    def forward(
        self, x: Float[Tensor, "n d"], rows: Float[Tensor, "r 6 d"], packed: Packed, layer: int
    ) -> tuple[Float[Tensor, "n d"], KeysValues]:
        """Tokens, and the keys and values of this layer."""
        shift, scale, gate, shift_2, scale_2, gate_2 = self.modulation(rows)
        runs = packed.runs
        seen, keys_values = self._see(by_runs(x, (shift, scale), runs, layer_normed), packed, layer)
        x = added(x, seen, gate, runs)
        x = x + self._heed(self._condition_normed(x), packed, layer)
        hidden = self.feed_forward(by_runs(x, (shift_2, scale_2), runs, layer_normed))
        return added(x, hidden, gate_2, runs), keys_values

    def shown(self, x: Float[Tensor, "n d"], rows: Float[Tensor, "r 6 d"], packed: Packed) -> Float[Tensor, "n d"]:
        """What its attention is shown: tokens, normed and modulated."""
        shift, scale, *_ = self.modulation(rows)
        return by_runs(x, (shift, scale), packed.pack.runs, layer_normed)

    def _see(self, x: Float[Tensor, "n d"], packed: Packed, layer: int) -> tuple[Float[Tensor, "n d"], KeysValues]:
        """Attention of each document to its past and itself."""
        key, value = self.attention.read(x)
        query, key = (turned(part, packed.rotary) for part in (self.attention.queries(x), key))
        query, key, value = packed.share.to_heads(query, key, value)
        pasts = [document.past for document in packed.documents]
        keys, values = with_past((key, value), packed.pack.ranges, pasts, layer)
        seen = packed.share.to_tokens(attend(query, keys, values, packed.spans, packed.backend))
        return self.attention.out(seen.flatten(1)), (key, value)

    def _heed(self, x: Float[Tensor, "n d"], packed: Packed, layer: int) -> Float[Tensor, "n d"]:
        """Attention to words, and to a picture; each kind by itself."""
        query = self.condition_attention.queries(x)
        read = [document.conditions[layer] for document in packed.documents]
        heard = torch.zeros_like(query)
        for kind in range(len(read[0])):
            parts = [conditions[kind] for conditions in read]
            heard = heard + attend(query, *stacked(parts), reading_spans(packed.ranges, parts), packed.backend)
        result: Tensor = self.condition_attention.out(heard.flatten(1))
        return result

    def _condition_normed(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        norm = self.condition_norm
        whole = F.layer_norm(x.float(), x.shape[-1:], norm.weight.float(), norm.bias.float(), norm.eps)
        return whole.to(x.dtype)
