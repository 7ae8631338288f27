import numpy as np
import pytest

from manazir.core.errors import SceneError
from manazir.evaluation.phyworld import (
    GIVEN_FRAMES,
    INSIDE,
    LEVELS,
    Case,
    as_nearest,
    draw_cases,
    go_on,
    read_centres,
    stay,
    steps_that_count,
    velocity_error,
)
from manazir.worlds.phyworld import FRAME_SECONDS, collision_seconds
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Event


def pictures(case: Case) -> np.ndarray:
    return render_frames(case.scene, case.truth, 96, 96, threads=1)


def radii(case: Case) -> np.ndarray:
    return np.array([body.size for body in case.scene.bodies])


@pytest.mark.parametrize("law", list(LEVELS))
def test_true_pictures_read_alike_are_near_the_true_velocities(law: Event) -> None:
    for level in (INSIDE, LEVELS[law][-1]):
        (case,) = draw_cases(law, level, 1, seed=4)
        assert velocity_error(read_centres(pictures(case), case), case) < 0.08


def test_true_positions_have_no_error_and_a_steady_drift_has_its_speed() -> None:
    (case,) = draw_cases(Event.PARABOLA, INSIDE, 1, seed=5)
    true = case.truth.positions[:, :, [0, 2]]
    assert velocity_error(true, case) == pytest.approx(0.0)
    drift = np.arange(len(true))[:, None, None] * np.array([0.03, 0.04])
    assert velocity_error(true + drift, case) == pytest.approx(0.05 / FRAME_SECONDS)


def test_a_ball_that_vanishes_counts_as_standing_where_it_was() -> None:
    (case,) = draw_cases(Event.UNIFORM, INSIDE, 1, seed=6)
    frames = pictures(case)
    frames[GIVEN_FRAMES:] = 255
    centres = read_centres(frames, case)
    assert (centres[GIVEN_FRAMES:] == centres[GIVEN_FRAMES - 1]).all()
    assert velocity_error(centres, case) == pytest.approx(abs(case.scene.bodies[0].velocity[0]), rel=1e-6)


def test_only_steps_in_view_after_what_was_given_and_after_the_impact_count() -> None:
    (case,) = draw_cases(Event.COLLISION, INSIDE, 1, seed=7)
    counts = steps_that_count(case)
    impact = collision_seconds(case.scene) / FRAME_SECONDS
    assert not counts[: int(np.ceil(impact))].any()
    assert counts.any()
    (fast,) = draw_cases(Event.UNIFORM, "v1", 1, seed=12)
    x = fast.truth.positions[:, 0, 0]
    outside = (x + radii(fast) > 10.0) | (x - radii(fast) < 0.0)
    assert not steps_that_count(fast)[outside[1:]].any()


def test_going_on_is_right_for_uniform_motion_and_wrong_for_parabolas() -> None:
    (straight,) = draw_cases(Event.UNIFORM, INSIDE, 1, seed=8)
    (bent,) = draw_cases(Event.PARABOLA, INSIDE, 1, seed=8)
    for case, is_right in ((straight, True), (bent, False)):
        given = case.truth.positions[:GIVEN_FRAMES][:, :, [0, 2]]
        error = velocity_error(go_on(given, case.scene.frames), case)
        assert (error < 1e-6) is is_right
        assert error < velocity_error(stay(given, case.scene.frames), case)


def test_the_nearest_training_clip_of_a_training_clip_is_itself_whatever_the_order_of_its_balls() -> None:
    bank = draw_cases(Event.COLLISION, INSIDE, 30, seed=9)
    case = bank[17]
    true = case.truth.positions[:, :, [0, 2]]
    assert velocity_error(as_nearest(true[:GIVEN_FRAMES], radii(case), bank), case) == pytest.approx(0.0)
    swapped = as_nearest(true[:GIVEN_FRAMES, ::-1], radii(case)[::-1], bank)
    assert np.allclose(swapped, true[:, ::-1])


def test_levels_that_never_show_a_step_are_refused() -> None:
    with pytest.raises(SceneError, match="more frames"):
        draw_cases(Event.UNIFORM, INSIDE, 2, seed=1, frames=3)
