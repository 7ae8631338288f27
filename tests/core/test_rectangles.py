"""Rectangles in shares of a picture."""

import math

import pytest

from manazir.core.errors import CanvasError
from manazir.core.rectangles import Rectangle, cover_all


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"width": 0.0}, "0,0,0,0.5 is empty"),
        ({"left": 0.6}, "0.6,0,0.5,0.5 reaches out of the picture; left [+] width"),
        ({"top": -0.1}, "reaches out"),
        ({"height": math.nan}, "give numbers from 0 to 1"),
        ({"width": math.inf}, "give numbers from 0 to 1"),
    ],
)
def test_a_rectangle_lies_within_the_picture(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(CanvasError, match=message):
        Rectangle(**({"left": 0.0, "top": 0.0, "width": 0.5, "height": 0.5} | wrong))


def test_shares_that_were_rounded_reach_the_edge() -> None:
    third = Rectangle(left=0.6666667, top=0.0, width=0.3333334, height=1.0)
    assert cover_all([Rectangle(left=0.0, top=0.0, width=0.6666667, height=1.0), third])


def test_a_hole_in_the_middle_is_seen() -> None:
    sides = [(0.0, 0.0, 1.0, 0.3), (0.0, 0.7, 1.0, 0.3), (0.0, 0.2, 0.4, 0.6), (0.6, 0.2, 0.4, 0.6)]
    frame = [Rectangle(left=x, top=y, width=w, height=h) for x, y, w, h in sides]
    assert not cover_all(frame)
    assert cover_all([*frame, Rectangle(left=0.35, top=0.25, width=0.3, height=0.5)])
    assert not cover_all([])
