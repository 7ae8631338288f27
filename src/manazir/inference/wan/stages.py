"""The stages in which a Wan makes a clip from words, to be measured."""

from collections.abc import Sequence

import torch
from torch import Tensor

from manazir.core.errors import ShapeError
from manazir.inference.measuring import Stage
from manazir.inference.wan.model import WanModel
from manazir.inference.wan.sampling import WanSampling
from manazir.kernels.attention import usual_backend
from manazir.models.packing import Document, KeysValues
from manazir.models.wan.transformer import WanTransformer
from manazir.models.wan.vace import ContextDocument, VaceShape

PROMPTS = ("a red ball bounces on the ground", "")
"""Wanted, and what guidance moves away from."""


@torch.no_grad()
def wan_stages(model: WanModel, width: int, height: int, frames: int) -> list[Stage]:
    """What a clip takes, with guidance; of two experts, the first is asked.

    Raises:
        ShapeError: the size or the length does not fill whole tokens.
    """
    _check(model, width, height, frames)
    transformer, vae = model.transformer(), model.vae
    dtype, device = transformer.enter.weight.dtype, transformer.enter.weight.device
    shape = (1 + (frames - 1) // vae.shape.frame_compression, *(s // vae.shape.compression for s in (height, width)))
    latents = torch.randn(vae.shape.latent_channels, *shape, device=device)
    words = [text.to(dtype) for text in model.prompts.encode(PROMPTS).to(device)]
    shown = torch.randn(transformer.shape.channels_in, *shape, device=device, dtype=dtype)
    timesteps = torch.full(shape[:1], 500.0, device=device)
    read = [transformer.read(text, _picture(transformer)) for text in words]
    backend = usual_backend(device, dtype)
    weights = list(transformer.parameters())
    encoder = list(model.prompts.encoder.parameters())

    documents = [_document(transformer, shown, timesteps, each) for each in read]

    def step() -> object:
        return transformer(documents, backend)

    return [
        Stage("encoding the words", lambda: model.prompts.encode(PROMPTS), encoder, dtype),
        Stage("words for every layer", lambda: transformer.read(words[0], _picture(transformer)), weights, dtype, 2),
        Stage("a step with guidance", step, weights, dtype, WanSampling().steps),
        Stage("decoding", lambda: vae.decode(latents[None]), list(vae.parameters()), latents.dtype),
    ]


def _document(
    transformer: WanTransformer, latents: Tensor, timesteps: Tensor, read: Sequence[Sequence[KeysValues]]
) -> Document:
    """With a context, for VACE."""
    if not isinstance(transformer.shape, VaceShape):
        return Document(latents, timesteps, read)
    context = latents.new_zeros(transformer.shape.context_channels, *latents.shape[1:])
    return ContextDocument(latents, timesteps, read, context=context)


def _picture(transformer: WanTransformer) -> Tensor | None:
    """For models that read one: as many rows as an encoded picture has."""
    width = transformer.shape.picture_width
    if width is None:
        return None
    like = transformer.enter.weight
    return torch.zeros(transformer.shape.picture_places or 257, width, dtype=like.dtype, device=like.device)


def _check(model: WanModel, width: int, height: int, frames: int) -> None:
    patch = model.shapes[0].patch
    step, side = model.vae_shape.frame_compression, model.vae_shape.compression * max(patch[1:])
    if (frames - 1) % step or width % side or height % side:
        fit = [max(1, round(pixels / side)) * side for pixels in (width, height)]
        length = max(1, round((frames - 1) / step)) * step + 1
        raise ShapeError(
            f"{model.name} makes clips of whole tokens, not {frames} frames of {width}x{height}; "
            f"try {length} frames of {fit[0]}x{fit[1]}"
        )
