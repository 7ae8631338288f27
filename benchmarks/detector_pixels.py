"""Teaching the detectors' segmenter: frames of rendered scenes, made worse, and what each of their pixels is of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn

from detector_samples import SEED, Clip, clip, owned, worse
from manazir.core.seeds import derive
from manazir.evaluation.detectors.readout import FITTED
from manazir.evaluation.detectors.segmenter import CLASSES, FILE, KINDS_OF_PIXEL, Segmenter, load_segmenter
from manazir.models.codecs.levels import to_pictures
from manazir.training.loop import Loop, Progress, load_average, train

FRAME_STEP = 5
"""Of the frames that are learnt from."""
MADE_WORSE = 0.7
"""Of the clips."""
LOOP = Loop(
    steps=3000,
    warmup_steps=50,
    cooldown_steps=1000,
    muon_learning_rate=0.02,
    adam_learning_rate=2e-3,
    ema_decay=0.98,
    samples_every=10**9,
    log_every=25,
)


@dataclass(frozen=True, slots=True)
class Pixels:
    """Frames of one size, and what is true of them."""

    frames: NDArray[np.uint8]
    """`[n, h, w, 3]`"""
    colours: NDArray[np.uint8]
    """`[n, h, w]` places in `CLASSES`."""
    kinds: NDArray[np.uint8]
    """`[n, h, w]` places in `KINDS_OF_PIXEL`."""
    weights: NDArray[np.float16]
    """`[n, h, w]`: a small body's pixels weigh more than a large one's, or it would not be learnt."""


def keep_clip(index: int, folder: Path) -> None:
    """Render a scene into the folder."""
    clip(index, folder)


def read_pixels_of(indices: Sequence[int], folder: Path) -> list[Pixels]:
    """Return the clips' frames, those of one size together."""
    sets: dict[tuple[int, ...], list[Pixels]] = {}
    for index in indices:
        read = _pixels(clip(index, folder), np.random.default_rng(derive(SEED, "pixels", index)))
        sets.setdefault(read.frames.shape[1:], []).append(read)
    return [_together(same) for same in sets.values()]


def _together(same: Sequence[Pixels]) -> Pixels:
    names = ("frames", "colours", "kinds", "weights")
    return Pixels(*(np.concatenate([getattr(one, name) for one in same]) for name in names))


def _pixels(made: Clip, rng: np.random.Generator) -> Pixels:
    frames = worse(made.frames, rng) if rng.random() < MADE_WORSE else made.frames
    first = int(rng.integers(FRAME_STEP))
    owners = made.owners[first::FRAME_STEP]
    colours, kinds = np.zeros((2, *owners.shape), np.uint8)
    weights = np.ones(owners.shape, np.float16)
    for owner, (colour, kind) in owned(made.scene).items():
        own = owners == owner
        colours[own], kinds[own] = CLASSES.index(colour), KINDS_OF_PIXEL.index(kind)
        areas = own.sum(axis=(1, 2), keepdims=True)
        weights = np.where(own, 1 + 40 / np.sqrt(np.maximum(areas, 8)), weights).astype(np.float16)
    return Pixels(np.ascontiguousarray(frames[first::FRAME_STEP]), colours, kinds, weights)


class SegmentingTask:
    """Frames drawn at random, mirrored or not, brighter or darker."""

    def __init__(self, sets: Sequence[Pixels], batch: int = 16) -> None:
        self.model: nn.Module = Segmenter().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.sets, self.batch = sets, batch

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """Cross entropy of colours and of shapes; in the log, the share of bodies' pixels that are told right."""
        rng = np.random.default_rng((step, 1))
        counts = np.array([len(one.frames) for one in self.sets])
        chosen = self.sets[int(rng.choice(len(counts), p=counts / counts.sum()))]
        picks, side = rng.integers(len(chosen.frames), size=self.batch), 1 - 2 * int(rng.random() < 0.5)
        parts = (chosen.frames, chosen.colours, chosen.kinds, chosen.weights)
        drawn = [torch.from_numpy(np.ascontiguousarray(part[picks][:, :, ::side])) for part in parts]
        pictures = to_pictures(drawn[0]) * (0.9 + 0.2 * torch.rand(self.batch, 1, 1, 1, generator=generator))
        said, (colours, kinds), weights = model(pictures), (part.long() for part in drawn[1:3]), drawn[3].float()
        pairs = ((said.colours, colours), (said.kinds, kinds))
        losses = [F.cross_entropy(logits, true, reduction="none") for logits, true in pairs]
        loss = ((losses[0] + losses[1]) * weights).sum() / weights.sum()
        covered = kinds > 0
        right = [float((logits.argmax(1) == true)[covered].float().mean()) for logits, true in pairs]
        return loss, {"colours": right[0], "kinds": right[1]}

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:  # noqa: ARG002
        """There is nothing to look at."""
        return None

    def facts(self) -> dict[str, Any]:
        """How much was learnt from."""
        return {"frames": sum(len(one.frames) for one in self.sets), "batch": self.batch}


def teach(indices: Sequence[int], folder: Path) -> Iterator[Progress]:
    """Teach the segmenter, from where the folder stands, and write it among the fitted detectors."""
    yield from train(SegmentingTask(read_pixels_of(indices, folder)), LOOP, folder / "segmenter", torch.device("cpu"))
    weights, _ = load_average(folder / "segmenter")
    save_file({name: tensor.half().contiguous() for name, tensor in weights.items()}, FITTED / FILE)
    load_segmenter.cache_clear()
