"""Clips that are made while a generator learns from them.

Worker processes draw scenes; the ray caster renders them here in batches, the codec encodes them, and their latents
replace the oldest in a store on the device that trains. Disk is touched only when a call ends.
"""

import hashlib
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from torch import Tensor

from manazir.core import layout
from manazir.core.errors import CheckpointError, SceneError
from manazir.core.seeds import derive
from manazir.models.codecs.levels import to_pictures
from manazir.models.codecs.picture import CELL, PictureCodec
from manazir.models.codecs.spectrogram import TOKEN_WIDTH
from manazir.models.text.words import WordLimits, Words
from manazir.training.caption_store import Captions, Spellings
from manazir.training.reading import Lesson, questions
from manazir.training.scene_workers import SceneBatch, SceneWorkers
from manazir.training.spoken import WordedShard
from manazir.worlds.raycast_torch import to_display, trace_world
from manazir.worlds.torch_world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """How clips are rendered and kept."""

    clips: int = 150_000
    """Room for clips of all sizes together; a clip of 128x128 takes 125 kB."""
    frames: int = 24
    sound_tokens: int = 16
    is_compiled: bool = False
    """Whether the ray caster goes through torch.compile."""
    memory_bytes: int = 1 << 30
    """Of the ray caster's temporaries."""


@dataclass(slots=True)
class _Ring:
    """Clips of one picture size; new ones take the places of the oldest."""

    video: Float[Tensor, "room t c h w"]
    sound: Float[Tensor, "room a s"]
    layout: Float[Tensor, "room t slots f"]
    captions: Captions
    added: int = 0

    @property
    def room(self) -> int:
        return len(self.video)

    @property
    def count(self) -> int:
        return min(self.added, self.room)

    def places(self, clips: int) -> NDArray[np.int64]:
        """Where the next clips go."""
        result = (self.added + np.arange(clips)) % self.room
        self.added += clips
        return result

    def newest(self, clips: int) -> NDArray[np.int64]:
        """Where the last clips lie, oldest first."""
        return (self.added - np.arange(min(clips, self.count), 0, -1)) % self.room


class FreshClips:
    """A store that is drawn from, and refilled by workers. `codec` is set before the first refill."""

    def __init__(self, workers: SceneWorkers, store: Store, channels: int, limits: WordLimits, device: torch.device):
        self.workers, self.store, self.device = workers, store, device
        self.codec: PictureCodec | None = None
        self.rendered = 0
        self.spellings = Spellings(limits)
        orders = workers.orders
        self.hash = "fresh-" + hashlib.sha256(repr(asdict(orders)).encode()).hexdigest()[:16]
        self._questions = list(questions())
        self._rings = {
            size: self._ring(size, max(orders.clips, round(store.clips * share / sum(orders.shares))), channels)
            for size, share in zip(orders.sizes, orders.shares, strict=True)
        }

    def __len__(self) -> int:
        """How many clips there are to draw from."""
        return sum(ring.count for ring in self._rings.values())

    def frames(self, seconds: float) -> tuple[UInt8[Tensor, "n t h w 3"], Float[Tensor, "n t slots f"]] | None:
        """Pictures and layouts of the next batch, which is not kept; None: none came within that time."""
        batch = self.workers.take(seconds)
        if batch is None:
            return None
        return self._render(batch).cpu(), torch.from_numpy(batch.layout)

    def refill(self, seconds: float, *, enough: int | None = None) -> int:
        """Render what waits, for so long; return how many clips that were.

        Args:
            enough: wait for more to come until the time is over or so many clips are there; None: do not wait.
        """
        began, before = time.monotonic(), self.rendered
        while (left := seconds - (time.monotonic() - began)) > 0 and (enough is None or len(self) < enough):
            batch = self.workers.take(0.0 if enough is None else left)
            if batch is None:
                break
            self._keep(batch)
        return self.rendered - before

    def draw(self, batch: int, generator: torch.Generator, *, with_pictures: bool = True) -> WordedShard:  # noqa: ARG002
        """A batch of one picture shape, drawn in proportion to how many clips have it, with one caption each.

        All clips here have pictures, also where none are asked for.
        """
        rng = np.random.default_rng(derive(generator.initial_seed(), "clips"))
        ring = self._draw_ring(rng)
        picks = rng.integers(ring.count, size=batch)
        spoken = rng.integers(ring.captions.rows.shape[1], size=batch)
        words = self.spellings.words(ring.captions.rows[picks, spoken]).to(self.device)
        at = torch.from_numpy(picks).to(self.device)
        parts = (ring.video[at].float(), ring.sound[at].float(), ring.layout[at].float())
        order = torch.from_numpy(ring.captions.order[picks, spoken].astype(np.int64)).to(self.device)
        return WordedShard(*parts, [], words, order)

    def lesson(self, batch: int, generator: torch.Generator) -> Lesson:
        """Captions of clips in the store, and what they say: for a text encoder that learns to read."""
        rng = np.random.default_rng(derive(generator.initial_seed(), "lesson"))
        ring = self._draw_ring(rng)
        captions = ring.captions
        picks, spoken = rng.integers(ring.count, size=batch), rng.integers(captions.rows.shape[1], size=batch)
        told = torch.from_numpy(captions.answers[picks, spoken].astype(np.int64)).to(self.device)
        words: Words = self.spellings.words(captions.rows[picks, spoken]).to(self.device)
        return words, {key: told[:, column] for column, key in enumerate(self._questions)}

    def save(self, path: Path, most: int) -> None:
        """Keep the newest clips on disk, so that the next call need not wait for as many again."""
        state: dict[str, Any] = {"spellings": list(self.spellings.numbers), "rendered": self.rendered, "rings": {}}
        for size, ring in self._rings.items():
            kept = ring.newest(round(most * ring.room / self.store.clips))
            at = torch.from_numpy(kept).to(self.device)
            state["rings"][_name(size)] = {
                "video": ring.video[at].cpu(),
                "sound": ring.sound[at].cpu(),
                "layout": ring.layout[at].cpu(),
                "rows": torch.from_numpy(ring.captions.rows[kept]),
                "answers": torch.from_numpy(ring.captions.answers[kept]),
                "order": torch.from_numpy(ring.captions.order[kept]),
            }
        temporary = path.with_suffix(".tmp")
        torch.save(state, temporary)
        temporary.replace(path)

    def load(self, path: Path) -> None:
        """Take up what `save` kept.

        Raises:
            CheckpointError: it was kept by a run of other sizes.
        """
        state = torch.load(path, map_location="cpu", weights_only=True)
        if set(state["rings"]) != {_name(size) for size in self._rings}:
            raise CheckpointError(f"{path} holds clips of other sizes; remove it or choose another folder")
        self.spellings = Spellings(self.spellings.limits, state["spellings"])
        self.rendered = state["rendered"]
        for size, ring in self._rings.items():
            kept = state["rings"][_name(size)]
            newest = slice(max(0, len(kept["video"]) - ring.room), None)
            places = ring.places(len(kept["video"][newest]))
            at = torch.from_numpy(places).to(self.device)
            for name in ("video", "sound", "layout"):
                getattr(ring, name)[at] = kept[name][newest].to(self.device)
            ring.captions.rows[places] = kept["rows"][newest].numpy()
            ring.captions.answers[places] = kept["answers"][newest].numpy()
            ring.captions.order[places] = kept["order"][newest].numpy()

    def _ring(self, size: tuple[int, int], room: int, channels: int) -> _Ring:
        t, a, cells = self.store.frames, self.store.sound_tokens, (size[1] // CELL, size[0] // CELL)
        return _Ring(
            torch.zeros(room, t, channels, *cells, dtype=torch.float16, device=self.device),
            torch.zeros(room, a, TOKEN_WIDTH, dtype=torch.float16, device=self.device),
            torch.zeros(room, t, layout.SLOTS, layout.FEATURES, dtype=torch.float16, device=self.device),
            Captions.empty(room, self.workers.orders.captions, self.spellings.limits.words, len(self._questions)),
        )

    def _draw_ring(self, rng: np.random.Generator) -> _Ring:
        counts = np.array([float(ring.count) for ring in self._rings.values()])
        if not counts.any():
            raise SceneError("no clips to draw from yet; refill the store first")
        return list(self._rings.values())[int(rng.choice(len(counts), p=counts / counts.sum()))]

    def _keep(self, batch: SceneBatch) -> None:
        ring = self._rings[batch.size]
        places = ring.places(len(batch.words))
        at = torch.from_numpy(places).to(self.device)
        ring.video[at] = self._encode(batch)
        ring.sound[at] = torch.from_numpy(batch.sound).to(self.device)
        ring.layout[at] = torch.from_numpy(batch.layout).to(self.device)
        said = [self.spellings.rows(texts) for texts in batch.words]
        ring.captions.rows[places] = np.stack(said)
        ring.captions.answers[places] = batch.answers
        ring.captions.order[places] = batch.order
        self.rendered += len(batch.words)

    @torch.no_grad()
    def _encode(self, batch: SceneBatch) -> Float[Tensor, "n t c h w"]:
        if self.codec is None:
            raise CheckpointError(
                "clips are kept as latents; set `codec` to one that is fitted before the first refill"
            )
        frames = self._render(batch)
        pictures = to_pictures(frames.flatten(0, 1))
        latents = self.codec.encode(pictures).half()
        return latents.view(*frames.shape[:2], *latents.shape[1:])

    def _render(self, batch: SceneBatch) -> UInt8[Tensor, "n t h w 3"]:
        world = World(*(torch.from_numpy(field).to(self.device) for field in batch.world))
        traced = trace_world(
            world,
            len(batch.words),
            *batch.size,
            compiled=self.store.is_compiled,
            memory_bytes=self.store.memory_bytes,
        )
        return to_display(traced.radiance)


def _name(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
