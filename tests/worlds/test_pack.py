import numpy as np
import pytest
from numpy.testing import assert_allclose

from manazir.core.errors import SceneError
from manazir.worlds.motion import Motion
from manazir.worlds.pack import pack
from manazir.worlds.scene import (
    Body,
    Camera,
    Direction,
    Event,
    Ground,
    Light,
    Material,
    Pendulum,
    Ramp,
    Scene,
    Shape,
    Wall,
)
from manazir.worlds.solids import CYLINDER, PRISM, SPHERE, rotation_matrices

BALL = Body(shape=Shape.SPHERE, size=0.4, colour="red", material=Material.RUBBER, position=(0.0, 0.0, 0.4))


def standing(scene: Scene, frames: int = 3) -> Motion:
    places = np.array([body.position for body in scene.bodies]).reshape(1, -1, 3)
    turns = np.array([body.rotation for body in scene.bodies]).reshape(1, -1, 4)
    return Motion(
        positions=np.repeat(places, frames, axis=0),
        rotations=np.repeat(turns, frames, axis=0),
        velocities=np.zeros((frames, len(scene.bodies), 3)),
        camera_positions=np.tile([0.0, -6.0, 1.0], (frames, 1)),
        camera_axes=np.tile([[1.0, 0, 0], [0, 0, 1], [0, 1, 0]], (frames, 1, 1)),
    )


def packed(scene: Scene, width: int = 64, height: int = 64):
    return pack(scene, standing(scene), width, height)


def test_bodies_walls_ramps_and_rods_have_their_codes() -> None:
    swinging = Body(
        shape=Shape.SPHERE,
        size=0.3,
        colour="blue",
        material=Material.METAL,
        position=(0.0, 0.0, 1.0),
        pendulum=Pendulum(anchor=(0.0, 0.0, 2.5)),
    )
    scene = Scene(
        bodies=(BALL, swinging),
        event=Event.REST,
        walls=(Wall(position=(2.0, 0.0, 0.5), half_extents=(0.1, 1.0, 0.5)),),
        ramps=(Ramp(position=(-1.0, 0.0, 0.0), length=2.0, width=1.0, height=0.8, faces=Direction.RIGHT),),
    )
    arrays = packed(scene)
    assert arrays.owners.tolist() == [0, 1, -201, -2, -100]
    assert arrays.kinds.tolist()[:3] == [SPHERE, SPHERE, CYLINDER]
    assert arrays.kinds[4] == PRISM
    rod = 2
    assert_allclose(arrays.positions[0, rod], [0.0, 0.0, 1.75])
    assert_allclose(arrays.half_extents[rod, 2], 0.75)
    assert_allclose(np.abs(arrays.rotations[0, rod, :, 2]), [0.0, 0.0, 1.0], atol=1e-12)


def test_a_ramp_slopes_down_towards_where_it_faces() -> None:
    ramp = Ramp(position=(0.0, 0.0, 0.0), length=2.0, width=1.0, height=0.8, faces=Direction.LEFT)
    arrays = packed(Scene(bodies=(), event=Event.REST, ramps=(ramp,)))
    low_edge = arrays.rotations[0, 0] @ [1.0, 0.0, -0.4] + arrays.positions[0, 0]
    assert_allclose(low_edge, [-1.0, 0.0, 0.0], atol=1e-12)


def test_rotations_turn_vectors_as_quaternions_do() -> None:
    quarter_about_z = np.array([np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)])
    assert_allclose(rotation_matrices(quarter_about_z) @ [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], atol=1e-12)


def test_the_short_side_has_the_cameras_field() -> None:
    scene = Scene(bodies=(), event=Event.REST, camera=Camera(vertical_field_degrees=90.0))
    assert_allclose(packed(scene, 128, 64).tangents, [2.0, 1.0])
    assert_allclose(packed(scene, 64, 128).tangents, [1.0, 2.0])


def test_light_axes_are_orthonormal() -> None:
    for direction in ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (-0.5, -0.6, 1.0)):
        axes = packed(Scene(bodies=(), event=Event.REST, lights=(Light(direction=direction),))).lights[0]
        assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
        assert_allclose(axes[0], np.array(direction) / np.linalg.norm(direction))


def test_only_what_moves_is_moving() -> None:
    scene = Scene(bodies=(BALL, BALL), event=Event.REST)
    motion = standing(scene)
    motion.positions[2, 1, 0] += 0.01
    arrays = pack(scene, motion, 32, 32)
    assert arrays.is_moving.tolist() == [False, True]
    assert arrays.is_camera_still


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (Scene(bodies=(), event=Event.REST, ground=Ground(pattern="dots")), "dots.*plain, checker, planks"),
        (Scene(bodies=(), event=Event.REST, backdrop="forest"), "no backdrop called 'forest'; there are sky"),
        (Scene(bodies=(), event=Event.REST, ground=Ground(colour="mauve")), "no colour called 'mauve'"),
        (Scene(bodies=(), event=Event.REST, lights=(Light(direction=(0.0, 0.0, 0.0)),)), "direction is zero"),
    ],
)
def test_what_cannot_be_drawn_is_refused(scene: Scene, words: str) -> None:
    with pytest.raises(SceneError, match=words):
        packed(scene)


def test_a_motion_of_other_bodies_is_refused() -> None:
    with pytest.raises(SceneError, match="motion is of 1 bodies and the scene has 0"):
        pack(Scene(bodies=(), event=Event.REST), standing(Scene(bodies=(BALL,), event=Event.REST)), 8, 8)
