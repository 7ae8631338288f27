"""Rendering many scenes into shards: seeded, parallel, resumable.

Shard `i` holds the scenes of seeds `i * per_shard` and on; a shard that is there is whole and is not made again.
"""

import json
import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from manazir.core.errors import SceneError
from manazir.core.seeds import derive
from manazir.data.shards import Sample, write_shard
from manazir.media.clip import Clip
from manazir.worlds.captions import is_held_out
from manazir.worlds.families import MIXTURE, draw
from manazir.worlds.motion import Motion
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Event, Scene
from manazir.worlds.scene_json import scene_to_json
from manazir.worlds.sound import synthesise

SIZES: tuple[tuple[int, int], ...] = ((128, 128), (224, 128), (128, 224))
"""Width and height of the picture shapes that Noor learns."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendering:
    """What to render."""

    clips: int
    folder: Path
    per_shard: int = 64
    seed: int = 0
    sizes: tuple[tuple[int, int], ...] = SIZES
    shares: tuple[float, ...] = (0.7, 0.15, 0.15)
    """Of shards, for each size."""
    mixture: tuple[tuple[Event, float], ...] = tuple(MIXTURE.items())
    with_held_out: bool = False
    """Whether combinations kept for examination may appear."""

    def __post_init__(self) -> None:
        """Refuse sizes without shares."""
        if len(self.sizes) != len(self.shares):
            raise SceneError(f"{len(self.sizes)} picture sizes and {len(self.shares)} shares; give one share a size")

    @property
    def shards(self) -> int:
        """How many shards there will be."""
        return -(-self.clips // self.per_shard)

    def size_of(self, shard: int) -> tuple[int, int]:
        """The picture size of a shard: sizes take turns in proportion to their shares."""
        at = (shard * 0.6180339887) % 1.0 * sum(self.shares)  # golden-ratio steps spread evenly at any count
        for size, share in zip(self.sizes, self.shares, strict=True):
            if at < share:
                return size
            at -= share
        return self.sizes[-1]


def shard_path(rendering: Rendering, shard: int) -> Path:
    """Where a shard lies; its name tells the size of its pictures."""
    width, height = rendering.size_of(shard)
    return rendering.folder / f"{width}x{height}-{shard:06d}.tar"


def render_dataset(rendering: Rendering, workers: int) -> Iterator[int]:
    """Render what is not there yet; yield how many shards are done, as they are."""
    rendering.folder.mkdir(parents=True, exist_ok=True)
    _remember(rendering)
    waiting = [shard for shard in range(rendering.shards) if not shard_path(rendering, shard).exists()]
    done = rendering.shards - len(waiting)
    yield done
    if not waiting:
        return
    try:
        with multiprocessing.get_context("spawn").Pool(workers, _prepare_worker) as pool:
            for _ in pool.imap_unordered(_render_shard, [(rendering, shard) for shard in waiting]):
                done += 1
                yield done
    finally:  # workers that were stopped leave what they were writing
        for shard in waiting:
            shard_path(rendering, shard).with_suffix(".tar.tmp").unlink(missing_ok=True)


def render_sample(scene: Scene, motion: Motion, width: int, height: int, key: str) -> Sample:
    """Draw a scene, give it its sound, and keep its truth beside it."""
    clip = Clip(render_frames(scene, motion, width, height), scene.frame_rate, synthesise(scene, motion))
    truth = {
        "scene": scene_to_json(scene),
        "positions": motion.positions.round(3).tolist(),
        "contacts": [[c.time_seconds, c.first, c.second, c.impulse, c.speed] for c in motion.contacts],
    }
    return Sample(key, clip, truth)


def draw_allowed(seed: int, rendering: Rendering, aspect: float) -> tuple[Scene, Motion]:
    """Draw a scene; one that fails its checks or is kept for examination is drawn again with another seed.

    Raises:
        SceneError: none of many draws would do.
    """
    why = "every one was held out for examination"
    for attempt in range(100):
        try:
            scene, motion = draw(derive(rendering.seed, seed, attempt), dict(rendering.mixture), aspect=aspect)
        except SceneError as error:
            why = str(error)
            continue
        if rendering.with_held_out or not is_held_out(scene):
            return scene, motion
    raise SceneError(f"no scene for clip {seed} in a hundred draws: {why}")


def _render_shard(work: tuple[Rendering, int]) -> None:
    rendering, shard = work
    width, height = rendering.size_of(shard)

    def samples() -> Iterator[Sample]:
        for index in range(shard * rendering.per_shard, min((shard + 1) * rendering.per_shard, rendering.clips)):
            scene, motion = draw_allowed(index, rendering, width / height)
            yield render_sample(scene, motion, width, height, f"{index:08d}")

    write_shard(shard_path(rendering, shard), samples())


def _prepare_worker() -> None:
    """Each worker keeps to one core, and leaves Ctrl-C to the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["NUMBA_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"


def _remember(rendering: Rendering) -> None:
    """Write what is rendered here beside it; refuse to mix two renderings in one folder.

    Raises:
        SceneError: the folder holds shards of another rendering.
    """
    about = {
        "seed": rendering.seed,
        "per_shard": rendering.per_shard,
        "sizes": [list(size) for size in rendering.sizes],
        "shares": list(rendering.shares),
        "mixture": {event.value: share for event, share in rendering.mixture},
        "with_held_out": rendering.with_held_out,
    }
    path = rendering.folder / "rendering.json"
    if path.exists() and json.loads(path.read_text()) != about:
        raise SceneError(f"{rendering.folder} holds shards of another rendering; choose another folder")
    path.write_text(json.dumps(about, indent=1) + "\n")
