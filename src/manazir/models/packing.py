"""Packs: the tokens of many documents in one forward pass, without padding.

A document is a stretch of latents at its own place in time, with its own noise levels, conditions and past. Text to
video, an image to go on from, keyframes, both branches of guidance, a causal chunk: each is a document, or two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor

from manazir.core.errors import ShapeError
from manazir.kernels.attention import Span
from manazir.models.modulation import Runs
from manazir.models.narrow import NarrowKeysValues, widened
from manazir.models.step_cache import Memory

KeysValues = tuple[Float[Tensor, "m h d"], Float[Tensor, "m h d"]]
"""Of one layer."""

Past = Sequence[KeysValues | NarrowKeysValues]
"""Of each layer: keys and values of what came before, as they were kept or narrowed since."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a video transformer is to make a prediction of."""

    latents: Float[Tensor, "c t h w"]
    """Noisy, and known ones where they are known; with the model's own conditioning channels, if it has some."""
    timesteps: Float[Tensor, " t"]
    """What the network is told of each latent frame's noise: 0 where it is known."""
    conditions: Sequence[Sequence[KeysValues]]
    """What cross attention reads: for each layer the keys and values of each kind of condition (words, a picture)."""
    first_frame: int = 0
    """Where in time it begins, in latent frames."""
    past: Past | None = None
    """What came before, which is seen too."""
    is_kept: bool = False
    """Whether its own keys and values are wanted, as a later document's past."""
    memory: Memory | None = None
    """What it remembers of earlier steps, so that it may leave blocks out; where it is kept, it leaves none out."""
    passed_layers: frozenset[int] = frozenset()
    """Blocks that leave its tokens as they are, counted from 0: a weaker prediction, for guidance to move away from."""


@dataclass(frozen=True, slots=True)
class Pack:
    """How documents lie in a pack."""

    grids: tuple[tuple[int, int, int], ...]
    """Tokens along time, height and width, of each document."""
    ranges: tuple[slice, ...]
    """Each document's tokens."""
    positions: Int[Tensor, "n 3"]
    """Of each token: frame, row, column."""
    timesteps: Float[Tensor, " r"]
    """Different ones; each is embedded once."""
    runs: Runs
    """Which tokens have which timestep."""


def pack(documents: Sequence[Document], patch: tuple[int, int, int]) -> Pack:
    """Lay documents out in a row.

    Raises:
        ShapeError: a document's size is not a multiple of the patch, or it has not one timestep for each frame.
    """
    grids = tuple(_grid(document, patch) for document in documents)
    ranges = ranges_of([t * h * w for t, h, w in grids])
    levels = torch.cat([document.timesteps[:: patch[0]] for document in documents])
    timesteps, rows = torch.unique(levels, return_inverse=True)
    positions = torch.cat([_positions(*grid, document) for grid, document in zip(grids, documents, strict=True)])
    sizes = [h * w for t, h, w in grids for _ in range(t)]
    return Pack(grids, ranges, positions, timesteps, runs_of(rows.tolist(), sizes))


def ranges_of(sizes: Sequence[int]) -> tuple[slice, ...]:
    """Ranges of such sizes, one after the other."""
    return tuple(slice(first, last) for first, last in pairwise([0, *accumulate(sizes)]))


def runs_of(rows: Sequence[int], sizes: Sequence[int]) -> Runs:
    """Ranges of such sizes, in which neighbours that have the same row are one."""
    runs: list[tuple[slice, int]] = []
    for row, tokens in zip(rows, ranges_of(sizes), strict=True):
        if runs and runs[-1][1] == row:
            runs[-1] = (slice(runs[-1][0].start, tokens.stop), row)
        else:
            runs.append((tokens, row))
    return tuple(runs)


def self_spans(ranges: Sequence[slice], pasts: Sequence[Past | None]) -> list[Span]:
    """Each document sees its past and itself; keys lie in that order, document after document."""
    spans, first = [], 0
    for queries, past in zip(ranges, pasts, strict=True):
        last = first + (0 if past is None else len(past[0][0])) + queries.stop - queries.start
        spans.append(Span(queries, slice(first, last)))
        first = last
    return spans


def with_past(own: KeysValues, ranges: Sequence[slice], pasts: Sequence[Past | None], layer: int) -> KeysValues:
    """Keys and values of all documents, each behind those of its past; as `self_spans` tells."""
    if all(past is None for past in pasts):
        return own
    parts: list[KeysValues] = []
    for tokens, past in zip(ranges, pasts, strict=True):
        if past is not None:
            seen = past[layer]
            parts.append(widened(seen, own[0].dtype) if isinstance(seen, NarrowKeysValues) else seen)
        parts.append((own[0][tokens], own[1][tokens]))
    return _together(parts)


def keep(kept: Sequence[list[KeysValues] | None], own: KeysValues, ranges: Sequence[slice]) -> None:
    """Add a layer's keys and values to those of each document that is kept; copies, so that the rest can go."""
    for layers, tokens in zip(kept, ranges, strict=True):
        if layers is not None:
            layers.append((own[0][tokens].clone(), own[1][tokens].clone()))


def stacked(parts: Sequence[KeysValues]) -> KeysValues:
    """Conditions one after the other; those that documents share are there once."""
    different = [part for place, part in zip(_first_places(parts), parts, strict=True) if place is None]
    return different[0] if len(different) == 1 else _together(different)


def reading_spans(ranges: Sequence[slice], parts: Sequence[KeysValues]) -> list[Span]:
    """Which of the stacked conditions each document reads that has tokens here."""
    first_places = _first_places(parts)
    different = [len(part[0]) for place, part in zip(first_places, parts, strict=True) if place is None]
    own = iter(ranges_of(different))
    keys: list[slice] = []
    for place in first_places:
        keys.append(next(own) if place is None else keys[place])
    there = [(tokens, read) for tokens, read in zip(ranges, keys, strict=True) if tokens.stop > tokens.start]
    return [Span(tokens, read) for tokens, read in there]


def _first_places(parts: Sequence[KeysValues]) -> list[int | None]:
    """Where each one's keys are for the first time; None: here. By `is`: the compiler would build an `id` in."""
    return [next((place for place in range(n) if parts[place][0] is parts[n][0]), None) for n in range(len(parts))]


def _together(parts: Sequence[KeysValues]) -> KeysValues:
    return torch.cat([key for key, _ in parts]), torch.cat([value for _, value in parts])


def _grid(document: Document, patch: tuple[int, int, int]) -> tuple[int, int, int]:
    size = tuple(document.latents.shape[1:])
    if any(length % step for length, step in zip(size, patch, strict=True)):
        raise ShapeError(f"latents of {size} (frames, rows, columns) are no whole patches of {patch}; pad or crop them")
    if document.timesteps.shape != size[:1]:
        raise ShapeError(f"{len(document.timesteps)} timesteps for {size[0]} latent frames; give one for each")
    t, h, w = (length // step for length, step in zip(size, patch, strict=True))
    return t, h, w


def _positions(t: int, h: int, w: int, document: Document) -> Int[Tensor, "n 3"]:
    device = document.latents.device
    frames = torch.arange(t, device=device) + document.first_frame
    grid = torch.meshgrid(frames, torch.arange(h, device=device), torch.arange(w, device=device), indexing="ij")
    return torch.stack(grid, dim=-1).flatten(0, 2)
