"""Processes that draw scenes for a GPU to render: all of a clip but its pictures.

A batch is of one picture size: scenes with their motion as the ray caster reads them, sound as tokens, and
some captions of each clip as words and as answers. What is sent are numpy arrays; torch would share memory by open
files, one a tensor.
"""

import multiprocessing
import queue
import signal
import traceback
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from manazir.core.seeds import derive
from manazir.models.codecs.spectrogram import SoundTokens
from manazir.models.text.words import split_words
from manazir.training.reading import answers, questions
from manazir.training.spoken import body_order
from manazir.worlds.captions import LANGUAGES, Caption, draw_whole_caption
from manazir.worlds.dataset import SIZES, Rendering, draw_allowed
from manazir.worlds.layout import layout_of
from manazir.worlds.pack import pack
from manazir.worlds.scene import Scene
from manazir.worlds.sound import synthesise
from manazir.worlds.torch_world import world_of

PATIENCE_SECONDS = 5.0
"""How often a process that waits looks whether the other one is still there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What the workers are to draw."""

    seed: int = 1
    clips: int = 32
    """In a batch."""
    captions: int = 4
    """Of each clip; every other one is Arabic."""
    detail_shares: tuple[float, ...] = (0.2, 0.3, 0.25, 0.25)
    sizes: tuple[tuple[int, int], ...] = SIZES
    shares: tuple[float, ...] = (0.7, 0.15, 0.15)

    @property
    def rendering(self) -> Rendering:
        """The same, in the words of rendering into shards; combinations kept for examination do not appear."""
        return Rendering(
            clips=1,
            folder=Path(),
            per_shard=self.clips,
            seed=derive(self.seed, "fresh"),
            sizes=self.sizes,
            shares=self.shares,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SceneBatch:
    """`n` clips of one picture size, without their pictures."""

    index: int
    size: tuple[int, int]
    """Width and height."""
    world: tuple[NDArray[Any], ...]
    """The fields of a World."""
    sound: NDArray[np.float16]
    """`[n, a, s]`"""
    layout: NDArray[np.float16]
    """`[n, t, slots, features]`"""
    """`[n, t]`"""
    words: list[list[list[str]]]
    """Of each caption of each clip."""
    answers: NDArray[np.int16]
    """`[n, captions, questions]`, in the order of `questions()`."""
    order: NDArray[np.int8]
    """`[n, captions, bodies]`: see `spoken.Spoken`."""


def draw_batch(orders: Orders, index: int) -> SceneBatch:
    """Draw the batch of that index; the same one every time."""
    rendering = orders.rendering
    width, height = rendering.size_of(index)
    tokens, packs, sounds, layouts, spoken = SoundTokens(), [], [], [], []
    for clip in range(index * orders.clips, (index + 1) * orders.clips):
        scene, motion = draw_allowed(clip, rendering, width / height)
        packs.append(pack(scene, motion, width, height))
        samples = torch.from_numpy(synthesise(scene, motion).samples)
        sounds.append(tokens.encode(samples[None])[0].half().numpy())
        layouts.append(layout_of(scene, motion).astype(np.float16))
        spoken.append(_captions(scene, orders, derive(orders.seed, "captions", clip)))
    told = [[[answers(caption)[key] for key in questions()] for caption in said] for said in spoken]
    return SceneBatch(
        index=index,
        size=(width, height),
        world=tuple(field.numpy() for field in world_of(packs, "cpu")),
        sound=np.stack(sounds),
        layout=np.stack(layouts),
        words=[[split_words(caption.text) for caption in said] for said in spoken],
        answers=np.array(told, dtype=np.int16),
        order=np.array([[body_order(caption) for caption in said] for said in spoken], dtype=np.int8),
    )


def _captions(scene: Scene, orders: Orders, seed: int) -> list[Caption]:
    draws, result = np.random.default_rng(seed), []
    shares = np.array(orders.detail_shares)
    for number in range(orders.captions):
        detail = int(draws.choice(len(shares), p=shares / shares.sum()))
        result.append(draw_whole_caption(scene, LANGUAGES[number % 2], int(draws.integers(2**62)), detail))
    return result


class SceneWorkers:
    """Worker processes and the batches that wait. Use as a context, which ends them.

    Args:
        first: index of the first batch to draw.
        waiting: how many batches may wait to be taken.
    """

    def __init__(self, orders: Orders, workers: int, *, first: int = 0, waiting: int = 256) -> None:
        context = multiprocessing.get_context("spawn")
        self.orders, self.drawn = orders, first
        self._results: Any = context.Queue(waiting)
        self._workers = [
            context.Process(target=_work, args=(orders, first + i, workers, self._results), daemon=True)
            for i in range(workers)
        ]
        for worker in self._workers:
            worker.start()

    def take(self, seconds: float) -> SceneBatch | None:
        """The next batch; None: there was none within that time.

        Raises:
            RuntimeError: a worker failed or ended; the message is its own.
        """
        try:
            result = self._results.get(timeout=seconds) if seconds > 0 else self._results.get_nowait()
        except queue.Empty:
            if ended := [worker.exitcode for worker in self._workers if not worker.is_alive()]:
                raise RuntimeError(f"{len(ended)} workers ended by themselves (codes {ended})") from None
            return None
        if isinstance(result, str):
            raise RuntimeError(f"a worker failed:\n{result}")
        assert isinstance(result, SceneBatch)
        self.drawn = max(self.drawn, result.index + 1)
        return result

    def __enter__(self) -> "SceneWorkers":
        """The workers have begun already."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the workers; what they were drawing is lost."""
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.join()
        self._results.cancel_join_thread()
        self._results.close()


def _work(orders: Orders, first: int, stride: int, results: Any) -> None:
    """Draw every `stride`-th batch until the parent ends; a failure is sent to it as text."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
    torch.set_num_threads(1)
    try:
        for index in count(first, stride):
            if not _put(results, draw_batch(orders, index)):
                return
    except Exception:
        _put(results, traceback.format_exc())
        raise


def _put(results: Any, item: SceneBatch | str) -> bool:
    """Wait for room as long as there is somebody to take; whether there was."""
    parent = multiprocessing.parent_process()
    while parent is None or parent.is_alive():
        try:
            results.put(item, timeout=PATIENCE_SECONDS)
        except queue.Full:
            continue
        return True
    return False
