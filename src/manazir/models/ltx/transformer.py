"""LTX-2's transformer of video and sound, for packs of documents.

Sources: LTX-2 (arXiv:2601.03233); 2.3 and 2.5 as huggingface/diffusers 0.42.1 has them. It predicts velocities:
noise - clean.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from manazir.core.errors import ShapeError
from manazir.models.conditions import TextReader, TimeReader
from manazir.models.ltx.blocks import Block, Half, Told
from manazir.models.ltx.documents import Document, Kind, Predicted, PredictedTrack, Words, check
from manazir.models.ltx.lanes import Lane, lane
from manazir.models.ltx.shape import LtxShape
from manazir.models.modulation import Modulation, by_runs, layer_normed
from manazir.models.packing import KeysValues, keep
from manazir.models.sharing import Share, Sharing, alone
from manazir.models.skipping import refuse_shares, remembers, through
from manazir.models.step_cache import Parts

_WAVES = 256
"""That tell a timestep."""


Kept = dict[Kind, list[KeysValues] | None]
"""Of each track of a document: keys and values of each layer, where it is kept."""


class Stream(nn.Module):
    """What stands before and after the blocks, for video or for sound."""

    def __init__(self, channels: int, width: int, shape: LtxShape, *, marks_pictures: bool = False) -> None:
        super().__init__()
        self.enter, self.leave = nn.Linear(channels, width), nn.Linear(width, channels)
        self.text = None if shape.text_width is None else TextReader(shape.text_width, width)
        self.time = TimeReader(_WAVES, width, kinds=9 if shape.modulates_words else 6)
        self.cross_time = TimeReader(_WAVES, width, kinds=4)
        self.gate_time = TimeReader(_WAVES, width, kinds=1)
        self.word_time = TimeReader(_WAVES, width, kinds=2) if shape.modulates_words else None
        self.modulation = Modulation(2, width)
        self.picture_mark = nn.Parameter(torch.zeros(width)) if marks_pictures else None

    def entered(self, lane: Lane) -> Float[Tensor, "n d"]:
        """Latents → tokens."""
        x: Tensor = self.enter(torch.cat([_tokens(track.latents) for track in lane.tracks])[lane.share.own])
        if self.picture_mark is None or all(track.are_pictures is None for track in lane.tracks):
            return x
        return x + _are_pictures(lane)[lane.share.own].to(x)[:, None] * self.picture_mark

    def told(self, lane: Lane, dtype: torch.dtype, backend: str) -> tuple[Told, Float[Tensor, "r d"]]:
        """What blocks are told of a lane, and the timesteps that it follows from."""
        time, rows = self._timed(self.time, lane, dtype)
        cross = [self._timed(reader, lane, dtype)[1] for reader in (self.cross_time, self.gate_time)]
        words = None if self.word_time is None else self._timed(self.word_time, lane, dtype)[1]
        return Told(lane, rows, torch.cat(cross, dim=1), words, backend), time

    def left(self, x: Float[Tensor, "n d"], time: Float[Tensor, "r d"], lane: Lane) -> Float[Tensor, "n c"]:
        """Tokens → velocities, of all."""
        shift, scale = self.modulation(time[:, None])
        left: Tensor = self.leave(by_runs(x, (shift, scale), lane.runs, layer_normed))
        return lane.share.whole(left)

    @staticmethod
    def _timed(reader: TimeReader, lane: Lane, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        time: Tensor = reader(lane.timesteps, dtype)
        return time, reader.rows(time)


class LtxTransformer(nn.Module):
    """Documents → their velocities."""

    def __init__(self, shape: LtxShape) -> None:
        super().__init__()
        self.shape = shape
        self.video = Stream(shape.channels, shape.width, shape, marks_pictures=shape.marks_pictures)
        self.sound = Stream(shape.sound_channels, shape.sound_width, shape)
        self.blocks = nn.ModuleList(_block(shape) for _ in range(shape.layers))

    @property
    def stack(self) -> list[nn.Module]:
        """All blocks, in the order in which they compute."""
        return list(self.blocks)

    def read_video(self, words: Float[Tensor, "m e"], keeps: bool = True) -> Words:
        """What a video track reads of words that the connectors gave.

        Args:
            keeps: keys and values of every layer, where the timestep does not modulate them: 0.8 GB for 1024 words of
                LTX-2 in bfloat16. Otherwise every step makes them, at half a percent more work.
        """
        return self._read("video", words, keeps)

    def read_sound(self, words: Float[Tensor, "m e"], keeps: bool = True) -> Words:
        """What a sound track reads; as `read_video`."""
        return self._read("sound", words, keeps)

    def forward(
        self, documents: Sequence[Document], backend: str = "sdpa", sharing: Sharing = alone
    ) -> list[Predicted]:
        """Predict all documents in one pass.

        Args:
            backend: of attention; see `kernels.attention`.
            sharing: of the tokens among devices, each of which calls this with the same documents. All get all
                velocities; keys and values of documents that are kept are of own heads.
        """
        check(documents, self.shape)
        lanes = self._lanes(documents, sharing)
        xs = {kind: self._stream(kind).entered(laid) for kind, laid in lanes.items()}
        told, times = self._told(lanes, xs, backend)
        kept: list[Kept] = [
            {kind: [] if document.is_kept else None for kind in document.kinds} for document in documents
        ]
        out = self._through(documents, xs, told, kept)
        made = {
            kind: _predicted(self._stream(kind).left(x, times[kind], lanes[kind]), _of(kind, kept), lanes[kind])
            for kind, x in out.items()
        }
        return [_both(document, made) for document in documents]

    def _through(
        self, documents: Sequence[Document], xs: Mapping[Kind, Tensor], told: Mapping[Kind, Told], kept: Sequence[Kept]
    ) -> Mapping[Kind, Tensor]:
        """All blocks, but for those that documents' memories answer for."""
        every = range(len(self.blocks))
        if not remembers(documents):
            return self._run(xs, told, kept, every)

        sharing = partial(_whole, next(iter(told.values())).lane.share)
        refuse_shares(next(iter(told.values())).lane.share)

        def run(chosen: Sequence[int], parts: Sequence[Parts], layers: range) -> list[Parts]:
            some, some_told = [documents[place] for place in chosen], told
            some_xs = _joined(some, parts)
            if len(chosen) < len(documents):
                backend = next(iter(told.values())).backend
                some_told, _ = self._told(self._lanes(some, sharing), some_xs, backend)
            return _split(some, self._run(some_xs, some_told, [kept[place] for place in chosen], layers), some_told)

        def shown() -> list[Parts]:
            halves = {kind: getattr(self.blocks[0], kind) for kind in told}
            return _split(documents, {kind: half.shown(xs[kind], told[kind]) for kind, half in halves.items()}, told)

        return _joined(documents, through(documents, _split(documents, xs, told), len(every), run, shown))

    def _run(
        self, xs: Mapping[Kind, Tensor], told: Mapping[Kind, Told], kept: Sequence[Kept], layers: range
    ) -> Mapping[Kind, Tensor]:
        """Some of the blocks."""
        for layer in layers:
            xs, keys_values = self.blocks[layer](xs, told, layer)
            for kind, own in told.items():
                keep(_of(kind, kept), keys_values[kind], own.lane.ranges)
        return xs

    def _told(
        self, lanes: Mapping[Kind, Lane], xs: Mapping[Kind, Tensor], backend: str
    ) -> tuple[dict[Kind, Told], dict[Kind, Tensor]]:
        """What blocks are told of lanes, and the timesteps that modulations follow from."""
        both = {kind: self._stream(kind).told(laid, xs[kind].dtype, backend) for kind, laid in lanes.items()}
        return {kind: told for kind, (told, _) in both.items()}, {kind: time for kind, (_, time) in both.items()}

    def _stream(self, kind: Kind) -> Stream:
        return self.video if kind == "video" else self.sound

    def _lanes(self, documents: Sequence[Document], sharing: Sharing) -> dict[Kind, Lane]:
        video = lane(documents, lambda document: document.video, self.shape, sharing)
        sound = lane(documents, lambda document: document.sound, self.shape, sharing)
        lanes: dict[Kind, Lane | None] = {"video": video, "sound": sound}
        return {kind: laid for kind, laid in lanes.items() if laid is not None}

    def _read(self, kind: Kind, words: Float[Tensor, "m e"], keeps: bool) -> Words:
        stream = self._stream(kind)
        width = stream.enter.out_features if stream.text is None else self.shape.text_width
        if words.shape[-1] != width:
            raise ShapeError(f"words of {words.shape[-1]} numbers for {kind} of this LTX-2, which reads {width}")
        read = words if stream.text is None else stream.text(words)
        if self.shape.modulates_words or not keeps:
            return Words(read, None)
        halves = [getattr(block, kind) for block in self.blocks]
        return Words(read, [half.word_attention.read(read) for half in halves])


def _block(shape: LtxShape) -> Block:
    widths = shape.width, shape.sound_width
    video, sound = (
        Half(
            own,
            other,
            shape.heads,
            shape.sound_head_width,
            is_gated=shape.is_gated,
            modulates_words=shape.modulates_words,
            has_bias=has_bias,
        )
        for own, other, has_bias in ((*widths, shape.has_video_bias), (*widths[::-1], True))
    )
    return Block(video, sound)


def _tokens(latents: Float[Tensor, "c t *size"]) -> Float[Tensor, "n p"]:
    """Cells of video, or whole latent frames of sound, channels first within a token."""
    if latents.ndim == 4:
        return latents.flatten(1).T
    return latents.transpose(0, 1).flatten(1)


def _latents(tokens: Float[Tensor, "n p"], like: Float[Tensor, "c t *size"]) -> Float[Tensor, "c t *size"]:
    """Tokens → latents."""
    if like.ndim == 4:
        return tokens.T.reshape(like.shape)
    return tokens.view(like.shape[1], like.shape[0], -1).transpose(0, 1)


def _are_pictures(lane: Lane) -> Bool[Tensor, " n"]:
    """Which tokens are of latent frames that hold one picture."""
    marks = []
    for track, tokens in zip(lane.tracks, lane.ranges, strict=True):
        count = len(track.timesteps)
        frames = torch.zeros(count, dtype=torch.bool) if track.are_pictures is None else track.are_pictures
        marks.append(frames.to(track.latents.device).repeat_interleave((tokens.stop - tokens.start) // count))
    return torch.cat(marks)


def _whole(share: Share, tokens: int) -> Share:
    """The same heads, of all of so many tokens."""
    return replace(share, sizes=(tokens,))


def _of(kind: Kind, kept: Sequence[Kept]) -> list[list[KeysValues] | None]:
    """Of one lane's tracks."""
    return [own[kind] for own in kept if kind in own]


def _split(documents: Sequence[Document], xs: Mapping[Kind, Tensor], told: Mapping[Kind, Told]) -> list[Parts]:
    """Lanes → each document's tokens."""
    ranges = {kind: iter(own.lane.ranges) for kind, own in told.items()}
    return [tuple(xs[kind][next(ranges[kind])] for kind in document.kinds) for document in documents]


def _joined(documents: Sequence[Document], parts: Sequence[Parts]) -> dict[Kind, Tensor]:
    """Each document's tokens → lanes."""
    lanes: dict[Kind, list[Tensor]] = {}
    for document, own in zip(documents, parts, strict=True):
        for kind, tokens in zip(document.kinds, own, strict=True):
            lanes.setdefault(kind, []).append(tokens)
    return {kind: torch.cat(tokens) for kind, tokens in lanes.items()}


def _predicted(
    made: Float[Tensor, "n c"], kept: Sequence[list[KeysValues] | None], lane: Lane
) -> Iterator[PredictedTrack]:
    """One track after the other."""
    for track, tokens, layers in zip(lane.tracks, lane.ranges, kept, strict=True):
        yield PredictedTrack(_latents(made[tokens], track.latents), layers)


def _both(document: Document, made: Mapping[Kind, Iterator[PredictedTrack]]) -> Predicted:
    """The next document's."""
    video = None if document.video is None else next(made["video"])
    return Predicted(video, None if document.sound is None else next(made["sound"]))
