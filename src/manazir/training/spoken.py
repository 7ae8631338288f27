"""What is said of a batch: captions drawn afresh, and the order in which they speak of the bodies.

Three cubes that fall are told apart by the order of mention alone. So a layout's bodies stand in that order while it is
taught under a caption: in an order of the scene's own, each would be taught with the mean of the others' colours.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from manazir.core import layout as at
from manazir.core.seeds import derive
from manazir.data.latents import LatentShard
from manazir.models.text.words import WordLimits, Words, read_words
from manazir.worlds.captions import Caption, Language, draw_caption, draw_whole_caption
from manazir.worlds.scene_json import scene_from_json

_BODIES = at.BODIES.stop - at.BODIES.start


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """How scenes are spoken of."""

    text_dropout: float = 0.20
    """Also what goes on from a picture without a word is to be learnt."""
    detail_shares: tuple[float, float, float, float] = (0.2, 0.3, 0.25, 0.25)
    """Of the levels of detail of captions."""
    whole_share: float = 0.95
    """Of captions that speak of every body, in more detail where they must."""


@dataclass(frozen=True, slots=True)
class WordedShard(LatentShard):
    """Clips whose captions were drawn and read beforehand; `scenes` may be empty."""

    words: Words
    order: Int[Tensor, "n bodies"]
    """See `Spoken`."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The captions of a batch."""

    words: Words
    order: Int[Tensor, "b bodies"]
    """For each body of a layout as it is spoken of: which one of the scene's own layout it is."""


def speak(batch: LatentShard, step: int, telling: Telling, limits: WordLimits, generator: torch.Generator) -> Spoken:
    """The captions of a batch, on the generator's device: as they came with it, or drawn now."""
    if not isinstance(batch, WordedShard):
        said = captions(batch.scenes, step, telling)
        words = read_words(["" if caption is None else caption.text for caption in said], limits)
        order = torch.tensor([body_order(caption) for caption in said])
        return Spoken(words.to(generator.device), order.to(generator.device))
    words = batch.words
    kept = torch.rand(len(words.present), 1, generator=generator, device=generator.device) >= telling.text_dropout
    return Spoken(Words(words.spellings, words.places, words.present & kept), batch.order)


def captions(scenes: list[dict[str, Any]], step: int, telling: Telling) -> list[Caption | None]:
    """One caption a scene, in English or Arabic, of some level of detail; now and then none at all."""
    said: list[Caption | None] = []
    for index, scene in enumerate(scenes):
        seed = derive(step, "caption", index)
        draws = np.random.default_rng(seed)
        if draws.random() < telling.text_dropout:
            said.append(None)
            continue
        detail = int(draws.choice(4, p=telling.detail_shares))
        language: Language = "en" if draws.random() < 0.5 else "ar"
        draw = draw_whole_caption if draws.random() < telling.whole_share else draw_caption
        said.append(draw(scene_from_json(scene), language, seed=seed, detail=detail))
    return said


def body_order(caption: Caption | None) -> list[int]:
    """The order in which a caption speaks of a layout's bodies; slots that are empty stay where they are."""
    order = () if caption is None else caption.layout_order
    return [*order, *range(len(order), _BODIES)]


def in_order(layout: Float[Tensor, "b t s f"], order: Int[Tensor, "b bodies"]) -> Float[Tensor, "b t s f"]:
    """Layouts with their bodies in another order."""
    bodies = layout[:, :, at.BODIES]
    result = layout.clone()
    result[:, :, at.BODIES] = bodies.gather(2, order[:, None, :, None].expand_as(bodies))
    return result
