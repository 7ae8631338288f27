from dataclasses import replace
from pathlib import Path

import pytest
import torch

from manazir.core import layout as at
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.noor.eye import FINE
from manazir.models.noor.painter import Painter
from manazir.models.noor.transformer import Noor, NoorShape
from manazir.recipes.runs import start_from_eye
from manazir.training.eye import LookingTask, canonical, coverage, sizes, weights_of
from manazir.training.laid_out_frames import FrameGroup
from manazir.training.loop import Loop, train
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of, roles
from manazir.worlds.render import render
from manazir.worlds.scene import Event
from manazir.worlds.solids import FIRST_RAMP

SHAPE = NoorShape(
    width=32, heads=2, layers=1, channels=3, rotary_dims=(8, 4, 4), painter_widths=(8, 8, 8), eye_widths=(8, 16, 16)
)


@pytest.mark.parametrize(("event", "size"), [(Event.COLLIDE, (128, 128)), (Event.RAMP, (224, 128))])
def test_things_cover_the_places_at_which_they_are_seen(event: Event, size: tuple[int, int]) -> None:
    right, there = 0, 0
    for seed in range(4):
        scene, motion = draw(seed, {event: 1.0}, aspect=size[0] / size[1])
        layout = torch.from_numpy(layout_of(scene, motion))[::8]
        is_covered, owner = coverage(layout, size[1] // 16, size[0] // 16)
        drawn = torch.from_numpy(render(scene, motion, *size).segmentation[::8].copy())
        step = 16 // FINE
        middle = drawn[:, step // 2 :: step, step // 2 :: step].flatten(1)
        slots = torch.full_like(middle, -1)
        for slot, body in enumerate(roles(scene), start=at.BODIES.start):
            slots[middle == body] = slot
        slots[middle == FIRST_RAMP] = at.RAMP
        seen = slots >= 0
        right += int(((owner == slots) & is_covered & seen).sum())
        there += int(seen.sum())
        assert (is_covered & ~seen).sum() < 1.2 * seen.sum()  # half a step around things is covered too
    assert right > 0.93 * there


def test_small_things_count_nearly_as_much_as_large_ones() -> None:
    owner = torch.tensor([[1, 1, 1, 2, 2]])
    covered = torch.tensor([[True, True, True, True, False]])
    assert sizes(covered, owner).tolist() == [[3, 3, 3, 1, 1]]


def test_where_a_rod_hangs_counts_only_if_there_is_one() -> None:
    things = torch.zeros(1, 2, at.FEATURES)
    things[0, 1, at.ROD] = 1.0
    assert weights_of(things)[0, :, at.ROD_UP].tolist() == [0.0, 1.0]


def test_canonical_layouts_differ_only_in_turns() -> None:
    scene, motion = draw(3, {Event.TOPPLE: 1.0})
    layout = torch.from_numpy(layout_of(scene, motion))
    same = [feature for feature in range(at.FEATURES) if feature not in range(at.TURN.start, at.TURN.stop)]
    torch.testing.assert_close(canonical(layout)[..., same], layout[..., same])
    torch.testing.assert_close(canonical(canonical(layout)), canonical(layout), atol=1e-4, rtol=0)


def _spots(count: int) -> FrameGroup:
    """Frames in which one ball stands: white on black."""
    place = 1.6 * torch.rand(count, 2, generator=torch.Generator().manual_seed(1)) - 0.8
    layout = torch.zeros(count, at.SLOTS, at.FEATURES)
    layout[..., at.PRESENT] = torch.tensor([1.0, 1, -1, -1, -1, -1])
    layout[:, 1, [at.ACROSS, at.UP]] = place
    layout[:, 1, at.SHAPE.start] = at.KIND
    x, y = torch.meshgrid(torch.linspace(-1, 1, 64), -torch.linspace(-1, 1, 64), indexing="xy")
    centres = place[:, :, None, None] / at.PLACE_SCALE
    apart = torch.hypot(x - centres[:, 0], y - centres[:, 1])
    return FrameGroup((255 * (apart < 0.3))[..., None].expand(-1, -1, -1, 3).byte(), layout)


def test_an_eye_learns_where_things_are_and_a_generator_starts_from_it(tmp_path: Path) -> None:
    torch.manual_seed(0)
    codec = PictureCodec(PictureCodecShape(channels=3, fine_width=8, coarse_width=8, blocks=1))
    painter = Painter(3, (8, 8, 8))
    task = LookingTask([_spots(100)], SHAPE, batch=16, codec=codec, painter=painter)
    loop = Loop(steps=120, warmup_steps=5, cooldown_steps=80, muon_learning_rate=0.02, adam_learning_rate=1e-2)
    loop = replace(loop, log_every=20, save_every_seconds=100.0, samples_every=120)
    lines = list(train(task, loop, tmp_path, torch.device("cpu")))
    assert lines[-1].numbers["places"] < 0.5 * lines[0].numbers["places"]
    assert lines[-1].picture is not None
    assert lines[-1].picture.shape == (2 * 64, 8 * 64, 3)
    noor = Noor(SHAPE)
    start_from_eye(noor, tmp_path)
    assert not torch.equal(noor.eye.leave.bias, Noor(SHAPE).eye.leave.bias)
