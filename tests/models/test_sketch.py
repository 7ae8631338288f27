import torch

from manazir.core import layout as at
from manazir.models.noor.sketch import EDGE_WIDTH, HORIZON_WIDTH, PLACE_WIDTH, WIDTH, place_features, sketch
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.render import render
from manazir.worlds.scene import Event
from manazir.worlds.solids import SKY


def _layout(*bodies: tuple[float, float], radius: float = 0.2) -> torch.Tensor:
    """One frame with bodies at places in half short sides."""
    layout = torch.zeros(1, 1, at.SLOTS, at.FEATURES)
    layout[..., at.PRESENT] = -1.0
    for slot, (across, up) in enumerate(bodies, start=1):
        row = layout[0, 0, slot]
        row[at.PRESENT] = 1.0
        row[at.ACROSS], row[at.UP] = across * at.PLACE_SCALE, up * at.PLACE_SCALE
        row[at.SHADOW_ACROSS], row[at.SHADOW_UP] = across * at.PLACE_SCALE, -at.PLACE_SCALE
        row[at.BULK] = (torch.tensor(radius).log() - at.BULK_CENTRE) * at.BULK_SCALE
        row[at.MATERIAL.start] = float(slot)
    return layout


def test_each_place_has_the_features_of_what_stands_there() -> None:
    drawn = sketch(_layout((-0.875, 0.875), (0.875, -0.875)), 8, 8)[0, 0].view(8, 8, WIDTH)
    assert drawn[0, 0, at.MATERIAL.start] > 0.9  # the first body: top left
    assert drawn[7, 7, at.MATERIAL.start] > 1.8  # the second: bottom right
    assert drawn[0, 7, : at.FEATURES].abs().max() < 0.01


def test_a_place_knows_where_in_a_body_it_lies() -> None:
    drawn = sketch(_layout((0.0, 0.0), radius=0.5), 8, 8)[0, 0].view(8, 8, WIDTH)
    edge, x, y = drawn[..., at.FEATURES + 1 : at.FEATURES + 4].unbind(-1)
    assert x[3, 2] < 0 < x[3, 5]
    assert y[5, 3] < 0 < y[2, 3]
    assert edge[3, 3] < 0 < edge[3, 0]


def test_what_is_nearer_hides_what_is_farther() -> None:
    layout = _layout((0.0, 0.0), (0.0, 0.0))
    layout[..., 2, at.SIZE] = -1.0  # as large in the picture, and smaller: nearer
    assert sketch(layout, 8, 8)[0, 0].view(8, 8, WIDTH)[3, 3, at.SIZE] < -0.5


def test_wide_pictures_reach_further_sideways() -> None:
    drawn = sketch(_layout((1.5, 0.0)), 8, 14)[0, 0].view(8, 14, WIDTH)
    assert drawn[..., at.MATERIAL.start].amax(0).argmax() == 12
    assert place_features(8, 14, torch.device("cpu")).shape == (8 * 14, PLACE_WIDTH)


def test_shadows_lie_where_the_light_throws_them() -> None:
    drawn = sketch(_layout((0.0, 0.5)), 8, 8)[0, 0].view(8, 8, WIDTH)
    shaded = drawn[..., at.FEATURES + 1 + EDGE_WIDTH]
    assert shaded[7, 3] > 0.5 > shaded[0, 3]


def test_every_place_knows_the_set_and_how_far_above_the_horizon_it_lies() -> None:
    scene, motion = draw(3, {Event.REST: 1.0})
    layout = torch.from_numpy(layout_of(scene, motion))[None]
    drawn = sketch(layout, 8, 8)[0, 0].view(8, 8, WIDTH)
    torch.testing.assert_close(drawn[2, 5, -HORIZON_WIDTH - at.FEATURES : -HORIZON_WIDTH], layout[0, 0, at.SET])
    pictures = render(scene, motion, 64, 64)
    is_sky = torch.from_numpy((pictures.segmentation[0] == SKY).reshape(8, 8, 8, 8).mean((1, 3)))
    assert (drawn[..., -HORIZON_WIDTH][is_sky == 1] > 0).all()
    assert (drawn[..., -HORIZON_WIDTH][is_sky == 0] < 0.6).all()


def test_noise_and_nothing_stay_finite() -> None:
    noise = 10 * torch.randn(1, 4, at.SLOTS, at.FEATURES)
    assert torch.isfinite(sketch(noise, 4, 4)).all()
    assert sketch(noise, 0, 0).shape == (1, 4, 0, WIDTH)
