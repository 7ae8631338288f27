import math
from dataclasses import replace

import numpy as np
import pytest

from manazir.core.errors import SceneError
from manazir.worlds.families.laws import QUANTITIES, RADII, RADII_OUTSIDE, SPEEDS, SPEEDS_OUTSIDE, draw_law
from manazir.worlds.physics import simulate
from manazir.worlds.phyworld import FRAME_SECONDS, WORLD_SIZE, collision_seconds, speeds_after
from manazir.worlds.scene import Event

LAWS = [Event.UNIFORM, Event.PARABOLA, Event.COLLISION]
LEVELS = [(), ("r1",), ("v1",), ("r1", "v1")]
COLLISION_LEVELS = [*LEVELS, ("r1", "r2"), ("v1", "v2"), QUANTITIES]
CASES = [(law, level) for law in LAWS[:2] for level in LEVELS] + [(LAWS[2], level) for level in COLLISION_LEVELS]


def within(value: float, ranges: tuple[tuple[float, float], ...]) -> bool:
    return any(low <= value <= high for low, high in ranges)


def test_uniform_motion_keeps_its_velocity_at_a_tenth_of_a_second_a_frame() -> None:
    scene = draw_law(Event.UNIFORM, 3)
    moved = simulate(scene)
    speed = scene.bodies[0].velocity[0]
    np.testing.assert_allclose(np.diff(moved.positions[:, 0, 0]), speed * FRAME_SECONDS)
    assert (moved.velocities[:, 0] == scene.bodies[0].velocity).all()


def test_a_parabola_falls_by_its_gravity() -> None:
    scene = draw_law(Event.PARABOLA, 4, frames=32)
    moved = simulate(scene)
    times = 0.1 * np.arange(32)
    np.testing.assert_allclose(moved.positions[:, 0, 2], scene.bodies[0].position[2] - 0.5 * 2.5 * times**2)
    np.testing.assert_allclose(moved.velocities[:, 0, 2], -2.5 * times)


@pytest.mark.parametrize("seed", range(6))
def test_a_collision_keeps_momentum_and_energy_and_nothing_overlaps(seed: int) -> None:
    scene = draw_law(Event.COLLISION, seed)
    moved = simulate(scene)
    masses = np.array([body.size**2 for body in scene.bodies])
    speeds = moved.velocities[:, :, 0]
    np.testing.assert_allclose(speeds @ masses, speeds[0] @ masses)
    np.testing.assert_allclose(speeds**2 @ masses, speeds[0] ** 2 @ masses)
    gaps = np.abs(moved.positions[:, 0, 0] - moved.positions[:, 1, 0]) - sum(body.size for body in scene.bodies)
    assert gaps.min() > -1e-9
    assert (np.diff(np.sign(gaps[1:] - gaps[:-1])) != 0).sum() == 1  # they near, then part


def test_equal_discs_swap_their_speeds() -> None:
    assert speeds_after((1.0, 1.0), (2.0, -3.0)) == pytest.approx((-3.0, 2.0))


def test_a_contact_is_told_in_the_clips_seconds() -> None:
    scene = draw_law(Event.COLLISION, 1)
    (met,) = simulate(scene).contacts
    assert met.time_seconds == pytest.approx(collision_seconds(scene) * 10 / 12)
    assert met.speed == pytest.approx(abs(scene.bodies[0].velocity[0]) + abs(scene.bodies[1].velocity[0]))


@pytest.mark.parametrize(("law", "level"), CASES)
def test_draws_keep_to_their_ranges(law: Event, level: tuple[str, ...]) -> None:
    for seed in range(8):
        scene = draw_law(law, seed, frames=32, outside=level)
        assert scene.is_flat
        for body, (radius, speed) in zip(scene.bodies, (("r1", "v1"), ("r2", "v2")), strict=False):
            assert within(body.size, RADII_OUTSIDE[law] if radius in level else RADII[law])
            assert within(abs(body.velocity[0]), SPEEDS_OUTSIDE if speed in level else SPEEDS)
            x, _, z = body.position
            assert body.size <= x <= WORLD_SIZE - body.size
            assert body.size <= z <= WORLD_SIZE - body.size


def test_collisions_come_after_frame_four() -> None:
    for seed in range(20):
        assert 4 < collision_seconds(draw_law(Event.COLLISION, seed)) / FRAME_SECONDS < 24


def test_training_scenes_stay_in_the_world_sideways() -> None:
    for seed in range(20):
        assert np.abs(simulate(draw_law(Event.UNIFORM, seed)).positions[:, 0, 0] - 5.0).max() < 6.0


@pytest.mark.parametrize(("law", "outside"), [(Event.DROP, ()), (Event.UNIFORM, ("mass",))])
def test_what_is_no_law_is_refused(law: Event, outside: tuple[str, ...]) -> None:
    with pytest.raises(SceneError, match="the laws are"):
        draw_law(law, 0, outside=outside)


def test_a_collision_that_cannot_fit_is_refused() -> None:
    with pytest.raises(SceneError, match="try more frames"):
        draw_law(Event.COLLISION, 0, frames=6)


def test_balls_that_part_never_meet() -> None:
    drawn = draw_law(Event.COLLISION, 2)
    first, second = drawn.bodies
    assert math.isfinite(collision_seconds(replace(drawn, bodies=(second, first))))
    away = replace(drawn, bodies=(replace(first, velocity=second.velocity), replace(second, velocity=first.velocity)))
    assert collision_seconds(away) == math.inf
