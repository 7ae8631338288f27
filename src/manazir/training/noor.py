"""Teaching Noor: predict clean latents from noisy ones, under captions drawn afresh each time."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core.seeds import derive
from manazir.data.latents import LatentShard
from manazir.diffusion.noising import NoisingShares, add_noise, draw_levels
from manazir.models.noor.transformer import Guide, Levels, Noor, NoorShape, Stretch
from manazir.models.text.words import WordLimits, Words, read_words
from manazir.worlds.captions import Language, draw_caption
from manazir.worlds.scene_json import scene_from_json


@dataclass(frozen=True, kw_only=True, slots=True)
class Teaching:
    """How Noor is taught."""

    batch: int = 24
    shift: float = 4.0
    """Of the noise levels, here and in sampling."""
    shares: NoisingShares = field(default_factory=NoisingShares)
    causal_share: float = 0.15
    """Of batches in which tokens see only the past."""
    text_is_fixed: bool = True
    """Whether the text encoder stays as reading left it. Muon's steps are as long however weak the gradient is: trained
    along from the start, before pictures say anything of words, it forgot how to read (experiments/LOG.md)."""
    text_dropout: float = 0.10
    action_dropout: float = 0.20
    sound_weight: float = 0.25
    """Of the sound's loss beside the picture's."""
    weight_floor: float = 0.05
    """The loss is weighted by 1 / (sigma² + this): nearly the loss of velocities, bounded at small sigma."""
    salience: float = 3.0
    """How much more cells with edges weigh than plain ones."""
    detail_shares: tuple[float, float, float, float] = (0.2, 0.3, 0.25, 0.25)
    """Of the levels of detail of captions."""


class Clips(Protocol):
    """Where batches come from: shards in memory, or scenes rendered as they are needed."""

    hash: str

    def draw(self, batch: int, generator: torch.Generator) -> LatentShard:
        """Return a batch on the generator's device."""


@dataclass(frozen=True, slots=True)
class WordedShard(LatentShard):
    """Clips whose captions were drawn and read beforehand; `scenes` may be empty."""

    words: Words


class NoorTask:
    """Flow matching with x-prediction and a noise level for each frame."""

    def __init__(
        self,
        clips: Clips,
        shape: NoorShape,
        teaching: Teaching,
        *,
        show: Callable[[Noor], NDArray[np.uint8]] | None = None,
    ) -> None:
        noor = Noor(shape)
        noor.text_encoder.requires_grad_(not teaching.text_is_fixed)
        self.model: nn.Module = noor
        self.clips, self.shape, self.teaching, self.show = clips, shape, teaching, show

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """One batch: draw clips, captions, noise levels; predict; weigh."""
        batch = self.clips.draw(self.teaching.batch, generator)
        levels = drawn_levels(batch, self.teaching, generator)
        clean = Stretch(batch.video, batch.sound)
        noisy = noised(clean, levels, generator)
        is_causal = bool(torch.rand((), generator=generator, device=generator.device) < self.teaching.causal_share)
        guide = self._guide(model, batch, step, generator, is_causal)
        made = model(noisy, levels, guide)
        video = self._weighed(made.video, clean.video, levels.video, salience(clean.video, self.teaching.salience))
        sound = self._weighed(made.sound, clean.sound, levels.sound)
        return video + self.teaching.sound_weight * sound, {
            "video": float(video.detach()),
            "sound": float(sound.detach()),
        }

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:
        """A contact sheet, if the recipe says how to make one."""
        assert isinstance(model, Noor)
        return self.show(model) if self.show else None

    def facts(self) -> dict[str, Any]:
        """Shape, teaching and the hash of the data."""
        return {"noor": asdict(self.shape), "teaching": asdict(self.teaching), "data": self.clips.hash}

    def _guide(
        self, model: nn.Module, batch: LatentShard, step: int, generator: torch.Generator, is_causal: bool
    ) -> Guide:
        assert isinstance(model, Noor)
        text = model.text_encoder(read_captions(batch, step, self.teaching, self.shape.text.limits, generator))
        b = len(batch.video)
        kept = torch.rand(b, 1, generator=generator, device=generator.device) >= self.teaching.action_dropout
        return Guide(text, batch.actions * kept, is_causal)

    def _weighed(
        self,
        made: Float[Tensor, "b n *rest"],
        clean: Float[Tensor, "b n *rest"],
        sigma: Float[Tensor, "b n"],
        importance: Tensor | float = 1.0,
    ) -> Tensor:
        """Mean squared error of what was unknown, weighed by its level and by what is important in it."""
        error = ((made - clean).square() * importance).flatten(2).mean(-1)
        weight = (sigma > 0) / (sigma.square() + self.teaching.weight_floor)
        return (error * weight).sum() / (sigma > 0).sum().clamp(min=1)


def salience(clean: Float[Tensor, "b t c h w"], amount: float) -> Float[Tensor, "b t 1 h w"]:
    """Weights of mean one for cells: those with edges in them, where bodies are, weigh up to `1 + amount` times more.

    Bodies fill a tenth of a picture; unweighed, most of the loss is the empty ground's, which few captions describe.
    """
    detail = clean[:, :, clean.shape[2] // 8 :].square().mean(2, keepdim=True)  # beyond mean colour and gradients
    weight = 1 + amount * detail / (detail + 0.3)
    return weight / weight.mean()


def noised(clean: Stretch, levels: Levels, generator: torch.Generator) -> Stretch:
    """A stretch at its noise levels."""

    def at(part: Tensor, sigma: Tensor) -> Tensor:
        return add_noise(part, torch.randn(part.shape, generator=generator, device=part.device), sigma)

    return Stretch(at(clean.video, levels.video), at(clean.sound, levels.sound))


def drawn_levels(batch: LatentShard, teaching: Teaching, generator: torch.Generator) -> Levels:
    """Noise levels of a batch. They are drawn on the CPU: item by item, a GPU would be waited for each time."""
    device = generator.device
    if device.type != "cpu":
        generator = torch.Generator().manual_seed(derive(generator.initial_seed(), "levels"))
    b, t, a = len(batch.video), batch.video.shape[1], batch.sound.shape[1]
    drawn = draw_levels(b, t, a, teaching.shares, teaching.shift, generator)
    return Levels(drawn.video.to(device), drawn.sound.to(device))


def read_captions(
    batch: LatentShard, step: int, teaching: Teaching, limits: WordLimits, generator: torch.Generator
) -> Words:
    """The words of a batch, on the generator's device: as they came with it, or of captions drawn now."""
    if not isinstance(batch, WordedShard):
        return read_words(captions(batch.scenes, step, teaching), limits).to(generator.device)
    words = batch.words
    kept = torch.rand(len(words.present), 1, generator=generator, device=generator.device) >= teaching.text_dropout
    return Words(words.spellings, words.places, words.present & kept)


def captions(scenes: list[dict[str, Any]], step: int, teaching: Teaching) -> list[str]:
    """One caption a scene, in English or Arabic, of some level of detail; now and then none at all."""
    texts = []
    for index, scene in enumerate(scenes):
        seed = derive(step, "caption", index)
        draws = np.random.default_rng(seed)
        if draws.random() < teaching.text_dropout:
            texts.append("")
            continue
        detail = int(draws.choice(4, p=teaching.detail_shares))
        language: Language = "en" if draws.random() < 0.5 else "ar"
        texts.append(draw_caption(scene_from_json(scene), language, seed=seed, detail=detail).text)
    return texts
