import numpy as np
import pytest
import torch

from manazir.core import layout as at
from manazir.models.noor.sketch import places_of
from manazir.models.noor.views import seen_before
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of, seen
from manazir.worlds.scene import CameraMove, Event


@pytest.mark.parametrize(
    "move", [CameraMove.PAN_LEFT, CameraMove.TILT_UP, CameraMove.ORBIT_RIGHT, CameraMove.PUSH_IN, CameraMove.CRANE_UP]
)
def test_spots_of_the_ground_are_found_again(move: CameraMove) -> None:
    scene, motion = next(
        (scene, motion)
        for scene, motion in (draw(seed, {Event.ROLL: 1.0}) for seed in range(300))
        if scene.camera.move is move and scene.ground is not None
    )
    sets = torch.from_numpy(layout_of(scene, motion))[:, at.SET]
    spots = np.array([[x, y, 0.0] for x in (-0.6, 0.0, 0.6) for y in (-0.6, 0.0, 1.0)])
    tracks = np.stack([seen(scene, motion, np.broadcast_to(spot, (len(sets), 3)))[:, :2] for spot in spots], axis=1)
    now, then = len(sets) - 1, 3
    found = seen_before(sets[now : now + 1], sets[then : then + 1], torch.from_numpy(tracks[now]).float())[0]
    assert np.abs(tracks[now] - tracks[then]).max() > 0.03  # the camera has moved
    np.testing.assert_allclose(found.numpy(), tracks[then], atol=0.01)


@pytest.mark.parametrize("event", [Event.DROP, Event.UNIFORM])
def test_a_camera_that_stands_still_sees_every_spot_where_it_was(event: Event) -> None:
    scene, motion = draw(3, {event: 1.0})
    still = torch.from_numpy(layout_of(scene, motion))[:1, at.SET]
    places = places_of(9, 16, torch.device("cpu"))
    torch.testing.assert_close(seen_before(still, still, places)[0], places, atol=1e-3, rtol=0)


def test_the_backdrop_goes_with_the_turn_alone_and_flat_worlds_stay() -> None:
    def _set(across: float = 0.0, turn: float = 0.0, flat: float = -1.0) -> torch.Tensor:
        scenery = torch.zeros(1, at.FEATURES)
        scenery[:, at.CAMERA.start], scenery[:, at.FLAT], scenery[:, at.GROUND.start] = across, flat, 1.0
        right = np.cos(turn), np.sin(turn)
        scenery[:, at.CAMERA.start + 3] = 8.0 * (right[0] - 1.0)
        scenery[:, at.CAMERA.start + 4] = 4.0 * right[1]
        scenery[:, at.FORWARD_UP] = at.FORWARD_UP_CENTRE
        return scenery

    sky = torch.tensor([[0.0, 0.5]])
    torch.testing.assert_close(seen_before(_set(across=2.0), _set(), sky)[0], sky)
    turned = seen_before(_set(turn=0.1), _set(), sky)[0]
    assert turned[0, 0].item() == pytest.approx(-np.tan(0.1) / at.USUAL_TANGENT, abs=1e-3)
    flat = _set(across=2.0, turn=0.1, flat=1.0), _set(flat=1.0)
    torch.testing.assert_close(seen_before(*flat, sky)[0], sky)
