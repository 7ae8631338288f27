"""What a film plan knows, as latents of a causal video autoencoder."""

from collections.abc import Iterator
from itertools import groupby
from typing import Protocol

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.inference.film_plan import FilmPlan
from manazir.models.codecs.levels import to_pictures


class Encoder(Protocol):
    """An autoencoder of video."""

    def encode(self, video: Float[Tensor, "b 3 t h w"]) -> Float[Tensor, "b c u i j"]:
        """Latents of a video in [-1, 1]."""


def video_of(plan: FilmPlan, device: torch.device) -> Float[Tensor, "3 t h w"]:
    """The plan's frames in [-1, 1]; grey, which is 0, where they are neither known nor to be changed."""
    pictures = to_pictures(torch.from_numpy(plan.frames).to(device))
    shown = torch.from_numpy(plan.is_known).to(device) | plan.is_changed
    return torch.where(shown[:, None, None, None], pictures, 0.0).movedim(1, 0)


@torch.no_grad()
def known_latents(
    plan: FilmPlan, encoder: Encoder, per_latent: int, device: torch.device
) -> tuple[Float[Tensor, "c u i j"], Bool[Tensor, " u"]] | None:
    """Latents of the latent frames all of whose frames are known, and which those are; None: there are none.

    Each stretch of them is encoded by itself, so that nothing unknown is mixed in. One that does not begin the film
    has its first frame once more before it, in the place of the film's first frame, which is a latent frame alone.
    """
    whole = [True, *[False] * ((len(plan.frames) - 1) // per_latent)]
    whole[0] = bool(plan.is_known[0])
    for latent in range(1, len(whole)):
        first = 1 + (latent - 1) * per_latent
        whole[latent] = bool(plan.is_known[first : first + per_latent].all())
    if not any(whole):
        return None
    video, latents = video_of(plan, device), None
    for first, last in _stretches(whole):
        if first == 0:
            made = encoder.encode(video[None, :, : 1 + (last - 1) * per_latent])[0]
        else:
            frames = video[:, 1 + (first - 1) * per_latent : 1 + (last - 1) * per_latent]
            made = encoder.encode(torch.cat([frames[:, :1], frames], dim=1)[None])[0, :, 1:]
        if latents is None:
            latents = made.new_zeros(len(made), len(whole), *made.shape[2:])
        latents[:, first:last] = made
    assert latents is not None
    return latents, torch.tensor(whole, device=device)


def _stretches(whole: list[bool]) -> Iterator[tuple[int, int]]:
    """First and one past the last of each stretch of those that are."""
    at = 0
    for is_whole, group in groupby(whole):
        size = len(list(group))
        if is_whole:
            yield at, at + size
        at += size
