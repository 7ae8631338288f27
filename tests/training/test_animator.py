"""A generator that has learnt nothing but how fast things usually change rounds off every bounce."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.tiny import SHAPE
from torch import Tensor

from manazir.checkpoints.bundle import load_about, load_part
from manazir.core import layout as at
from manazir.core.errors import CheckpointError
from manazir.data.latents import LatentShard
from manazir.inference.catalogue import DEFAULT, SHIPPED
from manazir.models.codecs.picture import PictureCodecShape
from manazir.models.noor.transformer import Noor
from manazir.models.text.words import read_words
from manazir.training.animator import Animated, Animating, AnimatingTask
from manazir.training.codec import CodecTask
from manazir.training.export import export, load_trained
from manazir.training.loop import Loop, load_average, train
from manazir.training.noor import NoorTask, Teaching
from manazir.training.spoken import WordedShard

CODEC = PictureCodecShape(channels=3)
BOUNCES = replace(SHAPE, frames_per_layout_token=12, animator_width=24)


class Bounces:
    """A ball that falls and jumps up again, at some frame."""

    hash = "bounces"

    def draw(self, batch: int, generator: torch.Generator, *, with_pictures: bool = True) -> LatentShard:  # noqa: ARG002
        hits = 2 + 8 * torch.rand(batch, 1, generator=generator)
        layout = torch.zeros(batch, 12, at.SLOTS, at.FEATURES)
        layout[..., at.PRESENT] = torch.tensor([1.0, 1, -1, -1, -1, -1])
        layout[:, :, 1, at.SHAPE.start] = at.KIND
        layout[:, :, 1, at.UP] = 0.3 * (torch.arange(12) - hits).abs() - 1.0
        blank = torch.zeros(batch, 12, 0, 4, 4)
        sound = torch.zeros(batch, 8, SHAPE.sound_width)
        words = read_words(["a ball bounces"] * batch, SHAPE.text.limits)
        return WordedShard(blank, sound, layout, [], words, torch.arange(4).expand(len(layout), 4))


def _task(whole_share: float = 0.5) -> AnimatingTask:
    torch.manual_seed(0)
    noor, clips = Noor(BOUNCES), Bounces()
    noor.paths.fit(clips.draw(256, torch.Generator().manual_seed(1)).layout)
    return AnimatingTask(clips, noor, Animating(batch=16, whole_share=whole_share))


def test_an_animator_learns_where_bounces_are(tmp_path: Path) -> None:
    loop = Loop(
        steps=200, warmup_steps=5, cooldown_steps=120, muon_learning_rate=0.05, adam_learning_rate=1e-2, log_every=1
    )
    numbers = [line.numbers for line in train(_task(whole_share=0.0), loop, tmp_path, torch.device("cpu"))]
    assert sum(one["bends"] for one in numbers[-10:]) < 0.9 * sum(one["before"] for one in numbers[-10:])


def test_pairs_keep_what_is_given_and_ask_for_what_is_not() -> None:
    task = _task()
    generator = torch.Generator().manual_seed(5)
    pairs = [task.pair(step, generator) for step in range(8)]
    for pair in pairs:
        assert not (pair.asked & pair.given).any()
        assert not pair.asked[:, :, 2:].any()  # there is nothing to move
        exact = (pair.soft - pair.clean)[:, :, 1, at.UP].abs() < 0.3
        assert exact[pair.given[:, :, 1]].all()
    few = [item for pair in pairs for item in range(16) if 0 < int(pair.given[item, :, 1].sum()) < 3]
    assert few
    whole = [pair for pair in pairs if bool(pair.given[:, :, at.SET].any(1).all())]  # something is known in each
    assert 0 < len(whole) < len(pairs)
    for pair in whole:
        assert torch.equal(pair.asked.any(1)[:, 1], (pair.given[:, :, 1].sum(1) >= 3) & ~pair.given[:, :, 1].all(1))


def test_pairs_are_the_same_whatever_animator_the_generator_has() -> None:
    task = _task(whole_share=1.0)
    soft = task.pair(0, torch.Generator().manual_seed(5)).soft
    torch.nn.init.normal_(task.noor.animator.leave.weight)
    assert torch.equal(task.pair(0, torch.Generator().manual_seed(5)).soft, soft)


class _Silent(torch.nn.Module):
    def forward(self, layout: Tensor, known: Tensor) -> Tensor:  # noqa: ARG002
        return layout


def test_a_jump_where_what_is_given_ends_costs_as_much_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    task, losses = _task(), []
    clean = Bounces().draw(1, torch.Generator().manual_seed(5)).layout
    given = (torch.arange(12) < 4)[None, :, None].expand(1, 12, at.SLOTS)
    for frame in (4, 8):
        soft = clean.clone()
        soft[:, frame, 1, at.ACROSS] += 0.5
        pair = Animated(soft, clean, given, ~given & (clean[..., at.PRESENT] > 0), is_whole=True)
        monkeypatch.setattr(task, "pair", lambda *_, pair=pair: pair)
        losses.append(task.loss(_Silent(), 0, torch.Generator())[0])
    torch.testing.assert_close(losses[0], losses[1])


def test_a_bundle_has_the_animator_that_was_taught_last(tmp_path: Path) -> None:
    loop = Loop(steps=1, warmup_steps=1, cooldown_steps=1, muon_learning_rate=0.02, adam_learning_rate=5e-3)
    cpu, clips = torch.device("cpu"), Bounces()
    list(train(CodecTask([np.zeros((32, 32, 3), np.uint8)] * 4, CODEC, crop=32), loop, tmp_path / "codec", cpu))
    list(train(NoorTask(clips, BOUNCES, Teaching(batch=2)), loop, tmp_path / "noor", cpu))
    list(train(_task(), loop, tmp_path / "animator", cpu))
    export(
        tmp_path / "codec",
        tmp_path / "noor",
        tmp_path / "out",
        {},
        steerer=SHIPPED / DEFAULT,
        animator_run=tmp_path / "animator",
    )
    about = load_about(tmp_path / "out")
    kept, taught = load_part(tmp_path / "out", about, "noor"), load_average(tmp_path / "animator")[0]
    torch.testing.assert_close(kept["animator.leave.weight"], taught["leave.weight"], rtol=1e-3, atol=1e-6)
    assert taught["leave.weight"].abs().sum() > 0
    assert about["trained"]["facts"]["animator"]["animator"] == {"width": BOUNCES.animator_width}


def test_an_animator_of_another_size_is_refused(tmp_path: Path) -> None:
    loop = Loop(steps=1, warmup_steps=1, cooldown_steps=1, muon_learning_rate=0.02, adam_learning_rate=5e-3)
    cpu, other = torch.device("cpu"), replace(BOUNCES, animator_width=8)
    list(train(NoorTask(Bounces(), other, Teaching(batch=2)), loop, tmp_path / "noor", cpu))
    list(train(_task(), loop, tmp_path / "animator", cpu))
    with pytest.raises(CheckpointError, match=r"does not fit the generator of .*noor; train it with that generator"):
        load_trained(tmp_path / "noor", tmp_path / "animator")
