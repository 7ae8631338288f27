import numpy as np
import pytest

from manazir.evaluation.detectors.bodies import Track, make_track
from manazir.evaluation.sound_sync import FARTHEST_SECONDS, impacts, onset_errors, onsets
from manazir.media.clip import Sound

RATE = 16_000


def ticks(*seconds: float, noise: float = 0.0) -> Sound:
    """Blows that ring for a twentieth of a second."""
    time = np.arange(2 * RATE) / RATE
    samples = noise * np.random.default_rng(0).normal(size=len(time))
    for start in seconds:
        later = np.maximum(time - start, 0.0)
        samples += 0.5 * (time >= start) * np.exp(-later / 0.05) * np.sin(2 * np.pi * 900 * later)
    return Sound(np.repeat(samples[:, None], 2, axis=1).astype(np.float32), RATE)


def falling_ball(floor: float = 90.0, fall: float = 2.0) -> tuple[Track, float]:
    """A disc that falls and bounces back, and the time of its bounce, at 12 frames a second."""
    meet = np.sqrt((floor - 20.0) * 2 / fall)
    t = np.arange(24.0)
    late = np.maximum(t - meet, 0.0)
    y = np.where(t < meet, 20 + fall / 2 * t**2, floor - 0.8 * fall * meet * late + fall / 2 * late**2)
    rows, columns = np.mgrid[:128, :128]
    masks = np.hypot(rows[None] - np.minimum(y, floor)[:, None, None], columns[None] - 60.0) < 8.0
    return make_track("red", masks), meet / 12.0


def test_onsets_are_where_blows_begin() -> None:
    for noise in (0.0, 0.002):
        heard = onsets(ticks(0.3, 0.71, 1.4, noise=noise))
        assert len(heard) == 3
        assert np.abs(heard - [0.3, 0.71, 1.4]).max() < 0.012


def test_silence_and_steady_noise_have_no_onsets() -> None:
    assert len(onsets(ticks())) == 0
    steady = onsets(ticks(noise=0.05))
    assert len(steady[steady > 0.1]) <= 2


def test_a_bounce_is_seen_between_frames() -> None:
    ball, meet = falling_ball()
    seen = impacts([ball], 12.0)
    assert seen[0] == pytest.approx(meet, abs=0.02)
    assert len(seen) <= 2  # it may be seen to strike again, smaller


def test_what_only_falls_strikes_nothing() -> None:
    rows, columns = np.mgrid[:128, :128]
    y = 20 + 0.15 * np.arange(24.0) ** 2
    masks = np.hypot(rows[None] - y[:, None, None], columns[None] - 60.0) < 8.0
    assert len(impacts([make_track("red", masks)], 12.0)) == 0


def test_two_bodies_that_meet_are_one_blow() -> None:
    ball, _ = falling_ball()
    assert impacts([ball, ball], 12.0) == pytest.approx(impacts([ball], 12.0))


def test_what_passes_out_of_the_picture_or_behind_another_strikes_nothing() -> None:
    rows, columns = np.mgrid[:128, :128]
    masks = np.hypot(rows[None] - 60.0, columns[None] - 5.0 * np.arange(24.0)[:, None, None] - 30.0) < 9.0
    assert len(impacts([make_track("red", masks)], 12.0)) == 0
    hidden = masks & ~((columns > 55) & (columns < 66))
    assert len(impacts([make_track("red", hidden)], 12.0)) == 0


def test_errors_are_distances_to_the_nearest_onset_and_unheard_blows_count() -> None:
    assert onset_errors(np.array([0.5, 1.0]), np.array([0.52, 3.0])) == pytest.approx([0.02, FARTHEST_SECONDS])
    assert onset_errors(np.array([0.5]), np.zeros(0)) == pytest.approx([FARTHEST_SECONDS])
    assert len(onset_errors(np.zeros(0), np.array([1.0]))) == 0
