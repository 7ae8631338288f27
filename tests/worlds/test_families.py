from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from manazir.core.errors import SceneError
from manazir.core.seeds import derive
from manazir.worlds.families import MIXTURE, draw, draw_scene
from manazir.worlds.families.checks import compass, problem, visible
from manazir.worlds.families.staging import VANISHING
from manazir.worlds.physics import simulate
from manazir.worlds.phyworld import LAWS
from manazir.worlds.scene import Camera, CameraMove, Direction, Event, Scene

ASPECTS = [1.0, 224 / 128, 128 / 224]


@pytest.mark.parametrize("event", list(Event))
def test_more_than_half_of_the_draws_do_what_they_say(event: Event) -> None:
    drawn = [draw_scene(event, derive(seed, "acceptance")) for seed in range(10)]
    assert sum(problem(scene, simulate(scene)) is None for scene in drawn) > 5


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("aspect", ASPECTS)
def test_what_is_drawn_is_seen_and_goes_its_way(event: Event, aspect: float) -> None:
    scene, moved = draw(5, {event: 1.0}, aspect=aspect)
    assert scene.event is event
    assert visible(scene, moved, aspect)[:, scene.actor].mean() > (0.25 if event in LAWS else 0.75)
    way = moved.positions[:, scene.actor] - moved.positions[0, scene.actor]
    assert scene.direction is Direction.NONE or (way @ compass(scene.direction, moved)).max() > 0.1


def test_the_mixture_has_every_event_and_cannot_be_changed() -> None:
    assert set(MIXTURE) == set(Event)
    with pytest.raises(TypeError):
        MIXTURE[Event.DROP] = 0.0  # type: ignore[index]


def test_a_seed_is_a_scene() -> None:
    first, second = draw(11), draw(11)
    assert first[0] == second[0]
    np.testing.assert_array_equal(first[1].positions, second[1].positions)
    assert draw(12)[0] != first[0]


def test_families_on_one_seed_share_no_stage() -> None:
    grounds = {draw(3, {event: 1.0})[0].lights for event in (Event.DROP, Event.ROLL, Event.SWING)}
    assert len(grounds) == 3


def test_bodies_stand_out_and_are_told_apart() -> None:
    same = 0
    for seed in range(60):
        for event in (Event.COLLIDE, Event.STRIKE, Event.RAMP):
            scene = draw_scene(event, seed)
            assert scene.ground is not None
            assert not {body.colour for body in scene.bodies} & set(VANISHING[scene.ground.colour])
            assert all(body.size_class is not None for body in scene.bodies)
            assert not {ramp.colour for ramp in scene.ramps} & {body.colour for body in scene.bodies}
            kinds = Counter((body.colour, body.shape) for body in scene.bodies)
            assert max(kinds.values()) == 1
            same += len({body.colour for body in scene.bodies}) < len(scene.bodies)
    assert same < 0.15 * 180


def test_directions_and_cameras_are_balanced() -> None:
    scenes = [draw_scene(Event.ROLL, seed) for seed in range(400)]
    ways = Counter(scene.direction for scene in scenes)
    assert abs(ways[Direction.LEFT] - ways[Direction.RIGHT]) < 70
    assert 50 < ways[Direction.AWAY] + ways[Direction.TOWARDS] < 130
    moves = Counter(scene.camera.move for scene in scenes)
    assert 0.6 < moves[CameraMove.STILL] / 400 < 0.8
    assert set(moves) == set(CameraMove)


def test_some_rests_are_of_identical_bodies() -> None:
    groups = [scene.bodies for seed in range(60) if len((scene := draw_scene(Event.REST, seed)).bodies) > 1]
    alike = [len({(body.colour, body.shape, body.size) for body in bodies}) == 1 for bodies in groups]
    assert 0.05 < np.mean(alike) < 0.5


def test_length_and_rate_are_as_asked() -> None:
    scene, moved = draw(2, {Event.PLAY: 1.0}, frames=40, frame_rate=20.0)
    assert len(scene.actions) == 40
    assert moved.positions.shape[0] == 40
    assert scene.duration_seconds == 2.0


def rolling() -> Scene:
    return draw(1, {Event.ROLL: 1.0})[0]


def test_a_scene_that_lies_is_found_out() -> None:
    scene = rolling()
    opposite = {Direction.LEFT: Direction.RIGHT, Direction.RIGHT: Direction.LEFT}
    lie = replace(scene, direction=opposite.get(scene.direction, Direction.LEFT))
    assert "goes less than" in (problem(lie, simulate(lie)) or "")


def test_a_scene_out_of_sight_is_found_out() -> None:
    scene = replace(rolling(), camera=Camera(position=(0.0, -6.0, 2.2), target=(20.0, -6.5, 1.0)))
    assert "outside the picture" in (problem(scene, simulate(scene)) or "")


def test_a_rest_that_rolls_is_found_out() -> None:
    scene = replace(rolling(), event=Event.REST, direction=Direction.NONE, camera=Camera())
    assert problem(scene, simulate(scene)) is not None


def test_a_mixture_that_never_works_is_refused() -> None:
    with pytest.raises(SceneError, match="no drop scene from seed 0"):
        draw(0, {Event.DROP: 1.0}, frames=3)
