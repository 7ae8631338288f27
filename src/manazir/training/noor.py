"""Teaching Noor: predict clean latents from noisy ones, under captions drawn afresh each time."""

from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core.seeds import derive
from manazir.data.latents import LatentShard
from manazir.diffusion.noising import NoisingShares
from manazir.models.noor.stretch import Guide, Levels, Stretch, repeated
from manazir.models.noor.symmetry import settled
from manazir.models.noor.transformer import Noor, NoorShape
from manazir.models.text.words import Words
from manazir.training.given import as_seen, before_drawing, drawn_levels, noised
from manazir.training.importance import drawn_tokens, participation, presence, salience
from manazir.training.spoken import Telling, in_order, speak

LAYING_OUT = NoisingShares(
    nothing_known=0.48,
    first_frame=0.18,
    prefix=0.14,
    suffix=0.05,
    both_ends=0.08,
    keyframes=0.07,
    video_known=0.0,
    sound_known=0.0,
    levels_differ=0.0,
)
HEARD = replace(LAYING_OUT, nothing_known=0.0, first_frame=0.0, both_ends=0.0, keyframes=0.09, sound_known=0.72)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lessons:
    """Of which share of batches teaches what."""

    layout: float = 0.9
    """What happens: layouts under words, without pictures."""
    sound: float = 0.02
    """How it sounds: from finished layouts, without pictures."""
    drawing: float = 0.08
    """Pictures and sound, from finished layouts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Teaching(Telling):
    """How Noor is taught."""

    batch: int = 24
    lessons: Lessons = field(default_factory=Lessons)
    bare_scenes: int = 8
    """How many scenes stand in a batch without pictures for each clip of another."""
    draws: int = 3
    """How many draws of noise share a scene and its caption in a lesson of layouts: reading costs as much as that."""
    shift: float = 4.0
    """Of the noise levels in drawing, here and in sampling."""
    shares: NoisingShares = field(default_factory=NoisingShares)
    """Of what is known in drawing."""
    layout_shares: NoisingShares = field(default_factory=lambda: LAYING_OUT)
    """Of what is known in laying out."""
    heard_share: float = 0.15
    """Of batches that teach laying out in which sound takes part, and is often known."""
    heard_shares: NoisingShares = field(default_factory=lambda: HEARD)
    seen_share: float = 0.5
    """Of layouts whose known frames are as an eye sees them: without what is out of the picture, and not quite right.
    The others are as a sampler made them before."""
    seen_error: float = 0.04
    """Of such frames, at most."""
    drawn_share: float = 0.5
    """Of video tokens that take part in a batch with pictures: those where much is to be seen do so more often."""
    causal_share: float = 0.15
    """Of batches in which tokens see only the past."""
    text_is_fixed: bool = True
    """Whether the text encoder stays as reading left it. Muon's steps are as long however weak the gradient is: trained
    along from the start, before pictures say anything of words, it forgot how to read (experiments/LOG.md)."""
    sound_weight: float = 0.25
    """Of the sound's loss beside the picture's."""
    weight_floor: float = 0.01
    """The loss is weighted by 1 / (sigma² + this): nearly the loss of velocities, bounded at small sigma."""
    salience: float = 3.0
    """How much more cells with edges weigh than plain ones."""


class Clips(Protocol):
    """Where batches come from: shards in memory, or scenes rendered as they are needed."""

    hash: str

    def draw(self, batch: int, generator: torch.Generator, *, with_pictures: bool = True) -> LatentShard:
        """Return a batch of one picture shape on the generator's device."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A batch that is to be laid out."""

    clean: Stretch
    seen: Float[Tensor, "b t s f"]
    """The layout as it is given where it is known."""
    levels: Levels
    guide: Guide
    words: Words
    """Which the guide has encoded."""


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
        for part in (noor.eye, noor.painter, noor.foley, noor.animator, noor.finisher):
            part.requires_grad_(False)  # taught by themselves
        self.model: nn.Module = noor
        self.clips, self.shape, self.teaching, self.show = clips, shape, teaching, show

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """One batch: draw clips, captions, noise levels; predict; weigh."""
        assert isinstance(model, Noor)
        shares = astuple(self.teaching.lessons)
        lessons = (self._layout_lesson, self._sound_lesson, self._drawing_lesson)
        weights = torch.tensor(shares, dtype=torch.float, device=generator.device)
        parts = lessons[int(torch.multinomial(weights, 1, generator=generator))](model, step, generator)
        weighed = [self.teaching.sound_weight * part if name == "sound" else part for name, part in parts.items()]
        return torch.stack(weighed).sum(), {name: float(part.detach()) for name, part in parts.items()}

    def _layout_lesson(self, model: Noor, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """What happens, from words and from what is known of some frames or of the sound."""
        laid = self.laid(model, step, generator)
        clean, levels = laid.clean, laid.levels
        noisy = noised(clean, levels, generator)
        given = torch.where(levels.layout[..., None] == 0, laid.seen, noisy.layout)
        made = model(replace(noisy, layout=given), levels, laid.guide)
        return {"layout": self._weighed(made.layout, clean.layout, levels.layout, presence(clean.layout))}

    def laid(self, model: Noor, step: int, generator: torch.Generator, shares: NoisingShares | None = None) -> Laid:
        """What is to be laid out in a batch, and what of it is given; by the teaching's shares if by no others."""
        teaching = self.teaching
        batch = self.clips.draw(teaching.batch * teaching.bare_scenes // teaching.draws, generator, with_pictures=False)
        batch, guide, words = self._told(model, batch, step, generator)
        layout = settled(batch.layout)
        clean = Stretch(*(repeated(part, teaching.draws) for part in (batch.video, batch.sound, layout)))
        is_heard = shares is None and chance(teaching.heard_share, generator)
        shares = shares or (teaching.heard_shares if is_heard else teaching.layout_shares)
        seen = as_seen(clean.layout, teaching.seen_share, teaching.seen_error, batch.aspect, generator)
        levels = before_drawing(self._levels(clean, shares, generator), seen, generator)
        clean = clean.without_pictures() if is_heard else clean.without_pictures().without_sound()
        return Laid(clean, seen, levels if is_heard else levels.without_sound(), guide, words)

    def _sound_lesson(self, model: Noor, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """How what happens sounds."""
        scenes = self.teaching.batch * self.teaching.bare_scenes
        batch = self.clips.draw(scenes, generator, with_pictures=False)
        batch, guide, _ = self._told(model, batch, step, generator)
        clean = Stretch(batch.video, batch.sound, batch.layout)
        levels = self._levels(clean, self.teaching.shares, generator)
        clean = clean.without_pictures()
        made = model(noised(clean, levels, generator), levels, guide)
        return {"sound": self._weighed(made.sound, clean.sound, levels.sound)}

    def _drawing_lesson(self, model: Noor, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """How it looks and sounds."""
        batch = self.clips.draw(self.teaching.batch, generator)
        batch, guide, _ = self._told(model, batch, step, generator)
        clean = Stretch(batch.video, batch.sound, batch.layout)
        levels = self._levels(clean, self.teaching.shares, generator)
        drawn = drawn_tokens(model, clean.video, self.teaching.drawn_share, generator)
        guide = replace(guide, drawn=drawn)
        made = model(noised(clean, levels, generator), levels, guide)
        important = salience(clean.video, self.teaching.salience) * participation(model, clean.video, drawn)
        return {
            "video": self._weighed(made.video, clean.video, levels.video, important),
            "sound": self._weighed(made.sound, clean.sound, levels.sound),
        }

    def _levels(self, clean: Stretch, shares: NoisingShares, generator: torch.Generator) -> Levels:
        return drawn_levels(clean, self.teaching.shift, shares, generator)

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:
        """A contact sheet, if the recipe says how to make one."""
        assert isinstance(model, Noor)
        return self.show(model) if self.show else None

    def facts(self) -> dict[str, Any]:
        """Shape, teaching and the hash of the data."""
        return {"noor": asdict(self.shape), "teaching": asdict(self.teaching), "data": self.clips.hash}

    def _told(
        self, model: Noor, batch: LatentShard, step: int, generator: torch.Generator
    ) -> tuple[LatentShard, Guide, Words]:
        """A batch whose bodies stand in the order in which it is spoken of, what is told beside it, and its words."""
        spoken = speak(batch, step, self.teaching, self.shape.text.limits, generator)
        is_causal = chance(self.teaching.causal_share, generator)
        guide = Guide(model.text_encoder(spoken.words), batch.aspect, is_causal=is_causal)
        return replace(batch, layout=in_order(batch.layout, spoken.order)), guide, spoken.words

    def _weighed(
        self,
        made: Float[Tensor, "b n *rest"],
        clean: Float[Tensor, "b n *rest"],
        sigma: Float[Tensor, "*items"],
        importance: Tensor | float = 1.0,
    ) -> Tensor:
        """Mean squared error of what was unknown, weighed by its level and by what is important in it."""
        error = ((made - clean).square() * importance).flatten(sigma.ndim).mean(-1)
        weight = (sigma > 0) / (sigma.square() + self.teaching.weight_floor)
        return (error * weight).sum() / (sigma > 0).sum().clamp(min=1)


def measure_paths(model: Noor, clips: Clips, device: torch.device) -> None:
    """Measure how fast layouts change, before teaching begins: the network speaks in units of that."""
    generator = torch.Generator(device).manual_seed(derive(0, "paths"))
    batches = [settled(clips.draw(256, generator, with_pictures=False).layout) for _ in range(16)]
    model.to(device).paths.fit(torch.cat(batches))


def chance(share: float, generator: torch.Generator) -> bool:
    """True in that share of draws."""
    return bool(torch.rand((), generator=generator, device=generator.device) < share)
