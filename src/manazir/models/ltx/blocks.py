"""The blocks of LTX-2: a half for video and a half for sound, which attend to each other in between.

Each half attends to its own tokens and to words, then to the other half, then comes its feed-forward layer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from manazir.kernels.attention import Span, attend
from manazir.models.ltx.attention import Attention, feed_forward, rms_normed
from manazir.models.ltx.documents import Kind
from manazir.models.ltx.lanes import Crossing, Lane, picked
from manazir.models.modulation import Modulation, added, by_runs
from manazir.models.packing import KeysValues, ranges_of, reading_spans, stacked, with_past
from manazir.models.rotary import turned_halves


@dataclass(frozen=True, slots=True)
class Told:
    """What every block is told of one lane."""

    lane: Lane
    rows: Float[Tensor, "r k d"]
    """Of shifts, scales and gates: 6 kinds, or 9 where attention to words is modulated."""
    cross_rows: Float[Tensor, "r 5 d"]
    """Of attention between video and sound."""
    word_rows: Float[Tensor, "r 2 d"] | None
    """Of words, where they are modulated."""
    backend: str


@dataclass(frozen=True, slots=True)
class Turned:
    """What one half brings to the attention between both: as it asks, and as it answers the other."""

    asking: Float[Tensor, "k d"]
    answering: Float[Tensor, "k d"]
    gate: Float[Tensor, "r d"]
    crossing: Crossing


class Half(nn.Module):
    """Video's half of a block, or sound's.

    Args:
        other_width: of the other half's tokens.
        cross_head_width: of the heads that attend to the other half.
    """

    def __init__(
        self,
        width: int,
        other_width: int,
        heads: int,
        cross_head_width: int,
        *,
        is_gated: bool,
        modulates_words: bool,
        has_bias: bool,
    ) -> None:
        super().__init__()
        self.attention = Attention(width, width, heads, width // heads, is_gated)
        self.word_attention = Attention(width, width, heads, width // heads, is_gated)
        self.cross_attention = Attention(width, other_width, heads, cross_head_width, is_gated)
        self.feed_forward = feed_forward(width, has_bias)
        self.modulation = Modulation(9 if modulates_words else 6, width)
        self.cross_modulation = Modulation(5, width)
        self.word_modulation = Modulation(2, width) if modulates_words else None

    def see(self, x: Float[Tensor, "n d"], told: Told, layer: int) -> tuple[Float[Tensor, "n d"], KeysValues]:
        """Tokens after attention to themselves, and this layer's keys and values."""
        lane = told.lane
        shift, scale, gate, *_ = self.modulation(told.rows)
        looking = by_runs(rms_normed(x), (shift, scale), lane.runs, _modulated)
        key, value = self.attention.read(looking)
        query, key = (turned_halves(part, lane.turns) for part in (self.attention.queries(looking), key))
        query, key, value = lane.share.to_heads(query, key, value)
        seen = lane.share.to_tokens(_seen(query, (key, value), told, layer))
        return added(x, self.attention.leave(seen, looking), gate, lane.runs), (key, value)

    def shown(self, x: Float[Tensor, "n d"], told: Told) -> Float[Tensor, "n d"]:
        """What attention to its own tokens is shown: tokens, normed and modulated."""
        shift, scale, *_ = self.modulation(told.rows)
        return by_runs(rms_normed(x), (shift, scale), told.lane.runs, _modulated)

    def heed(self, x: Float[Tensor, "n d"], told: Told, layer: int) -> Float[Tensor, "n d"]:
        """Tokens after attention to words."""
        lane, listening = told.lane, rms_normed(x)
        rows = self.modulation(told.rows)[6:]
        if rows:
            listening = by_runs(listening, rows[:2], lane.runs, _modulated)
        parts = self._words(told, layer)
        query = self.word_attention.queries(listening)
        heard = attend(query, *stacked(parts), reading_spans(lane.here, parts), told.backend)
        change = self.word_attention.leave(heard, listening)
        return added(x, change, rows[2], lane.runs) if rows else x + change

    def turn(self, x: Float[Tensor, "n d"], told: Told, crossing: Crossing) -> Turned:
        """What the other half is attended to with, and shown."""
        scale, shift, other_scale, other_shift, gate = self.cross_modulation(told.cross_rows)
        whole = rms_normed(x if crossing.tokens is None else x[crossing.tokens])
        asking = by_runs(whole, (shift, scale), crossing.runs, _modulated)
        answering = by_runs(whole, (other_shift, other_scale), crossing.runs, _modulated)
        return Turned(asking, answering, gate, crossing)

    def hear(self, x: Float[Tensor, "n d"], own: Turned, other: Turned, backend: str) -> Float[Tensor, "n d"]:
        """Tokens after attention to the other half."""
        key, value = self.cross_attention.read(other.answering)
        key, value = other.crossing.share.to_heads(turned_halves(key, other.crossing.turns), value)
        query = turned_halves(self.cross_attention.queries(own.asking), own.crossing.turns)
        (query,) = own.crossing.share.to_heads(query)
        spans = [Span(*pair) for pair in zip(own.crossing.ranges, other.crossing.ranges, strict=True)]
        heard = own.crossing.share.to_tokens(attend(query, key, value, spans, backend))
        change = self.cross_attention.leave(heard, own.asking)
        tokens, runs = own.crossing.tokens, own.crossing.gate_runs
        if tokens is None:
            return added(x, change, own.gate, runs)
        return x.index_copy(0, tokens, added(x[tokens], change, own.gate, runs))

    def think(self, x: Float[Tensor, "n d"], told: Told) -> Float[Tensor, "n d"]:
        """Tokens after the feed-forward layer."""
        shift, scale, gate = self.modulation(told.rows)[3:6]
        hidden = self.feed_forward(by_runs(rms_normed(x), (shift, scale), told.lane.runs, _modulated))
        return added(x, hidden, gate, told.lane.runs)

    def _words(self, told: Told, layer: int) -> list[KeysValues]:
        """Keys and values of each track's words; where they were not kept, they are read once for each level."""
        read: dict[tuple[int, int], KeysValues] = {}
        parts = []
        for track, row in zip(told.lane.tracks, told.lane.levels, strict=True):
            which = id(track.words), row
            if which not in read:
                kept = track.words.keys_values
                read[which] = self._read(track.words.words, told, row) if kept is None else kept[layer]
            parts.append(read[which])
        return parts

    def _read(self, words: Float[Tensor, "m d"], told: Told, row: int) -> KeysValues:
        if self.word_modulation is not None and told.word_rows is not None:
            shift, scale = self.word_modulation(told.word_rows)
            words = _modulated(words, shift[row], scale[row])
        return self.word_attention.read(words)


class Block(nn.Module):
    """Both halves."""

    def __init__(self, video: Half, sound: Half) -> None:
        super().__init__()
        self.video, self.sound = video, sound

    def forward(
        self, xs: Mapping[Kind, Tensor], told: Mapping[Kind, Told], layer: int
    ) -> tuple[dict[Kind, Tensor], dict[Kind, KeysValues]]:
        """Tokens of both kinds, or of the one that there is, and the keys and values of this layer."""
        halves: dict[Kind, Half] = {"video": self.video, "sound": self.sound}
        made: dict[Kind, Tensor] = {}
        kept: dict[Kind, KeysValues] = {}
        for kind, own in told.items():
            seen, kept[kind] = halves[kind].see(xs[kind], own, layer)
            made[kind] = halves[kind].heed(seen, own, layer)
        made = self._crossed(made, told)
        return {kind: halves[kind].think(x, told[kind]) for kind, x in made.items()}, kept

    def _crossed(self, xs: dict[Kind, Tensor], told: Mapping[Kind, Told]) -> dict[Kind, Tensor]:
        """Each half attends to the other as it was before."""
        crossings = [own.lane.crossing for own in told.values()]
        if len(crossings) < 2 or crossings[0] is None or crossings[1] is None:
            return xs
        video = self.video.turn(xs["video"], told["video"], crossings[0])
        sound = self.sound.turn(xs["sound"], told["sound"], crossings[1])
        backend = told["video"].backend
        return {
            "video": self.video.hear(xs["video"], video, sound, backend),
            "sound": self.sound.hear(xs["sound"], sound, video, backend),
        }


def _modulated(x: Float[Tensor, "n d"], shift: Float[Tensor, " d"], scale: Float[Tensor, " d"]) -> Tensor:
    return torch.addcmul(shift, x.float(), 1 + scale).to(x.dtype)


def _seen(query: Float[Tensor, "n h e"], own: KeysValues, told: Told, layer: int) -> Float[Tensor, "n h e"]:
    """What each track sees of its past and itself; where its document is blind, its own values."""
    lane = told.lane
    keys, values = with_past(own, lane.ranges, [track.past for track in lane.tracks], layer)
    seeing = [index for index, document in enumerate(lane.documents) if layer not in document.blind_layers]
    if len(seeing) == len(lane.tracks):
        return attend(query, keys, values, lane.spans, told.backend)
    if not seeing:
        return own[1]
    tokens = picked(lane.ranges, seeing, query.device)
    sizes = [lane.spans[index].sizes[0] for index in seeing]
    spans = [Span(queries, lane.spans[index].keys) for queries, index in zip(ranges_of(sizes), seeing, strict=True)]
    return own[1].index_copy(0, tokens, attend(query[tokens], keys, values, spans, told.backend))
