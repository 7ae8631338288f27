"""Lanes: how the videos of a pack's documents lie one after the other, and how their sounds do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from manazir.kernels.attention import Span
from manazir.models.ltx.documents import Document, Track
from manazir.models.ltx.places import time_places, turns, video_places
from manazir.models.ltx.shape import LtxShape
from manazir.models.modulation import Runs
from manazir.models.packing import ranges_of, runs_of, self_spans
from manazir.models.rotary import Rotary
from manazir.models.sharing import Share, Sharing, ranges_within, runs_within


@dataclass(frozen=True, slots=True)
class Crossing:
    """The tokens of a lane that attend to the other lane, and are attended to by it."""

    ranges: tuple[slice, ...]
    """Each document's, among these tokens; the other lane's crossing has as many."""
    share: Share
    tokens: Int[Tensor, " k"] | None
    """Among the lane's that are computed here, of which the rest is too; None: all."""
    runs: Runs
    """Which of these tokens have which row of shifts and scales."""
    gate_runs: Runs
    turns: Rotary


@dataclass(frozen=True, slots=True)
class Lane:
    """How the tracks of one kind lie."""

    documents: tuple[Document, ...]
    """Those that have such a track."""
    tracks: tuple[Track, ...]
    ranges: tuple[slice, ...]
    """Each track's tokens."""
    timesteps: Float[Tensor, " r"]
    """Different ones; each is embedded once."""
    levels: tuple[int, ...]
    """Each track's level, as a row of `timesteps`."""
    spans: list[Span]
    share: Share
    """Of the tokens; what follows is of those that are computed here."""
    here: tuple[slice, ...]
    """Each track's."""
    runs: Runs
    """Which tokens have which timestep."""
    turns: Rotary
    crossing: Crossing | None
    """None: no document's tracks attend to each other."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Which row of the different timesteps each part of a lane has."""

    timesteps: Float[Tensor, " r"]
    frames: list[list[int]]
    """Of each track's latent frames."""
    levels: list[int]
    """Of each track."""
    others: list[int]
    """Of the other track of its document."""


def lane(
    documents: Sequence[Document], of: Callable[[Document], Track | None], shape: LtxShape, sharing: Sharing
) -> Lane | None:
    """Lay one track of each document out in a row; None where no document has it."""
    laid = tuple(document for document in documents if of(document) is not None)
    tracks = tuple(track for document in laid if (track := of(document)) is not None)
    if not tracks:
        return None
    rows = _rows(laid, tracks)
    ranges = ranges_of([_cells(track) * len(track.timesteps) for track in tracks])
    share = sharing(ranges[-1].stop)
    places = torch.cat([_places(track, shape) for track in tracks])
    return Lane(
        documents=laid,
        tracks=tracks,
        ranges=ranges,
        timesteps=rows.timesteps,
        levels=tuple(rows.levels),
        spans=self_spans(ranges, [track.past for track in tracks]),
        share=share,
        here=ranges_within(ranges, share.own),
        runs=runs_within(_frame_runs(tracks, rows, range(len(tracks))), share.own),
        turns=share.turns(turns(places, shape.heads, _head_width(tracks, shape))),
        crossing=_crossing(laid, tracks, ranges, share, rows, shape),
    )


def picked(ranges: Sequence[slice], chosen: Sequence[int], device: torch.device) -> Int[Tensor, " k"]:
    """The tokens of some ranges."""
    return torch.cat([torch.arange(ranges[index].start, ranges[index].stop, device=device) for index in chosen])


def _crossing(
    documents: Sequence[Document],
    tracks: Sequence[Track],
    ranges: Sequence[slice],
    all_share: Share,
    rows: _Rows,
    shape: LtxShape,
) -> Crossing | None:
    chosen = [index for index, document in enumerate(documents) if document.crosses]
    if not chosen:
        return None
    sizes = [ranges[index].stop - ranges[index].start for index in chosen]
    share = all_share.among([ranges[index] for index in chosen])
    own = runs_within(_frame_runs(tracks, rows, chosen), share.own)
    other = runs_within(runs_of([rows.others[index] for index in chosen], sizes), share.own)
    times = [_times(tracks[index], shape).repeat_interleave(_cells(tracks[index]), dim=0) for index in chosen]
    here = ranges_within(ranges, all_share.own)
    return Crossing(
        ranges=ranges_of(sizes),
        share=share,
        tokens=None if len(chosen) == len(tracks) else picked(here, chosen, tracks[0].latents.device),
        runs=other if shape.crosses_by == "other" else own,
        gate_runs=own if shape.crosses_by == "own" else other,
        turns=share.turns(turns(torch.cat(times), shape.heads, shape.sound_head_width)),
    )


def _rows(documents: Sequence[Document], tracks: Sequence[Track]) -> _Rows:
    own = [track.noise for track in tracks]
    others = [
        noise if other is None else other.noise
        for noise, other in zip(own, map(_other, documents, tracks), strict=True)
    ]
    told = [track.timesteps.float().cpu() for track in tracks]  # few numbers, of which lists are made
    timesteps, index = torch.unique(torch.cat([*told, torch.tensor(own + others)]), return_inverse=True)
    *frames, own_rows, other_rows = index.split([*map(len, told), len(own), len(others)])
    return _Rows(
        timesteps.to(tracks[0].latents.device),
        [part.tolist() for part in frames],
        own_rows.tolist(),
        other_rows.tolist(),
    )


def _frame_runs(tracks: Sequence[Track], rows: _Rows, chosen: Sequence[int]) -> Runs:
    told = [(row, _cells(tracks[index])) for index in chosen for row in rows.frames[index]]
    return runs_of([row for row, _ in told], [cells for _, cells in told])


def _other(document: Document, track: Track) -> Track | None:
    return document.sound if track is document.video else document.video


def _is_video(track: Track) -> bool:
    return track.latents.ndim == 4


def _cells(track: Track) -> int:
    """Tokens in a latent frame: one for each cell of a picture, one for all bands of a sound."""
    return track.latents[0, 0].numel() if _is_video(track) else 1


def _head_width(tracks: Sequence[Track], shape: LtxShape) -> int:
    return shape.head_width if _is_video(tracks[0]) else shape.sound_head_width


def _times(track: Track, shape: LtxShape) -> Float[Tensor, "t 1"]:
    return time_places(track.times.to(track.latents.device), shape.longest_seconds)


def _places(track: Track, shape: LtxShape) -> Float[Tensor, "n axes"]:
    times = _times(track, shape)
    if not _is_video(track):
        return times
    rows, columns = track.latents.shape[2:]
    return video_places(times, (rows, columns), shape.compression[1], shape.longest_size)
