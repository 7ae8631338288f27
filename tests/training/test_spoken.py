from dataclasses import replace

import numpy as np
import pytest
import torch

from manazir.core import layout as at
from manazir.data.latents import LatentShard
from manazir.models.text.words import WordLimits
from manazir.training.reading import answers
from manazir.training.spoken import Spoken, Telling, body_order, captions, in_order, speak
from manazir.worlds.captions import LANGUAGES, draw_caption
from manazir.worlds.families import draw, draw_scene
from manazir.worlds.layout import SHAPES, layout_of
from manazir.worlds.palette import COLOURS
from manazir.worlds.scene import Event
from manazir.worlds.scene_json import scene_to_json

LIMITS = WordLimits(words=60)


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_captions_repeat_and_drop_out() -> None:
    scenes = [scene_to_json(draw_scene(Event.DROP, seed)) for seed in range(40)]
    assert captions(scenes, 3, Telling()) == captions(scenes, 3, Telling())
    assert captions(scenes, 3, Telling()) != captions(scenes, 4, Telling())
    assert captions(scenes, 3, Telling(text_dropout=1.0)) == [None] * 40
    assert None not in captions(scenes, 3, Telling(text_dropout=0.0))


@pytest.mark.parametrize("event", [Event.STACK, Event.STRIKE, Event.REST, Event.COLLIDE, Event.DROP, Event.OCCLUDE])
def test_what_a_text_says_of_a_body_is_true_of_its_slot(event: Event) -> None:
    """Bodies are told apart by the order of mention, and by what they do."""
    stated = 0
    for seed in range(8):
        scene, motion = draw(seed, {event: 1.0})
        layout = torch.from_numpy(layout_of(scene, motion))[None]
        for language in LANGUAGES:
            for detail in (0, 1, 3):
                caption = draw_caption(scene, language, seed, detail)
                ordered = in_order(layout, torch.tensor([body_order(caption)]))[0, 0, at.BODIES]
                for slot, body in enumerate(ordered, start=1):
                    told = answers(caption)
                    colour, shape = told[f"body{slot}_colour"], told[f"body{slot}_shape"]
                    if colour > 0:
                        screen = np.array(list(COLOURS.values())[colour - 1]) ** (1 / 2.2) * 2 - 1
                        np.testing.assert_allclose(body[at.COLOUR] / 1.5, screen, atol=1e-3)
                        stated += 1
                    if shape > 0:
                        assert int(body[at.SHAPE].argmax()) == shape - 1 < len(SHAPES)
    assert stated > 20


def test_bodies_that_do_the_same_stand_in_the_order_of_mention() -> None:
    orders = set()
    for seed in range(30):
        scene, _ = draw(seed, {Event.STACK: 1.0})
        if len(scene.bodies) == 3:
            caption = draw_caption(scene, "en", seed, 1)
            assert caption.slots == (0, 1, 2)
            orders.add(caption.layout_order)
    assert len(orders) > 2


def test_who_acts_comes_first_also_where_the_other_is_named_first() -> None:
    turned = 0
    for seed in range(40):
        scene, _ = draw(seed, {Event.COLLIDE: 1.0})
        caption = draw_caption(scene, "ar", seed, 2)
        if caption.order == (1, 0) and "actor" in caption.mentioned:  # the one that is hit is named first
            assert caption.slots == (1, 0)
            assert caption.layout_order == (0, 1)
            turned += 1
    assert turned


def test_a_batch_is_spoken_of_and_its_bodies_are_put_in_order() -> None:
    drawn = [draw(seed, {Event.STACK: 1.0}) for seed in range(4)]
    layout = torch.from_numpy(np.stack([layout_of(*one) for one in drawn]))
    scenes = [scene_to_json(scene) for scene, _ in drawn]
    batch = LatentShard(torch.zeros(4, 24, 2, 0, 0), torch.zeros(4, 16, 5), layout, scenes)
    spoken = speak(batch, 1, Telling(text_dropout=0.0), LIMITS, _generator())
    assert isinstance(spoken, Spoken)
    assert len(spoken.words.places) == 4
    ordered = in_order(layout, spoken.order)
    assert torch.equal(ordered[:, :, [at.SET, at.RAMP]], layout[:, :, [at.SET, at.RAMP]])
    for item, order in enumerate(spoken.order.tolist()):
        assert torch.equal(ordered[item, :, at.BODIES], layout[item][:, [1 + place for place in order]])
    assert spoken.order.tolist() != [[0, 1, 2, 3]] * 4
    silent = speak(replace(batch), 1, Telling(text_dropout=1.0), LIMITS, _generator())
    assert silent.order.tolist() == [[0, 1, 2, 3]] * 4
    assert not silent.words.present.any()
