from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.worlds.pictures import body, crowded, flat_ball, straight

from manazir.core.errors import SceneError
from manazir.worlds.render import render
from manazir.worlds.scene import Camera, Event, Material, Scene, Shape
from manazir.worlds.truth import boxes, flow, light_directions, visible_fractions


def test_boxes_hold_exactly_what_is_seen() -> None:
    segmentation = np.full((2, 6, 8), -1, dtype=np.int16)
    segmentation[0, 2:4, 3:7] = 1
    segmentation[1, 5, 0] = 0
    found = boxes(segmentation, 2)
    assert_array_equal(found[0], [[-1, -1, -1, -1], [3, 2, 7, 4]])
    assert_array_equal(found[1], [[0, 5, 1, 6], [-1, -1, -1, -1]])


def test_flow_carries_the_picture_of_a_sliding_body_over_exactly() -> None:
    # three pixels a frame to the right, one up: 8 m over 64 px, 12 frames a second
    scene = flat_ball(velocity=(3 / 8 * 12, 0.0, 1 / 8 * 12))
    motion = straight(scene, 3)
    seen = render(scene, motion, 64, 64)
    moved = flow(scene, motion, seen)
    assert moved.shape == (2, 64, 64, 2)
    rows, columns = np.nonzero(seen.segmentation[0] == 0)
    assert_allclose(moved[0, rows, columns], np.tile([3.0, -1.0], (len(rows), 1)), atol=1e-5)
    assert_allclose(seen.radiance[1, rows - 1, columns + 3], seen.radiance[0, rows, columns], atol=1e-6)
    assert_array_equal(moved[0][seen.segmentation[0] == -1000], 0)


def test_flow_leads_to_the_same_point_in_perspective_with_everything_moving() -> None:
    scene = crowded()
    motion = straight(scene, 2, camera_speed=1.0)
    seen = render(scene, motion, 96, 72)
    moved = flow(scene, motion, seen)[0]
    y, x = np.mgrid[:72, :96]
    ends_x, ends_y = x + 0.5 + moved[..., 0], y + 0.5 + moved[..., 1]
    inside = (ends_x >= 0) & (ends_x < 96) & (ends_y >= 0) & (ends_y < 72)
    there = seen.segmentation[1][ends_y[inside].astype(int), ends_x[inside].astype(int)]
    # the rest is hidden a frame later, or on an edge
    assert (there == seen.segmentation[0][inside]).mean() > 0.93
    assert np.abs(moved).max() > 2.0


def test_the_flow_of_a_turning_ball_differs_over_its_face() -> None:
    ball = body(Shape.SPHERE, "red", Material.RUBBER, 0.0, spin=(0.0, 0.0, 3.0))
    scene = Scene(event=Event.REST, bodies=(ball,))
    motion = straight(scene, 2)
    seen = render(scene, motion, 64, 64)
    sideways = flow(scene, motion, seen)[0][seen.segmentation[0] == 0][:, 0]
    assert sideways.max() > 0.5
    assert_allclose(flow(scene, motion, seen)[0][seen.segmentation[0] == -1], 0.0, atol=1e-5)


def test_the_sky_flows_with_a_turning_camera_only() -> None:
    scene = Scene(event=Event.REST, bodies=())
    motion = straight(scene, 2)
    turn = np.array([[np.cos(0.1), -np.sin(0.1), 0], [np.sin(0.1), np.cos(0.1), 0], [0, 0, 1]])
    motion.camera_positions[1] += [0.0, 0.0, 0.5]
    still = flow(scene, motion, render(scene, motion, 32, 32))[0]
    motion.camera_axes[1] = motion.camera_axes[1] @ turn.T
    seen = render(scene, motion, 32, 32)
    sky = seen.segmentation[0] == -1000
    assert_allclose(still[sky], 0.0, atol=1e-4)
    assert (flow(scene, motion, seen)[0][sky][:, 0] > 2.0).all()


def test_the_light_comes_from_the_left_where_it_does() -> None:
    scene = crowded()
    directions = light_directions(scene, straight(scene, 3))
    assert directions.shape == (3, 3)
    assert_allclose(np.linalg.norm(directions, axis=1), 1.0)
    assert (directions[:, 0] < 0).all()
    assert (directions[:, 1] > 0).all()
    with pytest.raises(SceneError, match="no light"):
        light_directions(replace(scene, lights=()), straight(scene, 3))


def test_how_much_is_seen() -> None:
    front = body(Shape.CUBE, "red", Material.STONE, 0.0, -1.0, size=0.5)
    behind = body(Shape.CUBE, "blue", Material.STONE, 0.0, 1.0, size=0.5)
    beside = body(Shape.SPHERE, "green", Material.STONE, 1.2, size=0.4)
    outside = body(Shape.SPHERE, "white", Material.STONE, -1.95, size=0.4, z=1.0)
    scene = Scene(event=Event.REST, bodies=(front, behind, beside, outside))
    scene = replace(scene, camera=Camera(position=(0.0, -6.0, 0.5), target=(0.0, 0.0, 0.5)))
    motion = straight(scene, 1)
    seen = visible_fractions(scene, motion, render(scene, motion, 64, 64))[0]
    assert seen[0] == 1.0
    assert seen[1] < 0.05
    assert seen[2] == 1.0
    assert 0.3 < seen[3] < 0.7
