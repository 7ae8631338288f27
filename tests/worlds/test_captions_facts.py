import math

import pytest

from manazir.core.errors import SceneError
from manazir.worlds.captions import facts, vocabularies
from manazir.worlds.captions.noise import Noise
from manazir.worlds.captions.roles import roles
from manazir.worlds.scene import (
    Body,
    Camera,
    CameraMove,
    Direction,
    Event,
    Ground,
    Light,
    Material,
    Pendulum,
    Scene,
    Shape,
    Wall,
)


def body(colour="red", shape=Shape.SPHERE, size=0.27, material=Material.RUBBER, height=0.3, speed=0.0, **more):
    return Body(
        colour=colour,
        shape=shape,
        size=size,
        material=material,
        position=(0.0, 0.0, height),
        velocity=(speed, 0.0, 0.0),
        **more,
    )


def lit(direction, camera=None):
    scene = Scene(bodies=(body(),), event=Event.REST, lights=(Light(direction=direction),), camera=camera or Camera())
    return facts(scene).light_side


def test_facts_put_the_actor_first_and_the_patient_second():
    bodies = (body("green"), body("blue", Shape.CUBE), body("red", Shape.CONE))
    found = facts(Scene(bodies=bodies, event=Event.COLLIDE, actor=2, patient=1, direction=Direction.LEFT))
    assert [one.colour for one in found.bodies] == ["red", "blue", "green"]
    assert (found.actor, found.patient) == (0, 1)


def test_labels_are_places_in_the_vocabularies_and_zero_where_nothing_is():
    found = facts(Scene(bodies=(body("orange", Shape.CONE, 0.33, Material.GLASS),), event=Event.REST))
    labels, names = found.labels(), vocabularies()
    assert list(labels) == list(names)
    assert names["body1_colour"][labels["body1_colour"] - 1] == "orange"
    assert names["body1_material"][labels["body1_material"] - 1] == "glass"
    assert labels["body1_size"] == 0  # 0.33 m lies between small and medium
    assert labels["direction"] == labels["patient"] == labels["body2_colour"] == 0
    assert (labels["count"], labels["actor"]) == (1, 1)


def test_reordered_facts_keep_who_is_who():
    bodies = (body("red"), body("blue", Shape.CUBE))
    found = facts(Scene(bodies=bodies, event=Event.COLLIDE, patient=1)).reordered((1, 0))
    assert [one.colour for one in found.bodies] == ["blue", "red"]
    assert (found.actor, found.patient) == (1, 0)
    assert found.labels()["body1_shape"] == 1 + list(Shape).index(Shape.CUBE)


def test_five_bodies_are_counted_and_four_described():
    labels = facts(Scene(bodies=tuple(body() for _ in range(5)), event=Event.REST)).labels()
    assert labels["count"] == 5
    assert "body5_colour" not in labels


@pytest.mark.parametrize(
    ("direction", "side"),
    [
        ((-1.0, -0.45, 0.9), "left"),
        ((1.0, 0.3, 0.2), "right"),
        ((0.1, -1.0, 0.9), "front"),
        ((0.0, 1.0, 0.5), "behind"),
        ((0.1, -0.2, 1.0), "above"),
        ((1.0, 1.0, 0.5), None),
    ],
)
def test_light_side_is_seen_from_the_camera(direction, side):
    assert lit(direction) == side


def test_light_side_turns_with_a_camera_that_stands_elsewhere():
    assert lit((1.0, 0.0, 0.5), Camera(position=(6.0, 0.0, 2.0))) == "front"


def test_light_side_is_that_of_the_middle_of_an_orbit():
    angle = math.radians(25)  # the camera starts half of 50 degrees before the usual place, and circles to its left
    start = (6 * math.sin(angle), -6 * math.cos(angle), 2.0)
    camera = Camera(position=start, move=CameraMove.ORBIT_LEFT, amount=2 * angle)
    assert lit((-1.0, 0.5, 0.9), camera) == "left"
    assert lit((-1.0, 0.5, 0.9), Camera(position=start)) == "behind"


@pytest.mark.parametrize(
    ("event", "material", "shape", "noise"),
    [
        (Event.DROP, Material.METAL, Shape.CUBE, Noise.RING),
        (Event.THROW, Material.RUBBER, Shape.SPHERE, Noise.THUD),
        (Event.TOPPLE, Material.GLASS, Shape.CONE, Noise.CLINK),
        (Event.DROP, Material.WOOD, Shape.CUBE, Noise.KNOCK),
        (Event.STACK, Material.STONE, Shape.CUBE, Noise.CLACK),
        (Event.ROLL, Material.METAL, Shape.SPHERE, Noise.RUMBLE),
        (Event.RAMP, Material.METAL, Shape.CUBE, Noise.SCRAPE),
        (Event.SLIDE, Material.WOOD, Shape.CONE, Noise.SCRAPE),
        (Event.REST, Material.METAL, Shape.SPHERE, Noise.SILENCE),
        (Event.UNIFORM, Material.METAL, Shape.SPHERE, Noise.SILENCE),
        (Event.PLAY, Material.METAL, Shape.SPHERE, None),
    ],
)
def test_sound_follows_from_event_material_and_shape(event, material, shape, noise):
    assert facts(Scene(bodies=(body(material=material, shape=shape),), event=event)).sound is noise


def test_flat_scenes_show_neither_size_nor_material_nor_light():
    found = facts(Scene(bodies=(body(),), event=Event.UNIFORM, ground=None, backdrop="paper", is_flat=True))
    assert found.bodies[0].size is found.bodies[0].material is found.light_side is found.ground_colour is None


@pytest.mark.parametrize(
    ("scene", "message"),
    [
        (Scene(bodies=(body("mauve"),), event=Event.REST), "colour 'mauve'; use one of red"),
        (Scene(bodies=(body(),), event=Event.REST, ground=Ground(pattern="dots")), "ground pattern 'dots'"),
        (Scene(bodies=(body(),), event=Event.REST, backdrop="sea"), "backdrop 'sea'"),
    ],
)
def test_what_has_no_word_is_refused(scene, message):
    with pytest.raises(SceneError, match=message):
        facts(scene)


def test_bodies_that_fall_with_the_actor_are_doers_and_those_that_stand_are_not():
    bodies = (body(height=2.0), body(height=1.8), body(height=0.27))
    assert roles(Scene(bodies=bodies, event=Event.DROP)).doers == (0, 1)
    assert roles(Scene(bodies=bodies, event=Event.DROP)).bystanders == (2,)


def test_bodies_that_move_along_with_the_actor_are_doers():
    bodies = (body(speed=1.0), body(speed=2.0), body(speed=-1.0), body())
    assert roles(Scene(bodies=bodies, event=Event.ROLL)).doers == (0, 1)


def test_everything_hung_swings_and_everything_at_rest_rests():
    hung = body(pendulum=Pendulum(anchor=(0.0, 0.0, 3.0)))
    assert roles(Scene(bodies=(hung, hung, body()), event=Event.SWING)).doers == (0, 1)
    assert roles(Scene(bodies=(body(), body()), event=Event.REST)).doers == (0, 1)


def test_a_strike_is_into_the_whole_group_and_a_collision_with_the_patient():
    bodies = (body(), body("blue"), body("green"))
    assert roles(Scene(bodies=bodies, event=Event.STRIKE, patient=1)).undergoers == (1, 2)
    collision = roles(Scene(bodies=bodies, event=Event.COLLIDE, patient=1))
    assert (collision.undergoers, collision.bystanders) == ((1,), (2,))


def test_a_collision_needs_a_second_body():
    with pytest.raises(SceneError, match="needs a second body"):
        roles(Scene(bodies=(body(),), event=Event.COLLIDE))


def test_a_body_may_pass_behind_a_wall():
    wall = Wall(position=(0.0, -1.0, 0.5), half_extents=(0.5, 0.1, 0.5))
    assert roles(Scene(bodies=(body(),), event=Event.OCCLUDE, walls=(wall,))).undergoers == ()
