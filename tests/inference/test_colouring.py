"""Colouring: colours that there are."""

import torch

from manazir.core import layout as at
from manazir.inference.noor.colouring import coloured
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.scene import Event


def test_true_layouts_stay_as_they_are() -> None:
    events = (Event.STRIKE, Event.RAMP, Event.REST)
    layouts = torch.stack([torch.from_numpy(layout_of(*draw(1, {event: 1.0}))) for event in events])
    torch.testing.assert_close(coloured(layouts), layouts, atol=1e-5, rtol=0.0)


def test_a_mean_of_two_colours_becomes_one_of_them() -> None:
    true = torch.from_numpy(layout_of(*draw(2, {Event.COLLIDE: 1.0})))[None]
    one, other = (true[:, :, at.BODIES.start + body, at.COLOUR] for body in (0, 1))
    mixed = true.clone()
    mixed[:, :, at.BODIES.start, at.COLOUR] = 0.8 * one + 0.2 * other
    torch.testing.assert_close(coloured(mixed), true, atol=1e-5, rtol=0.0)
    assert (one - other).abs().max() > 0.1
