"""What of a layout stays where a region is kept."""

import numpy as np
import pytest
import torch

from manazir.core import layout as at
from manazir.inference.keeping import Kept
from manazir.inference.noor.staying import staying


def _stays(across: float, up: float, present: float = 1.0) -> bool:
    """Whether a body of a quarter of the short side stays, in a wide picture whose left half is kept."""
    layout = torch.zeros(1, at.SLOTS, at.FEATURES)
    body = layout[0, at.BODIES.start]
    body[at.PRESENT], body[at.ACROSS], body[at.UP] = present, across * at.PLACE_SCALE, up * at.PLACE_SCALE
    body[at.BULK] = (np.log(0.25) - at.BULK_CENTRE) * at.BULK_SCALE
    pixels = np.zeros((32, 64), np.bool_)
    pixels[:, :32] = True
    stays = staying(layout, Kept(pixels))
    assert bool(stays[0, at.SET])  # camera, light and ground
    assert not bool(stays[0, at.RAMP])
    return bool(stays[0, at.BODIES.start])


@pytest.mark.parametrize(
    ("across", "up", "is_kept"),
    [(-1.0, 0.0, True), (0.1, 0.0, True), (0.24, 0.0, False), (1.0, 0.9, False), (-1.9, -0.9, True), (-2.5, 0, False)],
)
def test_a_thing_stays_whole_where_some_of_it_is_kept(across: float, up: float, is_kept: bool) -> None:
    assert _stays(across, up) == is_kept


def test_an_empty_slot_is_free() -> None:
    assert not _stays(-1.0, 0.0, present=-1.0)


def test_a_thing_that_crosses_what_is_kept_stays_all_its_way() -> None:
    layout = torch.zeros(3, at.SLOTS, at.FEATURES)
    bodies = layout[:, at.BODIES]
    bodies[..., at.PRESENT], bodies[..., at.BULK] = -1.0, (np.log(0.25) - at.BULK_CENTRE) * at.BULK_SCALE
    bodies[:, 0, at.PRESENT], bodies[:, 1, at.PRESENT] = torch.tensor([1.0, 1.0, -1.0]), 1.0
    bodies[:, 0, at.ACROSS] = torch.tensor([1.0, -1.0, -1.0]) * at.PLACE_SCALE
    bodies[:, 1, at.ACROSS] = 1.0 * at.PLACE_SCALE
    pixels = np.zeros((32, 64), np.bool_)
    pixels[:, :32] = True
    stays = staying(layout, Kept(pixels))[:, at.BODIES]
    assert stays[:, 0].tolist() == [True, True, False]
    assert not stays[:, 1:].any()
