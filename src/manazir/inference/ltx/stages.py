"""The stages in which an LTX-2 makes a clip from words, to be measured."""

import torch

from manazir.inference.ltx.clip import Wanted, check, compose, draw, frames_of, samples_of
from manazir.inference.ltx.denoising import denoise
from manazir.inference.ltx.model import LtxModel
from manazir.inference.measuring import Stage

PROMPT = "a red ball bounces on the ground"


@torch.no_grad()
def ltx_stages(model: LtxModel, width: int, height: int, frames: int) -> list[Stage]:
    """What a clip takes, with all branches of its guidance; a step reads the words for its layers anew.

    Raises:
        ShapeError: the size or the length does not fill whole tokens.
    """
    wanted = Wanted(prompt=PROMPT, height=height, width=width, frame_count=frames)
    check(model, wanted)
    noise = draw(model, wanted, torch.Generator().manual_seed(0))
    request = compose(model, wanted, noise)
    sampling = model.sampling(request.tokens)
    transformer, dtype, sound = model.transformer, model.placement.dtype, model.vocoder
    prompts, connectors = model.words
    words = [*prompts.model.parameters(), *connectors.parameters()]
    latents = next(denoise(transformer, request, sampling))

    return [
        Stage("reading the words", lambda: model.read(PROMPT), words, dtype, 2),
        Stage(
            "a step with guidance",
            lambda: next(denoise(transformer, request, sampling)),
            list(transformer.parameters()),
            dtype,
            len(sampling.sigmas) - 1,
        ),
        Stage("decoding video", lambda: frames_of(model, latents.video), list(model.video.parameters()), dtype),
        Stage("decoding sound", lambda: samples_of(model, latents.sound), list(sound.parameters()), torch.float32),
    ]
