"""LTX-2's second stage: a small draft is enlarged as latents, gets some noise, and is denoised again at full size."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import ShapeError
from manazir.inference.ltx.request import Latents, Request
from manazir.models.codecs.ltx_upsampler import LtxUpsampler
from manazir.models.codecs.ltx_video import LtxVideoCodec


@torch.no_grad()
def enlarged(
    upsampler: LtxUpsampler, codec: LtxVideoCodec, latents: Float[Tensor, "c t h w"]
) -> Float[Tensor, "c t2 h2 w2"]:
    """A draft's latents → those of a larger or a longer clip."""
    dtype = upsampler.enter.weight.dtype
    raw = upsampler(codec.restore(latents[None].float()).to(dtype))
    return codec.normalise(raw.float())[0]


def refining(request: Request, draft: Latents) -> Request:
    """A request of full size that starts from a draft; its first level is to be below 1, as `REFINING_SIGMAS` are.

    Args:
        request: with its own noise, and with what is known at its own size.
        draft: of the request's size; its sound is that of the first stage.

    Raises:
        ShapeError: it has another size.
    """
    like, frames = request.video.noise, request.frames
    if draft.video.shape != like[:, :frames].shape or draft.sound.shape != request.sound.noise.shape:
        raise ShapeError(
            f"a draft of {tuple(draft.video.shape)} and {tuple(draft.sound.shape)} for a clip whose latents are "
            f"{tuple(like[:, :frames].shape)} and {tuple(request.sound.noise.shape)}; enlarge it"
        )
    whole = torch.cat([draft.video.to(like), torch.zeros_like(like[:, frames:])], dim=1)
    video = replace(request.video, draft=whole, changes_from=1.0)
    return replace(request, video=video, sound=replace(request.sound, draft=draft.sound))
