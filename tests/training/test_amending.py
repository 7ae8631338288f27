from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.tiny import SHAPE
from torch import Tensor

from manazir.core import layout as at
from manazir.data.latents import LatentShard
from manazir.models.noor.transformer import Noor
from manazir.training.amending import Amending, AmendingTask, put_right
from manazir.training.export import load_noor
from manazir.training.loop import Loop, train
from manazir.training.reading import answers
from manazir.training.spoken import body_order, in_order
from manazir.worlds.captions import Caption, draw_caption
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.scene import Event, Scene
from manazir.worlds.scene_json import scene_to_json

CPU = torch.device("cpu")


class Scenes:
    """A few piles, and single balls."""

    hash = "piles"

    def __init__(self) -> None:
        self.drawn = [draw(seed, {Event.STACK if seed % 4 else Event.ROLL: 1.0}) for seed in range(12)]

    def draw(self, batch: int, generator: torch.Generator, *, with_pictures: bool = True) -> LatentShard:  # noqa: ARG002
        picks = torch.randint(12, (batch,), generator=generator).tolist()
        layout = torch.from_numpy(np.stack([layout_of(*self.drawn[pick]) for pick in picks]))
        scenes = [scene_to_json(self.drawn[pick][0]) for pick in picks]
        blank, sound = torch.zeros(batch, 24, 0, 4, 4), torch.zeros(batch, 16, SHAPE.sound_width)
        return LatentShard(blank, sound, layout, scenes)


def _task(**others: float) -> AmendingTask:
    torch.manual_seed(0)
    noor, clips = Noor(SHAPE), Scenes()
    noor.paths.fit(clips.draw(64, torch.Generator().manual_seed(1)).layout)
    return AmendingTask(clips, noor, replace(Amending(batch=8), **others))


def _told(event: Event, detail: int, seed: int = 1) -> tuple[Scene, Caption, Tensor]:
    scene, motion = draw(seed, {event: 1.0})
    caption = draw_caption(scene, "en", seed, detail)
    layout = torch.from_numpy(layout_of(scene, motion))[None]
    return scene, caption, in_order(layout, torch.tensor([body_order(caption)]))


def _right(target: Tensor, clean: Tensor, caption: Caption, *, with_setting: bool = True) -> Tensor:
    return put_right(target, clean, [caption], [answers(caption)], with_setting=with_setting)


def test_what_a_caption_states_becomes_true_and_nothing_else_does() -> None:
    scene, caption, clean = _told(Event.COLLIDE, 3)
    wrong = clean + 0.5
    wrong[..., at.PRESENT] = clean[..., at.PRESENT]
    right = _right(wrong, clean, caption)
    bodies = slice(1, 1 + len(scene.bodies))
    for features in (at.COLOUR, at.SHAPE, at.MATERIAL, at.PRESENT):
        assert torch.equal(right[:, :, bodies, features], clean[:, :, bodies, features])
    assert torch.equal(right[:, :, bodies, at.ACROSS : at.TURN.stop], wrong[:, :, bodies, at.ACROSS : at.TURN.stop])
    assert torch.equal(right[:, :, at.SET, at.CAMERA], clean[:, :, at.SET, at.CAMERA])
    assert torch.equal(right[:, :, at.SET, at.GROUND], wrong[:, :, at.SET, at.GROUND])
    as_it_was = _right(wrong, clean, caption, with_setting=False)
    assert torch.equal(as_it_was[:, :, at.SET], wrong[:, :, at.SET])


def test_sizes_that_go_by_the_same_name_stay() -> None:
    _, caption, clean = next(
        one for seed in range(20) if "body1_size" in (one := _told(Event.ROLL, 3, seed))[1].mentioned
    )
    near = clean.clone()
    near[:, :, 1, at.SIZE] += 0.01 if clean[0, 0, 1, at.SIZE] < 0 else -0.01
    assert torch.equal(_right(near, clean, caption)[:, :, 1, at.SIZE], near[:, :, 1, at.SIZE])
    far = clean.clone()
    far[:, :, 1, at.SIZE] += 2.0
    assert torch.equal(_right(far, clean, caption)[:, :, 1, at.SIZE], clean[:, :, 1, at.SIZE])


def test_where_every_body_is_spoken_of_there_are_no_others_and_none_is_missing() -> None:
    scene, caption, clean = _told(Event.STACK, 3)
    assert "count" in caption.mentioned
    wrong = clean.clone()
    wrong[:, :, 1, at.PRESENT], wrong[:, :, 4] = -1.0, clean[:, :, 2]
    right = _right(wrong, clean, caption)
    assert torch.equal(right[:, :, 1], clean[:, :, 1])
    if len(scene.bodies) < 4:
        assert (right[:, :, 4, at.PRESENT] < 0).all()
    silent = replace(caption, mentioned=frozenset())
    assert torch.equal(_right(wrong, clean, silent), wrong)


def test_scenes_of_many_bodies_take_part_more_often() -> None:
    counts = []
    for step in range(6):
        batch, said = _task()._spoken(step, torch.Generator().manual_seed(step))
        assert len(said) == len(batch.layout) == 8
        counts += [len(scene["bodies"]) > 1 for scene in batch.scenes]
    assert np.mean(counts) > 0.8


@pytest.mark.parametrize(("known_share", "name"), [(0.0, "stated"), (1.0, "as before")])
def test_an_amended_student_learns_what_is_stated_and_keeps_the_rest(
    known_share: float, name: str, tmp_path: Path
) -> None:
    task = _task(known_share=known_share, draft_share=0.5)
    loop = Loop(
        steps=16, warmup_steps=2, cooldown_steps=8, muon_learning_rate=0.02, adam_learning_rate=4e-3, log_every=1
    )
    losses = [line.numbers[name] for line in train(task, loop, tmp_path, CPU)]
    if name == "stated":
        assert np.mean(losses[-4:]) < 0.9 * np.mean(losses[:4])
    else:
        assert losses[0] < 1e-6  # it is what it was
    weights, facts = load_noor(tmp_path)
    assert set(weights) == set(Noor(SHAPE).state_dict())
    assert "distillation" in facts


def test_parts_learn_at_their_own_rates(tmp_path: Path) -> None:
    task = _task(known_share=0.0)
    before = {name: weight.clone() for name, weight in task.model.named_parameters()}
    shares = (("noor.text_encoder.", 0.0), ("noor.", 1.0))
    loop = Loop(steps=2, warmup_steps=1, cooldown_steps=1, rate_shares=shares, log_every=1)
    list(train(task, loop, tmp_path, CPU))
    changed = {name for name, weight in task.model.named_parameters() if not torch.equal(weight, before[name])}
    assert not any(name.startswith("noor.text_encoder.") for name in changed)
    assert any(name.startswith("noor.blocks.") for name in changed)
    assert any(name.startswith("reader.") for name in changed)
