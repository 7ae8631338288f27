"""What the picture of a known scene must look like, whoever traces it."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.worlds.pictures import body, crowded, flat_ball, straight, turned

from manazir.worlds.palette import COLOURS
from manazir.worlds.render import render
from manazir.worlds.scene import Camera, Event, Ground, Light, Material, Scene, Shape

BACKENDS = ("numba", "torch")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("size", "tolerance"), [(24, 0.025), (64, 0.005)])
def test_a_ball_covers_its_area_with_soft_edges(backend: str, size: int, tolerance: float) -> None:
    scene = flat_ball()
    light = render(scene, straight(scene, 1), size, size, backend=backend).radiance[0, ..., 1]
    dark = COLOURS["black"][1]
    coverage = (1.0 - light) / (1.0 - dark)
    assert_allclose(coverage.sum(), np.pi * (size / 8.0) ** 2, rtol=tolerance)
    partly = (coverage > 0.01) & (coverage < 0.99)
    assert partly.sum() > 0.6 * 2 * np.pi * size / 8.0


def test_numba_and_torch_see_the_same() -> None:
    scene = crowded()
    motion = straight(scene, 2, camera_speed=0.4)
    mine, other = (render(scene, motion, 56, 40, backend=backend) for backend in BACKENDS)
    apart = np.abs(mine.radiance - other.radiance).max(axis=-1)
    assert (apart > 1e-3).mean() < 0.004
    assert (mine.segmentation != other.segmentation).mean() < 0.001
    same = (mine.segmentation == other.segmentation) & np.isfinite(mine.depth)
    assert_allclose(mine.depth[same], other.depth[same], rtol=1e-3)


def test_a_still_background_is_traced_once_without_a_trace() -> None:
    scene = crowded()
    motion = straight(scene, 4)
    reused = render(scene, motion, 72, 56)
    motion.camera_positions[-1, 0] += 1e-12  # not still any more, and no pixel can tell
    fresh = render(scene, motion, 72, 56)
    assert_array_equal(reused.radiance[:-1], fresh.radiance[:-1])
    assert_array_equal(reused.segmentation[:-1], fresh.segmentation[:-1])
    assert_array_equal(reused.depth[:-1], fresh.depth[:-1])


@pytest.mark.parametrize("light_x", [-1.0, 1.0])
def test_shadows_fall_on_the_side_away_from_the_light(light_x: float) -> None:
    scene = Scene(
        event=Event.REST,
        bodies=(body(Shape.SPHERE, "white", Material.RUBBER, 0.0),),
        lights=(Light(direction=(light_x, 0.0, 1.0)),),
        camera=Camera(position=(0.0, -0.01, 8.0), target=(0.0, 0.0, 0.0)),
    )
    seen = render(scene, straight(scene, 1), 64, 64)
    ground = np.where(seen.segmentation[0] == -1, seen.radiance[0].sum(axis=-1), np.nan)
    darkest_column = int(np.nanargmin(np.nanmin(ground, axis=0)))
    assert (darkest_column < 32) == (light_x > 0)
    ball = np.where(seen.segmentation[0] == 0, seen.radiance[0].sum(axis=-1), np.nan)
    left, right = np.nanmean(ball[:, :32]), np.nanmean(ball[:, 32:])
    assert (right > left) == (light_x > 0)


def test_a_light_without_shadow_casts_none() -> None:
    scene = Scene(event=Event.REST, bodies=(body(Shape.CUBE, "red", Material.STONE, 0.0, z=1.6),))
    bare = replace(scene, lights=(replace(scene.lights[0], has_shadow=False),))
    with_shadow, without = (render(s, straight(s, 1), 64, 64).radiance[0].sum(axis=-1) for s in (scene, bare))
    assert (with_shadow < 0.8 * without).sum() > 20


@pytest.mark.parametrize(("reflectivity", "is_seen"), [(0.0, False), (0.8, True)])
def test_a_glossy_ground_mirrors_what_stands_above_it(reflectivity: float, is_seen: bool) -> None:
    ball = body(Shape.SPHERE, "red", Material.RUBBER, 0.0, z=0.7)
    bare = Scene(event=Event.REST, bodies=(), ground=Ground(reflectivity=reflectivity))
    both = [render(s, straight(s, 1), 64, 64) for s in (bare, replace(bare, bodies=(ball,)))]
    redness = [seen.radiance[0, ..., 0] / seen.radiance[0].sum(axis=-1) for seen in both]
    redder = (redness[1] > redness[0] + 0.1) & (both[1].segmentation[0] == -1)
    assert (redder.sum() > 40) == is_seen


def test_the_faces_of_a_cube_are_told_apart() -> None:
    cube = body(Shape.CUBE, "white", Material.RUBBER, 0.0, size=1.0, rotation=turned((0, 0, 1), 40))
    scene = Scene(event=Event.REST, bodies=(cube,))
    seen = render(scene, straight(scene, 1), 96, 96)
    light = seen.radiance[0][seen.segmentation[0] == 0].sum(axis=-1)
    counts, _ = np.histogram(np.log2(light), bins=24)
    assert (counts > 0.08 * len(light)).sum() >= 3


def test_a_rolling_ball_is_seen_to_turn() -> None:
    ball = body(Shape.SPHERE, "red", Material.RUBBER, 0.0, size=0.6, spin=(0.0, 6.0, 0.0))
    scene = Scene(event=Event.REST, bodies=(ball,))
    first, second = render(scene, straight(scene, 2), 64, 64).radiance
    assert (np.abs(first - second).max(axis=-1) > 0.1).sum() > 40


def test_depth_is_along_the_forward_axis() -> None:
    wall_like = body(Shape.CUBE, "grey", Material.STONE, 0.0, size=2.0, z=0.0)
    scene = Scene(event=Event.REST, bodies=(wall_like,), ground=None)
    scene = replace(scene, camera=Camera(position=(0.0, -6.0, 0.0), target=(0.0, 0.0, 0.0)))
    depth = render(scene, straight(scene, 1), 16, 16).depth[0]
    front = depth[np.isfinite(depth)]
    assert_allclose(front.min(), 6.0 - 1.7, rtol=1e-6)
    assert (front < 4.31).mean() > 0.95
