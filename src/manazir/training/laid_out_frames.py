"""Single frames with what is where in each: what the finisher and the eye learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from manazir.core.errors import MediaError
from manazir.data.latents import LatentShard
from manazir.data.shards import read_shard
from manazir.models.codecs.levels import to_pictures


@dataclass(frozen=True, slots=True)
class FrameGroup:
    """Frames of one picture shape, and what is where in each."""

    frames: UInt8[Tensor, "n h w 3"]
    layout: Float[Tensor, "n s f"]


class LaidOutFrames:
    """Frames of some picture shapes, drawn from at random.

    Args:
        groups: frames of each picture shape.
        shown: so many of the first group's last frames are not drawn, but kept to look at.

    Raises:
        MediaError: there are none.
    """

    def __init__(self, groups: Sequence[FrameGroup], shown: int) -> None:
        if not groups:
            raise MediaError("no frames to learn from; render some clips first")
        first = groups[0]
        self.shown = FrameGroup(first.frames[-shown:], first.layout[-shown:])
        self.groups = [FrameGroup(first.frames[:-shown], first.layout[:-shown]), *groups[1:]]

    def __len__(self) -> int:
        """How many there are to learn from."""
        return sum(len(group.frames) for group in self.groups)

    def draw(self, batch: int, generator: torch.Generator) -> tuple[Float[Tensor, "b 3 h w"], Float[Tensor, "b s f"]]:
        """Pictures of one shape, -1 to 1, and their layouts, on the generator's device."""
        device = generator.device
        counts = torch.tensor([float(len(group.frames)) for group in self.groups], device=device)
        group = self.groups[int(torch.multinomial(counts, 1, generator=generator))]
        picks = torch.randint(len(group.frames), (batch,), generator=generator, device=device).cpu()
        return to_pictures(group.frames[picks].to(device)), group.layout[picks].float().to(device)


def laid_out_frames(rendered: Sequence[Path], latents: Sequence[Path], per_clip: int) -> list[FrameGroup]:
    """A few frames of each clip of some shards, evenly spread in time, by picture shape.

    Args:
        rendered: shards of clips.
        latents: what was prepared of each, in the same order: their layouts are taken.

    Raises:
        MediaError: two shards that should go together do not.
    """
    groups: dict[tuple[int, ...], list[tuple[Tensor, Tensor]]] = {}
    for drawn, prepared in zip(rendered, latents, strict=True):
        layouts = LatentShard.load(prepared).layout
        clips = [sample.clip.frames for sample in read_shard(drawn)]
        if len(clips) != len(layouts):
            raise MediaError(f"{drawn} holds {len(clips)} clips and {prepared} {len(layouts)}; prepare it again")
        for frames, layout in zip(clips, layouts, strict=True):
            picks = np.linspace(0, len(frames) - 1, per_clip).round().astype(int)
            groups.setdefault(frames.shape[1:], []).append((torch.from_numpy(frames[picks]), layout[picks]))
    return [
        FrameGroup(torch.cat([frames for frames, _ in parts]), torch.cat([layout for _, layout in parts]))
        for parts in groups.values()
    ]
