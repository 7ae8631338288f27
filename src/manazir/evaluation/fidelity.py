"""How a model keeps to pictures that it is given: the frames given, and the frames between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from manazir.core.canvas import Canvas, Keyframe
from manazir.evaluation.examination import made_clip
from manazir.evaluation.held_out import Item, true_clip
from manazir.evaluation.pictures import psnr
from manazir.inference.engine import Settings
from manazir.inference.noor.model import NoorModel
from manazir.models.codecs.levels import to_frames, to_pictures

Frames = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fidelity:
    """How near to the truth a clip is that was generated from its words and some of its frames, all in dB."""

    given: float
    """The given frames, as they are in the clip: what a person sees there."""
    codec: float
    """The given frames, as the picture codec alone brings them back: what the network itself can show at best."""
    others: float
    """The frames that were not given, against the true ones."""
    held: float
    """The same frames of a clip that only repeats the nearest given frame: the baseline."""


def first_frame(item: Item, model: NoorModel, settings: Settings) -> Fidelity:
    """Give the first frame."""
    return keyframes(item, model, settings, (0,))


def first_middle_last(item: Item, model: NoorModel, settings: Settings) -> Fidelity:
    """Give the first frame, the last, and one in the middle."""
    last = item.scene.frames - 1
    return keyframes(item, model, settings, (0, last // 2, last))


def keyframes(item: Item, model: NoorModel, settings: Settings, given: Sequence[int]) -> Fidelity:
    """Generate a scene from its English caption and its frames `given`."""
    width, height = model.sizes[0]
    truth = true_clip(item, width, height).frames
    keys = tuple(Keyframe(image=truth[index], at_seconds=index / item.scene.frame_rate) for index in given)
    prompt, seconds = item.captions["en"].text, item.scene.duration_seconds
    canvas = Canvas(prompt=prompt, duration_seconds=seconds, keyframes=keys, width=width, height=height)
    made = made_clip(canvas, model, settings, item.seed).frames
    rest = [index for index in range(len(truth)) if index not in given]
    nearest = [min(given, key=lambda key: abs(key - index)) for index in rest]
    return Fidelity(
        given=float(np.mean([psnr(made[index], truth[index]) for index in given])),
        codec=float(
            np.mean(
                [
                    psnr(shown, truth[index])
                    for shown, index in zip(_through(model, truth[list(given)]), given, strict=True)
                ]
            )
        ),
        others=float(np.mean([psnr(made[index], truth[index]) for index in rest])),
        held=float(np.mean([psnr(truth[key], truth[index]) for key, index in zip(nearest, rest, strict=True)])),
    )


@torch.no_grad()
def _through(model: NoorModel, frames: Frames) -> Frames:
    """Return pictures `[t, h, w, 3]` as the codec brings them back."""
    pictures = to_pictures(torch.from_numpy(frames).to(model.device))
    return to_frames(model.codec.decode(model.codec.encode(pictures)))
