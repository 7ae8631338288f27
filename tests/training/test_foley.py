from pathlib import Path

import torch

from manazir.core import layout as at
from manazir.data.latents import LatentShard
from manazir.models.noor.transformer import Noor, NoorShape
from manazir.recipes.runs import start_from_foley
from manazir.training.foley import FoleyTask
from manazir.training.loop import Loop, train

SHAPE = NoorShape(
    width=32,
    heads=2,
    layers=1,
    channels=3,
    rotary_dims=(8, 4, 4),
    painter_widths=(8, 8, 8),
    eye_widths=(8, 8, 8),
    foley_width=16,
    animator_width=8,
    sound_width=4,
    hops_per_sound_token=2,
)


class Ticks:
    """A body that stands, and jumps at some frame; it ticks in the hop where it does."""

    hash = "ticks"

    def draw(self, batch: int, generator: torch.Generator, *, with_pictures: bool = True) -> LatentShard:  # noqa: ARG002
        frame = torch.randint(1, 8, (batch,), generator=generator)
        layout = torch.zeros(batch, 8, at.SLOTS, at.FEATURES)
        layout[..., at.PRESENT] = torch.tensor([1.0, 1, -1, -1, -1, -1])
        layout[:, :, 1, at.ACROSS] = (torch.arange(8) >= frame[:, None]).float()
        sound = torch.zeros(batch, 8, 2)  # a hop for each frame
        sound[torch.arange(batch), frame - 1] = 2.0
        blank = torch.zeros(batch, 8, 0, 4, 4)
        return LatentShard(blank, sound.view(batch, 4, 4), layout, [])


def test_a_foley_learns_when_a_tick_is_heard_and_a_generator_starts_from_it(tmp_path: Path) -> None:
    torch.manual_seed(0)
    loop = Loop(steps=80, warmup_steps=5, cooldown_steps=40, muon_learning_rate=0.02, adam_learning_rate=1e-2)
    lines = list(train(FoleyTask(Ticks(), SHAPE, batch=32), loop, tmp_path, torch.device("cpu")))
    assert lines[-1].numbers["rises"] < 0.2
    noor = Noor(SHAPE)
    start_from_foley(noor, tmp_path)
    clips = Ticks().draw(4, torch.Generator().manual_seed(9))
    heard = noor.foley(clips.layout, 4).view(4, 8, 2).mean(-1).argmax(1)
    assert torch.equal(heard, clips.sound.view(4, 8, 2).mean(-1).argmax(1))
