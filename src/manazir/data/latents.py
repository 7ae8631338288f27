"""Shards of latents: clips after the codecs, which is what a generator learns from.

One safetensors file holds clips of one picture shape. Where scenes were not drawn, `c` is 0: they still teach what
happens and how it sounds.

    video    float16 [n, t, c, h, w]   the picture codec's latents
    sound    float16 [n, a, s]         sound tokens
    layout   float16 [n, t, slots, f]  what is where; see core/layout.py
    scenes   uint8   [bytes]           JSON: one scene a clip
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from manazir.core.errors import MediaError


@dataclass(frozen=True, slots=True)
class LatentShard:
    """Clips of one picture shape."""

    video: Float[Tensor, "n t c h w"]
    sound: Float[Tensor, "n a s"]
    layout: Float[Tensor, "n t slots f"]
    scenes: list[dict[str, Any]]

    @property
    def aspect(self) -> float:
        """Width of the pictures over their height."""
        return self.video.shape[4] / self.video.shape[3]

    def save(self, path: Path) -> None:
        """Write the shard, atomically."""
        text = json.dumps(self.scenes, ensure_ascii=False).encode()
        tensors = {
            "video": self.video.to(torch.float16).contiguous(),
            "sound": self.sound.to(torch.float16).contiguous(),
            "layout": self.layout.to(torch.float16).contiguous(),
            "scenes": torch.frombuffer(bytearray(text), dtype=torch.uint8),
        }
        temporary = path.with_suffix(".tmp")
        save_file(tensors, temporary)
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> "LatentShard":
        """Read a shard.

        Raises:
            MediaError: the file is not one.
        """
        try:
            tensors = load_file(path)
            scenes = json.loads(tensors["scenes"].numpy().tobytes())
            return cls(tensors["video"], tensors["sound"], tensors["layout"], scenes)
        except (SafetensorError, KeyError, ValueError, OSError) as error:
            raise MediaError(f"{path} is not a shard of latents ({error}); prepare it again") from error


class LatentSet:
    """Shards in memory, grouped by picture shape."""

    def __init__(self, paths: Sequence[Path]) -> None:
        if not paths:
            raise MediaError("no shards of latents to learn from; `manazir worlds encode` makes them")
        self.hash = hashlib.sha256("\n".join(sorted(path.name for path in paths)).encode()).hexdigest()[:16]
        shards = [LatentShard.load(path) for path in sorted(paths)]
        self.groups: dict[tuple[int, ...], LatentShard] = {}
        for size in sorted({tuple(s.video.shape[2:]) for s in shards}):
            same = [s for s in shards if tuple(s.video.shape[2:]) == size]
            self.groups[size] = LatentShard(
                torch.cat([s.video for s in same]),
                torch.cat([s.sound for s in same]),
                torch.cat([s.layout for s in same]),
                [scene for s in same for scene in s.scenes],
            )

    def __len__(self) -> int:
        """How many clips there are."""
        return sum(len(group.scenes) for group in self.groups.values())

    def draw(self, batch: int, generator: torch.Generator, *, with_pictures: bool = True) -> LatentShard:
        """A batch of one picture shape, drawn in proportion to how many clips have it; on the generator's device.

        Args:
            with_pictures: False: also of scenes that were never drawn.
        """
        groups = [group for size, group in self.groups.items() if size[0] or not with_pictures]
        if not groups:
            raise MediaError("none of these shards has pictures; prepare rendered clips too")
        counts = torch.tensor([float(len(group.scenes)) for group in groups], device=generator.device)
        group = groups[int(torch.multinomial(counts, 1, generator=generator))]
        picks = torch.randint(0, len(group.scenes), (batch,), generator=generator, device=generator.device).cpu()
        return LatentShard(
            group.video[picks].to(generator.device).float(),
            group.sound[picks].to(generator.device).float(),
            group.layout[picks].to(generator.device).float(),
            [group.scenes[i] for i in picks.tolist()],
        )
