from fractions import Fraction

import pytest

from manazir.core.errors import MediaError
from manazir.media.timing import at_constant_rate, measure, steps

MILLISECOND = Fraction(1, 1000)


def test_rounded_time_stamps_are_a_constant_rate():
    ticks = [round(index * 1000 * 1001 / 24000) for index in range(200)]
    timing = measure(ticks, 42, MILLISECOND, (Fraction(24000, 1001),))
    assert not timing.is_variable
    assert timing.rate == Fraction(24000, 1001)
    assert timing.duration == 200 / Fraction(24000, 1001)


def test_a_claim_that_the_time_stamps_belie_is_not_believed():
    timing = measure([0, 100, 200, 300], 100, MILLISECOND, (Fraction(30), None))
    assert (timing.rate, timing.is_variable) == (10, False)


def test_one_missing_frame_makes_the_rate_variable():
    timing = measure([0, 40, 80, 160, 200], 40, MILLISECOND, (Fraction(25),))
    assert timing.is_variable
    assert timing.duration == Fraction(240, 1000)
    assert timing.rate == Fraction(5000, 240)


def test_the_order_of_storage_and_the_first_time_do_not_matter():
    timing = measure([900, 1100, 1000, 1200], 100, MILLISECOND, ())
    assert (timing.rate, timing.is_variable, timing.duration) == (10, False, Fraction(2, 5))


def test_a_single_frame_lasts_as_long_as_it_says():
    assert measure([7], 500, MILLISECOND, ()).duration == Fraction(1, 2)
    assert measure([7], 0, MILLISECOND, (Fraction(4),)).duration == Fraction(1, 4)


def at(times, rate, start, count, tick=MILLISECOND):
    shown = ((Fraction(time).limit_denominator(100_000), index) for index, time in enumerate(times))
    return list(at_constant_rate(shown, Fraction(rate), Fraction(start), count, tick))


def test_each_step_shows_the_nearest_earlier_frame():
    assert at([0, 0.1, 0.15, 0.4, 0.9], 10, 0, 11) == [0, 1, 2, 2, 3, 3, 3, 3, 3, 4, 4]
    assert at([0, 0.1, 0.2, 0.3], 10, Fraction(1, 5), 2) == [2, 3]
    assert at([0, 0.1, 0.2, 0.3], 5, 0, 2) == [0, 2]


def test_a_frame_that_rounding_made_late_is_on_time():
    times = [round(index / 24, 3) for index in range(48)]
    assert at(times, 24, 0, 48) == list(range(48))


def test_no_frame_is_an_error():
    with pytest.raises(MediaError, match="no frame"):
        at([], 10, 0, 3)


def test_how_many_steps():
    timing = measure([0, 40, 80], 40, MILLISECOND, (Fraction(25),))
    assert steps(timing, Fraction(25), Fraction(0), None) == 3
    assert steps(timing, Fraction(100), Fraction(2, 100), Fraction(5, 100)) == 5
    assert steps(timing, Fraction(25), Fraction(0), Fraction(100)) == 3
    assert steps(timing, Fraction(1, 2), Fraction(0), None) == 1
    with pytest.raises(MediaError, match="starts at 2 s"):
        steps(timing, Fraction(25), Fraction(2), None)
