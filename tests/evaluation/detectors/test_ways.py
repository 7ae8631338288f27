import numpy as np
import pytest

from manazir.evaluation.detectors.bodies import Track, make_track
from manazir.evaluation.detectors.ways import course, way_length, way_measures


def disc(x: np.ndarray, y: np.ndarray, radius: np.ndarray | float = 9.0, side: int = 128) -> Track:
    rows, columns = np.mgrid[:side, :side]
    away = np.hypot(rows[None] - y[:, None, None], columns[None] - x[:, None, None])
    return make_track("red", away < np.broadcast_to(radius, x.shape)[:, None, None])


TIME = np.arange(24.0)
ROLLING = disc(20 + 3.5 * TIME, np.full(24, 80.0))
RESTING = disc(np.full(24, 60.0), np.full(24, 80.0))
COMING = disc(np.full(24, 60.0), np.full(24, 80.0), 5.0 + 0.5 * TIME)


def test_a_course_is_in_short_sides_from_the_middle_and_bridges_hidden_frames() -> None:
    masks = ROLLING.masks.copy()
    masks[10:13] = False
    way = course(make_track("red", masks))
    assert way[0] == pytest.approx([(20.5 - 64) / 128, (80.5 - 64) / 128])
    assert np.diff(way[:, 0]) == pytest.approx(np.full(23, 3.5 / 128), abs=0.002)


def test_what_moves_or_grows_has_a_way_and_what_rests_has_none() -> None:
    assert way_length(RESTING) == pytest.approx(0.0)
    assert way_length(ROLLING) == pytest.approx(23 * 3.5 / 128, rel=0.1)
    assert way_length(COMING) > 0.1


def test_the_measures_of_a_mirrored_way_are_mirrored() -> None:
    one = way_measures(ROLLING)
    other = way_measures(make_track("red", ROLLING.masks[:, :, ::-1]))
    assert other[0] == pytest.approx(-one[0])
    assert other[3:11] == pytest.approx(-one[3:11])
    assert other[11:19] == pytest.approx(one[11:19])


def test_measures_hardly_depend_on_the_size_of_the_picture() -> None:
    double = make_track("red", ROLLING.masks.repeat(2, axis=1).repeat(2, axis=2))
    assert way_measures(double) == pytest.approx(way_measures(ROLLING), abs=0.05)
