"""The blocks of Wan's transformer: attention over a pack, attention to conditions, and a feed-forward layer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.kernels.attention import Span, attend
from manazir.models.packing import Document, KeysValues, Pack
from manazir.models.rotary import Rotary, turned

_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Packed:
    """What every block is told of a pack."""

    documents: Sequence[Document]
    pack: Pack
    spans: Sequence[Span]
    rotary: Rotary
    backend: str


class Modulation(nn.Module):
    """Rows of shifts, scales or gates, one of each kind for each timestep."""

    def __init__(self, kinds: int, width: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(kinds, width))

    def forward(self, rows: Float[Tensor, "r k d"]) -> list[Float[Tensor, "r d"]]:
        """Each kind's rows."""
        return list((self.table + rows.float()).unbind(1))


def by_runs(
    parts: Tensor, rows: Sequence[Tensor], runs: Sequence[tuple[slice, int]], change: Callable[..., Tensor]
) -> Tensor:
    """Apply a change to each run of tokens with its rows, without spreading rows over tokens."""
    if len(runs) == 1:
        return change(parts, *(row[runs[0][1]] for row in rows))
    return torch.cat([change(parts[tokens], *(row[index] for row in rows)) for tokens, index in runs])


def normed(x: Float[Tensor, "n d"], shift: Float[Tensor, " d"], scale: Float[Tensor, " d"]) -> Float[Tensor, "n d"]:
    """Layer norm without weights of its own, in float32."""
    whole = F.layer_norm(x.float(), x.shape[-1:], eps=_EPSILON)
    return torch.addcmul(shift, whole, 1 + scale).to(x.dtype)


class Attention(nn.Module):
    """Projections of one attention; norms are over all heads together.

    Args:
        conditions: how many kinds of conditions it reads; 0: it reads its own tokens.
    """

    def __init__(self, width: int, heads: int, conditions: int = 0) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.out = nn.Linear(width, width), nn.Linear(width, width)
        self.keys = nn.ModuleList(nn.Linear(width, width) for _ in range(max(conditions, 1)))
        self.values = nn.ModuleList(nn.Linear(width, width) for _ in range(max(conditions, 1)))
        self.query_norm = nn.RMSNorm(width, eps=_EPSILON)
        self.key_norms = nn.ModuleList(nn.RMSNorm(width, eps=_EPSILON) for _ in range(max(conditions, 1)))

    def queries(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h e"]:
        """Queries of tokens."""
        return self._split(self.query_norm(self.query(x)))

    def read(self, x: Float[Tensor, "m d"], kind: int = 0) -> KeysValues:
        """Keys and values of what is attended to."""
        return self._split(self.key_norms[kind](self.keys[kind](x))), self._split(self.values[kind](x))

    def _split(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h e"]:
        return x.view(len(x), self.heads, -1)


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
        self.feed_forward = nn.Sequential(
            nn.Linear(width, hidden_width), nn.GELU(approximate="tanh"), nn.Linear(hidden_width, width)
        )
        self.modulation = Modulation(6, width)

    def forward(
        self, x: Float[Tensor, "n d"], rows: Float[Tensor, "r 6 d"], packed: Packed, layer: int
    ) -> tuple[Float[Tensor, "n d"], KeysValues]:
        """Tokens, and the keys and values of this layer."""
        shift, scale, gate, shift_2, scale_2, gate_2 = self.modulation(rows)
        runs = packed.pack.runs
        seen, keys_values = self._see(by_runs(x, (shift, scale), runs, normed), packed, layer)
        x = _added(x, seen, gate, runs)
        x = x + self._heed(self._condition_normed(x), packed, layer)
        hidden = self.feed_forward(by_runs(x, (shift_2, scale_2), runs, normed))
        return _added(x, hidden, gate_2, runs), keys_values

    def _see(self, x: Float[Tensor, "n d"], packed: Packed, layer: int) -> tuple[Float[Tensor, "n d"], KeysValues]:
        """Attention of each document to its past and itself."""
        key, value = self.attention.read(x)
        query, key = (turned(part, packed.rotary) for part in (self.attention.queries(x), key))
        keys, values = (_with_past(part, packed, layer, index) for index, part in enumerate((key, value)))
        seen = attend(query, keys, values, packed.spans, packed.backend)
        return self.attention.out(seen.flatten(1)), (key, value)

    def _heed(self, x: Float[Tensor, "n d"], packed: Packed, layer: int) -> Float[Tensor, "n d"]:
        """Attention to words, and to a picture; each kind by itself."""
        query = self.condition_attention.queries(x)
        read = [document.conditions[layer] for document in packed.documents]
        heard = torch.zeros_like(query)
        for kind in range(len(read[0])):
            parts = [conditions[kind] for conditions in read]
            heard = heard + attend(query, *_stacked(parts), _spans(packed.pack.ranges, parts), packed.backend)
        added: Tensor = self.condition_attention.out(heard.flatten(1))
        return added

    def _condition_normed(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        norm = self.condition_norm
        whole = F.layer_norm(x.float(), x.shape[-1:], norm.weight.float(), norm.bias.float(), norm.eps)
        return whole.to(x.dtype)


def _added(
    x: Float[Tensor, "n d"], change: Float[Tensor, "n d"], gate: Float[Tensor, "r d"], runs: Sequence[tuple[slice, int]]
) -> Float[Tensor, "n d"]:
    """The stream with a gated change, summed in float32."""
    if len(runs) == 1:
        return torch.addcmul(x.float(), change.float(), gate[runs[0][1]]).to(x.dtype)
    summed = [torch.addcmul(x[tokens].float(), change[tokens].float(), gate[index]) for tokens, index in runs]
    return torch.cat(summed).to(x.dtype)


def _with_past(part: Tensor, packed: Packed, layer: int, index: int) -> Tensor:
    """Keys or values of all documents, each behind those of its past."""
    if all(document.past is None for document in packed.documents):
        return part
    rows: list[Tensor] = []
    for document, tokens in zip(packed.documents, packed.pack.ranges, strict=True):
        rows += [] if document.past is None else [document.past[layer][index]]
        rows.append(part[tokens])
    return torch.cat(rows)


def _stacked(parts: Sequence[KeysValues]) -> KeysValues:
    """Conditions one after the other; those that documents share are there once."""
    different = list({id(part): part for part in parts}.values())
    if len(different) == 1:
        return different[0]
    return torch.cat([key for key, _ in different]), torch.cat([value for _, value in different])


def _spans(ranges: Sequence[slice], parts: Sequence[KeysValues]) -> list[Span]:
    """Which condition each document reads."""
    firsts: dict[int, int] = {}
    total = 0
    for part in parts:
        if id(part) not in firsts:
            firsts[id(part)] = total
            total += len(part[0])
    return [
        Span(tokens, slice(firsts[id(part)], firsts[id(part)] + len(part[0])))
        for tokens, part in zip(ranges, parts, strict=True)
    ]
