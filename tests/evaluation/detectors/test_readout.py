from pathlib import Path

import numpy as np
import pytest

from manazir.core.errors import CheckpointError
from manazir.evaluation.detectors import readout as module
from manazir.evaluation.detectors.readout import FITTED, Readout, load_readout


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "FITTED", tmp_path)
    load_readout.cache_clear()
    return tmp_path


def example() -> Readout:
    rng = np.random.default_rng(0)
    return Readout(
        answers=("yes", "no", "perhaps"),
        mean=rng.normal(size=4),
        scale=rng.random(4) + 0.5,
        hidden=rng.normal(size=(5, 6)),
        output=rng.normal(size=(7, 3)),
    )


def test_shares_sum_to_one_and_keep_the_precision_of_the_measures() -> None:
    measures = np.random.default_rng(1).normal(size=(2, 3, 4))
    shares = example().shares(measures)
    assert shares.shape == (2, 3, 3)
    assert shares.sum(axis=-1) == pytest.approx(np.ones((2, 3)))
    single = example().shares(measures.astype(np.float32))
    assert single.dtype == np.float32
    assert single == pytest.approx(shares, abs=1e-5)


def test_a_readout_that_was_written_down_answers_the_same(folder: Path) -> None:
    (folder / "example.json").write_text(example().to_json())
    measures = np.random.default_rng(2).normal(size=(50, 4))
    assert load_readout("example").shares(measures) == pytest.approx(example().shares(measures), abs=1e-2)
    load_readout.cache_clear()


@pytest.mark.parametrize("text", ["{", "{}", '{"answers": ["a"], "mean": 3}'])
def test_damaged_readouts_are_refused(folder: Path, text: str) -> None:
    (folder / "broken.json").write_text(text)
    with pytest.raises(CheckpointError, match=r"damaged.*fit_detectors"):
        load_readout("broken")


def test_absent_readouts_are_refused() -> None:
    with pytest.raises(CheckpointError, match="no readout 'nose'"):
        load_readout("nose")


@pytest.mark.parametrize("path", sorted(FITTED.glob("*.json")), ids=lambda path: path.stem)
def test_fitted_readouts_are_whole_and_small(path: Path) -> None:
    readout = load_readout(path.stem)
    assert readout.output.shape[1] == len(readout.answers) == len(set(readout.answers))
    assert path.stat().st_size < 100_000
