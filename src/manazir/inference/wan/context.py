"""What a Wan VACE is told of a film: its context, in latents, and before it what of pictures for reference.

Source: VACE (arXiv:2503.07598), section 3.2: the video in two halves, of what stays and of what is made anew, and for
every pixel which of both it is. Where nothing is to be imitated, the second half is grey.
"""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from torch import Tensor

from manazir.inference.film_plan import FilmPlan
from manazir.inference.known_latents import Encoder
from manazir.models.codecs.levels import to_pictures


@torch.no_grad()
def context_of(plan: FilmPlan, encoder: Encoder, compression: int, device: torch.device) -> Float[Tensor, "k t h w"]:
    """A plan's context.

    Args:
        compression: pixels along a side of a latent cell.
    """
    known_pixels = plan.known_pixels
    is_known = torch.from_numpy(known_pixels).to(device)
    pictures = to_pictures(torch.from_numpy(plan.frames).to(device))
    stays = torch.where(is_known[:, None], pictures, 0.0).movedim(1, 0)[None]
    grey = encoder.encode(torch.zeros_like(stays))[0]
    known = encoder.encode(stays)[0] if known_pixels.any() else grey
    return torch.cat([known, grey, folded(~is_known, compression, grey.shape[1]).to(grey)])


@torch.no_grad()
def references_of(
    pictures: Sequence[NDArray[np.uint8]], size: tuple[int, int], encoder: Encoder, device: torch.device
) -> Float[Tensor, "c r h w"]:
    """Pictures for reference as latent frames, which stand before a film's while that is made: the last one first.

    Each lies whole in the middle of a white frame, as large as it fits (bilinear).

    Args:
        size: width and height of the film.
    """
    width, height = size
    frames = []
    for picture in reversed(pictures):
        shown = to_pictures(torch.from_numpy(picture.copy())[None].to(device))
        scale = min(height / shown.shape[2], width / shown.shape[3])
        high, wide = int(shown.shape[2] * scale), int(shown.shape[3] * scale)
        top, left = (height - high) // 2, (width - wide) // 2
        frame = torch.ones(1, 3, height, width, device=device)
        inner = F.interpolate(shown, size=(high, wide), mode="bilinear", align_corners=False)
        frame[:, :, top : top + high, left : left + wide] = inner
        frames.append(encoder.encode(frame[:, :, None])[0])
    return torch.cat(frames, dim=1)


def with_references(
    context: Float[Tensor, "k t h w"], references: Float[Tensor, "c r h w"]
) -> Float[Tensor, "k s h w"]:
    """A context with latent frames before it of which all stays: nothing of them is made anew."""
    beside = context.new_zeros(context.shape[0] - references.shape[0], *references.shape[1:])
    return torch.cat([torch.cat([references.to(context), beside]), context], dim=1)


def folded(is_made: Bool[Tensor, "t h w"], compression: int, latents: int) -> Bool[Tensor, "p u i j"]:
    """The pixels of a cell as channels of its latents; of frames that share a latent frame, one speaks for all.

    It is the one in the middle of an even share, so of the first frame, which is a latent frame alone, the second one
    is looked at: so VACE was taught.
    """
    frames, height, width = is_made.shape
    cut = is_made.view(frames, height // compression, compression, width // compression, compression)
    middles = [(2 * latent + 1) * frames // (2 * latents) for latent in range(latents)]
    return cut.permute(2, 4, 0, 1, 3).flatten(0, 1)[:, middles]
