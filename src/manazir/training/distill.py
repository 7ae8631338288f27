"""Teaching a trained Noor to lay out in few calls: long steps, and guidance without a second pass.

Only laying out is taught: drawing starts from what the painter expects, and needs a step or two as it is.

The student is told how far it should go (`Guide.step`) and at which guidance scale. For the shortest steps its target
is two smaller guided steps of the teacher; for longer ones it is two of its own half as long, which must agree with
one whole (shortcut models, arXiv:2410.12557; guidance folded in as in arXiv:2210.03142).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from manazir.inference.noor.sampling import Sampling
from manazir.models.noor.stretch import Guide, Levels, Stretch
from manazir.models.noor.transformer import Noor
from manazir.models.text.encoder import EncodedText
from manazir.models.text.words import read_words
from manazir.training.given import noised
from manazir.training.importance import presence
from manazir.training.noor import Clips, NoorTask, Teaching, chance

FEW = Sampling(layout_steps=4, is_distilled=True)
"""How a student samples."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Distillation:
    """What the student is to learn."""

    shortest: int = 8
    """Steps from noise to clean at the shortest step length; longer ones are its halves, down to one."""
    teacher_share: float = 0.6
    """Of batches in which the teacher is asked; in the others the student agrees with itself."""
    largest_scale: float = 3.0
    """Guidance scales are drawn evenly from 1 to this."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Where a step begins, its middle and its end, for each item."""

    now: Float[Tensor, " b"]
    half: Float[Tensor, " b"]
    then: Float[Tensor, " b"]


Call = Callable[[Tensor, Tensor, Tensor], Tensor]
"""A noisy layout, its level and the length of the step → the clean layout."""


class DistillationTask(NoorTask):
    """Match two small steps with one. The model is the student; the teacher is fixed."""

    def __init__(
        self, clips: Clips, teacher: Noor, student: Noor, teaching: Teaching, distillation: Distillation, **others: Any
    ) -> None:
        super().__init__(clips, student.shape, teaching, **others)
        student.text_encoder.requires_grad_(False)
        for part in (student.eye, student.painter, student.foley, student.animator, student.finisher):
            part.requires_grad_(False)
        self.model: nn.Module = student
        self.teacher = teacher.eval().requires_grad_(False)
        self.distillation = distillation

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """One batch: where two small steps lead, and whether one long one leads there."""
        assert isinstance(model, Noor)
        self.teacher.to(generator.device)
        laid = self.laid(model, step, generator)
        is_teachers = chance(self.distillation.teacher_share, generator)
        steps = self._steps(len(laid.clean.layout), is_teachers, generator)
        scales = 1 + (self.distillation.largest_scale - 1) * torch.rand(
            len(steps.now), generator=generator, device=generator.device
        )
        free = Levels(laid.levels.video, laid.levels.sound, (laid.levels.layout > 0).float())
        noisy = noised(laid.clean, _at(free, steps.now), generator)
        noisy = replace(noisy, layout=torch.where(free.layout[..., None] == 0, laid.seen, noisy.layout))

        def student(layout: Tensor, level: Tensor, length: Tensor) -> Tensor:
            guide = replace(laid.guide, step=length, guidance=scales)
            return _made(model, replace(noisy, layout=layout), _at(free, level), guide)

        with torch.no_grad():
            asked = self._guided(noisy, free, laid.guide, scales) if is_teachers else student
            target = two_steps(asked, noisy.layout, free.layout, steps)
        made = student(noisy.layout, steps.now, steps.now - steps.then)
        levels = _at(free, steps.now).layout
        loss = self._weighed(made, target, levels, presence(laid.clean.layout))
        return loss, {"teacher" if is_teachers else "itself": float(loss.detach())}

    def facts(self) -> dict[str, Any]:
        """What a NoorTask says, and how the student was taught."""
        return super().facts() | {"distillation": asdict(self.distillation)}

    def _steps(self, b: int, is_teachers: bool, generator: torch.Generator) -> Steps:
        """Steps of one length, on the sampler's own schedule."""
        count = self.distillation.shortest
        if not is_teachers:
            choices = [count // 2**k for k in range(1, count.bit_length())]
            count = choices[int(torch.randint(len(choices), (1,), generator=generator, device=generator.device))]
        now = 1 - torch.randint(count, (b,), generator=generator, device=generator.device) / count
        return Steps(now, now - 0.5 / count, now - 1 / count)

    def _guided(self, noisy: Stretch, free: Levels, guide: Guide, scales: Float[Tensor, " b"]) -> Call:
        """Ask the teacher with the words and without them."""
        nothing = read_words([""] * len(guide.text.tokens), self.shape.text.limits).to(scales.device)
        empty = self.teacher.text_encoder(nothing)
        assert isinstance(empty, EncodedText)

        def call(layout: Tensor, level: Tensor, length: Tensor) -> Tensor:  # noqa: ARG001
            stretch, levels = replace(noisy, layout=layout), _at(free, level)
            told, untold = (_made(self.teacher, stretch, levels, replace(guide, text=t)) for t in (guide.text, empty))
            return untold + scales[:, None, None, None] * (told - untold)

        return call


def _made(model: Noor, noisy: Stretch, levels: Levels, guide: Guide) -> Tensor:
    made = model(noisy, levels, guide)
    assert isinstance(made, Stretch)
    return made.layout


def _at(free: Levels, level: Float[Tensor, " b"]) -> Levels:
    return Levels(free.video, free.sound, free.layout * level[:, None, None])


def two_steps(
    call: Call, noisy: Float[Tensor, "b t s f"], free: Float[Tensor, "b t s"], steps: Steps
) -> Float[Tensor, "b t s f"]:
    """The clean layout that one step would have to see in order to arrive where two half as long lead."""
    middle = _advanced(noisy, call(noisy, steps.now, steps.now - steps.half), free, steps.now, steps.half)
    end = _advanced(middle, call(middle, steps.half, steps.half - steps.then), free, steps.half, steps.then)
    left = (steps.then / steps.now)[:, None, None, None]
    return torch.where(free[..., None] > 0, (end - left * noisy) / (1 - left), noisy)


def _advanced(
    noisy: Float[Tensor, "b t s f"], clean: Float[Tensor, "b t s f"], free: Tensor, now: Tensor, then: Tensor
) -> Float[Tensor, "b t s f"]:
    """One Euler step; what is known stays."""
    moved = clean + (then / now)[:, None, None, None] * (noisy - clean)
    return torch.where(free[..., None] > 0, moved, noisy)
