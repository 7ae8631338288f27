import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.tiny import SHAPE, TEXT

from manazir.core import layout as at
from manazir.core.errors import CheckpointError
from manazir.data.latents import LatentShard
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.noor.stretch import Levels
from manazir.models.noor.transformer import Noor
from manazir.recipes.runs import start_from_painter
from manazir.training.codec import CodecTask
from manazir.training.distill import Distillation, DistillationTask, Steps, two_steps
from manazir.training.given import as_seen, before_drawing
from manazir.training.importance import drawn_tokens, participation, presence, salience
from manazir.training.loop import Loop, Progress, learning_rate_share, load_average, train
from manazir.training.muon import Muon, optimizers, orthogonalise
from manazir.training.noor import Lessons, NoorTask, Teaching
from manazir.training.painter import PaintingTask
from manazir.training.reading import IGNORE, ReadingTask, answers, draw_captions, questions
from manazir.worlds.families import draw_scene
from manazir.worlds.scene import Event
from manazir.worlds.scene_json import scene_to_json

CPU = torch.device("cpu")
LOOP = Loop(steps=6, warmup_steps=2, cooldown_steps=2, log_every=2, save_every_seconds=0.0, samples_every=6)


class FewClips:
    """Two kinds of clips that a caption tells apart: bright ones drop, dark ones roll."""

    hash = "few"

    def draw(self, batch: int, generator: torch.Generator, *, with_pictures: bool = True) -> LatentShard:  # noqa: ARG002
        kinds = torch.randint(2, (batch,), generator=generator)
        scenes = [scene_to_json(draw_scene((Event.DROP, Event.ROLL)[k], 5 + k)) for k in kinds.tolist()]
        video = (1.0 - 2.0 * kinds)[:, None, None, None, None].expand(batch, 8, 3, 4, 4)
        layout = (1.0 - 2.0 * kinds)[:, None, None, None].expand(batch, 8, at.SLOTS, at.FEATURES)
        return LatentShard(video, torch.zeros(batch, 4, 5), layout, scenes)


def _task(**others: Any) -> NoorTask:
    torch.manual_seed(0)
    return NoorTask(FewClips(), SHAPE, Teaching(batch=4), **others)


def _run(task: Any, loop: Loop, folder: Path) -> list[Progress]:
    return list(train(task, loop, folder, CPU))


def test_orthogonalised_matrices_have_singular_values_near_one() -> None:
    torch.manual_seed(0)
    for rows, columns in [(8, 20), (20, 8)]:
        values = torch.linalg.svdvals(orthogonalise(torch.randn(rows, columns)))
        assert 0.6 < float(values.min()) < float(values.max()) < 1.3


def test_matrices_of_blocks_go_to_muon_and_the_rest_to_adam() -> None:
    muon, adam = optimizers(Noor(SHAPE), 0.02, 1e-3)
    assert isinstance(muon, Muon)
    count = sum(len(group["params"]) for o in (muon, adam) for group in o.param_groups)
    assert count == len(list(Noor(SHAPE).parameters()))
    assert {weight.ndim for group in muon.param_groups for weight in group["params"]} == {
        2,
        3,
        4,
    }  # 3 and 4: convolutions


def test_muon_takes_a_convolution_for_a_matrix() -> None:
    weight = torch.nn.Parameter(torch.zeros(4, 2, 3, 3))
    weight.grad = torch.randn(4, 2, 3, 3)
    Muon([weight], lr=1.0).step()
    values = torch.linalg.svdvals(weight.detach().flatten(1))
    assert 0.6 < float(values.min()) < float(values.max()) < 1.3


def test_learning_rate_warms_up_stays_and_cools_down() -> None:
    loop = Loop(steps=100, warmup_steps=10, cooldown_steps=20)
    shares = [learning_rate_share(step, loop) for step in (0, 9, 50, 90, 99)]
    assert shares == pytest.approx([0.1, 1.0, 1.0, 0.5, 0.05])


def test_a_run_that_was_interrupted_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = _run(_task(), LOOP, tmp_path / "whole")
    stopped = train(_task(), LOOP, tmp_path / "parts", CPU)
    next(stopped)  # two steps
    stopped.close()
    rest = _run(_task(), LOOP, tmp_path / "parts")
    assert [line.step for line in rest] == [4, 6]
    assert [line.loss for line in rest] == [line.loss for line in whole[1:]]
    a, b = load_average(tmp_path / "whole")[0], load_average(tmp_path / "parts")[0]
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_a_checkpoint_says_what_it_is(tmp_path: Path) -> None:
    _run(_task(), LOOP, tmp_path)
    facts = load_average(tmp_path)[1]
    assert facts["noor"]["width"] == 32
    assert facts["data"] == "few"
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [2, 4, 6]


def test_a_folder_of_another_model_is_not_trained_over(tmp_path: Path) -> None:
    _run(_task(), LOOP, tmp_path)
    other = NoorTask(FewClips(), replace(SHAPE, layers=2), Teaching(batch=4))
    with pytest.raises(CheckpointError, match="another model"):
        _run(other, replace(LOOP, steps=8), tmp_path)
    with pytest.raises(CheckpointError, match="train first"):
        load_average(tmp_path / "empty")


def test_samples_are_shown_when_the_recipe_says_how(tmp_path: Path) -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    lines = _run(_task(show=lambda _: picture), LOOP, tmp_path)
    assert [line.picture is None for line in lines] == [True, True, False]


def test_noor_learns_what_captions_tell_apart(tmp_path: Path) -> None:
    teaching = Teaching(batch=16, text_dropout=0.0, lessons=Lessons(layout=0, sound=0, drawing=1))
    loop = replace(LOOP, steps=60, warmup_steps=5, cooldown_steps=20, log_every=10, save_every_seconds=100)
    losses = [line.numbers["video"] for line in _run(NoorTask(FewClips(), SHAPE, teaching), loop, tmp_path)]
    assert losses[-1] < 0.5 * losses[0]


def test_the_text_encoder_stays_as_the_reader_left_it_unless_told_otherwise(tmp_path: Path) -> None:
    for is_fixed in (True, False):
        torch.manual_seed(0)
        task = NoorTask(FewClips(), SHAPE, Teaching(batch=4, text_is_fixed=is_fixed))
        assert isinstance(task.model, Noor)
        before = {name: value.clone() for name, value in task.model.text_encoder.state_dict().items()}
        _run(task, LOOP, tmp_path / str(is_fixed))
        after = task.model.text_encoder.state_dict()
        assert all(torch.equal(before[name], after[name]) for name in before) == is_fixed


def test_cells_with_edges_weigh_more_and_all_weigh_one_on_average() -> None:
    clean = torch.zeros(1, 2, 6, 3, 3)
    clean[:, :, 5, 1, 1] = 4.0
    weights = salience(clean, 3.0)
    assert float(weights.mean()) == pytest.approx(1.0)
    assert 3.5 < float(weights[0, 0, 0, 1, 1] / weights[0, 0, 0, 0, 0]) < 4.0
    torch.testing.assert_close(salience(clean, 0.0), torch.ones(1, 2, 1, 3, 3))


def test_half_the_tokens_take_part_and_busy_ones_do_so_more_often() -> None:
    torch.manual_seed(0)
    model, clean = Noor(SHAPE), torch.zeros(2, 8, 3, 4, 4)
    clean[:, :, 2, 3, :] = 4.0  # the bottom row
    drawn = [drawn_tokens(model, clean, 0.5, torch.Generator().manual_seed(i)) for i in range(20)]
    assert all(places is not None and len(places) == 16 for places in drawn)
    rows = torch.cat([places // 4 % 4 for places in drawn if places is not None])
    assert (rows == 3).sum() > 1.4 * (rows == 0).sum()
    weights = participation(model, clean, drawn[0])
    assert isinstance(weights, torch.Tensor)
    assert float(weights.mean()) == pytest.approx(1.0)
    assert drawn_tokens(model, clean, 1.0, torch.Generator()) is None


@pytest.mark.parametrize(
    ("lessons", "taught"),
    [
        (Lessons(layout=1, sound=0, drawing=0), {"layout"}),
        (Lessons(layout=0, sound=1, drawing=0), {"sound"}),
        (Lessons(layout=0, sound=0, drawing=1), {"video", "sound"}),
    ],
)
@pytest.mark.parametrize("heard", [0.0, 1.0])
def test_each_lesson_teaches_what_is_unknown_in_it(lessons: Lessons, heard: float, taught: set[str]) -> None:
    task = NoorTask(FewClips(), SHAPE, Teaching(batch=2, lessons=lessons, heard_share=heard))
    for step in range(4):
        loss, numbers = task.loss(task.model, step, torch.Generator().manual_seed(step))
        assert set(numbers) == taught
        assert torch.isfinite(loss)


def test_several_draws_of_noise_share_a_caption() -> None:
    asked: list[int] = []

    class Counted(FewClips):
        def draw(self, batch: int, generator: torch.Generator, *, with_pictures: bool = True) -> LatentShard:
            asked.append(batch)
            return super().draw(batch, generator, with_pictures=with_pictures)

    seen: list[tuple[int, int]] = []
    teaching = Teaching(batch=4, bare_scenes=3, draws=2, lessons=Lessons(layout=1, sound=0, drawing=0))
    task = NoorTask(Counted(), SHAPE, teaching)
    task.model.register_forward_pre_hook(
        lambda _, given: seen.append((len(given[0].layout), len(given[2].text.tokens)))
    )
    task.loss(task.model, 0, torch.Generator().manual_seed(0))
    assert asked == [6]
    assert seen == [(12, 6)]


def test_before_drawing_a_layout_is_known_where_pictures_are() -> None:
    video = torch.ones(3, 8) * 0.5
    video[1, :2] = 0.0
    seen = torch.ones(3, 8, at.SLOTS, at.FEATURES)
    seen[:, 1, 2] = 0.0  # a thing that an eye missed there
    drawn = Levels(video, torch.tensor([[0.5, 0.0]] * 3), torch.zeros(3, 8, at.SLOTS))
    levels = before_drawing(drawn, seen, torch.Generator())
    assert (levels.layout == 0).nonzero().tolist() == [
        [1, frame, slot] for frame in (0, 1) for slot in range(at.SLOTS) if (frame, slot) != (1, 2)
    ]
    assert (levels.layout.amax(1) < 1).all()
    assert levels.layout[1, 1, 2] == levels.layout[1, 5, 0]
    assert levels.sound.tolist() == [[1.0, 0.0]] * 3
    assert (levels.video == 1).all()


def test_layouts_are_given_as_an_eye_sees_them_or_as_they_are() -> None:
    layout = torch.full((400, 2, at.SLOTS, at.FEATURES), 0.5)
    layout[:, 0, 2, at.ACROSS] = 3.9  # out of the picture
    layout[:, :, 3] = 0.0
    layout[:, :, 3, at.PRESENT] = -1.0
    given = as_seen(layout, 0.5, 0.04, 1.0, torch.Generator().manual_seed(0))
    as_is = (given == layout).flatten(1).all(1)
    assert 0.4 < float(as_is.float().mean()) < 0.6
    seen = given[~as_is]
    assert not seen[:, 0, 2].any()
    assert not seen[:, :, 3].any()
    assert (seen[:, :, at.SET, at.PRESENT] == 0.5).all()
    shown = seen[:, 1, 1][seen[:, 1, 1, at.PRESENT] != 0]
    assert 0.9 < len(shown) / len(seen) < 1.0  # hidden now and then
    assert 0.0 < float((shown - 0.5).abs().mean()) < 0.04


def test_the_painter_learns_what_layouts_look_like_and_stays_so(tmp_path: Path) -> None:
    torch.manual_seed(0)
    loop = replace(LOOP, steps=40, muon_learning_rate=0.05, adam_learning_rate=1e-2, save_every_seconds=100)
    shown = FewClips().draw(8, torch.Generator().manual_seed(1))
    codec = PictureCodec(PictureCodecShape(channels=3, fine_width=8, coarse_width=8, blocks=1))
    lines = _run(PaintingTask(FewClips(), SHAPE, batch=16, shown=shown, codec=codec), loop, tmp_path)
    assert lines[-1].loss < 0.1 * lines[0].loss
    picture = lines[-1].picture
    assert picture is not None
    assert picture.shape == (6 * 64, 8 * 64, 3)
    task = _task()
    assert isinstance(task.model, Noor)
    start_from_painter(task.model, tmp_path)
    before = {name: value.clone() for name, value in task.model.painter.state_dict().items()}
    _run(task, LOOP, tmp_path / "noor")
    assert all(torch.equal(value, before[name]) for name, value in task.model.painter.state_dict().items())


def test_places_weigh_more_than_looks_and_empty_slots_little() -> None:
    clean = torch.zeros(1, 1, at.SLOTS, at.FEATURES)
    clean[..., at.PRESENT] = torch.tensor([1.0, 1.0, -1.0, -1.0, -1.0, -1.0])
    weights = presence(clean)
    assert float(weights.mean()) == pytest.approx(1.0)
    assert float(weights[0, 0, 1, at.UP] / weights[0, 0, 1, at.SIZE]) == pytest.approx(3.0)
    assert float(weights[0, 0, 1, at.UP] / weights[0, 0, 2, at.UP]) == pytest.approx(10.0)
    assert float(weights[0, 0, 2, at.PRESENT]) == float(weights[0, 0, 1, at.PRESENT]) > float(weights[0, 0, 2, at.UP])


def test_a_student_is_taught_from_a_trained_teacher(tmp_path: Path) -> None:
    torch.manual_seed(0)
    teacher, student = Noor(SHAPE), Noor(SHAPE)
    for weight in teacher.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    student.load_state_dict(teacher.state_dict())
    before = {name: value.clone() for name, value in teacher.state_dict().items()}
    task = DistillationTask(FewClips(), teacher, student, Teaching(batch=4), Distillation())
    _run(task, LOOP, tmp_path)
    assert all(torch.equal(value, before[name]) for name, value in teacher.state_dict().items())
    assert any(not torch.equal(value, before[name]) for name, value in student.state_dict().items())
    assert load_average(tmp_path)[1]["distillation"]["shortest"] == 8


def test_two_steps_lead_where_one_step_to_their_target_leads() -> None:
    torch.manual_seed(0)
    noisy, first, second = (torch.randn(3, 2, 4, 5) for _ in range(3))
    free = torch.ones(3, 2, 4)
    free[0, 0] = 0.0
    now = torch.tensor([1.0, 0.75, 0.25])
    steps = Steps(now, now - 0.125, now - 0.25)
    answers = iter([first, second])
    target = two_steps(lambda *_: next(answers), noisy, free, steps)
    half, then = (steps.half / now)[:, None, None, None], (steps.then / steps.half)[:, None, None, None]
    middle = first + half * (noisy - first)
    end = second + then * (middle - second)
    whole = target + (steps.then / now)[:, None, None, None] * (noisy - target)
    torch.testing.assert_close(whole[1:], end[1:])
    torch.testing.assert_close(target[2], end[2])  # the last step ends at what is clean
    assert torch.equal(target[0, 0], noisy[0, 0])  # what is known stays


def test_every_question_is_answered_or_passed_over() -> None:
    asked = questions()
    assert "actor" not in asked
    assert asked["body2_colour"][0] == 2
    told = [answers(caption) for seed in range(10) for caption in draw_captions(8, seed)]
    assert all(set(labels) == set(asked) for labels in told)
    assert any(labels["body1_colour"] != IGNORE for labels in told)
    assert any(labels["body1_colour"] == IGNORE for labels in told)


def test_the_reader_begins_to_read(tmp_path: Path) -> None:
    loop = replace(LOOP, steps=30, warmup_steps=3, cooldown_steps=5, log_every=5, save_every_seconds=100)
    lines = _run(ReadingTask(TEXT, batch=32), loop, tmp_path)
    assert lines[-1].loss < 0.9 * lines[0].loss


def test_the_decoder_comes_to_beat_the_components_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frames = []
    for _ in range(24):  # pictures of one hard edge: few components do not hold it
        frame = np.full((32, 32, 3), 40, np.uint8)
        frame[:, rng.integers(4, 28) :] = 220
        frames.append(frame)
    shape = PictureCodecShape(channels=2, fine_width=16, coarse_width=16, blocks=1)
    task = CodecTask(frames, shape, batch=8, crop=32, latent_noise=0.0, least_share=1.0)
    loop = replace(LOOP, steps=60, warmup_steps=5, cooldown_steps=20, log_every=60, save_every_seconds=100)
    (line,) = _run(task, replace(loop, adam_learning_rate=3e-3), tmp_path)
    assert line.numbers["psnr"] > line.numbers["linear_psnr"]
    assert isinstance(task.model, PictureCodec)
