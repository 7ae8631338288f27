"""The stages in which Noor makes a clip from words, to be measured."""

import torch
from torch import Tensor

from manazir.core import layout as at
from manazir.inference.measuring import Stage
from manazir.inference.noor.model import NoorModel
from manazir.inference.noor.plan import TOKENS_PER_SECOND
from manazir.inference.noor.sampling import Known, Prompted, Sampling, sample
from manazir.models.codecs.spectrogram import SoundTokens
from manazir.models.noor.stretch import Stretch

PROMPT = "a red ball bounces on the ground"


@torch.no_grad()
def noor_stages(model: NoorModel, width: int, height: int) -> list[Stage]:
    """What a window of frames takes.

    Raises:
        ShapeError: the size is not the model's own.
    """
    model.check_size(width, height)
    prompted = Prompted.encode(model.noor, [PROMPT], [""])
    noise = _noise(model, width, height)
    known = _nothing_known(noise)
    noor, codec = list(model.noor.parameters()), list(model.codec.parameters())

    def step(layout_steps: int, steps: int) -> Stretch:
        sampling = Sampling(
            layout_steps=layout_steps,
            steps=steps,
            guidance_scale=model.guidance_scale,
            shift=model.shift,
            is_distilled=model.is_distilled,
        )
        return next(sample(model.noor, prompted, known, sampling, noise))

    made = step(0, 1)
    pictures = model.codec.decode(made.video[0])
    return [
        Stage("reading the words", lambda: Prompted.encode(model.noor, [PROMPT], [""]), noor),
        Stage("a step of laying out", lambda: step(2, 1), noor, calls=model.layout_steps),
        Stage("a step of drawing", lambda: step(0, 2), noor, calls=model.default_steps),
        Stage("decoding pictures", lambda: model.codec.decode(made.video[0]), codec),
        Stage("sharpening pictures", lambda: model.noor.finisher(pictures, made.layout[0]), noor),
        Stage("decoding sound", lambda: SoundTokens().decode(made.sound.cpu()), []),
    ]


def _noise(model: NoorModel, width: int, height: int) -> Stretch:
    shape, frames = model.noor.shape, model.window
    tokens = frames * TOKENS_PER_SECOND // round(model.frame_rate)
    generator = torch.Generator().manual_seed(0)

    def drawn(*size: int) -> Tensor:
        return torch.randn(1, *size, generator=generator).to(model.device)

    return Stretch(
        drawn(frames, shape.channels, height // 16, width // 16),
        drawn(tokens, shape.sound_width),
        drawn(frames, at.SLOTS, at.FEATURES),
    )


def _nothing_known(noise: Stretch) -> Known:
    no_frames = torch.zeros(noise.video.shape[:2], dtype=torch.bool, device=noise.video.device)
    no_sound = torch.zeros(noise.sound.shape[:2], dtype=torch.bool, device=noise.video.device)
    clean = Stretch(torch.zeros_like(noise.video), torch.zeros_like(noise.sound), torch.zeros_like(noise.layout))
    return Known(clean, no_frames, no_sound, no_frames)
