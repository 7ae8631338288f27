import math
from dataclasses import replace

import numpy as np
import pytest

from manazir.core.errors import SceneError
from manazir.worlds import mjcf
from manazir.worlds.motion import GROUND, Motion
from manazir.worlds.palette import SURFACES
from manazir.worlds.physics import simulate
from manazir.worlds.scene import (
    Action,
    Body,
    Camera,
    CameraMove,
    Direction,
    Event,
    Force,
    Material,
    Pendulum,
    Ramp,
    Scene,
    Shape,
    Wall,
)


def ball(size: float = 0.3, material: Material = Material.WOOD, **more: object) -> Body:
    given = {"position": (0.0, 0.0, size), **more}
    return Body(shape=Shape.SPHERE, size=size, colour="red", material=material, **given)  # type: ignore[arg-type]


def scene(*bodies: Body, **more: object) -> Scene:
    return Scene(bodies=bodies, event=Event.REST, **more)  # type: ignore[arg-type]


def heights(motion: Motion) -> np.ndarray:
    return motion.positions[:, 0, 2]


def test_falls_as_galileo_says() -> None:
    moved = simulate(scene(ball(position=(0.0, 0.0, 50.0), velocity=(1.0, 0.0, 2.0))))
    times = np.arange(24) / 12.0
    assert moved.positions.shape == (24, 1, 3)
    np.testing.assert_allclose(heights(moved), 50 + 2 * times - 0.5 * 9.81 * times**2, atol=0.03)
    np.testing.assert_allclose(moved.positions[:, 0, 0], times, atol=1e-6)
    np.testing.assert_allclose(moved.velocities[:, 0, 2], 2 - 9.81 * times, atol=1e-6)


@pytest.mark.parametrize("material", list(Material))
def test_bounces_as_high_as_its_restitution_says(material: Material) -> None:
    drop = 0.8
    moved = simulate(scene(ball(material=material, position=(0, 0, 0.3 + drop)), frames=240, frame_rate=120.0))
    landed = moved.contacts[0]
    after = heights(moved)[int(landed.time_seconds * 120) + 4 :] - 0.3
    wanted = SURFACES[material].restitution
    assert math.sqrt(after.max() / drop) == pytest.approx(wanted, abs=0.06)
    assert heights(moved).min() > 0.28  # no deeper than two centimetres


def test_an_impact_says_when_where_and_how_hard() -> None:
    body = ball(position=(0.5, 0.2, 1.1))
    landed = simulate(scene(body)).contacts[0]
    assert landed.time_seconds == pytest.approx(math.sqrt(2 * 0.8 / 9.81), abs=0.004)
    assert (landed.first, landed.second) == (0, GROUND)
    assert landed.position == pytest.approx((0.5, 0.2, 0.0), abs=0.01)
    assert landed.speed == pytest.approx(math.sqrt(2 * 0.8 * 9.81), rel=0.02)
    bounce = 1 + SURFACES[Material.WOOD].restitution
    assert landed.impulse == pytest.approx(mjcf.mass(body) * landed.speed * bounce, rel=0.1)


def test_a_ball_rolls_on_and_slows_down() -> None:
    moved = simulate(scene(ball(velocity=(2.0, 0, 0), spin=(0, 2.0 / 0.3, 0)), frames=36))
    speeds = moved.velocities[:, 0, 0]
    assert (np.diff(speeds) < 0).all()
    assert 1.5 < speeds[24] < 1.95
    (rubbing,) = moved.rubbings
    assert not moved.contacts
    assert rubbing.force[20:].mean() == pytest.approx(mjcf.mass(ball()) * 9.81, rel=0.02)
    assert rubbing.slip[20:].max() < 0.02
    assert rubbing.roll[20] == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("shape", [Shape.SPHERE, Shape.CUBE, Shape.CYLINDER, Shape.CONE])
@pytest.mark.parametrize("material", [Material.RUBBER, Material.METAL])
def test_what_stands_stays(shape: Shape, material: Material) -> None:
    body = Body(shape=shape, size=0.4, colour="red", material=material, position=(0, 0, 0))
    put = replace(body, position=(0.0, 0.0, body.half_extents[2]), rotation=(math.cos(0.3), 0, 0, math.sin(0.3)))
    moved = simulate(scene(put))
    assert np.abs(moved.positions - moved.positions[0]).max() < 0.005
    assert np.abs(moved.rotations - moved.rotations[0]).max() < 0.01
    assert not moved.contacts


def test_friction_stops_a_slider_where_it_should() -> None:
    cube = Body(
        shape=Shape.CUBE,
        size=0.4,
        colour="red",
        material=Material.WOOD,
        position=(-1, 0, 0.34),
        velocity=(2.0, 0, 0),
        friction=0.1,
        restitution=0.1,
    )
    moved = simulate(scene(cube))
    shared = math.sqrt(0.1 * 0.8)
    assert moved.positions[-1, 0, 0] + 1 == pytest.approx(2.0**2 / (2 * shared * 9.81), rel=0.06)
    (rubbing,) = moved.rubbings
    assert rubbing.slip[2] == pytest.approx(2.0, abs=0.15)
    assert rubbing.slip[-5:].max() < 0.02
    assert np.ptp(moved.positions[:, 0, 2]) < 0.002  # it does not hop
    assert not moved.contacts


def test_a_head_on_collision_keeps_momentum() -> None:
    runner = ball(0.3, position=(-1.0, 0, 5), velocity=(3.0, 0, 0))
    waiting = ball(0.4, position=(0.5, 0, 5))
    moved = simulate(scene(runner, waiting, gravity=0.0, ground=None))
    masses = np.array([mjcf.mass(runner), mjcf.mass(waiting)])
    speeds = moved.velocities[-1, :, 0]
    assert masses @ speeds == pytest.approx(masses[0] * 3.0, rel=0.01)
    assert (speeds[1] - speeds[0]) / 3.0 == pytest.approx(SURFACES[Material.WOOD].restitution, abs=0.06)
    (met,) = moved.contacts
    assert {met.first, met.second} == {0, 1}
    assert met.speed == pytest.approx(3.0, rel=0.01)
    assert met.impulse == pytest.approx(masses[1] * speeds[1], rel=0.02)


def test_a_pendulum_keeps_its_rod_and_its_period() -> None:
    anchor = np.array([0.0, 0.0, 2.5])
    bob = ball(0.1, position=(0.2, 0.0, 2.5 - math.sqrt(1.5**2 - 0.04)), pendulum=Pendulum(anchor=(0, 0, 2.5)))
    moved = simulate(scene(bob, frames=360, frame_rate=120.0))
    rods = np.linalg.norm(moved.positions[:, 0] - anchor, axis=1)
    np.testing.assert_allclose(rods, 1.5, atol=1e-6)
    crossings = np.flatnonzero(np.diff(np.sign(moved.positions[:, 0, 0])))
    assert (crossings[1] - crossings[0]) / 120 == pytest.approx(math.pi * math.sqrt(1.5 / 9.81), rel=0.02)
    np.testing.assert_allclose(
        np.gradient(moved.positions[:, 0, 0], 1 / 120)[5:-5], moved.velocities[5:-5, 0, 0], atol=0.01
    )


def test_a_pendulum_starts_with_its_velocity() -> None:
    bob = ball(0.2, position=(0.0, 0.0, 1.0), velocity=(1.5, 0, 0), pendulum=Pendulum(anchor=(0, 0, 2.5)))
    assert simulate(scene(bob)).velocities[0, 0] == pytest.approx([1.5, 0, 0], abs=1e-9)


@pytest.mark.parametrize("faces", [Direction.LEFT, Direction.RIGHT])
def test_a_ramp_is_exactly_its_slope(faces: Direction) -> None:
    side = 1.0 if faces is Direction.RIGHT else -1.0
    wedge = Ramp(position=(0.0, 0.0, 0.0), length=2.0, width=1.2, height=0.8, faces=faces)
    slope = math.atan2(0.8, 2.0)
    normal = np.array([side * math.sin(slope), 0.0, math.cos(slope)])
    start = np.array([-side * 0.7, 0.0, 0.8 * 0.85]) + 0.2 * normal
    moved = simulate(scene(ball(0.2, position=tuple(start)), ramps=(wedge,)))
    along = side * moved.positions[:, 0, 0]
    on_it = along < 0.9
    clearance = (moved.positions[on_it, 0] - [side, 0.0, 0.0]) @ normal
    np.testing.assert_allclose(clearance, 0.2, atol=0.004)
    assert on_it.sum() > 5
    assert along[-1] > 1.0
    assert any(rubbing.second == mjcf.ramp_code(0) for rubbing in moved.rubbings)


def test_a_wall_turns_a_ball_back() -> None:
    wall = Wall(position=(1.5, 0.0, 0.5), half_extents=(0.1, 1.0, 0.5))
    moved = simulate(scene(ball(velocity=(3.0, 0, 0), spin=(0, 10.0, 0)), walls=(wall,)))
    assert moved.positions[:, 0, 0].max() < 1.12
    assert moved.velocities[-1, 0, 0] < 0
    assert any(contact.second == mjcf.wall_code(0) for contact in moved.contacts)


def test_a_toppling_cylinder_slaps_the_ground_at_its_end() -> None:
    rod = Body(
        shape=Shape.CAPSULE, size=0.4, colour="red", material=Material.WOOD, position=(0, 0, 0.5), spin=(0, 0.8, 0)
    )
    moved = simulate(scene(rod))
    slap = max(moved.contacts, key=lambda contact: contact.impulse)
    assert slap.position[0] > 0.3
    assert slap.time_seconds > 0.2


def test_a_fixed_body_stays_and_is_hit() -> None:
    post = ball(0.4, position=(0.8, 0, 0.4), is_fixed=True)
    moved = simulate(scene(post, ball(0.4, position=(-0.8, 0, 0.4), velocity=(2.0, 0, 0)), actor=1))
    assert (moved.positions[:, 0] == moved.positions[0, 0]).all()
    assert any((contact.first, contact.second) == (1, 0) for contact in moved.contacts)


def test_a_force_accelerates_for_as_long_as_it_lasts() -> None:
    body = ball(position=(0, 0, 5.0))
    push = Force(body=0, start_seconds=0.5, end_seconds=1.0, newtons=(mjcf.mass(body) * 2.0, 0.0, 0.0))
    speeds = simulate(scene(body, forces=(push,), gravity=0.0)).velocities[:, 0, 0]
    assert speeds[6] == 0.0
    assert speeds[-1] == pytest.approx(1.0, abs=0.01)


def played(*actions: Action, body: Body | None = None) -> Motion:
    done = (*actions, *(Action.NONE,) * (24 - len(actions)))
    return simulate(Scene(bodies=(body or ball(),), event=Event.PLAY, actions=done))


@pytest.mark.parametrize(
    ("action", "axis", "sign"),
    [(Action.LEFT, 0, -1), (Action.RIGHT, 0, 1), (Action.AWAY, 1, 1), (Action.TOWARDS, 1, -1)],
)
def test_a_push_goes_its_way_from_the_next_frame_on(action: Action, axis: int, sign: int) -> None:
    moved = played(Action.NONE, action, action)
    assert np.abs(moved.velocities[1]).max() < 0.01
    assert sign * moved.velocities[3, 0, axis] > 0.5
    assert abs(moved.velocities[3, 0, 1 - axis]) < 0.01


def test_a_jump_needs_something_to_jump_from() -> None:
    moved = played(Action.NONE, Action.JUMP, Action.NONE, Action.JUMP)
    assert heights(moved).max() == pytest.approx(0.3 + 0.52, abs=0.1)
    again = played(Action.NONE, Action.JUMP)
    np.testing.assert_array_equal(moved.positions[:8], again.positions[:8])
    assert heights(played(Action.JUMP)).max() == pytest.approx(0.3 + 0.52, abs=0.1)
    falling = played(Action.JUMP, Action.JUMP, body=ball(position=(0, 0, 2.0)))
    assert (np.diff(heights(falling)[:6]) < 0).all()


def test_camera_actions_move_the_camera_alone() -> None:
    turned, still = played(Action.CAMERA_LEFT), played()
    np.testing.assert_array_equal(turned.positions, still.positions)
    assert (turned.camera_positions[0] == still.camera_positions[0]).all()
    assert turned.camera_positions[1, 0] < still.camera_positions[1, 0]


def test_the_camera_moves_along() -> None:
    camera = Camera(move=CameraMove.PUSH_IN, amount=1.0)
    moved = simulate(scene(ball(), camera=camera))
    assert moved.camera_axes.shape == (24, 3, 3)
    assert np.linalg.norm(moved.camera_positions[-1] - moved.camera_positions[0]) == pytest.approx(1.0)


def test_the_same_scene_moves_the_same_way() -> None:
    bodies = (ball(velocity=(2.0, 0.1, 0), position=(-1, 0, 0.8)), ball(0.4, position=(0.5, 0, 0.4)))
    first, second = simulate(scene(*bodies)), simulate(scene(*bodies))
    np.testing.assert_array_equal(first.positions, second.positions)
    assert first.contacts == second.contacts


def test_an_empty_scene_stands_still() -> None:
    moved = simulate(scene())
    assert moved.positions.shape == (24, 0, 3)
    assert moved.contacts == ()


def test_what_cannot_be_simulated_says_why() -> None:
    with pytest.raises(SceneError, match="MuJoCo cannot build"):
        simulate(scene(ball(mass=-1.0)))
    with pytest.raises(SceneError, match="diverged"):
        simulate(scene(ball(velocity=(1e6, 0, 0))))
    with pytest.raises(SceneError, match="must be free"):
        played(Action.LEFT, body=ball(is_fixed=True))
