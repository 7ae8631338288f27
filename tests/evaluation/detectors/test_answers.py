"""The detectors on a handful of rendered scenes; `benchmarks/noor_quality.py --truth-only` has their accuracy."""

from functools import cache

import numpy as np
import pytest

from manazir.evaluation.detectors.answers import Answers, read_answers
from manazir.worlds.families import draw
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Direction, Event, Scene

SEEDS = range(6)
MIXTURE = {Event.ROLL: 1.0, Event.DROP: 1.0}


@cache
def examples() -> tuple[tuple[Scene, Answers], ...]:
    drawn = [draw(seed, MIXTURE) for seed in SEEDS]
    return tuple((scene, read_answers(render_frames(scene, motion, 128, 128, threads=1))) for scene, motion in drawn)


def test_most_colours_and_counts_are_right() -> None:
    right = [
        sorted(b.colour for b in scene.bodies) == sorted(b.colour for b in seen.bodies) for scene, seen in examples()
    ]
    assert np.mean(right) >= 4 / 6


def test_most_shapes_events_and_directions_are_right() -> None:
    marks = []
    for scene, seen in examples():
        actor = scene.bodies[scene.actor]
        found = [body for body in seen.bodies if body.colour == actor.colour]
        marks.append(bool(found) and found[0].shape == actor.shape)
        marks.append(seen.event == scene.event)
        marks.append(bool(found) and found[0].direction == scene.direction)
    assert np.mean(marks) >= 0.75


def test_what_goes_left_mirrored_goes_right() -> None:
    scene, motion = next(
        drawn for seed in range(50) if (drawn := draw(seed, {Event.ROLL: 1.0}))[0].direction is Direction.LEFT
    )
    frames = render_frames(scene, motion, 128, 128, threads=1)
    directions = []
    for shown in (frames, np.ascontiguousarray(frames[:, :, ::-1])):
        seen = read_answers(shown)
        assert seen.main is not None
        directions.append(seen.bodies[seen.main].direction)
    assert directions == ["left", "right"]


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_picture_has_no_bodies_and_no_event(level: int) -> None:
    seen = read_answers(np.full((8, 64, 64, 3), level, np.uint8))
    assert (seen.bodies, seen.main, seen.event, seen.light_side) == ((), None, None, None)
    assert seen.camera == "still"
