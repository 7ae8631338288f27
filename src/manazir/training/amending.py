"""Amending a student: teaching it on together with its text encoder, by what captions state.

Its targets are its own layouts, as it made them when this began, with what the caption states put right: that a body is
there, its colour, shape, material and size, where the light comes from, how the camera moves. How things happen stays
as it was learnt. Heads on the encoder's slots are asked the same, as in reading.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.core.seeds import derive
from manazir.data.latents import LatentShard
from manazir.models.noor.stretch import Guide, Levels, Stretch
from manazir.models.noor.symmetry import settled
from manazir.models.noor.transformer import Noor
from manazir.models.text.encoder import EncodedText, SceneReader
from manazir.models.text.words import read_words
from manazir.training.distill import FEW
from manazir.training.given import noised
from manazir.training.importance import presence
from manazir.training.noor import Clips, NoorTask, Teaching, chance
from manazir.training.reading import answers, marked, questions, stacked
from manazir.training.spoken import Telling, body_order, captions, in_order
from manazir.worlds.captions import Caption
from manazir.worlds.scene import SIZE_CLASSES

_KINDS = {"colour": at.COLOUR, "shape": at.SHAPE, "material": at.MATERIAL}
_SETTINGS = {
    "camera": at.CAMERA,
    "light_side": slice(at.LIGHT.start, at.LIGHT.start + 3),
    "light_colour": slice(at.LIGHT.start + 4, at.LIGHT.stop),
}
"""Features of the set that captions state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Amending:
    """How a student is amended."""

    batch: int = 64
    telling: Telling = field(
        default_factory=lambda: Telling(text_dropout=0.0, detail_shares=(0.12, 0.25, 0.33, 0.3), whole_share=0.85)
    )
    few_shares: tuple[float, float] = (0.35, 0.8)
    """Of drawn scenes of one body and of two that take part; all do that have more."""
    draft_share: float = 0.2
    """Of batches that lay out in one step."""
    level_shares: tuple[float, float, float, float] = (0.55, 0.2, 0.15, 0.1)
    """Of the other batches: at which of the sampler's four levels. The first tells most of what words say."""
    known_share: float = 0.2
    """Of batches in which frames may be known: there the student is to stay as it was."""
    reading_weight: float = 0.5


class AmendingTask(NoorTask):
    """The model is the student with its reading heads."""

    def __init__(self, clips: Clips, student: Noor, amending: Amending) -> None:
        teaching = Teaching(batch=amending.batch, bare_scenes=1, draws=1, heard_share=0.0, causal_share=0.0)
        super().__init__(clips, student.shape, teaching)
        self.before = deepcopy(student).eval().requires_grad_(False)
        for part in (student.eye, student.painter, student.foley, student.animator, student.finisher):
            part.requires_grad_(False)
        self.model = nn.ModuleDict({"noor": student, "reader": SceneReader(student.shape.text.width, questions())})
        self.amending = amending

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """In the log: what is read right, and the losses of both kinds of batches."""
        assert isinstance(model, nn.ModuleDict)
        noor, reader = model["noor"], model["reader"]
        assert isinstance(noor, Noor)
        assert isinstance(reader, SceneReader)
        self.before.to(generator.device)
        if chance(self.amending.known_share, generator):
            loss = self._as_before(noor, step, generator)
            return loss, {"as before": float(loss.detach())}
        batch, said = self._spoken(step, generator)
        words = read_words([caption.text for caption in said], self.shape.text.limits).to(generator.device)
        text, told = noor.text_encoder(words), [answers(caption) for caption in said]
        read, right = marked(reader(text), stacked(told))
        with torch.no_grad():
            text_before = self.before.text_encoder(words)
        loss = self._as_stated(noor, (text, text_before), batch, (said, told), generator)
        return self.amending.reading_weight * read + loss, {"stated": float(loss.detach()), "right": right}

    def _spoken(self, step: int, generator: torch.Generator) -> tuple[LatentShard, list[Caption]]:
        """Scenes of which more have several bodies than are drawn, in the order in which they are spoken of."""
        drawn = self.clips.draw(4 * self.amending.batch, generator, with_pictures=False)
        rng = np.random.default_rng(derive(step, "bodies"))
        shares = (1.0, *self.amending.few_shares, 1.0)
        takes = [rng.random() < shares[min(len(scene["bodies"]), 3)] for scene in drawn.scenes]
        picks = np.argsort(~np.array(takes), kind="stable")[: self.amending.batch]
        scenes = [drawn.scenes[pick] for pick in picks]
        said = [caption for caption in captions(scenes, step, self.amending.telling) if caption is not None]
        order = torch.tensor([body_order(caption) for caption in said], device=generator.device)
        at_picks = torch.from_numpy(picks).to(generator.device)
        layout = settled(in_order(drawn.layout[at_picks], order))
        parts = (drawn.video[at_picks], drawn.sound[at_picks], layout)
        return LatentShard(*parts, scenes), said

    def _as_stated(
        self,
        noor: Noor,
        texts: tuple[EncodedText, EncodedText],
        batch: LatentShard,
        said: tuple[Sequence[Caption], Sequence[dict[str, int]]],
        generator: torch.Generator,
    ) -> Tensor:
        """The student's own layouts from nothing but words, put right."""
        level, length = self._step(generator)
        b, t = batch.layout.shape[:2]
        clean = Stretch(batch.video, batch.sound, batch.layout).without_pictures().without_sound()
        ones = torch.ones(b, t, at.SLOTS, device=generator.device)
        levels = Levels(ones[..., 0], ones[:, :0, 0], level * ones)
        noisy = noised(clean, levels, generator)
        lengths, scales = torch.full_like(ones[:, 0, 0], length), torch.full_like(ones[:, 0, 0], FEW.guidance_scale)
        guide = Guide(texts[0], batch.aspect, step=lengths, guidance=scales)
        with torch.no_grad():
            target = self.before(noisy, levels, replace(guide, text=texts[1])).layout
            target = put_right(target, batch.layout, *said, with_setting=length < 1.0)
        return self._weighed(noor(noisy, levels, guide).layout, target, levels.layout, presence(batch.layout))

    def _step(self, generator: torch.Generator) -> tuple[float, float]:
        """A noise level and the length of a step from there: one of a film's, or a draft's."""
        if chance(self.amending.draft_share, generator):
            return 1.0, 1.0
        shares = torch.tensor(self.amending.level_shares, device=generator.device)
        done = int(torch.multinomial(shares, 1, generator=generator))
        return 1.0 - done / len(shares), 1.0 / len(shares)

    def _as_before(self, noor: Noor, step: int, generator: torch.Generator) -> Tensor:
        """The student's own layouts where frames may be known."""
        laid = self.laid(self.before, step, generator)
        steps = len(self.amending.level_shares)
        b, device = len(laid.clean.layout), generator.device
        level = 1 - torch.randint(steps, (b,), generator=generator, device=device) / steps
        free = (laid.levels.layout > 0).float()
        levels = replace(laid.levels, layout=free * level[:, None, None])
        noisy = noised(laid.clean, levels, generator)
        noisy = replace(noisy, layout=torch.where(free[..., None] == 0, laid.seen, noisy.layout))
        lengths, scales = torch.full_like(level, 1 / steps), torch.full_like(level, FEW.guidance_scale)
        guide = replace(laid.guide, step=lengths, guidance=scales)
        with torch.no_grad():
            target = self.before(noisy, levels, guide).layout
        made = noor(noisy, levels, replace(guide, text=noor.text_encoder(laid.words)))
        return self._weighed(made.layout, target, levels.layout, presence(laid.clean.layout))

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:  # noqa: ARG002
        """There is nothing to look at that was not there before."""
        return None

    def facts(self) -> dict[str, Any]:
        """What the student was, and how it was amended."""
        return super().facts() | {"distillation": {"amending": asdict(self.amending)}}


def put_right(
    target: Float[Tensor, "b t s f"],
    clean: Float[Tensor, "b t s f"],
    said: Sequence[Caption],
    told: Sequence[dict[str, int]],
    *,
    with_setting: bool,
) -> Float[Tensor, "b t s f"]:
    """Layouts with what captions state as it is in the true ones, whose bodies stand in the order of mention.

    Args:
        with_setting: whether the camera and the light, of which captions state but a part, are the true ones too.
    """
    result = target.clone()
    for item, (caption, answered) in enumerate(zip(said, told, strict=True)):
        is_whole = "count" in caption.mentioned
        for slot in range(at.BODIES.start, at.BODIES.stop):
            _put_body_right(result[item, :, slot], clean[item, :, slot], slot, answered, is_whole=is_whole)
        for fact, features in _SETTINGS.items():
            if with_setting and fact in caption.mentioned:
                result[item, :, at.SET, features] = clean[item, :, at.SET, features]
    return result


def _put_body_right(
    body: Float[Tensor, "t f"], clean: Float[Tensor, "t f"], slot: int, told: dict[str, int], *, is_whole: bool
) -> None:
    is_there = bool(clean[0, at.PRESENT] > 0)
    if is_whole:  # every body is spoken of, so there are no others
        if bool(body[:, at.PRESENT].mean() > 0) != is_there:
            body.copy_(clean)
        body[:, at.PRESENT] = clean[:, at.PRESENT]
    if not is_there:
        return
    for attribute, features in _KINDS.items():
        if told[f"body{slot}_{attribute}"] > 0:
            body[:, features] = clean[:, features]
    size = told[f"body{slot}_size"]
    if size > 0:
        smallest, largest = list(SIZE_CLASSES.values())[size - 1]
        metres = float(torch.exp(body[:, at.SIZE].mean() / at.SIZE_SCALE + at.SIZE_CENTRE))
        if not smallest <= metres <= largest:
            body[:, at.SIZE] = clean[:, at.SIZE]
