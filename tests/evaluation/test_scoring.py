from dataclasses import replace

import numpy as np

from manazir.evaluation.detectors.answers import Answers, SeenBody
from manazir.evaluation.detectors.bodies import make_track
from manazir.evaluation.scoring import MARKS, mark
from manazir.worlds.captions import BodyFacts, Caption, Facts
from manazir.worlds.scene import CameraMove, Direction, Event, Material, Shape

TRACK = make_track("red", np.ones((2, 4, 4), np.bool_))
RED = BodyFacts(colour="red", shape=Shape.SPHERE, size="small", material=Material.WOOD)
BLUE = BodyFacts(colour="blue", shape=Shape.CUBE, size="large", material=Material.WOOD)
ALL = frozenset({"count", "event", "direction", "light_side", "camera", "actor"}) | {
    f"body{place}_{name}" for place in (1, 2) for name in ("colour", "shape", "size")
}


def caption(mentioned: frozenset[str] = ALL) -> Caption:
    facts = Facts(
        bodies=(BLUE, RED),
        event=Event.COLLIDE,
        direction=Direction.LEFT,
        actor=1,
        patient=0,
        light_side="above",
        light_colour="white",
        camera=CameraMove.STILL,
        ground_colour="sand",
        ground_pattern="plain",
        backdrop="sky",
        sound=None,
    )
    return Caption(text="", language="en", mentioned=mentioned, facts=facts, order=(1, 0), slots=(1, 0))


def seen(facts: BodyFacts, direction: str) -> SeenBody:
    assert facts.size is not None
    return SeenBody(colour=facts.colour, shape=str(facts.shape), size=facts.size, direction=direction, track=TRACK)


RIGHT = Answers(
    bodies=(seen(RED, "left"), seen(BLUE, "right")), main=1, event="collide", light_side="above", camera="still"
)


def test_a_clip_that_shows_everything_gets_full_marks_whatever_the_order_of_its_bodies() -> None:
    assert mark(RIGHT, caption()) == dict.fromkeys(MARKS, 1.0)
    turned = replace(RIGHT, bodies=RIGHT.bodies[::-1], main=0)
    assert mark(turned, caption()) == dict.fromkeys(MARKS, 1.0)


def test_only_what_the_caption_states_is_marked() -> None:
    assert mark(RIGHT, caption(frozenset({"event", "body1_shape"}))) == {"event": 1.0, "shape": 1.0}


def test_a_missing_body_costs_half_its_facts_and_the_count() -> None:
    marks = mark(replace(RIGHT, bodies=RIGHT.bodies[:1], main=0), caption())
    assert (marks["colour"], marks["shape"], marks["size"], marks["count"]) == (0.5, 0.5, 0.5, 0.0)


def test_exchanged_shapes_are_wrong_though_both_are_there() -> None:
    swapped = (replace(RIGHT.bodies[0], shape="cube"), replace(RIGHT.bodies[1], shape="sphere"))
    marks = mark(replace(RIGHT, bodies=swapped), caption())
    assert (marks["colour"], marks["shape"]) == (1.0, 0.0)


def test_the_direction_is_the_actors_where_the_caption_says_which_body_that_is() -> None:
    assert mark(RIGHT, caption())["direction"] == 1.0  # the main body, the blue one, goes right
    assert mark(RIGHT, caption(ALL - {"actor"}))["direction"] == 0.0


def test_an_empty_clip_gets_no_marks_but_for_its_camera() -> None:
    empty = Answers(bodies=(), main=None, event=None, light_side=None, camera="still")
    marks = mark(empty, caption())
    assert {name for name, value in marks.items() if value} == {"camera"}
    assert set(marks) == set(MARKS)
