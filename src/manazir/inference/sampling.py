"""Sampling: filling in what is not known of a stretch. One sampler for every task of a Canvas."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from manazir.diffusion.guidance import classifier_free
from manazir.diffusion.noising import add_noise
from manazir.diffusion.schedules import shifted_sigmas
from manazir.diffusion.solvers import Parts, euler
from manazir.models.noor.transformer import Guide, Levels, Noor, Stretch
from manazir.models.text.encoder import EncodedText
from manazir.models.text.words import read_words


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampling:
    """How to walk from noise to a clip."""

    steps: int = 8
    guidance_scale: float = 3.0
    """1.0: none, and half the work."""
    shift: float = 4.0
    strength: float = 1.0
    """How much of a clip that is to be changed is replaced by noise; 1.0: all of it."""
    is_distilled: bool = False
    """Whether the network was taught to answer for a guidance scale and for long steps by itself."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stretch, and which parts of it are known.

    Where a part is not known, its values say where to start from when `strength` is below 1, and nothing otherwise.
    """

    clean: Stretch
    video: Bool[Tensor, "b t"]
    sound: Bool[Tensor, "b a"]
    actions: Int[Tensor, "b t"]


@dataclass(frozen=True, slots=True)
class Prompted:
    """Encoded prompts, and what guidance moves away from (empty or negative prompts)."""

    wanted: EncodedText
    unwanted: EncodedText

    @classmethod
    def encode(cls, model: Noor, prompts: list[str], negative_prompts: list[str]) -> "Prompted":
        """Encode both lists in one batch, so that they are equally long."""
        words = read_words(prompts + negative_prompts, model.shape.text.limits)
        text = model.text_encoder(words.to(next(model.parameters()).device))
        n = len(prompts)
        return cls(
            EncodedText(text.tokens[:n], text.present[:n], text.slots),
            EncodedText(text.tokens[n:], text.present[n:], text.slots),
        )


@torch.no_grad()
def sample(
    model: Noor, prompted: Prompted, known: Known, sampling: Sampling, noise: Stretch, *, is_causal: bool = False
) -> Iterator[Stretch]:
    """Fill in the unknown parts, yielding the whole stretch after each step; the last one is the result."""
    sigmas = shifted_sigmas(sampling.steps, sampling.shift, sampling.strength)
    free = Levels((~known.video).float(), (~known.sound).float())

    def predict(noisy: Parts, sigma: float, next_sigma: float) -> Parts:
        levels = Levels(free.video * sigma, free.sound * sigma)
        stretch = Stretch(
            _keep(noisy[0], known.clean.video, known.video), _keep(noisy[1], known.clean.sound, known.sound)
        )
        clean = _guided(model, prompted, known.actions, stretch, levels, sampling, sigma - next_sigma, is_causal)
        return clean.video, clean.sound

    start = Stretch(
        add_noise(known.clean.video, noise.video, free.video * sigmas[0]),
        add_noise(known.clean.sound, noise.sound, free.sound * sigmas[0]),
    )
    for video, sound in euler(predict, (start.video, start.sound), sigmas):
        yield Stretch(_keep(video, known.clean.video, known.video), _keep(sound, known.clean.sound, known.sound))


def _keep(made: Float[Tensor, "b n *rest"], known: Float[Tensor, "b n *rest"], mask: Bool[Tensor, "b n"]) -> Tensor:
    return torch.where(mask.reshape(*mask.shape, *([1] * (made.ndim - 2))), known, made)


def _guided(
    model: Noor,
    prompted: Prompted,
    actions: Int[Tensor, "b t"],
    noisy: Stretch,
    levels: Levels,
    sampling: Sampling,
    step: float,
    is_causal: bool,
) -> Stretch:
    """One prediction of the clean stretch; with guidance, both branches go through the network as one batch."""
    b = len(noisy.video)
    scale = sampling.guidance_scale
    if sampling.is_distilled:
        steps, scales = (torch.full((b,), value, device=noisy.video.device) for value in (step, scale))
        guide = Guide(prompted.wanted, actions, is_causal, steps, scales)
        return _call(model, noisy, levels, guide)
    if scale == 1.0:
        return _call(model, noisy, levels, Guide(prompted.wanted, actions, is_causal))
    wanted, unwanted = prompted.wanted, prompted.unwanted
    both = EncodedText(
        torch.cat([wanted.tokens, unwanted.tokens]), torch.cat([wanted.present, unwanted.present]), wanted.slots
    )
    doubled = Stretch(noisy.video.repeat(2, 1, 1, 1, 1), noisy.sound.repeat(2, 1, 1))
    twice = Levels(levels.video.repeat(2, 1), levels.sound.repeat(2, 1))
    made = _call(model, doubled, twice, Guide(both, actions.repeat(2, 1), is_causal))
    return Stretch(
        classifier_free(made.video[:b], made.video[b:], scale), classifier_free(made.sound[:b], made.sound[b:], scale)
    )


def _call(model: Noor, noisy: Stretch, levels: Levels, guide: Guide) -> Stretch:
    made = model(noisy, levels, guide)
    assert isinstance(made, Stretch)
    return made
