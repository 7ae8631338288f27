import copy
import functools
from pathlib import Path

import numpy as np
import pytest
import torch

from manazir.core.errors import CheckpointError, SceneError
from manazir.models.codecs.levels import to_pictures
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.text.words import WordLimits, read_words
from manazir.training.caption_store import Spellings
from manazir.training.fresh_clips import FreshClips, Store
from manazir.training.loop import Loop
from manazir.training.pace import SETTLED_STEPS, Timed
from manazir.training.reading import IGNORE, questions
from manazir.training.scene_workers import Orders, SceneBatch, SceneWorkers, draw_batch
from manazir.training.spoken import Telling, speak
from manazir.worlds.captions import is_held_out
from manazir.worlds.dataset import draw_allowed
from manazir.worlds.pack import pack
from manazir.worlds.raycast_torch import trace
from manazir.worlds.tonemap import to_display

CPU = torch.device("cpu")
LIMITS = WordLimits()
ORDERS = Orders(clips=2, captions=2, sizes=((32, 32), (64, 32)), shares=(0.5, 0.5))


class InLine(SceneWorkers):
    """The workers' batches, drawn in this process when they are taken."""

    def __init__(self, orders: Orders) -> None:
        self.orders, self.drawn, self.left = orders, 0, 3

    def take(self, seconds: float) -> SceneBatch | None:  # noqa: ARG002
        if self.left == 0:
            return None
        self.left -= 1
        self.drawn += 1
        return _batch(self.orders, self.drawn - 1)


@functools.cache
def _batch(orders: Orders, index: int) -> SceneBatch:
    return draw_batch(orders, index)


def _codec() -> PictureCodec:
    codec = PictureCodec(PictureCodecShape(channels=4, fine_width=8, coarse_width=8, blocks=1))
    torch.manual_seed(0)
    codec.fit(torch.rand(64, 3, 16, 16) * 2 - 1)
    return codec


@pytest.fixture(scope="module")
def filled() -> FreshClips:
    fresh = FreshClips(InLine(ORDERS), Store(clips=16), 4, LIMITS, CPU)
    fresh.codec = _codec()
    fresh.refill(600.0)
    return fresh


@pytest.fixture
def clips(filled: FreshClips) -> FreshClips:
    """A store's first clips, for each test its own."""
    return copy.deepcopy(filled)


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_batch_is_the_scenes_that_its_index_stands_for() -> None:
    batch, again = draw_batch(ORDERS, 3), draw_batch(ORDERS, 3)
    assert batch.words == again.words
    assert all(np.array_equal(a, b) for a, b in zip(batch.world, again.world, strict=True))
    scenes = [draw_allowed(seed, ORDERS.rendering, batch.size[0] / batch.size[1])[0] for seed in (6, 7)]
    assert not any(is_held_out(scene) for scene in scenes)
    assert batch.sound.shape == (2, 16, 520)
    assert batch.answers.shape == (2, 2, len(questions()))
    assert (batch.answers != IGNORE).any()
    english, arabic = batch.words[0]
    assert " ".join(english).isascii()
    assert not " ".join(arabic).isascii()


def test_latents_are_of_the_scenes_pictures(clips: FreshClips) -> None:
    batch = draw_batch(ORDERS, 0)
    scene, motion = draw_allowed(0, ORDERS.rendering, batch.size[0] / batch.size[1])
    (radiance,) = trace([pack(scene, motion, *batch.size)], *batch.size).radiance.numpy()
    wanted = _codec().encode(to_pictures(torch.from_numpy(to_display(radiance))))
    got = clips._rings[batch.size].video[0].float()
    assert float((got - wanted).abs().mean()) < 0.05 * float(wanted.abs().mean())


def test_draws_repeat_and_carry_their_words(clips: FreshClips) -> None:
    batch, same, other = (clips.draw(3, _generator(seed)) for seed in (1, 1, 5))
    assert torch.equal(batch.video, same.video)
    assert batch.video.shape != other.video.shape or not torch.equal(batch.sound, other.sound)
    assert batch.video.shape[:3] == (3, 24, 4)
    assert batch.words.present.any(1).all()
    assert batch.words.places.shape[1] % 8 == 0
    assert not speak(batch, 0, Telling(text_dropout=1.0), LIMITS, _generator()).words.present.any()
    spoken = speak(batch, 0, Telling(text_dropout=0.0), LIMITS, _generator())
    assert torch.equal(spoken.words.present, batch.words.present)
    assert spoken.order.sort(1).values.tolist() == [[0, 1, 2, 3]] * 3


def test_lessons_ask_every_question_of_captions_in_the_store(clips: FreshClips) -> None:
    words, told = clips.lesson(5, _generator())
    assert set(told) == set(questions())
    assert len(words.places) == 5
    assert any((answer != IGNORE).any() for answer in told.values())


def test_the_oldest_clips_make_room(clips: FreshClips) -> None:
    assert len(clips) == 6
    clips.workers.left = 6  # type: ignore[attr-defined]
    assert clips.refill(600.0) == 12
    square = clips._rings[(32, 32)]
    assert (square.room, square.added, square.count) == (8, 10, 8)  # five of nine batches are square
    assert square.newest(5).tolist() == [5, 6, 7, 0, 1]  # two old ones have made room
    assert len(clips) == 16


def test_saved_clips_are_taken_up(clips: FreshClips, tmp_path: Path) -> None:
    clips.save(tmp_path / "clips.pt", most=8)
    other = FreshClips(InLine(ORDERS), Store(clips=16), 4, LIMITS, CPU)
    with pytest.raises(SceneError, match="refill the store first"):
        other.draw(1, _generator())
    other.load(tmp_path / "clips.pt")
    assert (len(other), other.rendered) == (6, 6)
    a, b = clips.draw(2, _generator(3)), other.draw(2, _generator(3))
    assert torch.equal(a.video, b.video)
    assert torch.equal(a.words.spellings, b.words.spellings)
    wide = FreshClips(InLine(Orders(clips=2, sizes=((64, 32),), shares=(1.0,))), Store(clips=16), 4, LIMITS, CPU)
    with pytest.raises(CheckpointError, match="of other sizes"):
        wide.load(tmp_path / "clips.pt")


def test_nothing_is_kept_before_there_is_a_codec() -> None:
    fresh = FreshClips(InLine(ORDERS), Store(clips=16), 4, LIMITS, CPU)
    with pytest.raises(CheckpointError, match="set `codec`"):
        fresh.refill(600.0)


def test_words_from_the_store_are_those_that_reading_gives() -> None:
    texts = ["a red ball bounces", "كرة حمراء"]
    spellings = Spellings(LIMITS)
    words = spellings.words(spellings.rows([text.split() for text in texts]))
    read = read_words(texts, LIMITS)
    for row, length in ((0, 4), (1, 2)):
        assert words.present[row].sum() == length
        ours = words.spellings[words.places[row, :length]]
        assert torch.equal(ours, read.spellings[read.places[row, :length]])


def test_spellings_grow_past_their_first_room() -> None:
    spellings = Spellings(LIMITS)
    numbers = [spellings.number(f"w{i}") for i in range(1500)]
    assert numbers == list(range(1, 1501))
    words = spellings.words(spellings.rows([["w1499"]]))
    assert bytes(words.spellings[words.places[0, 0], :5].tolist()) == b"w1499"


def test_a_pace_ends_the_cooldown_when_the_time_ends() -> None:
    now = [0.0]
    pace = Timed(lambda: now[0], stage_ends=100.0, call_ends=60.0, cooldown_seconds=20.0)
    loop = Loop(steps=1)
    assert pace.plan(loop, 0).steps == 10**9  # nothing measured yet
    for step in range(1, 51):
        now[0] += 1.0
        planned = pace.plan(loop, step)
    assert SETTLED_STEPS < 50
    assert (planned.steps, planned.cooldown_steps) == (100, 20)
    assert not pace.is_over()
    now[0] = 60.0
    assert pace.is_over()
    now[0] = 100.5
    assert pace.plan(loop, 80).steps == 80


def test_a_pace_keeps_to_the_most_steps() -> None:
    pace = Timed(lambda: 0.0, stage_ends=100.0, call_ends=60.0, cooldown_seconds=20.0, most_steps=3)
    assert pace.plan(Loop(steps=1), 1).steps == 3


def test_a_failing_worker_is_heard_of() -> None:
    broken = Orders(clips=1, sizes=((32, 32),), shares=(1.0,), detail_shares=(float("nan"), 1.0))
    with SceneWorkers(broken, 1) as workers, pytest.raises(RuntimeError, match="a worker failed"):
        workers.take(200.0)
