import pytest
import torch

from manazir.core.errors import ShapeError
from manazir.diffusion.guidance import (
    adaptive_projected,
    away_from,
    classifier_free,
    multimodal,
    projected,
    rescaled,
    zero_star,
)
from manazir.diffusion.noising import (
    NoisingShares,
    add_noise,
    clean_from_velocity,
    draw_levels,
    velocity_from_clean,
)
from manazir.diffusion.schedules import (
    ending_in_zero,
    evenly,
    logit_normal,
    shift,
    shift_by_length,
    shifted,
    shifted_sigmas,
    stretched,
    unipc_sigmas,
)
from manazir.diffusion.solvers import euler


def test_schedule_falls_from_start_to_zero() -> None:
    sigmas = shifted_sigmas(8, 4.0, start=0.6)
    assert sigmas[0] == 0.6
    assert sigmas[-1] == 0.0
    assert sigmas == sorted(sigmas, reverse=True)


def test_shift_keeps_ends_and_raises_the_middle() -> None:
    levels = shift(torch.tensor([0.0, 0.5, 1.0]), 3.0)
    assert levels.tolist() == [0.0, 0.75, 1.0]


@pytest.mark.parametrize("steps", [1, 3])
def test_euler_recovers_a_straight_path_exactly(steps: int) -> None:
    clean, noise = torch.randn(2, 5, dtype=torch.float64), torch.randn(2, 5, dtype=torch.float64)
    *_, last = euler(lambda *_: (clean,), (noise,), shifted_sigmas(steps, 2.0))
    torch.testing.assert_close(last[0], clean)


def test_euler_stays_on_the_path_between() -> None:
    clean, noise = torch.zeros(3), torch.ones(3)
    first, *_ = euler(lambda *_: (clean,), (noise,), [1.0, 0.25, 0.0])
    torch.testing.assert_close(first[0], torch.full((3,), 0.25))


def test_guidance_of_one_changes_nothing_and_zero_drops_the_condition() -> None:
    a, b = torch.randn(4), torch.randn(4)
    torch.testing.assert_close(classifier_free(a, b, 1.0), a)
    torch.testing.assert_close(classifier_free(a, b, 0.0), b)


def test_sums_of_predictions_are_the_same_for_clean_ones_and_velocities() -> None:
    noisy, *velocities = torch.randn(4, 2, 3, 5)
    cleans = [clean_from_velocity(noisy, velocity, 0.6) for velocity in velocities]
    for guided in (
        lambda a, b, c: away_from(a, [(b, 3.0), (c, 1.5)]),
        lambda a, b, c: multimodal(a, unconditional=b, isolated=c, guidance_scale=2.0, modality_scale=3.0),
    ):
        torch.testing.assert_close(clean_from_velocity(noisy, guided(*velocities), 0.6), guided(*cleans))
    guided_clean = clean_from_velocity(noisy, classifier_free(velocities[0], velocities[1], 5.0), 0.6)
    torch.testing.assert_close(guided_clean, classifier_free(cleans[0], cleans[1], 5.0))


def test_rescaled_takes_the_spread_of_the_conditional_prediction_item_by_item() -> None:
    conditional, guided = torch.randn(2, 7, 3), 5 * torch.randn(2, 7, 3)
    torch.testing.assert_close(rescaled(guided, conditional, 1.0).std((1, 2)), conditional.std((1, 2)))
    torch.testing.assert_close(rescaled(guided, conditional, 0.0), guided)


def test_zero_star_does_not_depend_on_how_long_the_unconditional_velocity_is() -> None:
    conditional, unconditional = torch.randn(2, 2, 7)
    torch.testing.assert_close(
        zero_star(conditional, 3 * unconditional, 4.0), zero_star(conditional, unconditional, 4.0)
    )


def test_projected_guidance_is_classifier_free_until_it_is_told_to_leave_something_out() -> None:
    conditional, unconditional = torch.randn(2, 2, 7, 3)
    difference = conditional - unconditional
    torch.testing.assert_close(
        adaptive_projected(conditional, difference, 4.0), classifier_free(conditional, unconditional, 4.0)
    )
    across = projected(difference, conditional, 0.0, 0.0)
    torch.testing.assert_close((across * conditional).sum((1, 2)), torch.zeros(2), atol=1e-5, rtol=0)
    limited = projected(difference, conditional, 1.0, 0.25)
    torch.testing.assert_close(limited.flatten(1).norm(dim=1), torch.full((2,), 0.25))


def test_velocities_and_clean_parts_turn_into_each_other_at_each_frames_own_level() -> None:
    clean, noise, sigma = torch.randn(2, 3, 4, 5), torch.randn(2, 3, 4, 5), torch.rand(2, 3) + 0.1
    noisy = add_noise(clean, noise, sigma)
    torch.testing.assert_close(velocity_from_clean(noisy, clean, sigma), noise - clean, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(clean_from_velocity(noisy, noise - clean, sigma), clean)


def test_stretched_levels_end_where_they_are_told_to_and_one_level_stays() -> None:
    levels = stretched(shifted(evenly(6), 4.0), 0.1)
    assert levels[0] == 1.0
    assert levels[-1] == pytest.approx(0.1)
    assert stretched([1.0], 0.1) == [1.0]


def test_levels_of_long_videos_are_shifted_further() -> None:
    assert shift_by_length(512) < shift_by_length(1024) == 0.95 < shift_by_length(8192)


@pytest.mark.parametrize("levels", [[], [0.5, 0.6], [1.2, 0.5], [0.5, 0.0], [0.5, -0.1], [float("nan")]])
def test_levels_that_do_not_fall_from_one_to_above_zero_are_refused(levels: list[float]) -> None:
    with pytest.raises(ShapeError, match="noise levels are to fall"):
        ending_in_zero(levels)


def test_schedules_of_no_steps_are_refused() -> None:
    with pytest.raises(ShapeError):
        evenly(0)
    with pytest.raises(ShapeError):
        unipc_sigmas(0, 3.0)


def test_noise_is_put_at_each_frame_by_its_own_level() -> None:
    clean, noise = torch.zeros(1, 3, 2, 4, 4), torch.ones(1, 3, 2, 4, 4)
    mixed = add_noise(clean, noise, torch.tensor([[0.0, 0.5, 1.0]]))
    assert mixed.mean((2, 3, 4)).tolist() == [[0.0, 0.5, 1.0]]


def _only(pattern: str) -> NoisingShares:
    shares = dict.fromkeys(NoisingShares.__slots__, 0.0)
    return NoisingShares(**(shares | {pattern: 1.0}))


@pytest.mark.parametrize(
    ("pattern", "video_known", "sound_known"),
    [("nothing_known", 0, 0), ("first_frame", 1, 0), ("video_known", 24, 0), ("sound_known", 0, 16)],
)
def test_patterns_know_what_they_say(pattern: str, video_known: int, sound_known: int) -> None:
    video, sound = draw_levels(16, 24, 16, _only(pattern), 3.0, torch.Generator().manual_seed(0))
    assert ((video == 0).sum(1) == video_known).all()
    assert ((sound == 0).sum(1) == sound_known).all()
    assert (video[:, video_known:] < 1).all()


def test_prefixes_and_suffixes_lie_at_their_ends_with_their_sound() -> None:
    generator = torch.Generator().manual_seed(0)
    video, sound = draw_levels(32, 24, 16, _only("prefix"), 3.0, generator)
    assert (video[:, 0] == 0).all()
    assert (video[:, -1] > 0).all()
    known = (video == 0).sum(1)
    assert ((sound == 0).sum(1) == known * 16 // 24).all()
    video, _ = draw_levels(32, 24, 16, _only("suffix"), 3.0, generator)
    assert (video[:, -1] == 0).all()
    assert (video[:, 0] > 0).all()


def test_levels_lie_between_zero_and_one_and_the_shift_raises_them() -> None:
    low = logit_normal(2000, 1.0, torch.Generator().manual_seed(0))
    high = logit_normal(2000, 4.0, torch.Generator().manual_seed(0))
    assert 0 < float(low.min()) < float(high.max()) < 1
    assert float(low.median()) < 0.55 < float(high.median())
