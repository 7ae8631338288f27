import pytest
import torch

from manazir.diffusion.guidance import classifier_free
from manazir.diffusion.noising import NoisingShares, add_noise, draw_levels
from manazir.diffusion.schedules import logit_normal, shift, shifted_sigmas
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
