from dataclasses import replace

import numpy as np
import pytest

from manazir.core import layout as at
from manazir.core.errors import SceneError
from manazir.worlds.families import MIXTURE, draw
from manazir.worlds.layout import layout_of, roles
from manazir.worlds.palette import COLOURS
from manazir.worlds.render import render
from manazir.worlds.scene import Event
from manazir.worlds.truth import boxes

EVENTS = [event for event in MIXTURE if event not in (Event.UNIFORM, Event.PARABOLA, Event.COLLISION)]


@pytest.mark.parametrize(("width", "height"), [(64, 64), (112, 64), (64, 112)])
@pytest.mark.parametrize("event", [Event.DROP, Event.COLLIDE, Event.SWING, Event.UNIFORM])
def test_bodies_are_where_they_are_seen(event: Event, width: int, height: int) -> None:
    scene, motion = draw(5, {event: 1.0}, aspect=width / height)
    layout = layout_of(scene, motion)
    found = boxes(render(scene, motion, width, height).segmentation, len(scene.bodies))
    half = min(width, height) / 2
    x = width / 2 + layout[:, at.BODIES, at.ACROSS] / at.PLACE_SCALE * half
    y = height / 2 - layout[:, at.BODIES, at.UP] / at.PLACE_SCALE * half
    body = roles(scene)[0]
    whole = (found[:, body, 0] > 1) & (found[:, body, 2] < width - 1) & (found[:, body, 1] > 1)
    whole &= found[:, body, 3] < height - 1
    assert whole.sum() > 4
    left, top, right, bottom = found[whole, body].T
    assert (x[whole, 0] > left - 1).all()
    assert (x[whole, 0] < right + 1).all()
    assert (y[whole, 0] > top - 1).all()
    assert (y[whole, 0] < bottom + 1).all()
    bulk = np.exp(layout[whole, at.BODIES.start, at.BULK] / at.BULK_SCALE + at.BULK_CENTRE) * half
    assert np.all(np.abs(np.log(bulk / ((right - left + bottom - top) / 4))) < 0.5)


@pytest.mark.parametrize("event", EVENTS)
def test_every_family_fits(event: Event) -> None:
    scene, motion = draw(1, {event: 1.0})
    layout = layout_of(scene, motion)
    assert layout.shape == (scene.frames, at.SLOTS, at.FEATURES)
    assert np.abs(layout).max() <= 4.0
    there = (layout[..., at.PRESENT] > 0).all(0)
    assert there[at.BODIES].sum() == len(scene.bodies)
    assert there[at.RAMP] == bool(scene.ramps)
    assert not layout[:, ~there, 1:].any()
    assert (layout[..., at.STEADY] == layout[:1][..., at.STEADY]).all()


def test_the_actor_comes_first_and_looks_as_it_is() -> None:
    scene, motion = draw(3, {Event.COLLIDE: 1.0})
    assert roles(scene)[:2] == [scene.actor, scene.patient]
    body = scene.bodies[scene.actor]
    row = layout_of(scene, motion)[0, at.BODIES.start]
    np.testing.assert_allclose((row[at.COLOUR] / 1.5 / 2 + 0.5).clip(0, 1) ** 2.2, COLOURS[body.colour], atol=0.01)


def test_more_than_it_holds_is_refused() -> None:
    scene, motion = draw(3, {Event.COLLIDE: 1.0})
    with pytest.raises(SceneError, match="this scene has more"):
        layout_of(replace(scene, bodies=scene.bodies * 3), motion)
