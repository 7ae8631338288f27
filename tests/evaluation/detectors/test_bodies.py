import numpy as np
import pytest

from manazir.evaluation.detectors.bodies import find_tracks, make_track
from manazir.evaluation.detectors.segmenter import CLASSES

RED, BLUE = CLASSES.index("red"), CLASSES.index("blue")
GREY, WHITE = (CLASSES.index(name) for name in ("grey", "white"))


def empty(frames: int = 10) -> np.ndarray:
    return np.zeros((frames, 64, 64), np.uint8)


def test_each_colour_is_followed_and_specks_and_flashes_are_left_out() -> None:
    labels = empty()
    for t in range(10):
        labels[t, 20:30, 2 * t : 2 * t + 10] = RED
        labels[t, 40:52, 40:52] = BLUE
        labels[t, 5, 5] = WHITE
    labels[0, 50:60, 5:15] = GREY
    blue, red = find_tracks(labels)
    assert (red.colour, blue.colour) == ("red", "blue")
    assert red.centres[3] == pytest.approx([10.5, 24.5])
    assert red.boxes[3].tolist() == [6, 20, 16, 30]
    assert blue.usual_area == 144


def test_what_passes_behind_another_stays_one_body() -> None:
    labels = empty()
    for t in range(10):
        labels[t, 20:32, 4 * t : 4 * t + 14] = RED
        labels[t, 10:40, 26:30] = BLUE
    red = next(track for track in find_tracks(labels) if track.colour == "red")
    assert red.boxes[5, 2] - red.boxes[5, 0] == 14  # both sides of the pole


def test_bodies_of_one_colour_are_told_apart() -> None:
    labels = empty()
    for t in range(10):
        labels[t, 20:32, 4:16] = RED
        labels[t, 20 + t : 32 + t, 30:42] = RED
    tracks = find_tracks(labels)
    assert [track.colour for track in tracks] == ["red", "red"]
    still, moving = sorted(tracks, key=lambda track: track.centres[0, 0])
    assert np.ptp(still.centres, axis=0) == pytest.approx([0, 0])
    assert np.ptp(moving.centres, axis=0) == pytest.approx([0, 9])


def test_a_body_out_of_view_has_no_centre() -> None:
    masks = np.zeros((2, 8, 8), np.bool_)
    masks[1, 2:4, 2:4] = True
    track = make_track("red", masks)
    assert np.isnan(track.centres[0]).all()
    assert (track.boxes[0] == 0).all()
    assert track.is_seen.tolist() == [False, True]
