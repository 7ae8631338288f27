"""Noising: putting a stretch at its noise levels, and what of it a training draw treats as known.

A training batch practises every task of a Canvas: nothing known, a first frame, both ends, keyframes, a prefix or a
suffix, one whole modality, and levels that differ from time to time (diffusion forcing, arXiv:2407.01392).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.diffusion.schedules import logit_normal


@dataclass(frozen=True, kw_only=True, slots=True)
class NoisingShares:
    """How often each pattern is drawn; they sum to 1."""

    nothing_known: float = 0.52
    first_frame: float = 0.12
    prefix: float = 0.10
    suffix: float = 0.04
    both_ends: float = 0.06
    keyframes: float = 0.04
    video_known: float = 0.05
    sound_known: float = 0.02
    levels_differ: float = 0.05


def add_noise(
    clean: Float[Tensor, "*all"], noise: Float[Tensor, "*all"], sigma: Float[Tensor, "*items"]
) -> Float[Tensor, "*all"]:
    """Return `(1 - sigma) clean + sigma noise`, each time at its own level."""
    return clean + _beside(sigma, clean) * (noise - clean)


def clean_from_velocity(
    noisy: Float[Tensor, "*all"], velocity: Float[Tensor, "*all"], sigma: Float[Tensor, "*items"] | float
) -> Float[Tensor, "*all"]:
    """What is clean, for a network that predicts `velocity = noise - clean`, each time at its own level."""
    return noisy - _beside(sigma, noisy) * velocity


def velocity_from_clean(
    noisy: Float[Tensor, "*all"], clean: Float[Tensor, "*all"], sigma: Float[Tensor, "*items"] | float
) -> Float[Tensor, "*all"]:
    """The inverse of `clean_from_velocity`; levels are above 0, where there is noise to tell."""
    return (noisy - clean) / _beside(sigma, noisy)


def _beside(sigma: Float[Tensor, "*items"] | float, whole: Float[Tensor, "*all"]) -> Tensor | float:
    """Levels of leading axes, with as many axes as what they are multiplied with."""
    return sigma.reshape(*sigma.shape, *([1] * (whole.ndim - sigma.ndim))) if isinstance(sigma, Tensor) else sigma


def draw_levels(
    batch: int,
    frames: int,
    sounds: int,
    shares: NoisingShares,
    amount: float,
    generator: torch.Generator,
) -> tuple[Float[Tensor, "b t"], Float[Tensor, "b a"]]:
    """Draw a level for each frame and each sound token of each item of a batch; 0 where they are known."""
    video = logit_normal(batch, amount, generator)[:, None].repeat(1, frames)
    sound = video[:, :1].repeat(1, sounds)
    apart = torch.rand(batch, generator=generator, device=generator.device) < 0.2
    sound[apart] = logit_normal(int(apart.sum()), amount, generator)[:, None]
    for item, pattern in enumerate(_draw_patterns(batch, shares, generator)):
        _apply(pattern, video[item], sound[item], amount, generator)
    return video, sound


def _draw_patterns(batch: int, shares: NoisingShares, generator: torch.Generator) -> list[str]:
    names = list(NoisingShares.__slots__)
    weights = torch.tensor([getattr(shares, name) for name in names], device=generator.device)
    return [names[i] for i in torch.multinomial(weights, batch, replacement=True, generator=generator).tolist()]


def _apply(
    pattern: str, video: Float[Tensor, " t"], sound: Float[Tensor, " a"], amount: float, generator: torch.Generator
) -> None:
    """Set levels of one item in place."""

    def draw(low: int, high: int) -> int:
        return int(torch.randint(low, high, (1,), generator=generator, device=generator.device))

    t, a = len(video), len(sound)
    match pattern:
        case "first_frame":
            video[0] = 0
        case "prefix":
            known = draw(1, t)
            video[:known] = 0
            sound[: known * a // t] = 0
        case "suffix":
            known = draw(1, t)
            video[t - known :] = 0
            sound[a - known * a // t :] = 0
        case "both_ends":
            video[: draw(1, 3)] = 0
            video[t - draw(1, 3) :] = 0
        case "keyframes":
            video[_random_places(t, draw(1, 5), generator)] = 0
        case "video_known":
            video[:] = 0
        case "sound_known":
            sound[:] = 0
        case "levels_differ":  # in groups of four frames, as tokens are
            groups = logit_normal(-(-t // 4), amount, generator)
            video[:] = groups.repeat_interleave(4)[:t]
            sound[:] = logit_normal(a, amount, generator)
        case _:
            pass


def _random_places(size: int, count: int, generator: torch.Generator) -> Bool[Tensor, " size"]:
    places = torch.zeros(size, dtype=torch.bool, device=generator.device)
    places[torch.randperm(size, generator=generator, device=generator.device)[:count]] = True
    return places
