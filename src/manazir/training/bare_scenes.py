"""Shards of scenes that are simulated but not drawn: layouts, sound and words, at a fraction of a clip's cost."""

import multiprocessing
import signal
from collections.abc import Iterator

import torch

from manazir.data.latents import LatentShard
from manazir.models.codecs.picture import CELL
from manazir.models.codecs.spectrogram import SoundTokens
from manazir.worlds.dataset import Rendering, draw_allowed, shard_path
from manazir.worlds.layout import layout_of
from manazir.worlds.scene_json import scene_to_json
from manazir.worlds.sound import synthesise


def prepare_scenes(rendering: Rendering, workers: int) -> Iterator[tuple[int, int]]:
    """Simulate every shard that is not there yet; yield (shards done, shards there are)."""
    rendering.folder.mkdir(parents=True, exist_ok=True)
    waiting = [i for i in range(rendering.shards) if not shard_path(rendering, i).with_suffix(".safetensors").exists()]
    done = rendering.shards - len(waiting)
    yield done, rendering.shards
    if waiting:
        with multiprocessing.get_context("spawn").Pool(workers, one_core) as pool:
            for _ in pool.imap_unordered(_simulate_shard, [(rendering, shard) for shard in waiting]):
                done += 1
                yield done, rendering.shards


def _simulate_shard(work: tuple[Rendering, int]) -> None:
    rendering, shard = work
    first, last = shard * rendering.per_shard, min((shard + 1) * rendering.per_shard, rendering.clips)
    simulated(rendering, range(first, last)).save(shard_path(rendering, shard).with_suffix(".safetensors"))


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


def one_core() -> None:
    """Each worker keeps to one core, and leaves Ctrl-C to the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
