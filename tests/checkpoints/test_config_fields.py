"""Fields of others' configurations."""

import math

import pytest

from manazir.checkpoints.config_fields import number
from manazir.core.errors import CheckpointError


def test_a_number_is_read_and_nothing_is_the_default() -> None:
    assert number({"shift": 5}, "shift", 1.0, 0.1, 50) == 5.0
    assert number({"shift": None}, "shift", 1.0, 0.1, 50) == number({}, "shift", 1.0, 0.1, 50) == 1.0


@pytest.mark.parametrize("value", ["5", math.nan, math.inf, 0.0, [5.0], True])
def test_what_is_no_number_in_its_range_is_refused(value: object) -> None:
    with pytest.raises(CheckpointError, match=r"has shift = .*from 0.1 to 50"):
        number({"shift": value}, "shift", 1.0, 0.1, 50)
