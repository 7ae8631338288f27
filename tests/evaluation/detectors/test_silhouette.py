import numpy as np
import pytest

from manazir.evaluation.detectors.silhouette import silhouette

ROWS, COLUMNS = np.mgrid[:96, :96]
DISC = np.hypot(ROWS - 40, COLUMNS - 50) < 20
SQUARE = (abs(ROWS - 40) < 18) & (abs(COLUMNS - 50) < 18)
TRIANGLE = (ROWS > 20) & (ROWS < 60) & (abs(COLUMNS - 50) < (ROWS - 20) / 2)
FLAT = np.zeros((96, 96))


def test_measures_do_not_depend_on_the_place_and_hardly_on_the_size() -> None:
    here = silhouette(DISC, FLAT)
    assert silhouette(np.roll(DISC, (9, -12), (0, 1)), FLAT) == pytest.approx(here)
    half = silhouette(np.hypot(ROWS - 40, COLUMNS - 50) < 12, FLAT)
    assert half[1:] == pytest.approx(here[1:], abs=0.2)
    assert half[0] - here[0] == pytest.approx(np.log(12 / 20), abs=0.05)


def test_shapes_have_their_own_fill_and_lean() -> None:
    disc, square, triangle = (silhouette(mask, FLAT) for mask in (DISC, SQUARE, TRIANGLE))
    assert disc[2] == pytest.approx(np.pi / 4, abs=0.05)
    assert square[2] == pytest.approx(1.0)
    assert triangle[2] == pytest.approx(0.5, abs=0.05)
    thirds = slice(7, 11)
    assert disc[thirds] == pytest.approx(np.zeros(4), abs=1e-6)
    assert abs(triangle[8]) > 0.5  # heavier at its foot


def test_shading_is_seen_on_the_side_that_it_is_on() -> None:
    left = silhouette(DISC, -0.1 * COLUMNS)[-18:-2].reshape(4, 4)
    assert left[1, 0] > 0.5 > -0.5 > left[1, 3]


def test_a_line_of_pixels_and_a_single_one_have_measures() -> None:
    for mask in ((ROWS == 3) & (COLUMNS < 12), (ROWS == 3) & (COLUMNS == 4)):
        assert np.isfinite(silhouette(mask, FLAT)).all()
