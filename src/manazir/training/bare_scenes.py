"""Shards of scenes that are simulated but not drawn: layouts, sound and words, at a fraction of a clip's cost."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from manazir.data.latents import LatentShard
from manazir.models.codecs.picture import CELL
from manazir.models.codecs.spectrogram import SoundTokens
from manazir.worlds.dataset import Rendering, draw_allowed, shard_path
from manazir.worlds.layout import layout_of
from manazir.worlds.scene_json import scene_to_json
from manazir.worlds.sound import synthesise

Work = tuple[Rendering, Path, range]
"""A rendering, one of its shards that is not there yet, and the clips of that."""


def prepare_scenes(rendering: Rendering, workers: int) -> Iterator[tuple[int, int]]:
    """Simulate every shard that is not there yet; yield (shards done, shards there are)."""
    return prepare_shards(rendering, workers, _simulate_shard)


def prepare_shards(
    rendering: Rendering, workers: int, simulate: Callable[[Work], None], kind: str = ""
) -> Iterator[tuple[int, int]]:
    """Have every shard that is not there yet made, in processes; yield (shards done, shards there are).

    Args:
        kind: what names of files begin with.
    """
    rendering.folder.mkdir(parents=True, exist_ok=True)
    every = [_work(rendering, shard, kind) for shard in range(rendering.shards)]
    waiting = [work for work in every if not work[1].exists()]
    done = len(every) - len(waiting)
    yield done, len(every)
    if waiting:
        with multiprocessing.get_context("spawn").Pool(workers, _prepare_worker) as pool:
            for _ in pool.imap_unordered(simulate, waiting):
                done += 1
                yield done, len(every)


def _work(rendering: Rendering, shard: int, kind: str) -> Work:
    path = shard_path(rendering, shard)
    clips = range(shard * rendering.per_shard, min((shard + 1) * rendering.per_shard, rendering.clips))
    return rendering, path.with_name(f"{kind}{path.stem}.safetensors"), clips


def _simulate_shard(work: Work) -> None:
    rendering, path, clips = work
    simulated(rendering, clips).save(path)


def simulated(rendering: Rendering, clips: range) -> LatentShard:
    """The scenes of some clips of a rendering, without pictures."""
    width, height = rendering.size_of(clips.start // rendering.per_shard)
    tokens, sounds, layouts, scenes = SoundTokens(), [], [], []
    for clip in clips:
        scene, motion = draw_allowed(clip, rendering, width / height)
        sounds.append(tokens.encode(torch.from_numpy(synthesise(scene, motion).samples)[None])[0].half())
        layouts.append(torch.from_numpy(layout_of(scene, motion)).half())
        scenes.append(scene_to_json(scene))
    frames = layouts[0].shape[0]
    blank = torch.zeros(len(scenes), frames, 0, height // CELL, width // CELL)
    return LatentShard(blank, torch.stack(sounds), torch.stack(layouts), scenes)


def _prepare_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
