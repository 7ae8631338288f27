"""Teaching a trained Noor to draw in few calls: long steps, and guidance without a second pass.

Only drawing is taught, from finished layouts: laying out costs next to nothing.

The student is told how far it should go (`Guide.step`) and at which guidance scale. For the shortest steps its target
is two smaller guided steps of the teacher; for longer ones it is two of its own half as long, which must agree with
one whole (shortcut models, arXiv:2410.12557; guidance folded in as in arXiv:2210.03142).
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.data.latents import LatentShard
from manazir.diffusion.schedules import shift
from manazir.models.noor.stretch import Guide, Levels, Stretch
from manazir.models.noor.transformer import Noor
from manazir.models.text.encoder import EncodedText
from manazir.models.text.words import Words, read_words
from manazir.training.given import drawn_levels, noised
from manazir.training.noor import Clips, NoorTask, Teaching, read_captions


@dataclass(frozen=True, kw_only=True, slots=True)
class Distillation:
    """What the student is to learn."""

    shortest: int = 8
    """Steps from noise to clean at the shortest step length; longer ones are its halves, down to one."""
    teacher_share: float = 0.6
    """Of batches in which the teacher is asked; in the others the student agrees with itself."""
    largest_scale: float = 6.0
    """Guidance scales are drawn evenly from 1 to this."""


class DistillationTask(NoorTask):
    """Match two small steps with one. The model is the student; the teacher is fixed."""

    def __init__(
        self, clips: Clips, teacher: Noor, student: Noor, teaching: Teaching, distillation: Distillation, **others: Any
    ) -> None:
        super().__init__(clips, student.shape, teaching, **others)
        student.text_encoder.requires_grad_(not teaching.text_is_fixed)
        for part in (student.eye, student.painter, student.foley, student.finisher):
            part.requires_grad_(False)
        self.model: nn.Module = student
        self.teacher = teacher.eval().requires_grad_(False)
        self.distillation = distillation

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """One batch: where two small steps lead, and whether one long one leads there."""
        assert isinstance(model, Noor)
        self.teacher.to(generator.device)
        batch = self.clips.draw(self.teaching.batch, generator)
        is_teachers = bool(
            torch.rand((), generator=generator, device=generator.device) < self.distillation.teacher_share
        )
        now, half, then = self._times(len(batch.video), is_teachers, generator)
        free = self._free(batch, generator)
        clean = Stretch(batch.video, batch.sound, batch.layout)
        noisy = noised(clean, _at(free, now), generator)
        scales = 1 + (self.distillation.largest_scale - 1) * torch.rand(
            len(batch.video), generator=generator, device=generator.device
        )
        words = read_captions(batch, step, self.teaching, self.shape.text.limits, generator)
        with torch.no_grad():
            target = self._target(model, batch, words, noisy, free, (now, half, then), scales, is_teachers)
        guide = Guide(_read(model, words), batch.actions, batch.aspect, step=now - then, guidance=scales)
        made = model(noisy, _at(free, now), guide)
        video = _distance(made.video, target.video, free.video)
        sound = _distance(made.sound, target.sound, free.sound)
        return video + self.teaching.sound_weight * sound, {
            "video": float(video.detach()),
            "sound": float(sound.detach()),
        }

    def facts(self) -> dict[str, Any]:
        """What a NoorTask says, and how the student was taught."""
        return super().facts() | {"distillation": asdict(self.distillation)}

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:
        """A sheet in few steps, if the recipe says how."""
        return super().samples(model)

    def _times(self, b: int, is_teachers: bool, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Levels at the beginning, the middle and the end of a step, for each item: on the sampler's own schedule."""
        count = self.distillation.shortest
        if not is_teachers:
            choices = [count // 2**k for k in range(1, count.bit_length())]
            count = choices[int(torch.randint(len(choices), (1,), generator=generator, device=generator.device))]
        place = torch.randint(count, (b,), generator=generator, device=generator.device) / count
        even = (1 - place, 1 - place - 0.5 / count, 1 - place - 1 / count)
        now, half, then = (shift(level.clamp(min=0), self.teaching.shift) for level in even)
        return now, half, then

    def _free(self, batch: LatentShard, generator: torch.Generator) -> Levels:
        """1 where a part is to be made, 0 where it is known: the patterns of teaching, without mixed levels."""
        clean = Stretch(batch.video, batch.sound, batch.layout)
        drawn = drawn_levels(clean, self.teaching.shift, self.teaching.shares, generator)
        return Levels((drawn.video > 0).float(), (drawn.sound > 0).float(), torch.zeros_like(drawn.layout))

    def _target(
        self,
        student: Noor,
        batch: LatentShard,
        words: Words,
        noisy: Stretch,
        free: Levels,
        times: tuple[Tensor, Tensor, Tensor],
        scales: Float[Tensor, " b"],
        is_teachers: bool,
    ) -> Stretch:
        """The clean prediction whose single step leads where two half steps lead."""
        now, half, then = times
        if is_teachers:
            nothing = read_words([""] * len(scales), self.shape.text.limits).to(scales.device)
            wanted, empty = (_read(self.teacher, said) for said in (words, nothing))

            def call(x: Stretch, level: Tensor, length: Tensor) -> Stretch:  # noqa: ARG001
                return _guided(self.teacher, x, _at(free, level), wanted, empty, batch, scales)
        else:
            text = _read(student, words)

            def guide(length: Tensor) -> Guide:
                return Guide(text, batch.actions, batch.aspect, step=length, guidance=scales)

            def call(x: Stretch, level: Tensor, length: Tensor) -> Stretch:
                made = student(x, _at(free, level), guide(length))
                assert isinstance(made, Stretch)
                return made

        middle = _advance(noisy, call(noisy, now, now - half), free, now, half)
        end = _advance(middle, call(middle, half, half - then), free, half, then)
        return Stretch(
            _implied(noisy.video, end.video, free.video, now, then),
            _implied(noisy.sound, end.sound, free.sound, now, then),
            noisy.layout,
        )


def _read(model: Noor, words: Words) -> EncodedText:
    text = model.text_encoder(words)
    assert isinstance(text, EncodedText)
    return text


def _guided(
    teacher: Noor,
    noisy: Stretch,
    levels: Levels,
    wanted: EncodedText,
    empty: EncodedText,
    batch: LatentShard,
    scales: Float[Tensor, " b"],
) -> Stretch:
    with_text = teacher(noisy, levels, Guide(wanted, batch.actions, batch.aspect))
    without = teacher(noisy, levels, Guide(empty, batch.actions, batch.aspect))
    video = without.video + scales[:, None, None, None, None] * (with_text.video - without.video)
    sound = without.sound + scales[:, None, None] * (with_text.sound - without.sound)
    return Stretch(video, sound, noisy.layout)


def _at(free: Levels, level: Float[Tensor, " b"]) -> Levels:
    return Levels(free.video * level[:, None], free.sound * level[:, None], free.layout)


def _spread(level: Float[Tensor, " b"], like: Tensor) -> Tensor:
    return level.reshape(-1, *([1] * (like.ndim - 1)))


def _advance(noisy: Stretch, clean: Stretch, free: Levels, now: Tensor, then: Tensor) -> Stretch:
    """One Euler step; what is known stays."""

    def step(x: Tensor, c: Tensor, mask: Tensor) -> Tensor:
        moved = c + _spread(then / now, x) * (x - c)
        return torch.where(mask.reshape(*mask.shape, *([1] * (x.ndim - 2))) > 0, moved, x)

    return Stretch(step(noisy.video, clean.video, free.video), step(noisy.sound, clean.sound, free.sound), noisy.layout)


def _implied(start: Tensor, end: Tensor, mask: Tensor, now: Tensor, then: Tensor) -> Tensor:
    """The clean part that one Euler step from `start` would have to see in order to arrive at `end`."""
    ratio = _spread(then / now, start)
    implied = (end - ratio * start) / (1 - ratio)
    return torch.where(mask.reshape(*mask.shape, *([1] * (start.ndim - 2))) > 0, implied, start)


def _distance(made: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    error = (made - target).square().flatten(2).mean(-1)
    return (error * mask).sum() / mask.sum().clamp(min=1)
