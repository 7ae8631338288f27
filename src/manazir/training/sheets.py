"""Contact sheets of what a Noor in training makes of a few prompts."""

import numpy as np
import torch
from numpy.typing import NDArray

from manazir.core import layout as at
from manazir.inference.noor.sampling import Known, Prompted, Sampling, sample
from manazir.models.codecs.levels import to_frames
from manazir.models.codecs.picture import CELL, PictureCodec
from manazir.models.noor.stretch import Stretch
from manazir.models.noor.transformer import Noor

PROMPTS = (
    "a red ball bounces",
    "a large blue ball rolls to the right",
    "a green cube falls",
    "a small yellow ball rolls to the left",
    "كرة حمراء تتدحرج نحو اليسار",
    "مكعب أزرق يسقط",
    "a purple ball swings like a pendulum",
    "a white cone and an orange cylinder, the camera pans left",
    "a red ball rolls into a blue cube",
    "a black ball is thrown to the right",
    "كرة خضراء تصطدم بأسطوانة صفراء",
    "two pink cubes at rest",
)


def prompt_sheet(
    model: Noor,
    codec: PictureCodec,
    *,
    prompts: tuple[str, ...] = PROMPTS,
    sampling: Sampling | None = None,
    size: tuple[int, int] = (128, 128),
    frames: int = 24,
    columns: int = 6,
    seed: int = 1,
) -> NDArray[np.uint8]:
    """Sample the prompts and lay them out: two to a row, `columns` moments of each."""
    device = next(model.parameters()).device
    codec.to(device).eval()
    b, shape = len(prompts), (frames, model.shape.channels, size[1] // CELL, size[0] // CELL)
    tokens = frames * 2 // 3  # eight a second, at twelve frames a second
    generator = torch.Generator().manual_seed(seed)
    noise = Stretch(
        torch.randn(b, *shape, generator=generator).to(device),
        torch.randn(b, tokens, model.shape.sound_width, generator=generator).to(device),
        torch.randn(b, frames, at.SLOTS, at.FEATURES, generator=generator).to(device),
    )
    nothing = Known(
        Stretch(*(torch.zeros_like(part) for part in (noise.video, noise.sound, noise.layout))),
        torch.zeros(b, frames, dtype=torch.bool, device=device),
        torch.zeros(b, tokens, dtype=torch.bool, device=device),
        torch.zeros(b, frames, dtype=torch.bool, device=device),
    )
    prompted = Prompted.encode(model, list(prompts), [""] * b)
    *_, last = sample(model, prompted, nothing, sampling or Sampling(), noise)
    moments = np.linspace(0, frames - 1, columns).round().astype(int)
    strips = []
    for clip, layout in zip(last.video, last.layout, strict=True):
        pictures = model.finisher(codec.decode(clip[moments]), layout[moments])
        strips.append(np.concatenate(list(to_frames(pictures)), axis=1))
    if b % 2:
        strips.append(np.zeros_like(strips[0]))
    rows = [np.concatenate(strips[i : i + 2], axis=1) for i in range(0, len(strips), 2)]
    return np.concatenate(rows, axis=0)
