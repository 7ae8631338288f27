"""What a Wan VACE is told of a film: its context, in latents.

Source: VACE (arXiv:2503.07598), section 3.2: the video in two halves, of what stays and of what is made anew, and for
every pixel which of both it is. Where nothing is to be imitated, the second half is grey.
"""

import torch
from jaxtyping import Bool, Float
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


def folded(is_made: Bool[Tensor, "t h w"], compression: int, latents: int) -> Bool[Tensor, "p u i j"]:
    """The pixels of a cell as channels of its latents; of frames that share a latent frame, one speaks for all.

    It is the one in the middle of an even share, so of the first frame, which is a latent frame alone, the second one
    is looked at: so VACE was taught.
    """
    frames, height, width = is_made.shape
    cut = is_made.view(frames, height // compression, compression, width // compression, compression)
    middles = [(2 * latent + 1) * frames // (2 * latents) for latent in range(latents)]
    return cut.permute(2, 4, 0, 1, 3).flatten(0, 1)[:, middles]
