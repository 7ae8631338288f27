import numpy as np
import pytest

from manazir.evaluation.detectors.bodies import Track, make_track
from manazir.evaluation.detectors.pixels import Reading
from manazir.evaluation.detectors.segmenter import KINDS_OF_PIXEL
from manazir.evaluation.detectors.shape import clear_views, pixel_votes, shape_shares
from manazir.worlds.scene import Shape

SPHERE, CUBE = (KINDS_OF_PIXEL.index(shape.value) for shape in (Shape.SPHERE, Shape.CUBE))


def _reading(kinds: np.ndarray) -> Reading:
    nothing = np.zeros((*kinds.shape[:3], 3), np.float32)
    return Reading(look=nothing, against_row=nothing, labels=np.zeros(kinds.shape[:3], np.uint8), kinds=kinds)


def _disc(kind: int) -> tuple[Track, Reading]:
    y, x = np.mgrid[:32, :32]
    masks = np.repeat((np.hypot(x - 15.5, y - 15.5) < 9)[None], 2, axis=0)
    kinds = np.zeros((2, 32, 32, len(KINDS_OF_PIXEL)), np.float32)
    kinds[..., kind] = 1.0
    return make_track("red", masks), _reading(kinds)


def test_outline_and_pixels_that_agree_decide() -> None:
    track, reading = _disc(SPHERE)
    shares = shape_shares(track, [], reading)
    assert shares.sum() == pytest.approx(1.0)
    assert tuple(Shape)[int(shares.argmax())] is Shape.SPHERE
    track, doubted = _disc(CUBE)
    assert shape_shares(track, [], doubted)[0] < shares[0]


def test_pixels_of_a_body_vote_and_others_do_not() -> None:
    kinds = np.zeros((2, 8, 8, len(KINDS_OF_PIXEL)), np.float32)
    kinds[..., CUBE] = 1.0
    kinds[:, 2:6, 2:6] = 0.0
    kinds[:, 2:6, 2:6, SPHERE], kinds[:, 2:6, 2:6, CUBE] = 0.7, 0.3
    masks = np.zeros((2, 8, 8), np.bool_)
    masks[:, 2:6, 2:6] = True
    votes = pixel_votes(make_track("red", masks), _reading(kinds))
    assert tuple(Shape)[int(votes.argmax())] is Shape.SPHERE
    assert votes.max() == 0.0


def test_frames_in_which_it_is_large_count_more() -> None:
    kinds = np.zeros((2, 16, 16, len(KINDS_OF_PIXEL)), np.float32)
    kinds[0, ..., CUBE], kinds[1, ..., SPHERE] = 1.0, 1.0
    masks = np.zeros((2, 16, 16), np.bool_)
    masks[0, :2, :2], masks[1, :8, :8] = True, True
    votes = pixel_votes(make_track("red", masks), _reading(kinds))
    assert tuple(Shape)[int(votes.argmax())] is Shape.SPHERE


def test_what_is_hidden_is_seen_less_clearly() -> None:
    masks = np.zeros((2, 16, 16), np.bool_)
    masks[:, 4:9, 4:9] = True
    beside = np.zeros((2, 16, 16), np.bool_)
    beside[1, 4:9, 9:14] = True
    alone, touched = clear_views(make_track("red", masks), [make_track("blue", beside)])
    assert touched < alone
