import numpy as np
import pytest

from manazir.inference.noor.windows import windows

NONE = np.zeros(24, np.bool_)


def _known(frames: int, *places: int) -> np.ndarray:
    mask = np.zeros(frames, np.bool_)
    mask[list(places)] = True
    return mask


def test_one_window_makes_a_short_clip() -> None:
    (window,) = windows(24, 24, NONE, goes_backwards=False, is_loop=False)
    assert window.frames.tolist() == list(range(24))
    assert window.makes.all()


@pytest.mark.parametrize("goes_backwards", [False, True])
def test_windows_make_every_frame_once(goes_backwards: bool) -> None:
    made = np.zeros(60, int)
    for window in windows(60, 24, _known(60, 5, 59), goes_backwards=goes_backwards, is_loop=False):
        made[window.frames[window.makes]] += 1
    assert made[5] == made[59] == 0
    assert (np.delete(made, [5, 59]) == 1).all()


def test_windows_go_on_from_what_is_there() -> None:
    forwards = windows(48, 24, _known(48, *range(12)), goes_backwards=False, is_loop=False)
    assert [int(window.frames[0]) for window in forwards] == [0, 12, 24]
    assert not forwards[1].makes[:12].any()
    backwards = windows(48, 24, _known(48, *range(36, 48)), goes_backwards=True, is_loop=False)
    assert [int(window.frames[0]) for window in backwards] == [24, 12, 0]


def test_known_stretches_need_no_window() -> None:
    assert windows(24, 24, ~NONE, goes_backwards=False, is_loop=False) == []


def test_a_loop_is_closed_over_its_seam() -> None:
    *_, seam = windows(24, 24, _known(24, 0), goes_backwards=False, is_loop=True)
    assert seam.frames.tolist() == [*range(12, 24), *range(12)]
    assert seam.frames[seam.makes].tolist() == [18, 19, 20, 21, 22, 23, 1, 2, 3, 4, 5]  # frame 0 was given
