"""Teaching Noor: predict clean latents from noisy ones, under captions drawn afresh each time."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.core.seeds import derive
from manazir.data.latents import LatentShard
from manazir.diffusion.noising import NoisingShares, add_noise, before_drawing, draw_levels
from manazir.models.noor.transformer import Guide, Levels, Noor, NoorShape, Stretch
from manazir.models.text.words import WordLimits, Words, read_words
from manazir.worlds.captions import Language, draw_caption, draw_whole_caption
from manazir.worlds.scene_json import scene_from_json

SEEN = NoisingShares(
    nothing_known=0.0,
    first_frame=0.45,
    prefix=0.20,
    suffix=0.08,
    both_ends=0.10,
    keyframes=0.10,
    video_known=0.07,
    sound_known=0.0,
    levels_differ=0.0,
)


HEARD = replace(SEEN, first_frame=0.0, both_ends=0.0, keyframes=0.0, video_known=0.0, sound_known=0.72)


@dataclass(frozen=True, kw_only=True, slots=True)
class Teaching:
    """How Noor is taught."""

    batch: int = 24
    shift: float = 4.0
    """Of the noise levels, here and in sampling."""
    shares: NoisingShares = field(default_factory=NoisingShares)
    """Of what is known in drawing."""
    seen_shares: NoisingShares = field(default_factory=lambda: SEEN)
    """Of what is known in laying out scenes of which something is seen: one of these for a whole batch."""
    seen_clips: int = 2
    """How many clips stand in such a batch for each of another: only tokens that hold something known take part."""
    bare_share: float = 0.35
    """Of batches without pictures, which teach what happens: layouts and sound under words alone."""
    bare_scenes: int = 4
    """How many scenes stand in such a batch for each clip of another."""
    laid_out_share: float = 0.7
    """Of batches with pictures whose layout is finished: they teach drawing, the others laying out."""
    bare_laid_out_share: float = 0.25
    """Of batches without pictures whose layout is finished: they teach sound."""
    heard_share: float = 0.2
    """Of batches that teach laying out in which sound takes part; in bare ones it is then often known."""
    heard_shares: NoisingShares = field(default_factory=lambda: HEARD)
    known_beside: float = 0.5
    """How often, in laying out, the layout is known at frames whose pictures are."""
    painter_is_fixed: bool = True
    """Whether the painter stays as painting left it."""
    drawn_share: float = 0.5
    """Of video tokens that take part in a batch with pictures: those where much is to be seen do so more often."""
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
    layout_weight: float = 1.0
    """Of the layout's loss beside the picture's."""
    salience: float = 3.0
    """How much more cells with edges weigh than plain ones."""
    detail_shares: tuple[float, float, float, float] = (0.2, 0.3, 0.25, 0.25)
    """Of the levels of detail of captions."""
    whole_share: float = 0.95
    """Of captions that speak of every body, in more detail where they must."""


class Clips(Protocol):
    """Where batches come from: shards in memory, or scenes rendered as they are needed."""

    hash: str

    def draw(self, batch: int, generator: torch.Generator, *, with_pictures: bool = True) -> LatentShard:
        """Return a batch of one picture shape on the generator's device."""


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
        noor.painter.requires_grad_(not teaching.painter_is_fixed)
        self.model: nn.Module = noor
        self.clips, self.shape, self.teaching, self.show = clips, shape, teaching, show

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """One batch: draw clips, captions, noise levels; predict; weigh."""
        assert isinstance(model, Noor)
        teaching = self.teaching
        is_bare = chance(teaching.bare_share, generator)
        is_laid_out = chance(teaching.bare_laid_out_share if is_bare else teaching.laid_out_share, generator)
        size = teaching.batch * (teaching.bare_scenes if is_bare else 1 if is_laid_out else teaching.seen_clips)
        batch = self.clips.draw(size, generator, with_pictures=not is_bare)
        clean, levels = self._lesson(batch, is_bare, is_laid_out, generator)
        noisy = noised(clean, levels, generator)
        drawn = None if is_bare else drawn_tokens(model, clean.video, teaching.drawn_share, generator)
        drawn = drawn if is_bare or is_laid_out else seen_tokens(model, clean.video, levels, generator)
        made = model(noisy, levels, self._guide(model, batch, step, generator, is_laid_out, drawn))
        parts: dict[str, Tensor] = {}
        if clean.sound.shape[1] > 0:
            parts["sound"] = self._weighed(made.sound, clean.sound, levels.sound)
        if not is_laid_out:
            parts["layout"] = self._weighed(made.layout, clean.layout, levels.layout, presence(clean.layout))
        elif not is_bare:
            important = salience(clean.video, teaching.salience) * participation(model, clean.video, drawn)
            parts["video"] = self._weighed(made.video, clean.video, levels.video, important)
        weights = {"sound": teaching.sound_weight, "layout": teaching.layout_weight, "video": 1.0}
        total = torch.stack([weights[name] * part for name, part in parts.items()]).sum()
        return total, {name: float(part.detach()) for name, part in parts.items()}

    def _lesson(
        self, batch: LatentShard, is_bare: bool, is_laid_out: bool, generator: torch.Generator
    ) -> tuple[Stretch, Levels]:
        """What takes part of a batch, and its noise levels. What a sampler leaves out is left out here."""
        teaching = self.teaching
        is_heard = is_laid_out or chance(teaching.heard_share, generator)
        shares = teaching.seen_shares if not is_bare else teaching.heard_shares if is_heard else teaching.shares
        shares = teaching.shares if is_laid_out else shares
        alike = not is_bare and not is_laid_out
        levels = drawn_levels(batch, teaching, shares, generator, is_laid_out=is_laid_out, alike=alike)
        clean = Stretch(batch.video, batch.sound, batch.layout)
        if is_bare:
            clean = clean.without_pictures()
        if is_bare and not is_laid_out:
            levels = Levels(torch.ones_like(levels.video), levels.sound, levels.layout)
        if not is_heard:
            clean, levels = clean.without_sound(), levels.without_sound()
        return clean, levels

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:
        """A contact sheet, if the recipe says how to make one."""
        assert isinstance(model, Noor)
        return self.show(model) if self.show else None

    def facts(self) -> dict[str, Any]:
        """Shape, teaching and the hash of the data."""
        return {"noor": asdict(self.shape), "teaching": asdict(self.teaching), "data": self.clips.hash}

    def _guide(
        self,
        model: Noor,
        batch: LatentShard,
        step: int,
        generator: torch.Generator,
        is_laid_out: bool,
        drawn: Tensor | None,
    ) -> Guide:
        text = model.text_encoder(read_captions(batch, step, self.teaching, self.shape.text.limits, generator))
        kept = torch.rand(len(batch.video), 1, generator=generator, device=generator.device)
        actions = batch.actions * (kept >= self.teaching.action_dropout)
        is_causal = chance(self.teaching.causal_share, generator)
        return Guide(text, actions, batch.aspect, is_laid_out, is_causal, drawn=drawn)

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


def chance(share: float, generator: torch.Generator) -> bool:
    """True in that share of draws."""
    return bool(torch.rand((), generator=generator, device=generator.device) < share)


def drawn_tokens(
    model: Noor, clean: Float[Tensor, "b t c h w"], share: float, generator: torch.Generator
) -> Int[Tensor, " n"] | None:
    """Draw the video tokens that take part in a batch, the same for all its clips; None: all.

    An empty sky teaches little and costs as much as a body (MaskDiT, arXiv:2306.09305, drops tokens evenly).
    """
    if share >= 1.0:
        return None
    detail = salience(clean, 8.0).mean(0, keepdim=True).expand(1, -1, model.shape.channels, -1, -1)
    weights = model.patchify(detail.contiguous()).mean((0, 2))
    drawn = torch.multinomial(weights, round(share * len(weights)), generator=generator)
    return drawn.sort().values


def seen_tokens(
    model: Noor, clean: Float[Tensor, "b t c h w"], levels: Levels, generator: torch.Generator
) -> Int[Tensor, " n"]:
    """The video tokens that hold something known in some clip of a batch; of more than two pictures' some are drawn."""
    groups, rows, columns = model.grid(clean)
    tells = (levels.video == 0).any(0).view(groups, -1).any(1)
    tokens = torch.arange(groups * rows * columns, device=tells.device).view(groups, -1)[tells].flatten()
    picks = torch.randperm(len(tokens), generator=generator, device=tells.device)[: 2 * rows * columns]
    return tokens[picks.sort().values]


def participation(
    model: Noor, clean: Float[Tensor, "b t c h w"], drawn: Int[Tensor, " n"] | None
) -> Float[Tensor, "1 t #c h w"] | float:
    """Weights of mean one: zero for the tokens that take no part."""
    if drawn is None:
        return 1.0
    grid = model.grid(clean)
    mask = torch.zeros(1, grid[0] * grid[1] * grid[2], model.shape.video_width, device=clean.device)
    mask[:, drawn] = mask.shape[1] / len(drawn)
    return model.unpatchify(mask, grid)


def presence(clean: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t s f"]:
    """Weights for a layout: empty slots weigh little, but that they are empty; places and sizes more than looks."""
    there = 0.1 + 0.9 * (clean[..., at.PRESENT, None] > 0).float()
    features = torch.ones(clean.shape[-1], device=clean.device)
    features[at.ACROSS : at.SHADOW_UP + 1] = 3.0
    weight = there * features
    weight[..., at.PRESENT] = 3.0
    return weight / weight.mean()


def salience(clean: Float[Tensor, "b t c h w"], amount: float) -> Float[Tensor, "b t 1 h w"]:
    """Weights of mean one for cells: those with edges in them, where bodies are, weigh up to `1 + amount` times more.

    Bodies fill a tenth of a picture; unweighed, most of the loss is the empty ground's, which few captions describe.
    """
    detail = clean[:, :, clean.shape[2] // 8 :].square().mean(2, keepdim=True)  # beyond mean colour and gradients
    weight = 1 + amount * detail / (detail + 0.3)
    return weight / weight.mean()


def noised(clean: Stretch, levels: Levels, generator: torch.Generator) -> Stretch:
    """A stretch at its noise levels."""

    def spoilt(part: Tensor, sigma: Tensor) -> Tensor:
        return add_noise(part, torch.randn(part.shape, generator=generator, device=part.device), sigma)

    return Stretch(
        spoilt(clean.video, levels.video), spoilt(clean.sound, levels.sound), spoilt(clean.layout, levels.layout)
    )


def drawn_levels(
    batch: LatentShard,
    teaching: Teaching,
    shares: NoisingShares,
    generator: torch.Generator,
    *,
    is_laid_out: bool,
    alike: bool = False,
) -> Levels:
    """Noise levels of a batch. They are drawn on the CPU: item by item, a GPU would be waited for each time."""
    device = generator.device
    if device.type != "cpu":
        generator = torch.Generator().manual_seed(derive(generator.initial_seed(), "levels"))
    b, t, a = len(batch.video), batch.video.shape[1], batch.sound.shape[1]
    drawn = draw_levels(b, t, a, shares, teaching.shift, generator, alike=alike)
    if not is_laid_out:
        drawn = before_drawing(drawn, teaching.known_beside, generator)
    return Levels(drawn.video.to(device), drawn.sound.to(device), drawn.layout.to(device))


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
        draw = draw_whole_caption if draws.random() < teaching.whole_share else draw_caption
        texts.append(draw(scene_from_json(scene), language, seed=seed, detail=detail).text)
    return texts
