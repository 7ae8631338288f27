"""Frames for what learns from pictures, a few of each clip, from clips that workers draw now."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from manazir.training.fresh_clips import FreshClips
from manazir.training.laid_out_frames import FrameGroup


def pictures(clips: FreshClips, count: int) -> list[NDArray[np.uint8]]:
    """A few frames of each of so many new clips.

    Raises:
        RuntimeError: the workers draw nothing.
    """
    return [frame for batch in drawn(clips, count) for frame in batch.frames.numpy()]


def laid_out(clips: FreshClips, count: int) -> list[FrameGroup]:
    """The same with their layouts, by picture shape."""
    groups: dict[tuple[int, ...], list[FrameGroup]] = {}
    for batch in drawn(clips, count):
        groups.setdefault(batch.frames.shape[1:], []).append(batch)
    return [
        FrameGroup(torch.cat([part.frames for part in parts]), torch.cat([part.layout for part in parts]))
        for parts in groups.values()
    ]


def drawn(clips: FreshClips, count: int) -> Iterator[FrameGroup]:
    """About four frames each of so many new clips."""
    while count > 0:
        batch = clips.frames(60.0)
        if batch is None:
            raise RuntimeError("the workers drew no scene in a minute; are there processors for them?")
        frames, layouts = batch
        count -= len(frames)
        step = max(1, frames.shape[1] // 4)
        yield FrameGroup(frames[:, ::step].flatten(0, 1), layouts[:, ::step].flatten(0, 1))
