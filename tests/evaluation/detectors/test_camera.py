import numpy as np
import pytest
from scipy import ndimage

from manazir.evaluation.detectors.bodies import make_track
from manazir.evaluation.detectors.camera import camera_measures


def texture() -> np.ndarray:
    noise = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(160, 240, 3)), (4, 4, 0))
    return (noise / noise.std()).astype(np.float32) * 0.3


def moving(right: float = 0.0, growth: float = 0.0) -> np.ndarray:
    """A clip of looks whose content goes `right` pixels a frame, or grows by a share a frame."""
    picture, middle = texture(), np.array([80.0, 120.0])
    rows, columns = np.mgrid[:128, :128] - 63.5
    frames = []
    for t in range(13):
        scale = (1 + growth) ** t
        at = np.stack([rows / scale + middle[0], (columns - right * t) / scale + middle[1]])
        frames.append(np.stack([ndimage.map_coordinates(picture[..., k], at, order=1) for k in range(3)], axis=-1))
    return np.stack(frames)


def test_the_flow_of_a_pan_is_as_far_as_the_background_goes() -> None:
    for right in (-1.0, 0.0, 1.0):
        flow = camera_measures(moving(right=right), [])[:8]
        assert flow[0] == pytest.approx(12 * right / 128, abs=0.012)
        assert flow[3] == pytest.approx(0.0, abs=0.01)


def test_the_flow_of_a_push_in_grows_from_the_middle() -> None:
    flow = camera_measures(moving(growth=0.01), [])[:8]
    assert flow[1] == pytest.approx(12 * 0.01, abs=0.02)
    assert flow[5] == pytest.approx(12 * 0.01, abs=0.02)
    assert flow[0] == pytest.approx(0.0, abs=0.01)


def test_bodies_do_not_move_the_camera() -> None:
    look = moving()
    masks = np.zeros(look.shape[:3], np.bool_)
    for t in range(len(look)):
        look[t, 50:80, 4 * t + 10 : 4 * t + 50] = 2.0
        masks[t, 50:80, 4 * t + 10 : 4 * t + 50] = True
    assert camera_measures(look, [make_track("red", masks)])[:8] == pytest.approx(np.zeros(8), abs=0.01)
