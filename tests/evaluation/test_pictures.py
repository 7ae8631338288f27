import numpy as np
import pytest

from manazir.core.errors import ShapeError
from manazir.evaluation.pictures import NEAREST_DB, psnr


def test_a_difference_of_one_level_everywhere_is_48_db() -> None:
    grey = np.full((8, 8, 3), 100, np.uint8)
    assert psnr(grey, grey + 1) == pytest.approx(20 * np.log10(255))
    assert psnr(grey, grey) == NEAREST_DB


def test_dark_against_bright_does_not_wrap_around() -> None:
    assert psnr(np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)) == pytest.approx(0.0)


def test_pictures_of_two_sizes_are_refused() -> None:
    with pytest.raises(ShapeError, match="one size"):
        psnr(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5, 3), np.uint8))
