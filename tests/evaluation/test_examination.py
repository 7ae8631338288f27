"""The examination's plumbing, with a model of random weights and with the truth in the model's place."""

from pathlib import Path

import numpy as np
import pytest

from manazir.evaluation.examination import TRUTH, Examined, examine, onset_chance, onset_error, summarise
from manazir.evaluation.fidelity import first_middle_last
from manazir.evaluation.held_out import Item, draw_items
from manazir.evaluation.law_examination import examine_laws, summarise_laws
from manazir.evaluation.pictures import NEAREST_DB
from manazir.evaluation.scoring import MARKS
from manazir.inference.engine import Settings
from manazir.inference.noor.model import NoorModel, load_model
from manazir.worlds.captions import is_held_out


@pytest.fixture(scope="module")
def model(tiny_home: Path) -> NoorModel:
    return load_model(folder=tiny_home / "models" / "noor-nano")


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return list(draw_items(2, seed=3, frames=16, frame_rate=8.0))


def test_items_are_held_out_repeat_and_say_the_same_facts_in_every_language(items: list[Item]) -> None:
    again = list(draw_items(2, seed=3, frames=16, frame_rate=8.0))
    for item, other in zip(items, again, strict=True):
        assert is_held_out(item.scene)
        assert item.captions == other.captions
        assert set(item.captions) == {"en", "ar"}
        assert item.captions["en"].text != item.captions["ar"].text


def test_every_scene_is_read_as_truth_and_in_each_language_and_what_is_done_is_skipped(
    items: list[Item], model: NoorModel
) -> None:
    settings = Settings(steps=1)
    read = list(examine(items[:1], model, settings))
    assert [one.source for one in read] == [TRUTH, "en", "ar"]
    assert all(set(one.marks) <= set(MARKS) and one.marks for one in read)
    rest = list(examine(items[:1], model, settings, done=[(0, TRUTH), (0, "ar")]))
    assert rest == [read[1]]


def test_a_summary_pairs_the_languages_scene_by_scene() -> None:
    read = [
        Examined(item=k, source=source, marks={"colour": float(right)}, seen=(0.3 + 0.01 * k,), heard=(0.3,))
        for k in range(8)
        for source, right in ((TRUTH, True), ("en", k < 6), ("ar", k < 3))
    ]
    rows = {row.name: row for row in summarise(read)}
    assert rows["colour"].shares[TRUTH].estimate == 1.0
    assert rows["colour"].shares["en"].estimate == 0.75
    assert rows["colour"].parity.estimate == pytest.approx(0.5)
    assert np.isnan(rows["shape"].shares["en"].estimate)
    assert onset_error(read, "ar").estimate == pytest.approx(0.035)


def test_chance_takes_the_sound_of_another_clip() -> None:
    times = (0.2, 0.9, 1.6)
    read = [Examined(item=k, source="en", marks={}, seen=(time,), heard=(time,)) for k, time in enumerate(times)]
    assert onset_error(read, "en").estimate == pytest.approx(0.0)
    assert onset_chance(read, "en").estimate == pytest.approx(0.25)


def test_given_frames_come_back_exactly_and_the_others_do_not(items: list[Item], model: NoorModel) -> None:
    fidelity = first_middle_last(items[0], model, Settings(steps=1))
    assert fidelity.given == NEAREST_DB
    assert 0.0 < fidelity.codec < NEAREST_DB
    assert 0.0 < fidelity.others < fidelity.held < NEAREST_DB  # random weights do worse than repeating


def test_every_law_has_a_floor_far_below_a_model_of_random_weights(model: NoorModel) -> None:
    figures = summarise_laws(list(examine_laws(1, 2, model, Settings(steps=1))))
    assert len(figures) == 6
    for entrants in figures.values():
        assert set(entrants) == {"model", "truth", "static", "constant velocity", "nearest training clip"}
        assert entrants["truth"].estimate < 0.5 * entrants["model"].estimate
