import math

import numpy as np
import pytest

from manazir.core.errors import SceneError
from manazir.worlds.camera_path import ACTION_RADIANS, camera_path, view_axes
from manazir.worlds.scene import Action, Camera, CameraMove

BESIDE = np.array([0.0, 0.0, 0.7])


def ends(move: CameraMove, amount: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    places, axes = camera_path(Camera(move=move, amount=amount), 24)
    return places[0], places[-1], axes[0], axes[-1]


def seen(place: np.ndarray, axes: np.ndarray, point: np.ndarray) -> np.ndarray:
    """How far right, up and forward a point is."""
    return axes @ (point - place)


@pytest.mark.parametrize("move", list(CameraMove))
def test_axes_are_right_up_and_forward_throughout(move: CameraMove) -> None:
    places, axes = camera_path(Camera(move=move, amount=0.5), 10)
    assert places.shape == (10, 3)
    np.testing.assert_allclose(axes @ axes.transpose(0, 2, 1), np.tile(np.eye(3), (10, 1, 1)), atol=1e-12)
    np.testing.assert_allclose(np.cross(axes[:, 0], axes[:, 2]), axes[:, 1], atol=1e-12)
    np.testing.assert_allclose(axes[:, 0, 2], 0.0, atol=1e-12)  # level
    assert (axes[:, 1, 2] > 0).all()


def test_a_still_camera_looks_at_its_target() -> None:
    place, last, axes, _ = ends(CameraMove.STILL, 0.0)
    assert (place == last).all()
    np.testing.assert_allclose(seen(place, axes, BESIDE)[:2], 0.0, atol=1e-12)
    np.testing.assert_allclose(axes[0], [1, 0, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [
        (CameraMove.PAN_LEFT, 0, 1),  # things move right in the picture
        (CameraMove.PAN_RIGHT, 0, -1),
        (CameraMove.TILT_UP, 1, -1),
        (CameraMove.TILT_DOWN, 1, 1),
    ],
)
def test_turning_in_place_moves_things_the_other_way(move: CameraMove, axis: int, sign: int) -> None:
    place, last, _, axes = ends(move, 0.2)
    assert (place == last).all()
    there = seen(last, axes, BESIDE)
    assert sign * there[axis] > 0
    assert np.arctan2(abs(there[axis]), there[2]) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(("move", "sign"), [(CameraMove.ORBIT_LEFT, -1), (CameraMove.ORBIT_RIGHT, 1)])
def test_an_orbit_circles_its_target(move: CameraMove, sign: int) -> None:
    place, last, _, axes = ends(move, 0.5)
    assert sign * (last - place)[0] > 1.0
    assert math.dist(place, BESIDE) == pytest.approx(math.dist(last, BESIDE))
    np.testing.assert_allclose(seen(last, axes, BESIDE)[:2], 0.0, atol=1e-12)


@pytest.mark.parametrize(("move", "sign"), [(CameraMove.PUSH_IN, -1), (CameraMove.PULL_OUT, 1)])
def test_pushing_in_comes_closer(move: CameraMove, sign: int) -> None:
    place, last, first, axes = ends(move, 1.25)
    assert math.dist(last, BESIDE) - math.dist(place, BESIDE) == pytest.approx(sign * 1.25)
    np.testing.assert_array_equal(first, axes)


@pytest.mark.parametrize(("move", "sign"), [(CameraMove.CRANE_UP, 1), (CameraMove.CRANE_DOWN, -1)])
def test_a_crane_keeps_looking_at_its_target(move: CameraMove, sign: int) -> None:
    place, last, _, axes = ends(move, 1.0)
    np.testing.assert_allclose(last - place, [0, 0, sign])
    np.testing.assert_allclose(seen(last, axes, BESIDE)[:2], 0.0, atol=1e-12)


def test_speed_is_constant() -> None:
    places, _ = camera_path(Camera(move=CameraMove.ORBIT_LEFT, amount=0.8), 24)
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0])


def test_actions_circle_from_the_next_frame_on() -> None:
    actions = [Action.NONE, Action.CAMERA_LEFT, Action.CAMERA_RIGHT, Action.JUMP]
    places, _ = camera_path(Camera(), 4, actions)
    assert (places[1] == places[0]).all()
    turn = math.atan2(places[2, 0], -places[2, 1])
    assert turn == pytest.approx(-ACTION_RADIANS)
    np.testing.assert_allclose(places[3], places[0], atol=1e-12)


def test_one_frame_is_the_start() -> None:
    places, _ = camera_path(Camera(move=CameraMove.PUSH_IN, amount=1.0), 1)
    np.testing.assert_allclose(places, [[0.0, -6.0, 2.2]])


def test_looking_straight_down_is_refused() -> None:
    with pytest.raises(SceneError, match="straight up or down"):
        view_axes(np.array([0.0, 0.0, 5.0]), np.zeros(3))
